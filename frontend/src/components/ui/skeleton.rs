//! The shape of what is coming.

use yew::prelude::*;

use crate::design::style;

/// A bar of the shape of what is coming, as wide and high as CSS says it; hidden from screen readers.
pub fn skeleton(width: &str, height: &str) -> Html {
    let style = style!(
        r#"
        border-radius: var(--radius-sm);
        background: var(--pressed);
        animation: pulse 1.6s ease-in-out infinite;
        "#
    );
    html! { <div class={style} aria-hidden="true" style={format!("width: {width}; height: {height}")} /> }
}
