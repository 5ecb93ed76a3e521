//! The window over the page.

use gloo_timers::future::sleep;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, HtmlInputElement, MouseEvent, MouseEventInit};
use yew::prelude::*;

use super::{Stage, Told, focused};
use crate::components::ui::{Button, Input, Modal};

/// A page with a window over it, or without.
fn page(open: bool, onclose: &Callback<()>) -> Html {
    html! {
        <>
            <button id="opener">{ "Open" }</button>
            if open {
                <Modal title="Keys" onclose={onclose.clone()} footer={html! { <Button>{ "Done" }</Button> }}><p>{ "Some words." }</p></Modal>
            }
        </>
    }
}

/// What the browser does on Esc, or on a phone's gesture for going back.
fn ask_to_close(dialog: &HtmlElement) {
    let ask = js_sys::Reflect::get(dialog, &"requestClose".into()).unwrap();
    ask.unchecked_into::<js_sys::Function>().call0(dialog).unwrap();
}

#[wasm_bindgen_test]
async fn a_window_keeps_the_focus_and_gives_it_back() {
    let (_, onclose) = Told::new();
    let mut stage = Stage::with(page(false, &onclose)).await;
    stage.find("#opener").focus().unwrap();
    stage.draw(page(true, &onclose)).await;
    assert!(stage.find("dialog:modal").contains(Some(&focused())));
    let name = stage.attribute("dialog", "aria-labelledby").unwrap();
    assert_eq!(stage.find(&format!("#{name}")).text_content().as_deref(), Some("Keys"));
    // The page behind it takes no focus.
    stage.find("#opener").focus().unwrap();
    assert!(stage.find("dialog").contains(Some(&focused())), "{:?}", focused().outer_html());
    stage.draw(page(false, &onclose)).await;
    assert_eq!(focused().id(), "opener");
}

#[wasm_bindgen_test]
async fn a_window_asks_to_be_closed_and_is_there_until_it_is() {
    let (told, onclose) = Told::new();
    let stage = Stage::with(page(true, &onclose)).await;
    ask_to_close(&stage.find("dialog"));
    assert_eq!(told.take().len(), 1);
    stage.click("dialog [aria-label=Close]").await;
    assert_eq!(told.take().len(), 1);
    assert!(stage.has("dialog[open]"), "who opened it closes it");
}

#[wasm_bindgen_test]
async fn a_window_that_the_browser_closes_by_itself_says_so() {
    let (told, onclose) = Told::new();
    let stage = Stage::with(page(true, &onclose)).await;
    stage.find("dialog").unchecked_into::<web_sys::HtmlDialogElement>().close();
    sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(told.take().len(), 1);
}

#[wasm_bindgen_test]
async fn a_press_beside_a_window_closes_it_and_one_inside_does_not() {
    let (told, onclose) = Told::new();
    let stage = Stage::with(page(true, &onclose)).await;
    let press = |css: &str| {
        let init = MouseEventInit::new();
        init.set_bubbles(true);
        stage.find(css).dispatch_event(&MouseEvent::new_with_mouse_event_init_dict("mousedown", &init).unwrap()).unwrap();
        told.take().len()
    };
    assert_eq!((press("dialog p"), press("dialog footer"), press("dialog")), (0, 0, 1));
}

#[wasm_bindgen_test]
async fn a_window_has_the_focus_in_its_field_whether_that_was_there_first_or_came_later() {
    let (_, onclose) = Told::new();
    let window = |content: Html| html! { <Modal title="Rename" onclose={onclose.clone()}>{ content }</Modal> };
    let field = html! { <Input value="Old title" autofocus=true oninput={Callback::noop()} /> };
    let stage = Stage::with(window(field.clone())).await;
    let focused_field: HtmlInputElement = focused().unchecked_into();
    assert_eq!(focused_field.tag_name(), "INPUT");
    // What it holds is there to be written over.
    assert_eq!((focused_field.selection_start().unwrap(), focused_field.selection_end().unwrap()), (Some(0), Some(9)));
    drop(stage);

    let mut stage = Stage::with(window(html! { <p>{ "Some words." }</p> })).await;
    stage.draw(window(field)).await;
    assert_eq!(focused().tag_name(), "INPUT");
}
