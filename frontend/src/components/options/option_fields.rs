//! The fields of a provider's form.

use shared::provider::{Choice as OptionChoice, OptionField, OptionInput};
use yew::prelude::*;

use super::OptionValues;
use crate::{
    components::ui::{Choice, Field, Input, Segmented, Select, Switch},
    hooks::Newest,
};

/// More than so many letters do not fit side by side.
const SEGMENTED_LETTERS: usize = 26;
/// From here on a number is no measure but a name, as a seed is.
const NO_RANGE: f64 = 1e9;

/// Props of [`OptionFields`].
#[derive(PartialEq, Properties)]
pub struct OptionFieldsProps {
    /// What the ids of the controls begin with; unique on the page.
    pub id: AttrValue,
    /// The fields.
    pub fields: Vec<OptionField>,
    /// What is chosen.
    pub value: Newest<OptionValues>,
    /// When something else is chosen.
    pub onchange: Callback<OptionValues>,
}

/// The fields, one after another; pictures to resemble are chosen elsewhere.
#[component]
pub fn OptionFields(props: &OptionFieldsProps) -> Html {
    html! { <>{ for props.fields.iter().map(|field| one(props, field)) }</> }
}

fn one(props: &OptionFieldsProps, field: &OptionField) -> Html {
    let id = AttrValue::from(format!("{}-{}", props.id, field.name));
    let current = props.value.get(&field.name);
    let change = |with: fn(&OptionValues, &str, &str) -> OptionValues| {
        let (name, value, onchange) = (field.name.clone(), props.value.clone(), props.onchange.clone());
        Callback::from(move |text: String| onchange.emit(with(&value.now(), &name, &text)))
    };
    let set = || change(OptionValues::with);
    let control = match &field.input {
        OptionInput::Choice { choices } if fits(choices) => html! {
            <Segmented id={id.clone()} label={field.label.clone()} choices={listed(choices)} value={current} onchange={set()} />
        },
        OptionInput::Choice { choices } => html! { <Select id={id.clone()} choices={listed(choices)} value={current} onchange={set()} /> },
        OptionInput::Text => html! { <Input id={id.clone()} value={current} oninput={set()} /> },
        OptionInput::Number { only, .. } if !only.is_empty() => html! {
            <Segmented id={id.clone()} label={field.label.clone()} choices={numbers(only)} value={current} onchange={change(OptionValues::with_number)} />
        },
        OptionInput::Number { min, max, step, .. } => html! {
            <Input
                id={id.clone()}
                kind="number"
                min={min.to_string()}
                max={max.to_string()}
                step={step.to_string()}
                placeholder={(*max > NO_RANGE).then_some("Any")}
                value={current}
                oninput={change(OptionValues::with_number)}
            />
        },
        OptionInput::Toggle => {
            let (name, value, onchange) = (field.name.clone(), props.value.clone(), props.onchange.clone());
            let onchange = Callback::from(move |on: bool| onchange.emit(value.now().switched(&name, on)));
            return html! { <Switch key={field.name.clone()} label={field.label.clone()} on={props.value.is_on(&field.name)} {onchange} /> };
        }
        OptionInput::References { .. } => return Html::default(),
    };
    html! { <Field key={field.name.clone()} label={field.label.clone()} control={id} help={field.help.clone().map(AttrValue::from)}>{ control }</Field> }
}

fn fits(choices: &[OptionChoice]) -> bool {
    choices.len() <= 4 && choices.iter().map(|choice| choice.label.chars().count()).sum::<usize>() <= SEGMENTED_LETTERS
}

/// A few numbers to choose from, or none of them.
fn numbers(only: &[f64]) -> Vec<Choice> {
    let all = only.iter().map(|number| Choice::new(number.to_string(), number.to_string()));
    std::iter::once(Choice::new("", "Auto")).chain(all).collect()
}

/// As the provider lists them, its default first; sizes and rates from the least to the most.
fn listed(choices: &[OptionChoice]) -> Vec<Choice> {
    let mut sorted: Vec<_> = choices.iter().collect();
    let number = |choice: &OptionChoice| {
        let digits = choice.value.trim_end_matches(|c: char| c.is_ascii_lowercase());
        digits.parse::<u32>().ok()
    };
    if choices.iter().all(|choice| number(choice).is_some()) {
        sorted.sort_by_key(|choice| number(choice));
    }
    sorted.into_iter().map(|choice| Choice::new(choice.value.clone(), choice.label.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(values: &[&str]) -> Vec<String> {
        let choices: Vec<_> = values.iter().map(|value| OptionChoice { value: (*value).to_owned(), label: (*value).to_owned() }).collect();
        listed(&choices).into_iter().map(|choice| choice.value.to_string()).collect()
    }

    #[test]
    fn sizes_stand_in_order_and_words_as_they_are_told() {
        assert_eq!(shown(&["1080p", "720p", "2160p"]), ["720p", "1080p", "2160p"]);
        assert_eq!(shown(&["30", "24"]), ["24", "30"]);
        assert_eq!(shown(&["soft", "burned", "none"]), ["soft", "burned", "none"]);
    }
}
