//! How loud it is, now.

use yew::prelude::*;

use crate::design::style;

const SEGMENTS: usize = 24;
/// From here on it is nearly too loud.
const HOT: usize = 21;

/// Props of [`LevelMeter`].
#[derive(PartialEq, Properties)]
pub struct LevelMeterProps {
    /// What is measured.
    pub label: AttrValue,
    /// How loud, 0 to 1.
    pub level: f64,
}

/// A row of lights.
#[component]
pub fn LevelMeter(props: &LevelMeterProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        gap: 2px;
        flex: 1;
        min-width: 4rem;
        height: 1rem;

        & > span { flex: 1; border-radius: 1px; background: var(--pressed); }
        & > .lit { background: var(--ok); }
        & > .hot { background: var(--danger); }
        "#
    );
    let lit = (props.level.clamp(0.0, 1.0) * SEGMENTS as f64).round() as usize;
    html! {
        <div class={style} role="meter" aria-label={props.label.clone()} aria-valuemin="0" aria-valuemax="100" aria-valuenow={(lit * 100 / SEGMENTS).to_string()}>
            { for (0..SEGMENTS).map(|segment| html! {
                <span class={classes!((segment < lit).then_some(if segment >= HOT { "hot" } else { "lit" }))} />
            }) }
        </div>
    }
}
