//! What became of the last edit.

use yew::prelude::*;

use crate::{
    components::ui::{Icon, glyph},
    state::drafts::DraftState,
};

/// Props of [`SaveMark`].
#[derive(PartialEq, Properties)]
pub struct SaveMarkProps {
    /// What becomes of the draft, where there is one.
    pub state: Option<DraftState>,
    /// Whether the last one was saved.
    pub saved: bool,
}

/// What became of the last edit.
#[component]
pub fn SaveMark(props: &SaveMarkProps) -> Html {
    match &props.state {
        Some(DraftState::Failed(error)) => {
            html! { <div class="mark failed" role="status" data-tip={error.message.clone()}>{ "Not saved yet" }<span class="visually-hidden">{ format!(": {}", error.message) }</span></div> }
        }
        Some(DraftState::Clash) => html! { <div class="mark failed">{ "Not saved: changed elsewhere" }</div> },
        Some(DraftState::Waiting | DraftState::Sending) => html! { <div class="mark">{ "Saving" }</div> },
        None if props.saved => html! { <div class="mark" role="status">{ glyph(Icon::Done, 12) }{ "Saved" }</div> },
        None => Html::default(),
    }
}
