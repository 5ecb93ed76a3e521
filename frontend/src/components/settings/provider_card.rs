//! One provider: what it does, whether it can, and what it needs for that. All of it is what the provider says of itself.

use shared::{
    provider::{KeySource, ProviderInfo, ProviderKind},
    settings::ProviderTest,
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    provider_fields::{AddressField, KeyField},
    provider_text::ProviderText,
};
use crate::{
    api::Answer,
    components::ui::{Badge, BadgeTone, Button, ButtonSize, Icon, glyph},
    design::style,
    state::settings,
};

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
        display: flex;
        flex-direction: column;
        gap: var(--space-3);
        min-width: 0;
        padding: var(--space-4);
        border: 1px solid var(--line);
        border-radius: var(--radius-lg);
        background: var(--surface);

        & > header { display: flex; align-items: center; justify-content: space-between; gap: var(--space-2); }
        & h3 { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        & .kinds { margin-top: calc(-1 * var(--space-2)); color: var(--text-faint); font-size: var(--text-sm); }
        & .notes { color: var(--text-muted); font-size: var(--text-sm); }
        & > footer { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-2); margin-top: auto; min-height: var(--control-sm); font-size: var(--text-sm); }
        & .ok { display: inline-flex; align-items: center; gap: var(--space-1); color: var(--ok); }
        & .bad { flex: 1 1 100%; color: var(--danger); }
        "#
    );
    let provider = &props.provider;
    let testing = use_state(|| false);
    let tested = use_state(|| None::<Answer<ProviderTest>>);
    let (tone, word) = match (provider.available, provider.configured) {
        (true, true) => (BadgeTone::Ok, "Ready".to_owned()),
        (_, false) if provider.takes_key => (BadgeTone::Plain, needs(provider)),
        _ => (BadgeTone::Danger, "Not available".to_owned()),
    };
    let test = {
        let (id, testing, tested) = (provider.id.clone(), testing.clone(), tested.clone());
        Callback::from(move |()| {
            let (id, testing, tested) = (id.clone(), testing.clone(), tested.clone());
            testing.set(true);
            tested.set(None);
            spawn_local(async move {
                tested.set(Some(settings::test_provider(&id).await));
                testing.set(false);
            });
        })
    };
    let onsaved = {
        let (tested, test, takes_key) = (tested.clone(), test.clone(), provider.takes_key);
        // What was found before says nothing of the new key or address.
        Callback::from(move |worth_trying: bool| {
            tested.set(None);
            if worth_trying && takes_key {
                test.emit(());
            }
        })
    };
    let models = provider.models.len();
    html! {
        <li class={style}>
            <header><h3>{ &provider.name }</h3><Badge {tone}>{ word }</Badge></header>
            <p class="kinds">
                { provider.kinds.iter().map(|kind| kind_name(*kind)).collect::<Vec<_>>().join(", ") }
                { if provider.built_in { " · on this machine" } else { "" } }
                { if models > 1 { format!(" · {models} models") } else { String::new() } }
            </p>
            if provider.takes_key {
                <KeyField
                    id={provider.id.clone()}
                    name={provider.name.clone()}
                    hint={provider.key_hint.clone()}
                    from_environment={provider.key_source == Some(KeySource::Environment)}
                    onsaved={onsaved.clone()}
                />
                <AddressField id={provider.id.clone()} name={provider.name.clone()} address={provider.base_url.clone()} onsaved={onsaved.clone()} />
                { for provider.settings.iter().map(|field| html! {
                    <ProviderText key={field.name.clone()} id={provider.id.clone()} name={provider.name.clone()} field={field.clone()} onsaved={onsaved.clone()} />
                }) }
            }
            if let Some(notes) = &provider.notes { <p class="notes">{ with_code(notes) }</p> }
            <footer>
                <Button size={ButtonSize::Small} busy={*testing} label={format!("Test connection to {}", provider.name)} onclick={test}>{ "Test connection" }</Button>
                <span role="status">
                    if let Some(Ok(test)) = tested.as_ref().filter(|answer| answer.as_ref().is_ok_and(|test| test.ok)) {
                        <span class="ok">{ glyph(Icon::Done, 13) }{ format!("Works, {} ms", test.latency_ms) }</span>
                    }
                </span>
                { match &*tested {
                    Some(Ok(ProviderTest { ok: false, error: Some(error), .. })) | Some(Err(error)) => html! { <p class="bad" role="alert">{ &error.message }</p> },
                    _ => Html::default(),
                } }
            </footer>
        </li>
    }
}

/// What is still to be entered.
fn needs(provider: &ProviderInfo) -> String {
    let missing = provider.settings.iter().find(|field| field.required && field.value.is_none());
    match (&provider.base_url, missing) {
        (None, _) => "Needs an address".to_owned(),
        (Some(_), Some(field)) => format!("Needs its {}", field.label.to_lowercase()),
        (Some(_), None) => "Needs a key".to_owned(),
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
