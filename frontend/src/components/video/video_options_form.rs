//! How the film is made. The fields are the provider's own, so a new one needs no change here.

use shared::provider::{Choice as OptionChoice, OptionField, OptionInput};
use yew::prelude::*;

use super::FilmSettings;
use crate::components::ui::{Choice, Field, Input, Segmented, Select, Switch};
use crate::design::style;

/// More than so many letters do not fit side by side.
const SEGMENTED_LETTERS: usize = 26;

/// Props of [`VideoOptionsForm`].
#[derive(PartialEq, Properties)]
pub struct VideoOptionsFormProps {
    /// The providers to choose from.
    pub providers: Vec<Choice>,
    /// The fields.
    pub fields: Vec<OptionField>,
    /// What is chosen.
    pub value: FilmSettings,
    /// When something else is chosen.
    pub onchange: Callback<FilmSettings>,
}

/// How the film is made.
#[component]
pub fn VideoOptionsForm(props: &VideoOptionsFormProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr));
        gap: var(--space-4);
        "#
    );
    let set = |name: &str| {
        let (name, value, onchange) = (name.to_owned(), props.value.clone(), props.onchange.clone());
        Callback::from(move |text: String| onchange.emit(value.with(&name, &text)))
    };
    let burned = props.value.get("subtitles") == "burned";
    html! {
        <div class={style}>
            if props.providers.len() > 1 {
                <Field label="Made by" control="film-provider">
                    <Select id="film-provider" choices={props.providers.clone()} value={props.value.get("provider")} onchange={set("provider")} />
                </Field>
            }
            { for props.fields.iter().filter(|field| field.name != "captionStyle" || burned).map(|field| {
                let id = AttrValue::from(format!("film-{}", field.name));
                let current = props.value.get(&field.name);
                let control = match &field.input {
                    OptionInput::Choice { choices } if fits(choices) => html! {
                        <Segmented id={id.clone()} label={field.label.clone()} choices={listed(choices)} value={current} onchange={set(&field.name)} />
                    },
                    OptionInput::Choice { choices } => html! {
                        <Select id={id.clone()} choices={listed(choices)} value={current} onchange={set(&field.name)} />
                    },
                    OptionInput::Text => html! { <Input id={id.clone()} value={current} oninput={set(&field.name)} /> },
                    OptionInput::Number { min, max, step } => {
                        let (name, value, onchange) = (field.name.clone(), props.value.clone(), props.onchange.clone());
                        let oninput = Callback::from(move |text: String| onchange.emit(value.with_number(&name, &text)));
                        html! { <Input id={id.clone()} kind="number" min={min.to_string()} max={max.to_string()} step={step.to_string()} value={current} {oninput} /> }
                    }
                    OptionInput::Toggle => {
                        let (name, value, onchange) = (field.name.clone(), props.value.clone(), props.onchange.clone());
                        let onchange = Callback::from(move |on: bool| onchange.emit(value.switched(&name, on)));
                        return html! { <Switch label={field.label.clone()} on={props.value.is_on(&field.name)} {onchange} /> };
                    }
                    // Images to look like: films are made from the scenes' own.
                    OptionInput::References { .. } => return Html::default(),
                };
                html! { <Field key={field.name.clone()} label={field.label.clone()} control={id} help={field.help.clone().map(AttrValue::from)}>{ control }</Field> }
            }) }
        </div>
    }
}

fn fits(choices: &[OptionChoice]) -> bool {
    choices.len() <= 4 && choices.iter().map(|choice| choice.label.chars().count()).sum::<usize>() <= SEGMENTED_LETTERS
}

fn listed(choices: &[OptionChoice]) -> Vec<Choice> {
    choices.iter().map(|choice| Choice::new(choice.value.clone(), choice.label.clone())).collect()
}
