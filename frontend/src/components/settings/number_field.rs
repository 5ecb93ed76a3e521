//! A number that is saved when its field is left, or on Enter. Empty means what is usual, where something is.

use yew::prelude::*;

use super::entered::{Sent, use_entered};
use crate::components::ui::{Field, Input};

/// Props of [`NumberField`].
#[derive(PartialEq, Properties)]
pub struct NumberFieldProps {
    /// The id of the control.
    pub id: AttrValue,
    /// What it is called.
    pub label: AttrValue,
    /// Its whole name, where the label alone does not say enough.
    #[prop_or_default]
    pub name: Option<AttrValue>,
    /// What is set; none for what is usual.
    pub value: Option<f64>,
    /// What stands in it while nothing is set; none where something always is.
    #[prop_or_default]
    pub usual: Option<AttrValue>,
    /// More about it.
    #[prop_or_default]
    pub help: Option<AttrValue>,
    /// The smallest number.
    pub min: f64,
    /// The largest number.
    pub max: f64,
    /// Whether it counts something.
    #[prop_or_default]
    pub whole: bool,
    /// When another number is given, or none.
    pub onchange: Callback<Option<f64>>,
}

/// A number that is saved when its field is left.
#[component]
pub fn NumberField(props: &NumberFieldProps) -> Html {
    let error = use_state(|| None::<AttrValue>);
    let known = props.value.map(|value| value.to_string()).unwrap_or_default();
    let entered = {
        let (error, onchange) = (error.clone(), props.onchange.clone());
        let (min, max, whole, always_set) = (props.min, props.max, props.whole, props.usual.is_none());
        use_entered(known.into(), move |text| {
            let read = read(text, min, max, whole);
            error.set(read.as_ref().err().map(|why| why.clone().into()));
            match read {
                Ok(None) if always_set => Sent::Nothing,
                Ok(value) => {
                    onchange.emit(value);
                    Sent::On
                }
                Err(_) => Sent::Wrong,
            }
        })
    };
    html! {
        <div onfocusout={entered.onfocusout} onkeydown={entered.onkeydown}>
            <Field label={props.label.clone()} control={props.id.clone()} help={props.help.clone()} error={(*error).clone()}>
                <Input
                    id={props.id.clone()}
                    kind="number"
                    label={props.name.clone()}
                    value={entered.shown}
                    placeholder={props.usual.clone()}
                    min={props.min.to_string()}
                    max={props.max.to_string()}
                    step={if props.whole { "1" } else { "any" }}
                    oninput={entered.oninput}
                />
            </Field>
        </div>
    }
}

/// The number that a text is; none where it is empty.
fn read(text: &str, min: f64, max: f64, whole: bool) -> Result<Option<f64>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || format!("A {} from {min} to {max}.", if whole { "whole number" } else { "number" });
    let value: f64 = text.parse().map_err(|_| wrong())?;
    let fits = value.is_finite() && (min..=max).contains(&value) && (!whole || value.fract() == 0.0);
    if fits { Ok(Some(value)) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn numbers_are_held_to_their_range() {
        assert_eq!(read(" ", 1.0, 5.0, true), Ok(None));
        assert_eq!(read("2.5", 0.0, 5.0, false), Ok(Some(2.5)));
        assert_eq!(read("2.5", 0.0, 5.0, true), Err("A whole number from 0 to 5.".to_owned()));
        assert_eq!(read("6", 0.0, 5.0, false), Err("A number from 0 to 5.".to_owned()));
        assert!(read("NaN", 0.0, 5.0, false).is_err());
    }
}
