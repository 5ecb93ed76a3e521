//! What calls cost: the prices that the program knows, with their dates, and those that the user has set over them.

use std::{collections::BTreeMap, rc::Rc};

use shared::{
    policy::{PatchPrice, Price},
    settings::{PatchSettings, Settings},
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    components::ui::{Badge, BadgeTone, Button, ButtonSize, ButtonVariant, Card, Field, Icon, Input, Modal},
    design::style,
    format,
    state::settings,
};

/// A unit that is billed: its name, what it is of, and how it is read and set.
struct Unit {
    label: &'static str,
    short: &'static str,
    read: fn(&Price) -> Option<f64>,
    set: fn(&mut PatchPrice, Option<f64>),
}

const UNITS: [Unit; 6] = [
    Unit {
        label: "Million tokens read",
        short: "a million tokens read",
        read: |price| price.per_million_input_tokens,
        set: |patch, value| patch.per_million_input_tokens = Some(value),
    },
    Unit {
        label: "Million tokens written",
        short: "a million written",
        read: |price| price.per_million_output_tokens,
        set: |patch, value| patch.per_million_output_tokens = Some(value),
    },
    Unit {
        label: "Million characters spoken",
        short: "a million characters",
        read: |price| price.per_million_characters,
        set: |patch, value| patch.per_million_characters = Some(value),
    },
    Unit { label: "Second", short: "a second", read: |price| price.per_second, set: |patch, value| patch.per_second = Some(value) },
    Unit { label: "Picture", short: "a picture", read: |price| price.per_image, set: |patch, value| patch.per_image = Some(value) },
    Unit { label: "Request", short: "a request", read: |price| price.per_request, set: |patch, value| patch.per_request = Some(value) },
];

/// Props of [`PricesCard`].
#[derive(PartialEq, Properties)]
pub struct PricesCardProps {
    /// The settings as they are.
    pub settings: Rc<Settings>,
}

/// What calls cost.
#[component]
pub fn PricesCard(props: &PricesCardProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-3);

        & > p { color: var(--text-muted); font-size: var(--text-sm); }
        & ul { display: grid; max-height: 22rem; overflow: auto; overscroll-behavior: contain; border: 1px solid var(--line); border-radius: var(--radius-md); }
        & ul:empty { display: none; }
        & li { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-1) var(--space-3); min-width: 0; padding: var(--space-2) var(--space-3); }
        & li + li { border-top: 1px solid var(--line); }
        & .what { flex: 1 1 8rem; min-width: 0; overflow-wrap: anywhere; }
        & .what span { display: block; color: var(--text-muted); font-size: var(--text-sm); }
        "#
    );
    let editing = use_state(|| None::<(String, Price)>);
    let edit = |name: &str, price: &Price| {
        let (editing, chosen) = (editing.clone(), (name.to_owned(), price.clone()));
        Callback::from(move |()| editing.set(Some(chosen.clone())))
    };
    let onclose = {
        let editing = editing.clone();
        Callback::from(move |()| editing.set(None))
    };
    let mut prices: Vec<(&String, &Price)> = props.settings.prices.iter().collect();
    prices.sort_by_key(|(_, price)| !is_own(price));
    let aside =
        html! { <Button size={ButtonSize::Small} icon={Icon::Add} onclick={edit("", &Price::default())}>{ "Add a price" }</Button> };
    html! {
        <Card title="Prices" {aside}>
            <div class={style}>
                <p>{ "In US dollars, as far as they are known. Yours go before the program’s; a model without a price costs an unknown amount, not nothing." }</p>
                <ul tabindex="0" aria-label="Prices">
                    { for prices.iter().map(|(name, price)| html! {
                        <li key={(*name).clone()}>
                            <div class="what">{ name }<span>{ summary(price) }</span></div>
                            if is_own(price) {
                                <Badge tone={BadgeTone::Accent}>{ "Yours" }</Badge>
                            } else if let Some(date) = &price.as_of {
                                <Badge tip={price.source.clone().map(AttrValue::from)}>{ date }</Badge>
                            }
                            <Button size={ButtonSize::Small} variant={ButtonVariant::Ghost} label={format!("Change the price of {name}")} onclick={edit(name, price)}>{ "Change" }</Button>
                        </li>
                    }) }
                </ul>
                if let Some((name, price)) = &*editing {
                    <PriceForm name={name.clone()} price={price.clone()} {onclose} />
                }
            </div>
        </Card>
    }
}

/// A price of the program's own has a date.
fn is_own(price: &Price) -> bool {
    price.as_of.is_none()
}

/// `$0.75 a million tokens read, $3.75 a million written`, and what comes then, where that is known.
fn summary(price: &Price) -> String {
    let parts: Vec<String> = UNITS.iter().filter_map(|unit| (unit.read)(price).map(|usd| format!("${usd} {}", unit.short))).collect();
    let now = if parts.is_empty() { "nothing is billed".to_owned() } else { parts.join(", ") };
    let then = price.then.as_deref().map(|next| format!("; then {}", summary(next))).unwrap_or_default();
    price.until.map_or_else(|| now.clone(), |last| format!("{now} until {last}{then}"))
}

#[derive(PartialEq, Properties)]
struct PriceFormProps {
    /// `provider/model`; empty for a new one.
    name: String,
    price: Price,
    onclose: Callback<()>,
}

#[component]
fn PriceForm(props: &PriceFormProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-4);

        & .units { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(12rem, 100%), 1fr)); gap: var(--space-3); }
        & .bad { color: var(--danger); }
        "#
    );
    let name = {
        let name = props.name.clone();
        use_state(move || name)
    };
    let units = {
        let price = props.price.clone();
        use_state(move || texts_of(&price))
    };
    let (busy, error) = (use_state(|| false), use_state(|| None::<AttrValue>));
    let send = {
        let (busy, error, onclose) = (busy.clone(), error.clone(), props.onclose.clone());
        move |name: String, price: Option<PatchPrice>| {
            let (busy, error, onclose) = (busy.clone(), error.clone(), onclose.clone());
            busy.set(true);
            error.set(None);
            spawn_local(async move {
                let prices = Some(BTreeMap::from([(name, price)]));
                match settings::change(&PatchSettings { prices, ..PatchSettings::default() }).await {
                    Ok(()) => onclose.emit(()),
                    Err(cause) => {
                        error.set(Some(format::reason(&cause).into()));
                        busy.set(false);
                    }
                }
            });
        }
    };
    let save = {
        let (name, units, error, send) = (name.clone(), units.clone(), error.clone(), send.clone());
        Callback::from(move |()| match patch_of(&units) {
            Ok(price) => send(name.trim().to_owned(), Some(price)),
            Err(why) => error.set(Some(why.into())),
        })
    };
    let reset = {
        let name = props.name.clone();
        Callback::from(move |()| send(name.clone(), None))
    };
    let onsubmit = {
        let save = save.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            save.emit(());
        })
    };
    let is_new = props.name.is_empty();
    let footer = html! {
        <>
            if !is_new && is_own(&props.price) {
                <Button variant={ButtonVariant::Ghost} busy={*busy} onclick={reset}>{ "Forget mine" }</Button>
            }
            <Button onclick={props.onclose.clone()}>{ "Cancel" }</Button>
            <Button variant={ButtonVariant::Primary} busy={*busy} disabled={name.trim().is_empty()} onclick={save}>{ "Save price" }</Button>
        </>
    };
    let title = if is_new { "Add a price".to_owned() } else { format!("Price of {}", props.name) };
    html! {
        <Modal {title} onclose={props.onclose.clone()} {footer}>
            <form class={style} {onsubmit}>
                if is_new {
                    <Field label="Provider and model" control="price-name" help="Or provider/* for every model that has no price of its own.">
                        <Input id="price-name" value={(*name).clone()} placeholder="openai/gpt-image-2.6-flare" autofocus=true oninput={
                            let name = name.clone();
                            Callback::from(move |text| name.set(text))
                        } />
                    </Field>
                }
                <div class="units">
                    { for UNITS.iter().enumerate().map(|(at, unit)| {
                        let control = AttrValue::from(format!("price-unit-{at}"));
                        let units_now = units.clone();
                        let oninput = Callback::from(move |text: String| {
                            let mut texts = (*units_now).clone();
                            texts[at] = text;
                            units_now.set(texts);
                        });
                        html! {
                            <Field key={unit.label} label={format!("{}, $", unit.label)} control={control.clone()}>
                                <Input id={control} kind="number" min="0" step="any" value={units[at].clone()} placeholder="not billed" {oninput} />
                            </Field>
                        }
                    }) }
                </div>
                if let Some(error) = &*error {
                    <p class="bad" role="alert">{ error }</p>
                }
                <button type="submit" hidden=true />
            </form>
        </Modal>
    }
}

/// What stands in the fields.
fn texts_of(price: &Price) -> [String; 6] {
    UNITS.each_ref().map(|unit| (unit.read)(price).map(|usd| usd.to_string()).unwrap_or_default())
}

/// The price that the fields say: what is empty is not billed.
fn patch_of(texts: &[String; 6]) -> Result<PatchPrice, String> {
    if texts.iter().all(|text| text.trim().is_empty()) {
        return Err("Give at least one price; 0 is one.".to_owned());
    }
    let mut patch = PatchPrice::default();
    for (unit, text) in UNITS.iter().zip(texts) {
        let value = match text.trim() {
            "" => None,
            text => Some(text.parse::<f64>().map_err(|_| format!("{} is not a number.", unit.label))?),
        };
        (unit.set)(&mut patch, value);
    }
    Ok(patch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_reads_as_people_say_it() {
        let price = Price { per_million_input_tokens: Some(0.75), per_million_output_tokens: Some(3.75), ..Price::default() };
        assert_eq!(summary(&price), "$0.75 a million tokens read, $3.75 a million written");
        assert_eq!(summary(&Price::default()), "nothing is billed");
    }

    #[test]
    fn what_is_empty_is_not_billed() {
        let mut texts = texts_of(&Price { per_second: Some(0.1), ..Price::default() });
        assert_eq!(texts[3], "0.1");
        texts[4] = " 0.05".to_owned();
        texts[3].clear();
        let patch = serde_json::to_value(patch_of(&texts).unwrap()).unwrap();
        assert_eq!((&patch["perSecond"], &patch["perImage"]), (&serde_json::Value::Null, &serde_json::json!(0.05)));
        texts[0] = "much".to_owned();
        assert_eq!(patch_of(&texts).unwrap_err(), "Million tokens read is not a number.");
    }
}
