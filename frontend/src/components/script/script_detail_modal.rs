//! The whole script: to read, to copy, to download, to have rewritten.

use std::rc::Rc;

use shared::{project::Project, scene::Scene};
use wasm_bindgen_futures::{JsFuture, spawn_local};
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
    let copy = {
        let (copied, text) = (copied.clone(), plain_text(&props.scenes));
        Callback::from(move |()| {
            let Some(window) = web_sys::window() else { return };
            let (copied, text) = (copied.clone(), text.clone());
            spawn_local(async move {
                copied.set(JsFuture::from(window.navigator().clipboard().write_text(&text)).await.is_ok());
            });
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
            [one] => format!("Rewrite scene {}", one.position + 1),
            _ => "Rewrite the script".to_owned(),
        };
        return html! {
            <Modal {title} wide=true {onclose}>
                <Rewrite scenes={props.scenes.clone()} {dir} {guard} />
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
            <article class={style} lang={props.project.language.clone()}>
                <div class="facts" lang="en">{ format!("{} · {} · {}", format::count(props.scenes.len(), "scene", "scenes"), format::count(words, "word", "words"), format::duration(seconds)) }</div>
                { for props.scenes.iter().enumerate().map(|(index, scene)| html! {
                    <section>
                        <h3 dir="auto">{ format!("{}. {}", index + 1, format::title(&scene.title)) }</h3>
                        <p {dir}>{ &scene.narration }</p>
                    </section>
                }) }
            </article>
        </Modal>
    }
}

fn plain_text(scenes: &[Rc<Scene>]) -> String {
    scenes.iter().map(|scene| scene.narration.trim()).collect::<Vec<_>>().join("\n\n")
}
