//! A list of actions behind a button. It opens in the browser's top layer, so no scroll area clips it; Esc and a press
//! beside it close it.

use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use super::{Icon, glyph};
use crate::design::style;
use crate::hooks::use_id;

/// An action.
#[derive(Clone, PartialEq)]
pub struct MenuItem {
    /// Before the words.
    pub icon: Icon,
    /// What it does.
    pub label: AttrValue,
    /// Whether it destroys.
    pub danger: bool,
    /// Does it.
    pub run: Callback<()>,
}

/// Props of [`Menu`].
#[derive(PartialEq, Properties)]
pub struct MenuProps {
    /// What the button is called.
    pub label: AttrValue,
    /// The actions.
    pub items: Vec<MenuItem>,
}

/// A button with three dots, and its actions.
#[component]
pub fn Menu(props: &MenuProps) -> Html {
    let style = style!(
        r#"
        display: inline-flex;

        & > button {
            display: grid;
            place-items: center;
            width: var(--control-sm);
            height: var(--control-sm);
            padding: 0;
            border: 0;
            border-radius: var(--radius-sm);
            background: transparent;
            color: var(--text-muted);
        }
        & > button:hover { background: var(--pressed); color: var(--text); }
        & > [popover] {
            position: fixed;
            margin: 0;
            inset: auto;
            min-width: 10.5rem;
            padding: var(--space-1);
            border: 1px solid var(--line-strong);
            border-radius: var(--radius-md);
            background: var(--overlay);
            color: var(--text);
            box-shadow: var(--shadow-lg);
        }
        & [role="menuitem"] {
            display: flex;
            align-items: center;
            gap: var(--space-2);
            width: 100%;
            height: var(--control);
            padding: 0 var(--space-2);
            border: 0;
            border-radius: var(--radius-sm);
            background: transparent;
            text-align: start;
        }
        & [role="menuitem"]:hover, & [role="menuitem"]:focus-visible { background: var(--hover); }
        & [role="menuitem"]:focus-visible { outline-offset: -2px; }
        & [role="menuitem"].danger { color: var(--danger); }
        "#
    );
    let id = use_id("menu");
    let button = use_node_ref();
    let place = use_state(|| AttrValue::Static(""));
    // Drawn when first opened: a list of 200 rows has 200 menus.
    let opened = use_state(|| false);
    let count = props.items.len();
    let onclick = {
        let (button, place, opened) = (button.clone(), place.clone(), opened.clone());
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            opened.set(true);
            if let Some(element) = button.cast::<Element>() {
                place.set(beside(&element, count));
            }
        })
    };
    html! {
        <span class={style} onclick={|event: MouseEvent| event.stop_propagation()}>
            <button ref={button} type="button" aria-label={props.label.clone()} data-tip={props.label.clone()} aria-haspopup="menu" popovertarget={id.clone()} {onclick}>
                { glyph(Icon::More, 16) }
            </button>
            <div id={id.clone()} popover="auto" role="menu" aria-label={props.label.clone()} style={(*place).clone()} onkeydown={walk}>
                { for props.items.iter().enumerate().filter(|_| *opened).map(|(index, item)| {
                    let onclick = item.run.reform(|event: MouseEvent| event.stop_propagation());
                    html! {
                        <button
                            type="button"
                            role="menuitem"
                            class={classes!(item.danger.then_some("danger"))}
                            autofocus={index == 0}
                            popovertarget={id.clone()}
                            popovertargetaction="hide"
                            {onclick}
                        >
                            { glyph(item.icon, 15) }{ &item.label }
                        </button>
                    }
                }) }
            </div>
        </span>
    }
}

/// Below the button, or above it where the window ends.
fn beside(button: &Element, items: usize) -> AttrValue {
    let rect = button.get_bounding_client_rect();
    let size = |value: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| value.ok().and_then(|v| v.as_f64()).unwrap_or(0.0);
    let Some(window) = web_sys::window() else { return AttrValue::default() };
    let (width, height) = (size(window.inner_width()), size(window.inner_height()));
    let right = (width - rect.right()).max(8.0);
    let needs = items as f64 * 42.0 + 16.0;
    if rect.bottom() + needs > height {
        format!("right: {right}px; bottom: {}px", height - rect.top() + 4.0).into()
    } else {
        format!("right: {right}px; top: {}px", rect.bottom() + 4.0).into()
    }
}

/// The arrow keys walk through the actions, from the last to the first again; Home and End lead there at once.
fn walk(event: KeyboardEvent) {
    let (Some(item), key) = (event.target_dyn_into::<Element>(), event.key()) else { return };
    let menu = item.parent_element();
    let first = || menu.as_ref().and_then(Element::first_element_child);
    let last = || menu.as_ref().and_then(Element::last_element_child);
    let there = match key.as_str() {
        "ArrowDown" => item.next_element_sibling().or_else(first),
        "ArrowUp" => item.previous_element_sibling().or_else(last),
        "Home" => first(),
        "End" => last(),
        _ => return,
    };
    event.prevent_default();
    if let Some(item) = there.and_then(|item| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(item).ok()) {
        // Focus fails only on an element that has left the page.
        let _ = item.focus();
    }
}
