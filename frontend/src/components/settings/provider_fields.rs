//! A provider's key and address. A key goes in and never comes out: the field is empty again once it was sent.

use shared::settings::PatchProvider;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::{
    components::ui::{Button, ButtonSize, ButtonVariant, Field, Input},
    design::style,
    format,
    state::settings,
};

/// Props of [`KeyField`].
#[derive(PartialEq, Properties)]
pub struct KeyFieldProps {
    /// The provider's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The end of its key, where it has one.
    pub hint: Option<String>,
    /// Whether that key is the server's environment's.
    pub from_environment: bool,
    /// When it was saved; whether there is one now.
    pub onsaved: Callback<bool>,
}

/// A provider's key.
#[component]
pub fn KeyField(props: &KeyFieldProps) -> Html {
    let typed = use_state(String::new);
    let save = use_save(&props.id, &props.onsaved);
    let control = AttrValue::from(format!("key-{}", props.id));
    let onsubmit = {
        let (typed, save) = (typed.clone(), save.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let key = entered(&event);
            if !key.is_empty() {
                typed.set(String::new());
                save.run.emit((PatchProvider { api_key: Some(Some(key)), ..PatchProvider::default() }, true));
            }
        })
    };
    let remove = save.run.reform(|()| (PatchProvider { api_key: Some(None), ..PatchProvider::default() }, false));
    let oninput = {
        let typed = typed.clone();
        Callback::from(move |text| typed.set(text))
    };
    let help = props.from_environment.then_some("From the server's environment. One that is entered here comes before it.");
    html! {
        <form class={line_style()} {onsubmit}>
            <Field label="Key" control={control.clone()} error={save.error.clone()} {help}>
                <Input
                    id={control}
                    kind="password"
                    value={(*typed).clone()}
                    label={format!("Key for {}", props.name)}
                    placeholder={props.hint.clone().unwrap_or_else(|| "Paste a key".to_owned())}
                    {oninput}
                />
            </Field>
            if !typed.trim().is_empty() {
                <Button submit=true variant={ButtonVariant::Primary} busy={save.busy} label={format!("Save the key for {}", props.name)}>{ "Save" }</Button>
            } else if props.hint.is_some() && !props.from_environment {
                <Button variant={ButtonVariant::Ghost} busy={save.busy} label={format!("Remove the key for {}", props.name)} onclick={remove}>{ "Remove" }</Button>
            }
        </form>
    }
}

/// Props of [`AddressField`].
#[derive(PartialEq, Properties)]
pub struct AddressFieldProps {
    /// The provider's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is reached now.
    pub address: Option<String>,
    /// Whether it cannot do without one of its own.
    pub required: bool,
    /// When it was saved; whether there is one now.
    pub onsaved: Callback<bool>,
}

/// Where a provider is reached.
#[component]
pub fn AddressField(props: &AddressFieldProps) -> Html {
    let address = props.address.clone().unwrap_or_default();
    // What was typed, in place of which address: until another is taken it stays, so that it can be mended.
    let typed = use_state(|| None::<(String, String)>);
    let save = use_save(&props.id, &props.onsaved);
    let control = AttrValue::from(format!("address-{}", props.id));
    let shown = typed.as_ref().filter(|(before, _)| *before == address).map_or_else(|| address.clone(), |(_, text)| text.clone());
    let is_change = {
        let (address, required) = (address.clone(), props.required);
        move |text: &str| text.trim() != address && !(required && text.trim().is_empty())
    };
    let changed = is_change(&shown);
    let onsubmit = {
        let save = save.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = entered(&event);
            if is_change(&text) {
                // An empty field means the vendor's own.
                let address = Some(text).filter(|address| !address.is_empty());
                let worth_trying = address.is_some();
                save.run.emit((PatchProvider { base_url: Some(address), ..PatchProvider::default() }, worth_trying));
            }
        })
    };
    let oninput = Callback::from(move |text| typed.set(Some((address.clone(), text))));
    html! {
        <form class={line_style()} novalidate=true {onsubmit}>
            <Field label="Address" control={control.clone()} error={save.error.clone()} help={(changed && !props.required).then_some("Leave it empty for the provider’s own.")}>
                <Input id={control} kind="url" value={shown} label={format!("Address of {}", props.name)} placeholder="https://…" {oninput} />
            </Field>
            if changed {
                <Button submit=true size={ButtonSize::Medium} busy={save.busy} label={format!("Save the address of {}", props.name)}>{ "Save" }</Button>
            }
        </form>
    }
}

/// What stands in the field of a form when it is sent, which may be a letter more than what was drawn last.
fn entered(event: &SubmitEvent) -> String {
    let input = event.target_dyn_into::<Element>().and_then(|form| form.query_selector("input").ok().flatten());
    input.map(|input| input.unchecked_into::<HtmlInputElement>().value().trim().to_owned()).unwrap_or_default()
}

/// The saving of a change to a provider.
#[derive(Clone)]
pub struct Save {
    /// Whether it is under way.
    pub busy: bool,
    /// Why it was not taken.
    pub error: Option<AttrValue>,
    /// Sends a change; the flag is told on when it was taken.
    pub run: Callback<(PatchProvider, bool)>,
}

/// Saves changes to a provider.
#[hook]
pub fn use_save(id: &str, onsaved: &Callback<bool>) -> Save {
    let busy = use_state(|| false);
    let error = use_state(|| None::<AttrValue>);
    let run = {
        let (busy, error, id, onsaved) = (busy.clone(), error.clone(), id.to_owned(), onsaved.clone());
        Callback::from(move |(patch, flag): (PatchProvider, bool)| {
            let (busy, error, id, onsaved) = (busy.clone(), error.clone(), id.clone(), onsaved.clone());
            busy.set(true);
            error.set(None);
            spawn_local(async move {
                match settings::change_provider(id, patch).await {
                    Ok(()) => onsaved.emit(flag),
                    Err(cause) => error.set(Some(format::reason(&cause).into())),
                }
                busy.set(false);
            });
        })
    };
    Save { busy: *busy, error: (*error).clone(), run }
}

fn line_style() -> &'static str {
    style!(
        r#"
        display: grid;
        gap: var(--space-2);
        align-items: start;

        &:has(> button) { grid-template-columns: minmax(0, 1fr) auto; }
        & > button { margin-top: calc(var(--text-sm) * var(--leading) + var(--space-1)); }
        "#
    )
}
