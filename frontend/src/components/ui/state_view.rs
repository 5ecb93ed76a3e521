//! The two faces of a view that has nothing to show: nothing is there, or it could not be had.

use yew::prelude::*;

use crate::design::style;

use super::{Button, Icon, glyph};

/// Props of [`EmptyState`].
#[derive(PartialEq, Properties)]
pub struct EmptyStateProps {
    /// A sign of what would be here.
    pub icon: Icon,
    /// What is not there.
    pub title: AttrValue,
    /// What to do about it.
    #[prop_or_default]
    pub text: AttrValue,
    /// A button for it.
    #[prop_or_default]
    pub children: Html,
}

/// Nothing is there yet.
#[component]
pub fn EmptyState(props: &EmptyStateProps) -> Html {
    let style = state_style();
    html! {
        <div class={style}>
            { glyph(props.icon, 22) }
            <h2>{ &props.title }</h2>
            if !props.text.is_empty() {
                <p>{ &props.text }</p>
            }
            { props.children.clone() }
        </div>
    }
}

/// Props of [`ErrorState`].
#[derive(PartialEq, Properties)]
pub struct ErrorStateProps {
    /// What could not be had.
    pub title: AttrValue,
    /// Why, in the server's words.
    pub message: AttrValue,
    /// Tries again.
    #[prop_or_default]
    pub onretry: Option<Callback<()>>,
}

/// It could not be had.
#[component]
pub fn ErrorState(props: &ErrorStateProps) -> Html {
    let style = state_style();
    html! {
        <div class={classes!(style, "failed")} role="alert">
            { glyph(Icon::Error, 22) }
            <h2>{ &props.title }</h2>
            <p>{ &props.message }</p>
            if let Some(onretry) = &props.onretry {
                <Button icon={Icon::Retry} onclick={onretry}>{ "Retry" }</Button>
            }
        </div>
    }
}

fn state_style() -> &'static str {
    style!(
        r#"
        display: grid;
        justify-items: center;
        gap: var(--space-2);
        max-width: 26rem;
        margin: 0 auto;
        padding: var(--space-12) var(--space-4);
        color: var(--text-faint);
        text-align: center;

        & h2 { margin-top: var(--space-1); color: var(--text); }
        & p { color: var(--text-muted); text-wrap: balance; margin-bottom: var(--space-2); }
        & > a { display: inline-flex; align-items: center; min-height: var(--control); }
        &.failed > span:first-child { color: var(--danger); }
        "#
    )
}
