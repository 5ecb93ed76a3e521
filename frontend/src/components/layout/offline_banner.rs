//! Says that the server does not answer, and that this passes by itself.

use yew::prelude::*;

use crate::{
    components::ui::{Icon, glyph},
    design::style,
    state::{
        drafts::Drafts,
        ui::{Connection, Ui},
        use_selector,
    },
};

/// A line over the page while the connection is away.
#[component]
pub fn OfflineBanner() -> Html {
    let style = style!(
        r#"
        display: flex;
        align-items: center;
        justify-content: center;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-4);
        background: var(--accent-soft);
        color: var(--accent);
        font-size: var(--text-sm);
        "#
    );
    let away = *use_selector(|ui: &Ui| ui.connection == Connection::Away);
    let waiting = *use_selector(|drafts: &Drafts| !drafts.pending.is_empty());
    html! {
        <div role="status">
            if away {
                <div class={style}>
                    { glyph(Icon::Offline, 15) }
                    { if waiting { "The studio does not answer. Your edits are kept here and saved once it is back." } else { "The studio does not answer. This page reconnects by itself." } }
                </div>
            }
        </div>
    }
}
