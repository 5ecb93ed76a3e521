//! What something would take, in a line, before it is started.

use shared::estimate::Estimate;
use yew::prelude::*;

use crate::{design::style, format};

/// Props of [`EstimateLine`].
#[derive(PartialEq, Properties)]
pub struct EstimateLineProps {
    /// What it would take, once that is known.
    pub estimate: Option<Estimate>,
    /// What one call makes.
    pub one: AttrValue,
    /// What several make.
    pub many: AttrValue,
}

/// What something would take.
#[component]
pub fn EstimateLine(props: &EstimateLineProps) -> Html {
    let style = style!(
        r#"
        min-height: 1.5em;
        align-self: center;
        color: var(--text-faint);
        font-size: var(--text-sm);

        &.paid { color: var(--text-muted); }
        "#
    );
    let paid = props.estimate.as_ref().is_some_and(|estimate| estimate.cost_usd != Some(0.0));
    let words = props.estimate.as_ref().map(|estimate| words(estimate, &props.one, &props.many)).unwrap_or_default();
    html! { <p class={classes!(style, "tabular", paid.then_some("paid"))}>{ words }</p> }
}

fn words(estimate: &Estimate, one: &str, many: &str) -> String {
    if estimate.calls == 0 {
        return String::new();
    }
    let calls = format::count(estimate.calls as usize, one, many);
    let cost = match estimate.cost_usd {
        Some(usd) if usd > 0.0 => format!("about {}", format::cost(usd)),
        Some(_) => "free".to_owned(),
        None => "cost not known".to_owned(),
    };
    match estimate.seconds.filter(|seconds| *seconds >= 1.0) {
        Some(seconds) => format!("{calls} · {cost} · about {}", format::duration(seconds)),
        None => format!("{calls} · {cost}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_free() {
        let estimate = |calls, cost_usd| Estimate { calls, cost_usd, seconds: None };
        assert_eq!(words(&estimate(1, Some(0.0)), "image", "images"), "1 image · free");
        assert_eq!(words(&estimate(6, None), "image", "images"), "6 images · cost not known");
        assert_eq!(words(&estimate(6, Some(0.24)), "image", "images"), "6 images · about $0.24");
        assert_eq!(words(&estimate(0, Some(0.0)), "image", "images"), "");
    }
}
