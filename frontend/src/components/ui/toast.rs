//! A short note at the edge of the page.

use yew::prelude::*;

use crate::design::style;

use super::{Button, ButtonSize, Icon, IconButton, glyph};

/// Props of [`ToastCard`].
#[derive(PartialEq, Properties)]
pub struct ToastCardProps {
    /// What it says.
    pub message: AttrValue,
    /// Whether it is about something that went wrong.
    pub failed: bool,
    /// What can be done about it.
    #[prop_or_default]
    pub action: Option<AttrValue>,
    /// What that is called, where its words alone do not say enough.
    #[prop_or_default]
    pub action_name: Option<AttrValue>,
    /// When that is pressed.
    pub onaction: Callback<()>,
    /// When it is closed.
    pub onclose: Callback<()>,
    /// When the pointer or the focus comes to it, and when it leaves: meanwhile it should stay.
    #[prop_or_default]
    pub onhold: Callback<bool>,
}

/// A short note.
#[component]
pub fn ToastCard(props: &ToastCardProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-2) var(--space-2) var(--space-3);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-lg);
        background: var(--overlay);
        box-shadow: var(--shadow-lg);
        pointer-events: auto;
        animation: rise var(--calm);

        & > span:first-child { color: var(--ok); }
        &.failed > span:first-child { color: var(--danger); }
        & > p { flex: 1; min-width: 0; display: -webkit-box; padding: var(--space-1); -webkit-line-clamp: 6; -webkit-box-orient: vertical; overflow: hidden; }
        "#
    );
    let hold = |held: bool| props.onhold.reform(move |_: MouseEvent| held);
    let hold_focus = |held: bool| props.onhold.reform(move |_: FocusEvent| held);
    let icon = if props.failed { Icon::Error } else { Icon::Done };
    html! {
        <div class={classes!(style, props.failed.then_some("failed"))} data-passing="" role={if props.failed { "alert" } else { "status" }} onmouseenter={hold(true)} onmouseleave={hold(false)} onfocusin={hold_focus(true)} onfocusout={hold_focus(false)}>
            { glyph(icon, 16) }
            <p>{ &props.message }</p>
            if let Some(action) = &props.action {
                <Button size={ButtonSize::Small} label={props.action_name.clone()} onclick={props.onaction.clone()}>{ action }</Button>
            }
            <IconButton icon={Icon::Close} label="Dismiss" size={ButtonSize::Small} onclick={props.onclose.clone()} />
        </div>
    }
}
