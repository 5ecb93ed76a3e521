//! A longer text that a provider is told in the settings: a workflow, say. It is shown as it is, and saved when asked to.

use std::collections::BTreeMap;

use shared::{provider::SettingField, settings::PatchProvider};
use yew::prelude::*;

use super::provider_fields::use_save;
use crate::{
    components::ui::{Button, ButtonVariant, Field, Textarea},
    design::style,
};

/// Props of [`ProviderText`].
#[derive(PartialEq, Properties)]
pub struct ProviderTextProps {
    /// The provider's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is told.
    pub field: SettingField,
    /// When it was saved; whether there is one now.
    pub onsaved: Callback<bool>,
}

/// A longer text that a provider is told.
#[component]
pub fn ProviderText(props: &ProviderTextProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-2);
        min-width: 0;

        & textarea { max-height: 14rem; overflow: auto; font-family: var(--font-mono); font-size: var(--text-sm); }
        & .actions { display: flex; flex-wrap: wrap; gap: var(--space-2); }
        "#
    );
    let field = &props.field;
    let known = field.value.clone().unwrap_or_default();
    let typed = use_state(|| None::<String>);
    let save = use_save(&props.id, &props.onsaved);
    let control = AttrValue::from(format!("{}-{}", field.name, props.id));
    let shown = typed.as_deref().unwrap_or(&known).to_owned();
    let changed = shown.trim() != known.trim();
    // What was taken is what the server says; until then what was typed stays, so that it can be mended.
    use_effect_with(known.clone(), {
        let typed = typed.clone();
        move |_| typed.set(None)
    });
    let send = {
        let (name, run) = (field.name.clone(), save.run.clone());
        move |text: Option<String>| {
            let told = text.is_some();
            run.emit((PatchProvider { settings: Some(BTreeMap::from([(name.clone(), text)])), ..PatchProvider::default() }, told));
        }
    };
    let onsubmit = {
        let (typed, known) = (typed.clone(), known.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            send(Some(typed.as_deref().unwrap_or(&known).trim().to_owned()).filter(|text| !text.is_empty()));
        })
    };
    let undo = {
        let typed = typed.clone();
        Callback::from(move |()| typed.set(None))
    };
    let oninput = Callback::from(move |text| typed.set(Some(text)));
    html! {
        <form class={style} {onsubmit}>
            <Field label={field.label.clone()} control={control.clone()} error={save.error.clone()} help={field.help.clone()}>
                <Textarea id={control} value={shown} rows=3 label={format!("{} of {}", field.label, props.name)} {oninput} />
            </Field>
            if changed {
                <div class="actions">
                    <Button submit=true variant={ButtonVariant::Primary} busy={save.busy} label={format!("Save the {} of {}", field.label.to_lowercase(), props.name)}>{ "Save" }</Button>
                    <Button variant={ButtonVariant::Ghost} onclick={undo}>{ "Undo" }</Button>
                </div>
            }
        </form>
    }
}
