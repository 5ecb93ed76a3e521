//! Events that come before what the last one has changed is drawn, as on a busy machine: nothing is lost.

use shared::provider::{OptionField, OptionInput, ProviderKind};
use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use super::{Stage, Told, settle};
use crate::{
    components::{
        options::{OptionFields, OptionValues},
        ui::{Button, Input},
    },
    hooks::{Newest, use_kept},
};

fn field(name: &str, input: OptionInput) -> OptionField {
    OptionField { name: name.to_owned(), label: name.to_owned(), kind: ProviderKind::Image, input, help: None }
}

#[derive(PartialEq, Properties)]
struct FormProps {
    onmake: Callback<OptionValues>,
}

/// A form, and a button that acts on it.
#[component]
fn Form(props: &FormProps) -> Html {
    let chosen = use_state(OptionValues::default);
    let value = Newest::from(&chosen);
    let onclick = {
        let value = value.clone();
        props.onmake.reform(move |()| value.now())
    };
    let fields = vec![field("words", OptionInput::Text), field("look", OptionInput::Text), field("safe", OptionInput::Toggle)];
    html! {
        <>
            <OptionFields id="of" {fields} {value} onchange={move |next| chosen.set(next)} />
            <Button {onclick}>{ "Make" }</Button>
        </>
    }
}

#[wasm_bindgen_test]
async fn what_was_chosen_a_moment_before_is_in_what_is_made() {
    let (told, onmake) = Told::new();
    let stage = Stage::with(html! { <Form {onmake} /> }).await;
    stage.enter("#of-words", "A fo").await;
    // All in one task: nothing is drawn in between.
    stage.type_in("#of-words", "A fox");
    stage.type_in("#of-look", "ink");
    stage.find("input[role=switch]").click();
    stage.find("button").click();
    let all = OptionValues::default().with("words", "A fox").with("look", "ink").switched("safe", true);
    assert_eq!(told.take(), std::slice::from_ref(&all));
    // What is taken back at once stays taken back.
    stage.type_in("#of-look", "inks");
    stage.type_in("#of-look", "ink");
    stage.find("button").click();
    assert_eq!(told.take(), [all]);
    settle().await;
    assert_eq!((stage.value("#of-words"), stage.value("#of-look")), ("A fox".to_owned(), "ink".to_owned()));
}

#[component]
fn Kept(props: &FormProps) -> Html {
    let (kept, keep) = use_kept::<OptionValues>("test.kept".to_owned());
    let made = kept.map(|kept| kept.over(&OptionValues::default().with("provider", "usual")));
    // As what was begun when it was first drawn, and comes to its end much later.
    let make = use_callback((), {
        let onmake = props.onmake.clone();
        move |(), ()| onmake.emit(made.now())
    });
    let set = |name: &'static str| {
        let (kept, keep) = (kept.clone(), keep.clone());
        Callback::from(move |text: String| keep.emit(kept.now().with(name, &text)))
    };
    html! {
        <>
            <Input id="one" value={kept.get("one")} oninput={set("one")} />
            <Input id="other" value={kept.get("other")} oninput={set("other")} />
            <Button onclick={make}>{ "Make" }</Button>
        </>
    }
}

#[wasm_bindgen_test]
async fn what_a_browser_keeps_is_all_that_was_chosen() {
    crate::storage::remove("test.kept");
    let (told, onmake) = Told::new();
    let stage = Stage::with(html! { <Kept onmake={onmake.clone()} /> }).await;
    stage.type_in("#one", "1");
    stage.type_in("#other", "2");
    stage.find("button").click();
    let all = OptionValues::default().with("provider", "usual").with("one", "1").with("other", "2");
    assert_eq!(told.take(), std::slice::from_ref(&all));
    stage.enter("#other", "3").await;
    stage.click("button").await;
    let all = all.with("other", "3");
    assert_eq!(told.take(), std::slice::from_ref(&all));
    drop(stage);
    let again = Stage::with(html! { <Kept {onmake} /> }).await;
    again.click("button").await;
    assert_eq!(told.take(), [all]);
    crate::storage::remove("test.kept");
}
