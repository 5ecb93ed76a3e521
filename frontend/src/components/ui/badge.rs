//! A word about the state of something.

use yew::prelude::*;

use crate::design::style;

/// What it is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BadgeTone {
    /// A fact.
    #[default]
    Plain,
    /// Work under way, or something to look at.
    Accent,
    /// It is well.
    Ok,
    /// It is not.
    Danger,
}

/// Props of [`Badge`].
#[derive(PartialEq, Properties)]
pub struct BadgeProps {
    /// What it says.
    pub children: Html,
    /// What it is about.
    #[prop_or_default]
    pub tone: BadgeTone,
    /// More, on hovering and on focus.
    #[prop_or_default]
    pub tip: Option<AttrValue>,
}

/// A word about the state of something.
#[component]
pub fn Badge(props: &BadgeProps) -> Html {
    let style = style!(
        r#"
        display: inline-flex;
        align-items: center;
        gap: var(--space-1);
        max-width: 100%;
        padding: 0.1rem 0.45rem;
        border-radius: var(--radius-full);
        background: var(--hover);
        color: var(--text-muted);
        font-size: var(--text-xs);
        font-weight: var(--weight-medium);
        line-height: 1.5;
        white-space: nowrap;

        &.accent { background: var(--accent-soft); color: var(--accent); }
        &.ok { background: var(--ok-soft); color: var(--ok); }
        &.danger { background: var(--danger-soft); color: var(--danger); }
        "#
    );
    let tone = match props.tone {
        BadgeTone::Plain => "plain",
        BadgeTone::Accent => "accent",
        BadgeTone::Ok => "ok",
        BadgeTone::Danger => "danger",
    };
    html! { <span class={classes!(style, tone)} data-tip={props.tip.clone()} tabindex={props.tip.as_ref().map(|_| "0")}>{ props.children.clone() }</span> }
}
