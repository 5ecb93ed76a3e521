//! Buttons: one with words, one with an icon alone, and one that is a link.

use yew::prelude::*;

use crate::design::style;

use super::{Icon, glyph, spinner};

/// How much a button asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonVariant {
    /// The page's one primary action.
    Primary,
    /// Everything else that is offered.
    #[default]
    Secondary,
    /// In rows and toolbars.
    Ghost,
}

/// How large.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonSize {
    /// In rows.
    Small,
    /// Everywhere else.
    #[default]
    Medium,
}

/// Props of [`Button`].
#[derive(PartialEq, Properties)]
pub struct ButtonProps {
    /// What it says: a verb.
    pub children: Html,
    /// How much it asks for.
    #[prop_or_default]
    pub variant: ButtonVariant,
    /// How large.
    #[prop_or_default]
    pub size: ButtonSize,
    /// Before the words.
    #[prop_or_default]
    pub icon: Option<Icon>,
    /// Whether what it does is under way: it cannot be pressed again.
    #[prop_or_default]
    pub busy: bool,
    /// Whether it cannot be pressed.
    #[prop_or_default]
    pub disabled: bool,
    /// A name, where the words alone do not say enough.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// More, on hovering and on focus: the key that does the same, or why it cannot be pressed.
    #[prop_or_default]
    pub hint: Option<AttrValue>,
    /// Whether a double click is one press: what comes of it may stand in its place before the second one.
    #[prop_or_default]
    pub once: bool,
    /// Whether it submits the form that it stands in.
    #[prop_or_default]
    pub submit: bool,
    /// When pressed.
    #[prop_or_default]
    pub onclick: Callback<()>,
}

/// A button with words.
#[component]
pub fn Button(props: &ButtonProps) -> Html {
    let style = button_style();
    let onclick = {
        let (onclick, idle) = (props.onclick.clone(), !props.busy && !props.disabled);
        let (submit, once) = (props.submit, props.once);
        Callback::from(move |event: MouseEvent| {
            if !idle || (once && is_repeated(&event)) {
                event.prevent_default();
            } else if !submit {
                onclick.emit(());
            }
        })
    };
    // What is disabled for the browser cannot be asked why.
    let (disabled, told) = (props.disabled, props.hint.is_some());
    html! {
        <button
            type={if props.submit { "submit" } else { "button" }}
            class={classes!(style, variant_class(props.variant), size_class(props.size))}
            disabled={disabled && !told}
            aria-disabled={(disabled && told).then_some("true")}
            aria-busy={props.busy.then_some("true")}
            aria-label={props.label.clone()}
            data-tip={props.hint.clone()}
            {onclick}
        >
            if props.busy {
                { spinner() }
            } else if let Some(icon) = props.icon {
                { glyph(icon, 15) }
            }
            <span>{ props.children.clone() }</span>
        </button>
    }
}

/// Props of [`ButtonLink`].
#[derive(PartialEq, Properties)]
pub struct ButtonLinkProps {
    /// What it says.
    pub children: Html,
    /// Where it leads.
    pub href: AttrValue,
    /// How much it asks for.
    #[prop_or_default]
    pub variant: ButtonVariant,
    /// How large.
    #[prop_or_default]
    pub size: ButtonSize,
    /// Before the words.
    #[prop_or_default]
    pub icon: Option<Icon>,
    /// The name of the file, where it is downloaded; empty for the server's own.
    #[prop_or_default]
    pub download: Option<AttrValue>,
    /// When followed; where given, the browser itself does not go there.
    #[prop_or_default]
    pub onclick: Option<Callback<()>>,
}

/// A link that looks like a button.
#[component]
pub fn ButtonLink(props: &ButtonLinkProps) -> Html {
    let style = button_style();
    let onclick = props.onclick.clone().map(|onclick| {
        Callback::from(move |event: MouseEvent| {
            if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                onclick.emit(());
            }
        })
    });
    html! {
        <a
            href={props.href.clone()}
            download={props.download.clone()}
            class={classes!(style, variant_class(props.variant), size_class(props.size))}
            {onclick}
        >
            if let Some(icon) = props.icon {
                { glyph(icon, 15) }
            }
            <span>{ props.children.clone() }</span>
        </a>
    }
}

/// Props of [`IconButton`].
#[derive(PartialEq, Properties)]
pub struct IconButtonProps {
    /// What is shown.
    pub icon: Icon,
    /// What it is called, for screen readers and on hovering.
    pub label: AttrValue,
    /// How large.
    #[prop_or_default]
    pub size: ButtonSize,
    /// Whether it cannot be pressed.
    #[prop_or_default]
    pub disabled: bool,
    /// Whether it is held down, where it is a switch.
    #[prop_or_default]
    pub pressed: Option<bool>,
    /// Whether what it opens is open.
    #[prop_or_default]
    pub expanded: Option<bool>,
    /// Whether a double click is one press: what comes of it may stand in its place before the second one.
    #[prop_or_default]
    pub once: bool,
    /// When pressed.
    pub onclick: Callback<()>,
    /// The element, to give the focus back to.
    #[prop_or_default]
    pub node_ref: NodeRef,
}

/// A button with an icon alone.
#[component]
pub fn IconButton(props: &IconButtonProps) -> Html {
    let style = button_style();
    let (once, pressed) = (props.once, props.onclick.clone());
    let onclick = move |event: MouseEvent| {
        if !(once && is_repeated(&event)) {
            pressed.emit(());
        }
    };
    html! {
        <button
            ref={props.node_ref.clone()}
            type="button"
            class={classes!(style, "ghost", "square", size_class(props.size))}
            disabled={props.disabled}
            aria-label={props.label.clone()}
            aria-pressed={props.pressed.map(|pressed| pressed.to_string())}
            aria-expanded={props.expanded.map(|expanded| expanded.to_string())}
            data-tip={props.label.clone()}
            {onclick}
        >
            { glyph(props.icon, 16) }
        </button>
    }
}

/// Whether it follows another one at the same spot so fast that both are a double click; one by a key never does.
fn is_repeated(event: &MouseEvent) -> bool {
    event.detail() > 1
}

fn variant_class(variant: ButtonVariant) -> &'static str {
    match variant {
        ButtonVariant::Primary => "primary",
        ButtonVariant::Secondary => "secondary",
        ButtonVariant::Ghost => "ghost",
    }
}

fn size_class(size: ButtonSize) -> &'static str {
    match size {
        ButtonSize::Small => "small",
        ButtonSize::Medium => "medium",
    }
}

fn button_style() -> &'static str {
    style!(
        r#"
        display: inline-flex;
        align-items: center;
        justify-content: center;
        gap: var(--space-2);
        flex: none;
        min-width: 0;
        max-width: 100%;
        border: 1px solid transparent;
        border-radius: var(--radius-md);
        background: transparent;
        font-weight: var(--weight-medium);
        line-height: 1;
        white-space: nowrap;
        text-decoration: none;
        transition: background var(--quick), border-color var(--quick), color var(--quick);

        & > span:last-child { overflow: hidden; text-overflow: ellipsis; line-height: 1.4; }
        &.medium { height: var(--control); padding: 0 var(--space-3); }
        &.small { height: var(--control-sm); padding: 0 var(--space-2); font-size: var(--text-sm); gap: var(--space-1); }
        &.square { padding: 0; aspect-ratio: 1; }
        &.primary { background: var(--solid); color: var(--on-solid); padding: 0 var(--space-4); }
        &.primary:hover:not(:disabled, [aria-disabled]) { background: var(--solid-hover); }
        &.secondary { color: var(--text); background: var(--raised); border-color: var(--line-strong); box-shadow: var(--shadow-sm); }
        &.secondary:hover:not(:disabled, [aria-disabled]) { background: var(--hover); border-color: var(--text-faint); }
        &.ghost { color: var(--text-muted); }
        &.ghost:hover:not(:disabled, [aria-disabled]) { background: var(--hover); color: var(--text); }
        &.ghost:active:not(:disabled, [aria-disabled]) { background: var(--pressed); }
        &.ghost[aria-pressed="true"] { background: var(--selected); color: var(--text); }
        &.ghost[aria-expanded="true"] { background: var(--selected); color: var(--text); }
        &:disabled, &[aria-disabled] { opacity: 0.45; }
        &[aria-busy="true"] { cursor: progress; }
        "#
    )
}
