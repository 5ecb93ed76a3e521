//! One of several, from a list that opens: the browser's own, which every keyboard and screen reader knows.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::design::style;

use super::{Icon, glyph};

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What is given back.
    pub value: AttrValue,
    /// What is shown.
    pub label: AttrValue,
    /// The heading under which it stands.
    pub group: Option<AttrValue>,
    /// Whether it cannot be chosen now.
    pub disabled: bool,
}

impl Choice {
    /// One that can be chosen.
    pub fn new(value: impl Into<AttrValue>, label: impl Into<AttrValue>) -> Self {
        Self { value: value.into(), label: label.into(), group: None, disabled: false }
    }

    /// Under that heading.
    #[must_use]
    pub fn under(mut self, group: impl Into<AttrValue>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// Shown, but not to be chosen.
    #[must_use]
    pub fn unavailable(mut self, unavailable: bool) -> Self {
        self.disabled = unavailable;
        self
    }
}

/// Props of [`Select`].
#[derive(PartialEq, Properties)]
pub struct SelectProps {
    /// What can be chosen; those of one group stand together.
    pub choices: Vec<Choice>,
    /// What is chosen.
    pub value: AttrValue,
    /// When another is chosen.
    pub onchange: Callback<String>,
    /// Its id, for the label.
    #[prop_or_default]
    pub id: Option<AttrValue>,
    /// Its name, where no label stands beside it.
    #[prop_or_default]
    pub label: Option<AttrValue>,
    /// Whether nothing can be chosen.
    #[prop_or_default]
    pub disabled: bool,
    /// Whether it shows no frame until it is hovered or focused.
    #[prop_or_default]
    pub plain: bool,
}

/// One of several.
#[component]
pub fn Select(props: &SelectProps) -> Html {
    let style = style!(
        r#"
        position: relative;
        display: block;
        min-width: 0;

        & > select {
            appearance: none;
            width: 100%;
            height: var(--control);
            padding: 0 calc(var(--space-6) + var(--space-1)) 0 var(--space-3);
            border: 1px solid var(--line-strong);
            border-radius: var(--radius-md);
            background: var(--raised);
            text-overflow: ellipsis;
            cursor: pointer;
            transition: border-color var(--quick), background var(--quick);
        }
        & > select:hover:not(:disabled) { border-color: var(--text-faint); }
        & > select:disabled { opacity: 0.5; cursor: default; }
        & option, & optgroup { background: var(--overlay); color: var(--text); }
        & > span { position: absolute; inset: 0 var(--space-2) 0 auto; display: flex; align-items: center; color: var(--text-faint); pointer-events: none; }
        &.plain > select { border-color: transparent; background: transparent; padding-left: var(--space-2); }
        &.plain > select:hover:not(:disabled) { background: var(--hover); border-color: transparent; }
        "#
    );
    let node = use_node_ref();
    let onchange = props.onchange.reform(|event: Event| event.target_unchecked_into::<HtmlSelectElement>().value());
    // What is not among the choices leaves the first, as in the browser itself.
    let shown = props.choices.iter().find(|choice| choice.value == props.value).or(props.choices.first());
    let shown = shown.map(|choice| choice.value.clone()).unwrap_or_default();
    // The browser shows what was chosen until this is drawn again, and then what holds: it may have been refused, or have come to
    // something else.
    use_effect({
        let (node, shown) = (node.clone(), shown.clone());
        move || {
            if let Some(list) = node.cast::<HtmlSelectElement>().filter(|list| list.value() != shown.as_str()) {
                list.set_value(&shown);
            }
        }
    });
    let option = |choice: &Choice| {
        let selected = choice.value == shown;
        html! { <option value={choice.value.clone()} {selected} disabled={choice.disabled}>{ &choice.label }</option> }
    };
    let groups = props.choices.chunk_by(|a, b| a.group == b.group).map(|chunk| {
        let options = chunk.iter().map(option).collect::<Html>();
        match chunk.first().and_then(|choice| choice.group.clone()) {
            Some(label) => html! { <optgroup {label}>{ options }</optgroup> },
            None => options,
        }
    });
    html! {
        <span class={classes!(style, props.plain.then_some("plain"))}>
            <select ref={node} id={props.id.clone()} aria-label={props.label.clone()} disabled={props.disabled} {onchange}>{ for groups }</select>
            <span>{ glyph(Icon::Open, 14) }</span>
        </span>
    }
}
