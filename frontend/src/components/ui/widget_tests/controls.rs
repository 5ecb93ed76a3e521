//! Buttons, menus, tabs and switches.

use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, MouseEvent, MouseEventInit};
use yew::prelude::*;

use super::{Stage, Told, bubbling, focused, settle};
use crate::components::ui::{
    Badge, Button, Choice, Icon, IconButton, Menu, MenuItem, Progress, Segmented, Slider, Switch, Tabs, ToastCard,
};

#[wasm_bindgen_test]
async fn a_button_is_pressed_unless_it_is_busy_or_disabled() {
    let (told, onclick) = Told::new();
    let mut stage = Stage::with(html! { <Button onclick={onclick.clone()}>{ "Write" }</Button> }).await;
    stage.click("button").await;
    assert_eq!(told.take().len(), 1);
    assert_eq!(stage.attribute("button", "type").as_deref(), Some("button"), "it submits no form");

    stage.draw(html! { <Button busy=true onclick={onclick.clone()}>{ "Write" }</Button> }).await;
    stage.click("button").await;
    assert_eq!((told.take().len(), stage.attribute("button", "aria-busy").as_deref()), (0, Some("true")));

    stage.draw(html! { <Button disabled=true {onclick}>{ "Write" }</Button> }).await;
    stage.click("button").await;
    assert!(told.take().is_empty() && stage.has("button:disabled"));
}

/// The presses of a double click, as a browser counts them.
fn press_again_and_again(button: &HtmlElement, times: i32) {
    for time in 1..=times {
        let init = MouseEventInit::new();
        init.set_bubbles(true);
        init.set_detail(time);
        button.dispatch_event(&MouseEvent::new_with_mouse_event_init_dict("click", &init).unwrap()).unwrap();
    }
}

#[wasm_bindgen_test]
async fn a_double_click_is_one_press_where_something_else_may_stand_there_by_then() {
    let (told, onclick) = Told::new();
    let buttons = |once: bool| {
        html! {
            <>
                <Button {once} onclick={onclick.clone()}>{ "Make" }</Button>
                <IconButton {once} icon={Icon::Write} label="Make" onclick={onclick.clone()} />
            </>
        }
    };
    let mut stage = Stage::with(buttons(true)).await;
    for css in ["button:first-child", "button:last-child"] {
        press_again_and_again(&stage.find(css), 3);
        assert_eq!(told.take().len(), 1, "{css}");
        // As the keyboard presses it.
        press_again_and_again(&stage.find(css), 1);
        stage.click(css).await;
        assert_eq!(told.take().len(), 2, "{css}");
    }
    stage.draw(buttons(false)).await;
    press_again_and_again(&stage.find("button:first-child"), 2);
    assert_eq!(told.take().len(), 2);
}

#[wasm_bindgen_test]
async fn a_button_that_cannot_be_pressed_can_be_asked_why() {
    let (told, onclick) = Told::new();
    let stage = Stage::with(html! { <Button disabled=true hint="There is no scene yet" {onclick}>{ "Write" }</Button> }).await;
    stage.find("button").focus().unwrap();
    assert_eq!(focused().get_attribute("data-tip").as_deref(), Some("There is no scene yet"));
    assert_eq!(focused().get_attribute("aria-disabled").as_deref(), Some("true"));
    stage.click("button").await;
    assert!(told.take().is_empty());
}

#[wasm_bindgen_test]
async fn a_form_is_submitted_once() {
    let (told, onsubmit) = Told::new();
    let onsubmit = onsubmit.reform(|event: SubmitEvent| event.prevent_default());
    let form = |busy: bool, disabled: bool| {
        html! { <form onsubmit={onsubmit.clone()}><Button submit=true {busy} {disabled} hint="Ctrl+Enter">{ "Write" }</Button></form> }
    };
    let mut stage = Stage::with(form(false, false)).await;
    stage.click("button").await;
    assert_eq!(told.take().len(), 1);
    for (busy, disabled) in [(true, false), (false, true)] {
        stage.draw(form(busy, disabled)).await;
        stage.click("button").await;
        assert!(told.take().is_empty(), "busy {busy}, disabled {disabled}");
    }
}

#[wasm_bindgen_test]
async fn an_icon_alone_has_a_name_and_tells_its_state() {
    let (told, onclick) = Told::new();
    let stage =
        Stage::with(html! { <IconButton icon={Icon::Settings} label="More options" expanded=false pressed=true {onclick} /> }).await;
    let of = |name: &str| stage.attribute("button", name);
    assert_eq!((of("aria-label"), of("data-tip")), (Some("More options".into()), Some("More options".into())));
    assert_eq!((of("aria-expanded"), of("aria-pressed")), (Some("false".into()), Some("true".into())));
    assert!(stage.has("button > [aria-hidden=true] svg"));
    stage.click("button").await;
    assert_eq!(told.take().len(), 1);
}

#[wasm_bindgen_test]
async fn a_menu_is_walked_by_arrows_and_closes_with_a_choice() {
    let (told, run) = Told::new();
    let items = ["Rename", "Delete"].map(|label| MenuItem {
        icon: Icon::Rename,
        label: label.into(),
        danger: false,
        run: run.reform(move |()| label),
    });
    let stage = Stage::with(html! { <Menu label="Actions for scene 1" items={items.to_vec()} /> }).await;
    assert!(!stage.has("[role=menuitem]"), "drawn when opened");
    stage.click("button").await;
    assert!(stage.has("[role=menu]:popover-open"));
    stage.find("[role=menuitem]").focus().unwrap();
    stage.press("ArrowDown").await;
    assert_eq!(focused().text_content().as_deref(), Some("Delete"));
    for (key, reached) in [("ArrowDown", "Rename"), ("ArrowUp", "Delete"), ("Home", "Rename"), ("End", "Delete")] {
        stage.press(key).await;
        assert_eq!(focused().text_content().as_deref(), Some(reached), "{key}");
    }
    focused().unchecked_into::<web_sys::HtmlElement>().click();
    settle().await;
    assert_eq!(told.take(), ["Delete"]);
    assert!(!stage.has("[role=menu]:popover-open"));
}

#[component]
fn Views() -> Html {
    let value = use_state(|| "one".to_owned());
    let onchange = {
        let value = value.clone();
        Callback::from(move |next| value.set(next))
    };
    let choices = ["one", "two", "three"].map(|name| Choice::new(name, name)).to_vec();
    html! { <Tabs label="Views" id="views" {choices} value={(*value).clone()} {onchange}>{ format!("This is {}.", *value) }</Tabs> }
}

#[wasm_bindgen_test]
async fn arrows_go_from_tab_to_tab_and_show_its_view() {
    let stage = Stage::with(html! { <Views /> }).await;
    assert_eq!(stage.attribute("[role=tablist]", "aria-label").as_deref(), Some("Views"));
    stage.find("[role=tab][tabindex='0']").focus().unwrap();
    for (key, shown) in [("ArrowRight", "two"), ("ArrowRight", "three"), ("ArrowRight", "three"), ("ArrowLeft", "two")] {
        stage.press(key).await;
        assert_eq!(focused().id(), format!("views-{shown}"), "{key}");
        assert_eq!(focused().get_attribute("aria-selected").as_deref(), Some("true"));
        assert_eq!(stage.find("[role=tabpanel]").text_content(), Some(format!("This is {shown}.")));
        assert_eq!(stage.attribute("[role=tabpanel]", "aria-labelledby"), Some(format!("views-{shown}")));
        assert_eq!(stage.root.query_selector_all("[role=tab][tabindex='0']").unwrap().length(), 1);
    }
}

#[wasm_bindgen_test]
async fn one_of_a_few_is_a_group_of_radio_buttons() {
    let (told, onchange) = Told::new();
    let choices = vec![Choice::new("16:9", "Wide"), Choice::new("9:16", "Tall"), Choice::new("1:1", "Square").unavailable(true)];
    let shapes =
        |onchange: Callback<String>| html! { <Segmented id="shape" label="Shape" choices={choices.clone()} value="16:9" {onchange} /> };
    let mut stage = Stage::with(shapes(onchange.clone())).await;
    assert_eq!(stage.attribute("[role=radiogroup]", "aria-label").as_deref(), Some("Shape"));
    assert!(stage.has("input[value='16:9']:checked") && stage.has("input[value='1:1']:disabled"));
    stage.click("input[value='9:16']").await;
    assert_eq!(told.take(), ["9:16"]);
    assert!(stage.has("input[value='9:16']:checked"));
    // Drawn again with what holds: it was refused.
    stage.draw(shapes(onchange.reform(|shape| shape))).await;
    assert!(stage.has("input[value='16:9']:checked"));
}

#[wasm_bindgen_test]
async fn switches_and_sliders_tell_what_they_are_set_to() {
    let (on, onchange) = Told::new();
    let (pulled, oninput) = Told::new();
    let stage = Stage::with(html! {
        <>
            <Switch label="Fill what is missing" on=false {onchange} />
            <Slider label="Volume" value={-12.0} min={-40.0} max={0.0} step={1.0} text="−12 dB" {oninput} />
        </>
    })
    .await;
    stage.click("label").await;
    assert_eq!(on.take(), [true]);
    assert_eq!(stage.attribute("input[type=range]", "aria-valuetext").as_deref(), Some("−12 dB"));
    stage.enter("input[type=range]", "-20").await;
    assert_eq!(pulled.take(), [-20.0]);
}

#[wasm_bindgen_test]
async fn progress_is_told_where_it_is_known() {
    let mut stage = Stage::with(html! { <Progress label="Film" value={0.256} /> }).await;
    assert_eq!(stage.attribute("[role=progressbar]", "aria-valuenow").as_deref(), Some("26"));
    stage.draw(html! { <Progress label="Film" /> }).await;
    assert_eq!(stage.attribute("[role=progressbar]", "aria-valuenow"), None);
}

#[wasm_bindgen_test]
async fn a_note_is_an_alert_only_where_something_failed_and_stays_while_it_is_read() {
    let ((acted, onaction), (closed, onclose), (held, onhold)) = (Told::new(), Told::new(), Told::new());
    let note = |failed: bool| {
        html! { <ToastCard message="The film is ready" {failed} action="Undo" onaction={onaction.clone()} onclose={onclose.clone()} onhold={onhold.clone()} /> }
    };
    let mut stage = Stage::with(note(false)).await;
    assert!(stage.has("[role=status]"));
    stage.find("button").dispatch_event(&bubbling("focusin")).unwrap();
    assert_eq!(held.take(), [true]);
    stage.click("button").await;
    stage.click("[aria-label=Dismiss]").await;
    assert_eq!((acted.take().len(), closed.take().len()), (1, 1));
    stage.draw(note(true)).await;
    assert!(stage.has("[role=alert]"));
}

#[wasm_bindgen_test]
async fn a_badge_with_more_to_say_can_be_reached() {
    let mut stage = Stage::with(html! { <Badge tip="Spoken before the text was changed">{ "Stale" }</Badge> }).await;
    assert_eq!(stage.attribute("span", "tabindex").as_deref(), Some("0"));
    stage.draw(html! { <Badge>{ "Stale" }</Badge> }).await;
    assert_eq!((stage.attribute("span", "tabindex"), stage.attribute("span", "data-tip")), (None, None));
}
