//! The whole script: to read, to copy, to download, to have rewritten.

use std::rc::Rc;

use shared::{project::Project, scene::Scene};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{FocusOptions, HtmlDocument, HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::rewrite::Rewrite;
use crate::{
    components::ui::{Button, ButtonLink, Guard, Icon, Modal},
    design::style,
    format,
};

/// Props of [`ScriptDetailModal`].
#[derive(PartialEq, Properties)]
pub struct ScriptDetailModalProps {
    /// Whose script.
    pub project: Rc<Project>,
    /// Its scenes, in order.
    pub scenes: Vec<Rc<Scene>>,
    /// The number of the first of them, from 1.
    #[prop_or(1)]
    pub first: usize,
    /// Whether it opens with the instruction for other words.
    #[prop_or_default]
    pub rewriting: bool,
    /// Where it is downloaded as Markdown.
    pub markdown_url: AttrValue,
    /// Where its captions are downloaded.
    pub srt_url: AttrValue,
    /// When it is closed.
    pub onclose: Callback<()>,
}

/// The whole script.
#[component]
pub fn ScriptDetailModal(props: &ScriptDetailModalProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-5);
        max-width: 40rem;
        margin: 0 auto;

        & .facts { color: var(--text-faint); font-size: var(--text-sm); }
        & h3 { color: var(--text-faint); font-size: var(--text-sm); font-weight: var(--weight-medium); }
        & p { font-size: var(--text-lg); line-height: 1.7; white-space: pre-wrap; }
        "#
    );
    let copied = use_state(|| false);
    let rewriting = use_state(|| props.rewriting);
    let article = use_node_ref();
    let copy = {
        let (copied, text, article) = (copied.clone(), plain_text(&props.scenes), article.clone());
        Callback::from(move |()| {
            let (copied, text, article) = (copied.clone(), text.clone(), article.clone());
            spawn_local(async move { copied.set(put_on_clipboard(&text, &article).await) });
        })
    };
    let seconds: f64 = props.scenes.iter().map(|scene| scene.duration_seconds).sum();
    let words: usize = props.scenes.iter().map(|scene| scene.narration.split_whitespace().count()).sum();
    let dir = format::direction(&props.project.language);
    let guard = (*use_memo((), |()| Guard::default())).clone();
    if *rewriting {
        let onclose = {
            let (onclose, guard) = (props.onclose.clone(), guard.clone());
            Callback::from(move |()| {
                if !guard.hold() {
                    onclose.emit(());
                }
            })
        };
        let title = match &*props.scenes {
            [_] => format!("Rewrite scene {}", props.first),
            _ => "Rewrite the script".to_owned(),
        };
        return html! {
            <Modal {title} wide=true {onclose}>
                <Rewrite scenes={props.scenes.clone()} first={props.first} {dir} {guard} />
            </Modal>
        };
    }
    let footer = html! {
        <>
            <Button icon={Icon::Write} onclick={move |()| rewriting.set(true)}>{ "Rewrite…" }</Button>
            <ButtonLink icon={Icon::Download} href={props.markdown_url.clone()} download="">{ "Markdown" }</ButtonLink>
            <ButtonLink icon={Icon::Download} href={props.srt_url.clone()} download="">{ "Captions (SRT)" }</ButtonLink>
            <Button icon={if *copied { Icon::Done } else { Icon::Copy }} onclick={copy}>{ if *copied { "Copied" } else { "Copy text" } }</Button>
        </>
    };
    html! {
        <Modal title={props.project.title.clone()} wide=true onclose={props.onclose.clone()} {footer}>
            <article ref={article} class={style} lang={props.project.language.clone()}>
                <div class="facts" lang="en">{ format!("{} · {} · {}", format::count(props.scenes.len(), "scene", "scenes"), format::count(words, "word", "words"), format::duration(seconds)) }</div>
                { for props.scenes.iter().zip(props.first..).map(|(scene, number)| html! {
                    <section>
                        <h3 dir="auto">{ format!("{number}. {}", format::title(&scene.title)) }</h3>
                        <p {dir}>{ &scene.narration }</p>
                    </section>
                }) }
            </article>
        </Modal>
    }
}

/// Puts a text on the clipboard; false where the browser refuses. Over plain http it gives pages none, and takes what is selected.
async fn put_on_clipboard(text: &str, place: &NodeRef) -> bool {
    let Some(window) = web_sys::window() else { return false };
    let clipboard = window.navigator().clipboard();
    if clipboard.is_undefined() {
        return copy_selected(text, place).unwrap_or_default();
    }
    JsFuture::from(clipboard.write_text(text)).await.is_ok()
}

/// Selects a text in a field of its own and has it copied; the field is put into that place, which an open window has to hold.
fn copy_selected(text: &str, place: &NodeRef) -> Option<bool> {
    let document: HtmlDocument = web_sys::window()?.document()?.dyn_into().ok()?;
    let before = document.active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let field: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    field.set_class_name("visually-hidden");
    field.set_value(text);
    place.get()?.append_child(&field).ok()?;
    field.select();
    let unmoved = FocusOptions::new();
    unmoved.set_prevent_scroll(true);
    // Focus fails only on an element that has left the page.
    let _ = field.focus_with_options(&unmoved);
    let copied = document.exec_command("copy");
    let _ = before.map(|before| before.focus_with_options(&unmoved));
    field.remove();
    copied.ok()
}

fn plain_text(scenes: &[Rc<Scene>]) -> String {
    scenes.iter().map(|scene| scene.narration.trim()).collect::<Vec<_>>().join("\n\n")
}
