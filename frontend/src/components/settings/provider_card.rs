//! One provider: what it does, and whether it can.

use shared::provider::{KeySource, ProviderInfo, ProviderKind};
use yew::prelude::*;

use crate::components::ui::{Badge, BadgeTone};
use crate::design::style;

/// Props of [`ProviderCard`].
#[derive(PartialEq, Properties)]
pub struct ProviderCardProps {
    /// The provider.
    pub provider: ProviderInfo,
}

/// One provider.
#[component]
pub fn ProviderCard(props: &ProviderCardProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-2);
        align-content: start;
        min-width: 0;
        padding: var(--space-4);
        border: 1px solid var(--line);
        border-radius: var(--radius-lg);
        background: var(--surface);

        & header { display: flex; align-items: center; justify-content: space-between; gap: var(--space-2); }
        & h3 { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        & .kinds { color: var(--text-faint); font-size: var(--text-sm); }
        & .notes { color: var(--text-muted); font-size: var(--text-sm); }
        "#
    );
    let provider = &props.provider;
    let (tone, word) = match (provider.available, provider.configured) {
        (true, true) => (BadgeTone::Ok, "Ready"),
        (true, false) => (BadgeTone::Plain, "Needs a key"),
        (false, _) => (BadgeTone::Danger, "Not available"),
    };
    html! {
        <li class={style}>
            <header><h3>{ &provider.name }</h3><Badge {tone}>{ word }</Badge></header>
            <p class="kinds">
                { provider.kinds.iter().map(|kind| kind_name(*kind)).collect::<Vec<_>>().join(", ") }
                { if provider.built_in { " · built in" } else { "" } }
            </p>
            if let Some(hint) = &provider.key_hint {
                <p class="kinds">{ "Key " }<code>{ hint }</code>{ match provider.key_source {
                    Some(KeySource::Environment) => " from the environment",
                    _ => "",
                } }</p>
            }
            if let Some(notes) = &provider.notes { <p class="notes">{ with_code(notes) }</p> }
        </li>
    }
}

fn kind_name(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::Script => "Scripts",
        ProviderKind::Speech => "Narration",
        ProviderKind::Image => "Images",
        ProviderKind::Video => "Films",
    }
}

/// What stands between backticks is a command.
fn with_code(text: &str) -> Html {
    text.split('`')
        .enumerate()
        .map(|(index, part)| {
            if index % 2 == 1 {
                html! { <code>{ part }</code> }
            } else {
                html! { { part } }
            }
        })
        .collect()
}
