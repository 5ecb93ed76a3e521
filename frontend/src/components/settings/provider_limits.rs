//! How many calls a provider gets, and how long each kind of its work may take.

use std::collections::BTreeMap;

use shared::{
    policy::{PatchKindLimits, PatchProviderLimits, PatchTimeLimits, ProviderLimits},
    provider::{ProviderKind, TimeLimits},
    settings::PatchSettings,
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{NumberField, kind_name};
use crate::{design::style, state::settings};

/// Props of [`ProviderLimitsForm`].
#[derive(PartialEq, Properties)]
pub struct ProviderLimitsFormProps {
    /// The provider's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it does.
    pub kinds: Vec<ProviderKind>,
    /// What holds for it.
    pub limits: ProviderLimits,
}

/// One of the time limits: what it is called, its range, and how it is read and set.
struct Time {
    label: &'static str,
    max: f64,
    read: fn(&TimeLimits) -> Option<f64>,
    set: fn(Option<f64>) -> PatchTimeLimits,
}

const TIMES: [Time; 4] = [
    Time {
        label: "To connect",
        max: 300.0,
        read: |limits| limits.connect_seconds,
        set: |value| PatchTimeLimits { connect_seconds: Some(value), ..PatchTimeLimits::default() },
    },
    Time {
        label: "To begin its answer",
        max: 7200.0,
        read: |limits| limits.first_byte_seconds,
        set: |value| PatchTimeLimits { first_byte_seconds: Some(value), ..PatchTimeLimits::default() },
    },
    Time {
        label: "Between two parts",
        max: 7200.0,
        read: |limits| limits.idle_seconds,
        set: |value| PatchTimeLimits { idle_seconds: Some(value), ..PatchTimeLimits::default() },
    },
    Time {
        label: "In all",
        max: 86400.0,
        read: |limits| limits.total_seconds,
        set: |value| PatchTimeLimits { total_seconds: Some(value), ..PatchTimeLimits::default() },
    },
];

/// How many calls a provider gets, and how long they may take. What is usual stands in the fields until another is given.
#[component]
pub fn ProviderLimitsForm(props: &ProviderLimitsFormProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-4);

        & fieldset { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(8rem, 100%), 1fr)); gap: var(--space-3); align-items: end; min-width: 0; }
        & legend { float: left; grid-column: 1 / -1; padding: 0; color: var(--text-muted); font-size: var(--text-sm); font-weight: var(--weight-strong); }
        "#
    );
    let (limits, usual) = (&props.limits, &props.limits.usual);
    let save = {
        let id = props.id.clone();
        Callback::from(move |change: PatchProviderLimits| {
            let limits = Some(BTreeMap::from([(id.clone(), change)]));
            spawn_local(settings::patch(PatchSettings { limits, ..PatchSettings::default() }));
        })
    };
    let at_once = Some(limits.at_once).filter(|set| *set != usual.at_once).map(f64::from);
    let a_minute = limits.per_minute.filter(|set| Some(*set) != usual.per_minute).map(f64::from);
    let usual_a_minute = usual.per_minute.map_or_else(|| "no limit".to_owned(), |count| count.to_string());
    html! {
        <div class={style}>
            <fieldset>
                <legend>{ "Calls" }</legend>
                <NumberField id={format!("at-once-{}", props.id)} label="At once" name={format!("Calls to {} at once", props.name)}
                    value={at_once} usual={usual.at_once.to_string()} min=1.0 max=1000.0 whole=true
                    onchange={save.reform(|value| PatchProviderLimits { at_once: Some(whole(value)), ..PatchProviderLimits::default() })} />
                <NumberField id={format!("a-minute-{}", props.id)} label="A minute" name={format!("Calls to {} a minute", props.name)}
                    value={a_minute} usual={usual_a_minute} min=1.0 max=100_000.0 whole=true
                    onchange={save.reform(|value| PatchProviderLimits { per_minute: Some(whole(value)), ..PatchProviderLimits::default() })} />
            </fieldset>
            { for props.kinds.iter().filter_map(|kind| {
                let (set, usual) = (limits.time.of(*kind)?, usual.time.of(*kind)?);
                let save = save.clone();
                let kind = *kind;
                Some(html! {
                    <fieldset key={kind_name(kind)}>
                        <legend>{ format!("Seconds for {}", kind_name(kind).to_lowercase()) }</legend>
                        { for TIMES.iter().map(|time| {
                            let (value, usual) = ((time.read)(set), (time.read)(usual));
                            let change = time.set;
                            html! {
                                <NumberField
                                    id={format!("time-{}-{}-{}", props.id, kind_name(kind), time.label.replace(' ', "-"))}
                                    label={time.label}
                                    name={format!("{}: {}, {}, seconds", props.name, kind_name(kind), time.label.to_lowercase())}
                                    value={value.filter(|_| value != usual)}
                                    usual={usual.map_or_else(|| "no limit".to_owned(), |usual| usual.to_string())}
                                    min=0.1 max={time.max}
                                    onchange={save.reform(move |value| PatchProviderLimits { time: Some(Some(of_kind(kind, change(value)))), ..PatchProviderLimits::default() })}
                                />
                            }
                        }) }
                    </fieldset>
                })
            }) }
        </div>
    }
}

fn whole(value: Option<f64>) -> Option<u32> {
    // The field has held it to its range.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number of at most 100 000")]
    value.map(|value| value as u32)
}

fn of_kind(kind: ProviderKind, limits: PatchTimeLimits) -> PatchKindLimits {
    let (mut patch, limits) = (PatchKindLimits::default(), Some(Some(limits)));
    match kind {
        ProviderKind::Script => patch.script = limits,
        ProviderKind::Speech => patch.speech = limits,
        ProviderKind::Image => patch.image = limits,
        ProviderKind::Video => patch.video = limits,
    }
    patch
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_limit_that_was_changed_is_sent() {
        let patch = of_kind(ProviderKind::Image, (TIMES[3].set)(Some(600.0)));
        assert_eq!(serde_json::to_string(&patch).unwrap(), r#"{"image":{"totalSeconds":600.0}}"#);
        let patch = of_kind(ProviderKind::Script, (TIMES[0].set)(None));
        assert_eq!(serde_json::to_string(&patch).unwrap(), r#"{"script":{"connectSeconds":null}}"#);
    }
}
