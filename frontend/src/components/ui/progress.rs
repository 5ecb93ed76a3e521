//! How far something is: a bar where that is known, a spinner where it is not.

use yew::prelude::*;

use crate::design::style;

/// Props of [`Progress`].
#[derive(PartialEq, Properties)]
pub struct ProgressProps {
    /// What is under way.
    pub label: AttrValue,
    /// How much is done, 0 to 1; left out where nobody knows.
    #[prop_or_default]
    pub value: Option<f64>,
}

/// A bar.
#[component]
pub fn Progress(props: &ProgressProps) -> Html {
    let style = style!(
        r#"
        height: 4px;
        width: 100%;
        min-width: 0;
        border-radius: var(--radius-full);
        background: var(--pressed);
        overflow: hidden;

        & > div { height: 100%; border-radius: inherit; background: var(--accent); transition: width var(--calm); }
        & > .unknown { width: 40%; animation: pulse 1.4s ease-in-out infinite; }
        "#
    );
    let percent = props.value.map(|value| (value.clamp(0.0, 1.0) * 100.0).round());
    html! {
        <div class={style} role="progressbar" aria-label={props.label.clone()} aria-valuemin="0" aria-valuemax="100" aria-valuenow={percent.map(|p| p.to_string())}>
            if let Some(percent) = percent {
                <div style={format!("width: {percent}%")} />
            } else {
                <div class="unknown" />
            }
        </div>
    }
}

/// A small circle that turns.
pub fn spinner() -> Html {
    let style = style!(
        r#"
        display: inline-block;
        flex: none;
        width: 0.9rem;
        height: 0.9rem;
        border: 2px solid currentColor;
        border-right-color: transparent;
        border-radius: var(--radius-full);
        opacity: 0.7;
        animation: spin 0.8s linear infinite;
        "#
    );
    html! { <span class={style} aria-hidden="true" /> }
}
