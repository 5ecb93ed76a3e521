//! What may be spent and what has been, and how often failed calls are repeated.

use shared::{
    policy::{PatchRetries, PatchSpending, Retries, Spending, UnknownPrices},
    settings::PatchSettings,
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::NumberField;
use crate::{
    components::ui::{Card, Choice, Field, Progress, Select},
    design::style,
    format,
    state::settings,
};

/// Props of [`SpendingCard`].
#[derive(PartialEq, Properties)]
pub struct SpendingCardProps {
    /// What may be spent, and what has been.
    pub spending: Spending,
}

/// What may be spent, and what has been.
#[component]
pub fn SpendingCard(props: &SpendingCardProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-4);

        & .month { display: grid; gap: var(--space-2); }
        & .month strong { font-size: var(--text-lg); font-variant-numeric: tabular-nums; }
        & .month p { color: var(--text-muted); }
        & .fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(13rem, 100%), 1fr)); gap: var(--space-4); }
        "#
    );
    let spending = &props.spending;
    let save = Callback::from(|change: PatchSpending| {
        spawn_local(settings::patch(PatchSettings { spending: Some(change), ..PatchSettings::default() }));
    });
    let of = spending.month_limit_usd.map(|limit| format!(" of {}", format::cost(limit))).unwrap_or_default();
    let mut notes = Vec::new();
    if spending.reserved_usd > 0.0 {
        notes.push(format!("{} held back for what waits or is being made", format::cost(spending.reserved_usd)));
    }
    if spending.unknown_calls > 0 {
        notes.push(format!("{} of unknown price, not counted", format::count(spending.unknown_calls as usize, "call", "calls")));
    }
    let share = spending.month_limit_usd.filter(|limit| *limit > 0.0).map(|limit| (spending.month_usd + spending.reserved_usd) / limit);
    let choices = vec![Choice::new("refuse", "Refuse them"), Choice::new("allow", "Allow them, counted as nothing")];
    let current = if spending.unknown_prices == UnknownPrices::Allow { "allow" } else { "refuse" };
    html! {
        <Card title="Spending">
            <div class={style}>
                <div class="month">
                    <p><strong>{ format::cost(spending.month_usd) }</strong>{ of }{ " this month" }</p>
                    if let Some(share) = share {
                        <Progress label="Spent this month" value={share} />
                    }
                    if !notes.is_empty() {
                        <p>{ format!("{}.", notes.join("; ")) }</p>
                    }
                </div>
                <div class="fields">
                    <NumberField id="month-limit" label="Limit for a month, $" value={spending.month_limit_usd} usual="no limit" min=0.0 max=1_000_000.0
                        onchange={save.reform(|value| PatchSpending { month_limit_usd: Some(value), ..PatchSpending::default() })} />
                    <NumberField id="project-limit" label="Limit for a project, $" value={spending.project_limit_usd} usual="no limit" min=0.0 max=1_000_000.0
                        onchange={save.reform(|value| PatchSpending { project_limit_usd: Some(value), ..PatchSpending::default() })} />
                    <Field label="Calls of unknown price, under a limit" control="unknown-prices">
                        <Select id="unknown-prices" {choices} value={current} onchange={save.reform(|value: String| PatchSpending {
                            unknown_prices: Some(if value == "allow" { UnknownPrices::Allow } else { UnknownPrices::Refuse }),
                            ..PatchSpending::default()
                        })} />
                    </Field>
                </div>
            </div>
        </Card>
    }
}

/// Props of [`RetriesCard`].
#[derive(PartialEq, Properties)]
pub struct RetriesCardProps {
    /// How often calls are repeated.
    pub retries: Retries,
}

/// How often failed calls are repeated.
#[component]
pub fn RetriesCard(props: &RetriesCardProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(13rem, 100%), 1fr));
        gap: var(--space-4);
        "#
    );
    let retries = &props.retries;
    let save = Callback::from(|change: PatchRetries| {
        spawn_local(settings::patch(PatchSettings { retries: Some(change), ..PatchSettings::default() }));
    });
    // These always have a value, so that an empty field changes nothing.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number of at most five")]
    let attempts = save.reform(|value: Option<f64>| PatchRetries { attempts: value.map(|value| value as u32), ..PatchRetries::default() });
    html! {
        <Card title="When a provider is busy">
            <div class={style}>
                <NumberField id="attempts" label="Attempts in all" value={f64::from(retries.attempts)} min=1.0 max=5.0 whole=true onchange={attempts} />
                <NumberField id="retry-total" label="Give up after, seconds" value={retries.total_seconds} min=1.0 max=86400.0
                    onchange={save.reform(|value| PatchRetries { total_seconds: value, ..PatchRetries::default() })} />
                <NumberField id="longest-wait" label="Longest wait, seconds" value={retries.longest_wait_seconds} min=1.0 max=3600.0
                    help="Where a provider wants to be left alone for longer, it says until when."
                    onchange={save.reform(|value| PatchRetries { longest_wait_seconds: value, ..PatchRetries::default() })} />
            </div>
        </Card>
    }
}
