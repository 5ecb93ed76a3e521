//! One of a few views, in the same place.

use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::Choice;
use crate::design::style;

/// Props of [`Tabs`].
#[derive(PartialEq, Properties)]
pub struct TabsProps {
    /// What the views have in common.
    pub label: AttrValue,
    /// The views.
    pub choices: Vec<Choice>,
    /// The one that is shown.
    pub value: AttrValue,
    /// When another is wanted.
    pub onchange: Callback<String>,
    /// An id unique on the page; the tabs' own begin with it.
    pub id: AttrValue,
    /// The view.
    pub children: Html,
}

/// Tabs and the view below them; the arrow keys walk through the tabs.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        gap: var(--space-4);
        margin-bottom: var(--space-4);
        border-bottom: 1px solid var(--line);

        & button { height: var(--control); margin-bottom: -1px; padding: 0 2px; border: 0; border-bottom: 2px solid transparent; background: transparent; color: var(--text-muted); font-weight: var(--weight-medium); }
        & button:hover { color: var(--text); }
        & button[aria-selected="true"] { border-bottom-color: var(--text); color: var(--text); }
        "#
    );
    let panel = format!("{}-panel", props.id);
    let tab = |value: &str| format!("{}-{value}", props.id);
    html! {
        <div>
            <div class={style} role="tablist" aria-label={props.label.clone()} onkeydown={walk}>
                { for props.choices.iter().map(|choice| {
                    let selected = choice.value == props.value;
                    let value = choice.value.to_string();
                    let onclick = props.onchange.reform(move |_: MouseEvent| value.clone());
                    html! {
                        <button
                            type="button"
                            role="tab"
                            id={tab(&choice.value)}
                            aria-selected={selected.to_string()}
                            aria-controls={panel.clone()}
                            tabindex={if selected { "0" } else { "-1" }}
                            {onclick}
                        >{ &choice.label }</button>
                    }
                }) }
            </div>
            <div id={panel.clone()} role="tabpanel" aria-labelledby={tab(&props.value)}>{ props.children.clone() }</div>
        </div>
    }
}

/// The arrow keys go to the next tab and show its view.
fn walk(event: KeyboardEvent) {
    let here = event.target_dyn_into::<Element>();
    let there = match event.key().as_str() {
        "ArrowRight" => here.and_then(|tab| tab.next_element_sibling()),
        "ArrowLeft" => here.and_then(|tab| tab.previous_element_sibling()),
        _ => return,
    };
    if let Some(tab) = there.and_then(|tab| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(tab).ok()) {
        event.prevent_default();
        // Focus fails only on an element that has left the page.
        let _ = tab.focus();
        tab.click();
    }
}
