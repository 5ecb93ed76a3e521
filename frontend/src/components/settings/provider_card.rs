//! One provider: what it does, whether it can, and what it needs for that. All of it is what the provider says of itself.

use shared::{
    policy::ProviderLimits,
    provider::{KeySource, ModelInfo, ProviderInfo, SettingField},
    settings::ProviderTest,
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    kind_name,
    provider_fields::{AddressField, KeyField},
    provider_limits::ProviderLimitsForm,
    provider_text::ProviderText,
    servers::kinds,
};
use crate::{
    api::Answer,
    components::ui::{Badge, BadgeTone, Button, ButtonSize, ButtonVariant, EditableText, Icon, Modal, glyph},
    design::style,
    format,
    state::{
        settings::{self, SettingsState},
        toasts, use_selector,
    },
};

/// Props of [`ProviderCard`].
#[derive(PartialEq, Properties)]
pub struct ProviderCardProps {
    /// The provider.
    pub provider: ProviderInfo,
    /// How many calls it gets, and how long they may take.
    pub limits: Option<ProviderLimits>,
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

        /* What is opened has the whole row, and its neighbours no empty half. */
        &:has(details[open]) { grid-column: 1 / -1; }
        & > header { display: flex; align-items: center; justify-content: space-between; gap: var(--space-2); min-height: var(--control-sm); }
        & h3 { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        & h3 input { height: var(--control-sm); margin-inline-start: calc(-1 * var(--space-2)); font-size: inherit; }
        & details > summary { min-height: var(--control-sm); line-height: var(--control-sm); color: var(--text-muted); font-size: var(--text-sm); cursor: pointer; }
        & details > summary:hover { color: var(--text); }
        & details[open] > summary { margin-bottom: var(--space-3); }
        & .more { display: grid; gap: var(--space-4); }
        & .models { display: grid; gap: var(--space-1); max-height: 14rem; overflow: auto; overscroll-behavior: contain; font-size: var(--text-sm); }
        & .models li { overflow-wrap: anywhere; }
        & .models span { color: var(--text-faint); }
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
    let refused = match &*tested {
        Some(Ok(ProviderTest { ok: false, error: Some(error), .. })) | Some(Err(error)) => Some(error),
        _ => None,
    };
    let (tone, word) = match (provider.available, provider.configured) {
        (true, true) if refused.is_some() => (BadgeTone::Danger, "Test failed".to_owned()),
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
    let removing = use_state(|| false);
    let show_removing = |to: bool| {
        let removing = removing.clone();
        Callback::from(move |()| removing.set(to))
    };
    let rename = {
        let id = provider.id.clone();
        Callback::from(move |name: String| {
            spawn_local(settings::rename_provider(id.clone(), name));
        })
    };
    let refusals = *use_selector(|state: &SettingsState| state.refused);
    let count = provider.models.len();
    let address = html! {
        <AddressField id={provider.id.clone()} name={provider.name.clone()} address={provider.base_url.clone()} required={provider.custom} onsaved={onsaved.clone()} />
    };
    let text = |field: &SettingField| {
        html! {
            <ProviderText key={field.name.clone()} id={provider.id.clone()} name={provider.name.clone()} field={field.clone()} onsaved={onsaved.clone()} />
        }
    };
    // What a vendor has an address of its own for is rarely changed. The field stays where it was, also once there is an address.
    let lacked_address = *use_state(|| provider.base_url.is_none());
    let own_address = provider.custom || lacked_address;
    html! {
        <li class={style}>
            <header>
                <h3>
                    if provider.custom {
                        <EditableText value={provider.name.clone()} label={format!("Name of {}", provider.name)} maxlength=60 {refusals} onchange={rename} />
                    } else {
                        { &provider.name }
                    }
                </h3>
                <Badge {tone}>{ word }</Badge>
            </header>
            <p class="kinds">
                { kinds(&provider.kinds) }
                { if provider.built_in { " · on this machine" } else { "" } }
                { if count > 1 { format!(" · {count} models") } else { String::new() } }
            </p>
            if provider.takes_key {
                if own_address { { address.clone() } }
                <KeyField
                    id={provider.id.clone()}
                    name={provider.name.clone()}
                    hint={provider.key_hint.clone()}
                    from_environment={provider.key_source == Some(KeySource::Environment)}
                    onsaved={onsaved.clone()}
                />
                { for provider.settings.iter().filter(|field| field.required).map(text) }
            }
            if let Some(notes) = &provider.notes { <p class="notes">{ with_code(notes) }</p> }
            if provider.takes_key {
                <details>
                    <summary>{ "More" }</summary>
                    <div class="more">
                        if !own_address { { address } }
                        { for provider.settings.iter().filter(|field| !field.required).map(text) }
                        { models(&provider.models) }
                        if let Some(limits) = &props.limits {
                            <ProviderLimitsForm id={provider.id.clone()} name={provider.name.clone()} kinds={provider.kinds.clone()} limits={limits.clone()} />
                        }
                        if provider.custom {
                            <div><Button size={ButtonSize::Small} icon={Icon::Delete} onclick={show_removing(true)}>{ format!("Remove {}", provider.name) }</Button></div>
                        }
                    </div>
                </details>
            }
            <footer>
                <Button size={ButtonSize::Small} busy={*testing} label={format!("Test connection to {}", provider.name)} onclick={test}>{ "Test connection" }</Button>
                <span role="status">
                    if let Some(Ok(test)) = tested.as_ref().filter(|answer| answer.as_ref().is_ok_and(|test| test.ok)) {
                        <span class="ok">{ glyph(Icon::Done, 13) }{ format!("Works, {} ms", test.latency_ms) }</span>
                    }
                </span>
                if let Some(error) = refused { <p class="bad" role="alert">{ &error.message }</p> }
            </footer>
            if *removing {
                <Removal id={provider.id.clone()} name={provider.name.clone()} onclose={show_removing(false)} />
            }
        </li>
    }
}

/// The models that it has, with what is to be known of each.
fn models(models: &[ModelInfo]) -> Html {
    if models.is_empty() {
        return Html::default();
    }
    html! {
        <div>
            <p class="kinds">{ format::count(models.len(), "model", "models") }</p>
            <ul class="models" tabindex="0" aria-label="Models">
                { for models.iter().map(|model| html! {
                    <li key={format!("{} {}", kind_name(model.kind), model.id)}>
                        <code>{ &model.id }</code>
                        if let Some(note) = &model.note { <span>{ format!(" · {note}") }</span> }
                    </li>
                }) }
            </ul>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct RemovalProps {
    id: String,
    name: String,
    onclose: Callback<()>,
}

/// Asks before a server is removed: its key cannot be had back.
#[component]
fn Removal(props: &RemovalProps) -> Html {
    let busy = use_state(|| false);
    let remove = {
        let (id, busy, onclose) = (props.id.clone(), busy.clone(), props.onclose.clone());
        Callback::from(move |()| {
            let (id, busy, onclose) = (id.clone(), busy.clone(), onclose.clone());
            busy.set(true);
            spawn_local(async move {
                // Where it was removed, the card is gone, and this window with it.
                if let Err(error) = settings::remove_provider(id).await {
                    toasts::failed("The server was not removed", &error);
                    onclose.emit(());
                }
            });
        })
    };
    let footer = html! {
        <>
            <Button onclick={props.onclose.clone()}>{ "Keep it" }</Button>
            <Button variant={ButtonVariant::Primary} busy={*busy} onclick={remove}>{ "Remove it" }</Button>
        </>
    };
    html! {
        <Modal title={format!("Remove {}", props.name)} onclose={props.onclose.clone()} {footer}>
            <p>{ "Its address, key, limits and prices are forgotten. What it has made stays." }</p>
        </Modal>
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
