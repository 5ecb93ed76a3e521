//! The words about what the pointer or the keyboard is on.

use std::time::Duration;

use gloo_timers::future::sleep;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{PointerEvent, PointerEventInit};
use yew::prelude::*;

use super::{Stage, document, settle};
use crate::components::ui::{Icon, IconButton, Tooltip};

/// Longer than the pointer rests before words come.
const A_WHILE: Duration = Duration::from_millis(700);

async fn point(stage: &Stage, css: &str, kind: &str) {
    let init = PointerEventInit::new();
    init.set_bubbles(true);
    init.set_pointer_type(kind);
    stage.find(css).dispatch_event(&PointerEvent::new_with_event_init_dict("pointermove", &init).unwrap()).unwrap();
    sleep(A_WHILE).await;
}

fn shown() -> Option<String> {
    document().query_selector("#tip:popover-open").unwrap().and_then(|tip| tip.text_content())
}

#[wasm_bindgen_test]
async fn words_come_to_a_pointer_that_rests_and_go_with_it() {
    let stage =
        Stage::with(html! { <><Tooltip /><p id="beside">{ "Beside" }</p><button data-tip="What it does">{ "Do" }</button></> }).await;
    point(&stage, "button", "mouse").await;
    assert_eq!(shown().as_deref(), Some("What it does"));
    assert_eq!(stage.attribute("button", "aria-describedby").as_deref(), Some("tip"));
    point(&stage, "#beside", "mouse").await;
    assert_eq!((shown(), stage.attribute("button", "aria-describedby")), (None, None));
    point(&stage, "button", "touch").await;
    assert_eq!(shown(), None, "a finger does not rest");
    point(&stage, "button", "mouse").await;
    stage.click("button").await;
    assert_eq!(shown(), None, "pressed, it needs no words");
    point(&stage, "button", "mouse").await;
    assert_eq!(shown(), None, "nor until the pointer has left it");
}

#[wasm_bindgen_test]
async fn the_keyboard_has_words_at_once_and_esc_takes_them() {
    let stage = Stage::with(html! { <><Tooltip /><IconButton icon={Icon::Close} label="Close" onclick={|()| ()} /></> }).await;
    // Focus that nobody moved, as when a window closes, needs none.
    stage.find("button").focus().unwrap();
    sleep(A_WHILE).await;
    assert_eq!(shown(), None);
    stage.find("button").blur().unwrap();
    stage.press("Tab").await;
    stage.find("button").focus().unwrap();
    settle().await;
    assert_eq!(shown().as_deref(), Some("Close"));
    assert_eq!(stage.attribute("button", "aria-describedby"), None, "its name says so already");
    assert!(!stage.press("Escape").await, "nothing else closes with it");
    assert_eq!(shown(), None);
    assert!(stage.press("Escape").await);
}

#[wasm_bindgen_test]
async fn what_is_only_scrolled_has_not_the_words_of_a_control_in_it() {
    let stage = Stage::with(html! {
        <><Tooltip /><div class="body" tabindex="0"><IconButton icon={Icon::Delete} label="Delete this take" onclick={|()| ()} /></div><a href="#top"><span data-tip="The whole title">{ "The" }</span></a></>
    })
    .await;
    stage.press("Tab").await;
    stage.find(".body").focus().unwrap();
    sleep(A_WHILE).await;
    assert_eq!(shown(), None);
    stage.find("a").focus().unwrap();
    settle().await;
    assert_eq!(shown().as_deref(), Some("The whole title"));
}

#[wasm_bindgen_test]
async fn text_is_told_whole_where_it_is_cut_off() {
    let cut = "width: 4em; overflow: hidden; white-space: nowrap";
    let stage = Stage::with(html! {
        <><Tooltip /><p id="cut" data-tip="" style={cut}>{ "Words that need more room than they have" }</p><p id="whole" data-tip="">{ "Few words" }</p></>
    })
    .await;
    point(&stage, "#cut", "mouse").await;
    assert_eq!(shown().as_deref(), Some("Words that need more room than they have"));
    point(&stage, "#whole", "mouse").await;
    assert_eq!(shown(), None);
}
