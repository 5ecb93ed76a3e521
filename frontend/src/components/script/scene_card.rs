//! One scene: its words and its picture's prompt, edited where they stand and saved by themselves.

use std::rc::Rc;

use shared::{
    SceneId,
    rules::{MAX_NARRATION, MAX_TITLE, MAX_VISUAL_PROMPT},
    scene::Scene,
};
use yew::prelude::*;

use crate::{
    components::ui::{ButtonSize, Icon, IconButton, Menu, MenuItem, Textarea, glyph},
    design::style,
    format,
    state::{
        drafts::{self, DraftState, Drafts, Field},
        use_selector,
    },
};

/// What can be done with a scene as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SceneAction {
    /// One place up.
    Up,
    /// One place down.
    Down,
    /// An empty scene behind it.
    AddBelow,
    /// Away with it.
    Delete,
}

/// Props of [`SceneCard`].
#[derive(PartialEq, Properties)]
pub struct SceneCardProps {
    /// The scene.
    pub scene: Rc<Scene>,
    /// Its number, from 1.
    pub number: usize,
    /// Whether none follows.
    pub last: bool,
    /// The language of its words.
    pub language: AttrValue,
    /// What is to be done with it.
    pub onaction: Callback<(SceneId, SceneAction)>,
    /// Whether its words want the focus: it has just been added.
    #[prop_or_default]
    pub focused: bool,
}

/// One scene.
#[component]
pub fn SceneCard(props: &SceneCardProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: 2.25rem minmax(0, 1fr) auto;
        gap: 0 var(--space-2);
        padding: var(--space-3) var(--space-3) var(--space-3) 0;
        border-top: 1px solid var(--line);
        content-visibility: auto;
        contain-intrinsic-size: auto 10rem;

        & .number { padding-top: 0.3rem; color: var(--text-faint); text-align: center; }
        & .title input { width: 100%; height: 1.9rem; padding: 0 var(--space-2); border: 1px solid transparent; border-radius: var(--radius-md); background: transparent; color: var(--text-muted); font-weight: var(--weight-medium); text-overflow: ellipsis; }
        & .title input:hover { background: var(--hover); }
        & .title input:focus { background: var(--raised); outline: 2px solid var(--focus); outline-offset: -1px; color: var(--text); }
        & .narration textarea { font-size: var(--text-lg); }
        & .visual { display: grid; grid-template-columns: auto minmax(0, 1fr); align-items: start; color: var(--text-faint); padding-left: var(--space-2); }
        & .visual > span { padding-top: 0.45rem; }
        & .side { display: flex; flex-direction: column; align-items: flex-end; gap: var(--space-2); min-width: 5.5rem; }
        & .tools { display: flex; gap: 2px; opacity: 0; transition: opacity var(--quick); }
        &:hover .tools, &:focus-within .tools { opacity: 1; }
        & .length { padding: 0.35rem var(--space-1) 0; color: var(--text-faint); font-size: var(--text-sm); }
        & .mark { display: flex; align-items: center; gap: var(--space-1); color: var(--text-faint); font-size: var(--text-xs); }
        & .mark.failed { color: var(--danger); max-width: 9rem; white-space: normal; text-align: end; }
        @media (pointer: coarse) {
            & .tools { opacity: 1; }
        }
        @media (max-width: 40rem) {
            grid-template-columns: 1.75rem minmax(0, 1fr);
            padding-right: 0;
            & .side { grid-column: 2; flex-direction: row; align-items: center; padding: var(--space-1) var(--space-2) 0; }
            & .side .length { padding: 0; }
            & .side .mark { order: 1; flex: 1; }
            & .side .tools { order: 2; }
        }
        "#
    );
    let id = props.scene.id;
    let draft = use_selector(move |drafts: &Drafts| drafts.pending.get(&id).cloned());
    let saved = *use_selector(move |drafts: &Drafts| drafts.saved.contains(&id));
    let words = use_node_ref();
    {
        let words = words.clone();
        use_effect_with(props.focused, move |focused| {
            if let (true, Some(element)) = (*focused, words.cast::<web_sys::HtmlElement>()) {
                element.scroll_into_view();
                // Focus fails only on an element that has left the page.
                let _ = element.focus();
            }
        });
    }
    let text = draft.as_ref().map(|draft| draft.text.clone()).unwrap_or_default();
    let scene = &props.scene;
    let title = text.title.unwrap_or_else(|| scene.title.clone());
    let narration = text.narration.unwrap_or_else(|| scene.narration.clone());
    let visual = text.visual_prompt.unwrap_or_else(|| scene.visual_prompt.clone());
    let dir = format::direction(&props.language);
    let edit = |field: Field| Callback::from(move |text: String| drafts::edit(id, field, text));
    let act = |action: SceneAction| props.onaction.reform(move |()| (id, action));
    let name = format!("scene {}", props.number);
    let items = vec![
        MenuItem { icon: Icon::Add, label: "Add scene below".into(), danger: false, run: act(SceneAction::AddBelow) },
        MenuItem { icon: Icon::Delete, label: "Delete".into(), danger: true, run: act(SceneAction::Delete) },
    ];
    let oninput_title = edit(Field::Title).reform(|event: InputEvent| event.target_unchecked_into::<web_sys::HtmlInputElement>().value());
    html! {
        <li class={style} aria-label={format!("Scene {}", props.number)}>
            <div class="number tabular" aria-hidden="true">{ props.number }</div>
            <div>
                <div class="title">
                    <input value={title} aria-label={format!("Title of {name}")} placeholder="Untitled" maxlength={MAX_TITLE.to_string()} {dir} autocomplete="off" oninput={oninput_title} />
                </div>
                <div class="narration">
                    <Textarea node_ref={words} plain=true value={narration} label={format!("Narration of {name}")} placeholder="What is said in this scene" maxlength={MAX_NARRATION} {dir} lang={props.language.clone()} oninput={edit(Field::Narration)} />
                </div>
                <div class="visual" title="What is seen">
                    { glyph(Icon::Image, 14) }
                    <Textarea plain=true quiet=true rows={1} value={visual} label={format!("Visual prompt of {name}")} placeholder="What is seen in this scene" maxlength={MAX_VISUAL_PROMPT} {dir} oninput={edit(Field::VisualPrompt)} />
                </div>
            </div>
            <div class="side">
                <div class="length tabular" title="Spoken length">{ format::scene_length(scene.duration_seconds) }</div>
                <div class="tools">
                    <IconButton size={ButtonSize::Small} icon={Icon::Up} label={format!("Move {name} up")} disabled={props.number == 1} onclick={act(SceneAction::Up)} />
                    <IconButton size={ButtonSize::Small} icon={Icon::Down} label={format!("Move {name} down")} disabled={props.last} onclick={act(SceneAction::Down)} />
                    <Menu label={format!("Actions for {name}")} {items} />
                </div>
                <SaveMark state={draft.as_ref().map(|draft| draft.state.clone())} {saved} />
            </div>
        </li>
    }
}

#[derive(PartialEq, Properties)]
struct SaveMarkProps {
    state: Option<DraftState>,
    saved: bool,
}

/// What became of the last edit.
#[component]
fn SaveMark(props: &SaveMarkProps) -> Html {
    match &props.state {
        Some(DraftState::Failed(error)) => {
            html! { <div class="mark failed" role="status" title={error.message.clone()}>{ "Not saved yet" }</div> }
        }
        Some(_) => html! { <div class="mark">{ "Saving" }</div> },
        None if props.saved => html! { <div class="mark" role="status">{ glyph(Icon::Done, 12) }{ "Saved" }</div> },
        None => Html::default(),
    }
}
