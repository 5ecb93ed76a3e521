//! One of a few, all of them in sight.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::design::style;

use super::Choice;

/// Props of [`Segmented`].
#[derive(PartialEq, Properties)]
pub struct SegmentedProps {
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// What is chosen.
    pub value: AttrValue,
    /// When another is chosen.
    pub onchange: Callback<String>,
    /// The name of the group; also what holds its radio buttons together.
    pub label: AttrValue,
    /// An id unique on the page.
    pub id: AttrValue,
}

/// One of a few: radio buttons that look like one control.
#[component]
pub fn Segmented(props: &SegmentedProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        min-width: 0;
        padding: 2px;
        border: 1px solid var(--line);
        border-radius: var(--radius-md);
        background: var(--sunken);

        & label { position: relative; flex: 1 1 auto; min-width: 0; cursor: pointer; }
        & input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
        & span {
            display: block;
            padding: 0 var(--space-2);
            height: calc(var(--control) - 6px);
            line-height: calc(var(--control) - 6px);
            border-radius: var(--radius-sm);
            color: var(--text-muted);
            font-size: var(--text-sm);
            font-weight: var(--weight-medium);
            text-align: center;
            white-space: nowrap;
            overflow: hidden;
            text-overflow: ellipsis;
            transition: background var(--quick), color var(--quick);
        }
        & label:hover span { color: var(--text); }
        & input:checked + span { background: var(--raised); color: var(--text); box-shadow: var(--shadow-sm), 0 0 0 1px var(--line-strong); }
        & input:focus-visible + span { outline: 2px solid var(--focus); outline-offset: 1px; }
        & input:disabled + span { opacity: 0.45; }
        "#
    );
    let node = use_node_ref();
    // The browser marks what was chosen until this is drawn again, and then what holds: it may have been refused.
    use_effect({
        let (node, value) = (node.clone(), props.value.clone());
        move || {
            let marks = node.cast::<Element>().and_then(|node| node.query_selector_all("input").ok());
            let marks = marks.into_iter().flat_map(|marks| (0..marks.length()).filter_map(move |index| marks.get(index)));
            for mark in marks.filter_map(|mark| mark.dyn_into::<HtmlInputElement>().ok()) {
                mark.set_checked(mark.value() == value.as_str());
            }
        }
    });
    html! {
        <div ref={node} class={style} role="radiogroup" aria-label={props.label.clone()} id={props.id.clone()}>
            { for props.choices.iter().map(|choice| {
                let value = choice.value.to_string();
                let onchange = props.onchange.reform(move |_: Event| value.clone());
                html! {
                    <label>
                        <input type="radio" name={props.id.clone()} value={choice.value.clone()} checked={choice.value == props.value} disabled={choice.disabled} {onchange} />
                        <span>{ &choice.label }</span>
                    </label>
                }
            }) }
        </div>
    }
}
