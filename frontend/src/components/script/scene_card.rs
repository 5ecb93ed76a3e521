//! One scene: its words and its picture's prompt, edited where they stand and saved by themselves.

use std::rc::Rc;

use shared::{
    SceneId,
    rules::{MAX_NARRATION, MAX_TITLE, MAX_VISUAL_PROMPT},
    scene::Scene,
};
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::{clash::Clash, save_mark::SaveMark};
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
    /// In two, where the cursor stands (in UTF-16 units).
    Split(u32),
    /// Its words behind those of the one before it.
    MergeIntoPrevious,
    /// The next one's words behind its own.
    MergeNext,
    /// Other words for it, by whoever writes scripts.
    Rewrite,
    /// Away with it.
    Delete,
}

/// On which side of a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Before it.
    Before,
    /// Behind it.
    Behind,
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
    /// Whether it has to stay where it is: the script is still being written.
    pub fixed: bool,
    /// The language of its words.
    pub language: AttrValue,
    /// What is to be done with it.
    pub onaction: Callback<(SceneId, SceneAction)>,
    /// Where its words want the cursor (in UTF-16 units): it has just been added.
    #[prop_or_default]
    pub focused: Option<u32>,
    /// Where one that is dragged would be let go: before it, or behind.
    #[prop_or_default]
    pub gap: Option<Gap>,
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

        &.before { box-shadow: inset 0 2px var(--focus); }
        &.behind { box-shadow: inset 0 -2px var(--focus); }
        & .number { padding-top: 0.3rem; color: var(--text-faint); text-align: center; }
        & .number[draggable="true"] { cursor: grab; touch-action: none; }
        & .number > span:last-child { display: none !important; }
        &:hover .number[draggable="true"] > span:first-child { display: none; }
        &:hover .number[draggable="true"] > span:last-child { display: inline-flex !important; }
        & .title input { width: 100%; height: 1.9rem; padding: 0 var(--space-2); border: 1px solid transparent; border-radius: var(--radius-md); background: transparent; color: var(--text-muted); font-weight: var(--weight-medium); text-overflow: ellipsis; }
        & .title input:hover { background: var(--hover); }
        & .title input:focus { background: var(--raised); outline: 2px solid var(--focus); outline-offset: -1px; color: var(--text); }
        & .narration textarea { font-size: var(--text-lg); }
        & .visual { display: grid; grid-template-columns: auto minmax(0, 1fr); align-items: start; color: var(--text-faint); padding-left: var(--space-2); }
        & .visual > span { padding-top: 0.45rem; }
        & .side { display: flex; flex-direction: column; align-items: flex-end; gap: var(--space-2); min-width: 5.5rem; }
        & .tools { display: flex; gap: 2px; opacity: 0; transition: opacity var(--quick); }
        &:hover .tools, &:focus-within .tools { opacity: 1; }
        & .tools:has(:popover-open) { opacity: 1; }
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
            & .side .tools { order: 2; margin-inline-start: auto; }
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
            if let (Some(at), Some(element)) = (*focused, words.cast::<HtmlTextAreaElement>()) {
                element.scroll_into_view();
                // Both fail only on an element that has left the page.
                let _ = element.focus();
                let _ = element.set_selection_range(at, at);
            }
        });
    }
    let text = draft.as_ref().map(|draft| draft.typed.text.clone()).unwrap_or_default();
    let scene = &props.scene;
    let title = text.title.unwrap_or_else(|| scene.title.clone());
    let narration = text.narration.unwrap_or_else(|| scene.narration.clone());
    let visual = text.visual_prompt.unwrap_or_else(|| scene.visual_prompt.clone());
    let dir = format::direction(&props.language);
    let edit = |field: Field| Callback::from(move |text: String| drafts::edit(id, field, text));
    let act = |action: SceneAction| props.onaction.reform(move |()| (id, action));
    let name = format!("scene {}", props.number);
    let split = {
        let (words, onaction) = (words.clone(), props.onaction.clone());
        Callback::from(move |()| onaction.emit((id, SceneAction::Split(cursor(&words)))))
    };
    let item = |icon: Icon, label: &'static str, run: Callback<()>| MenuItem { icon, label: label.into(), danger: false, run };
    let mut items = vec![item(Icon::Write, "Rewrite…", act(SceneAction::Rewrite))];
    if !props.fixed {
        items.push(item(Icon::Add, "Add scene below", act(SceneAction::AddBelow)));
        items.push(item(Icon::Split, "Split at cursor", split));
        if !props.last {
            items.push(item(Icon::Merge, "Merge with next", act(SceneAction::MergeNext)));
        }
        items.push(MenuItem { icon: Icon::Delete, label: "Delete".into(), danger: true, run: act(SceneAction::Delete) });
    }
    let onkeydown = {
        let (words, onaction, fixed) = (words.clone(), props.onaction.clone(), props.fixed);
        Callback::from(move |event: KeyboardEvent| {
            if let Some(action) = key_action(&event, &words).filter(|_| !fixed) {
                event.prevent_default();
                event.stop_propagation();
                onaction.emit((id, action));
            }
        })
    };
    let gap = props.gap.map(|gap| match gap {
        Gap::Before => "before",
        Gap::Behind => "behind",
    });
    let oninput_title = edit(Field::Title).reform(|event: InputEvent| event.target_unchecked_into::<web_sys::HtmlInputElement>().value());
    html! {
        <li class={classes!(style, gap)} aria-label={format!("Scene {}", props.number)} data-scene={id.to_string()} {onkeydown}>
            <div class="number tabular" aria-hidden="true" draggable={(!props.fixed).to_string()} data-tip={(!props.fixed).then_some("Drag to move")}>
                <span>{ props.number }</span>{ glyph(Icon::Grip, 14) }
            </div>
            <div>
                <div class="title">
                    <input value={title} aria-label={format!("Title of {name}")} placeholder="Untitled" maxlength={MAX_TITLE.to_string()} {dir} autocomplete="off" oninput={oninput_title} />
                </div>
                <div class="narration">
                    <Textarea node_ref={words.clone()} plain=true value={narration} label={format!("Narration of {name}")} placeholder="What is said in this scene" maxlength={MAX_NARRATION} {dir} lang={props.language.clone()} oninput={edit(Field::Narration)} />
                </div>
                <div class="visual">
                    <span data-tip="What is seen">{ glyph(Icon::Image, 14) }</span>
                    <Textarea plain=true quiet=true rows={1} value={visual} label={format!("Visual prompt of {name}")} placeholder="What is seen in this scene" maxlength={MAX_VISUAL_PROMPT} {dir} oninput={edit(Field::VisualPrompt)} />
                </div>
                if let Some(draft) = draft.as_ref().filter(|draft| draft.state == DraftState::Clash) {
                    <Clash scene={scene.clone()} typed={draft.typed.clone()} {dir} onchosen={let words = words.clone(); move |()| focus(&words)} />
                }
            </div>
            <div class="side">
                <div class="length tabular" data-tip="Spoken length">{ format::scene_length(scene.duration_seconds) }</div>
                <div class="tools">
                    <IconButton size={ButtonSize::Small} icon={Icon::Up} label={format!("Move {name} up")} disabled={props.fixed || props.number == 1} onclick={act(SceneAction::Up)} />
                    <IconButton size={ButtonSize::Small} icon={Icon::Down} label={format!("Move {name} down")} disabled={props.fixed || props.last} onclick={act(SceneAction::Down)} />
                    <Menu label={format!("Actions for {name}")} {items} />
                </div>
                <SaveMark state={draft.as_ref().map(|draft| draft.state.clone())} {saved} />
            </div>
        </li>
    }
}

/// Goes on where the words are.
fn focus(words: &NodeRef) {
    if let Some(area) = words.cast::<HtmlTextAreaElement>() {
        // It fails only on an element that has left the page.
        let _ = area.focus();
    }
}

/// Where the cursor stands in the narration, in UTF-16 units.
fn cursor(words: &NodeRef) -> u32 {
    words.cast::<HtmlTextAreaElement>().and_then(|area| area.selection_start().ok().flatten()).unwrap_or(0)
}

/// The keys of a scene: Alt and an arrow moves it, Ctrl+Shift+Enter splits it, and the keys that delete across its
/// beginning or its end join it with its neighbour, as they do with paragraphs elsewhere.
fn key_action(event: &KeyboardEvent, words: &NodeRef) -> Option<SceneAction> {
    let area = words.cast::<HtmlTextAreaElement>()?;
    let in_words = event.target().as_ref() == Some(area.as_ref());
    let (plain, command) = (!event.ctrl_key() && !event.meta_key() && !event.alt_key(), event.ctrl_key() || event.meta_key());
    let start = area.selection_start().ok().flatten();
    let collapsed = start == area.selection_end().ok().flatten();
    match event.key().as_str() {
        "ArrowUp" if event.alt_key() && !command => Some(SceneAction::Up),
        "ArrowDown" if event.alt_key() && !command => Some(SceneAction::Down),
        "Enter" if in_words && command && event.shift_key() => Some(SceneAction::Split(start.unwrap_or(0))),
        "Backspace" if in_words && plain && collapsed && start == Some(0) && !event.repeat() => Some(SceneAction::MergeIntoPrevious),
        "Delete" if in_words && plain && collapsed && start == Some(area.text_length()) && !event.repeat() => Some(SceneAction::MergeNext),
        _ => None,
    }
}
