//! What is typed in, and what is said beside it.

use wasm_bindgen_test::wasm_bindgen_test;
use yew::prelude::*;

use super::{Stage, Told, bubbling, focused, settle};
use crate::components::{
    settings::NumberField,
    ui::{Choice, EditableText, Field, Input, Select, Textarea},
};

#[wasm_bindgen_test]
async fn a_field_tells_its_control_what_is_wrong() {
    let (told, oninput) = Told::new();
    let field = |error: Option<&'static str>, help: Option<&'static str>, control: Html| {
        html! { <Field label="Key" control="key" error={error.map(AttrValue::from)} help={help.map(AttrValue::from)}>{ control }</Field> }
    };
    let line = html! { <Input id="key" value="abc" oninput={oninput.clone()} /> };
    let area = html! { <Textarea id="key" value="abc" {oninput} /> };
    for control in [line, area] {
        let mut stage = Stage::with(field(None, None, control.clone())).await;
        assert_eq!(stage.attribute("label", "for").as_deref(), Some("key"));
        assert_eq!((stage.attribute("#key", "aria-describedby"), stage.attribute("#key", "aria-invalid")), (None, None));
        stage.enter("#key", "abcd").await;
        assert_eq!(told.take(), ["abcd"]);

        stage.draw(field(None, Some("From your account."), control.clone())).await;
        let described = |stage: &Stage| {
            let note = stage.attribute("#key", "aria-describedby").unwrap();
            (stage.find(&format!("#{note}")).text_content().unwrap(), stage.attribute("#key", "aria-invalid"))
        };
        assert_eq!(described(&stage), ("From your account.".to_owned(), None));

        stage.draw(field(Some("It was refused."), Some("From your account."), control.clone())).await;
        assert_eq!(described(&stage), ("It was refused.".to_owned(), Some("true".to_owned())));
        assert!(stage.has("[role=alert]"));

        stage.draw(field(None, None, control)).await;
        assert_eq!((stage.attribute("#key", "aria-describedby"), stage.attribute("#key", "aria-invalid")), (None, None));
    }
}

#[wasm_bindgen_test]
async fn text_runs_the_way_it_is_written() {
    let oninput = Callback::<String>::noop();
    let mut stage = Stage::with(html! { <Textarea value="שלום" label="Narration" oninput={oninput.clone()} /> }).await;
    assert_eq!(stage.attribute("textarea", "dir").as_deref(), Some("auto"));
    assert!(stage.has("textarea:dir(rtl)"));
    stage.draw(html! { <Textarea value="Peace" label="Narration" {oninput} /> }).await;
    assert!(stage.has("textarea:dir(ltr)"));
}

#[wasm_bindgen_test]
async fn a_text_that_can_be_no_longer_says_that_the_rest_is_cut_off() {
    let area = |value: &'static str| html! { <Textarea {value} label="Narration" maxlength={5} oninput={Callback::<String>::noop()} /> };
    let mut stage = Stage::with(area("Four")).await;
    assert!(!stage.has("[role=alert]"));
    // Five UTF-16 units, as browsers count.
    stage.draw(area("Fou🦊")).await;
    assert!(stage.find("[role=alert]").text_content().unwrap().contains("5 characters"));
    stage.draw(area("Four")).await;
    assert!(!stage.has("[role=alert]"));
}

#[wasm_bindgen_test]
async fn a_list_keeps_its_groups_and_gives_what_is_chosen() {
    let (told, onchange) = Told::new();
    let choices = vec![
        Choice::new("", "By language"),
        Choice::new("espeak/en-us", "American").under("eSpeak NG"),
        Choice::new("espeak/en-gb", "British").under("eSpeak NG"),
        Choice::new("openai/nova", "Nova").under("OpenAI").unavailable(true),
    ];
    let stage = Stage::with(html! { <Select label="Voice" {choices} value="espeak/en-us" {onchange} /> }).await;
    assert_eq!(stage.root.query_selector_all("optgroup").unwrap().length(), 2);
    assert_eq!(stage.root.query_selector_all("optgroup[label='eSpeak NG'] option").unwrap().length(), 2);
    assert!(stage.has("option[value='espeak/en-us']:checked") && stage.has("option[value='openai/nova']:disabled"));
    let list = stage.find("select");
    js_sys::Reflect::set(&list, &"value".into(), &"espeak/en-gb".into()).unwrap();
    list.dispatch_event(&bubbling("change")).unwrap();
    assert_eq!(told.take(), ["espeak/en-gb"]);
}

#[wasm_bindgen_test]
async fn a_line_is_edited_where_it_stands() {
    let (told, onchange) = Told::new();
    let stage = Stage::with(html! { <EditableText value="The fox" label="Title" maxlength={200} {onchange} /> }).await;
    let value = || stage.value("input");
    let edit = async |text: &str, key: &str| {
        stage.find("input").focus().unwrap();
        stage.enter("input", text).await;
        stage.press(key).await;
        settle().await;
        assert!(!focused().is_same_node(Some(&stage.find("input"))), "left after {key}");
    };
    edit("The crow", "Enter").await;
    assert_eq!(told.take(), ["The crow"]);
    edit("The cheese", "Escape").await;
    assert_eq!((told.take().len(), value()), (0, "The fox".to_owned()));
    edit("  ", "Enter").await;
    assert_eq!((told.take().len(), value()), (0, "The fox".to_owned()));
}

/// A letter, and then Enter before anything is drawn, as a busy machine has it.
#[wasm_bindgen_test]
async fn the_last_letter_of_a_line_is_kept_with_it() {
    let (told, onchange) = Told::new();
    let stage = Stage::with(html! { <EditableText value="The fox" label="Title" maxlength={200} {onchange} /> }).await;
    stage.find("input").focus().unwrap();
    stage.enter("input", "The cro").await;
    stage.type_in("input", "The crow");
    stage.press("Enter").await;
    assert_eq!(told.take(), ["The crow"]);
}

#[wasm_bindgen_test]
async fn a_line_that_was_refused_says_what_holds() {
    let (told, onchange) = Told::new();
    let line =
        |refusals: u32| html! { <EditableText value="The fox" label="Title" maxlength={200} {refusals} onchange={onchange.clone()} /> };
    let mut stage = Stage::with(line(0)).await;
    stage.find("input").focus().unwrap();
    stage.enter("input", "The crow ").await;
    stage.press("Enter").await;
    assert_eq!((told.take(), stage.value("input")), (vec!["The crow".to_owned()], "The crow".to_owned()));
    stage.draw(line(1)).await;
    assert_eq!(stage.value("input"), "The fox");
}

#[wasm_bindgen_test]
async fn a_blank_at_the_end_of_a_line_waits_for_the_next_word() {
    let (told, onchange) = Told::new();
    let line = |value: &'static str| html! { <EditableText {value} label="Title" maxlength={200} onchange={onchange.clone()} /> };
    let mut stage = Stage::with(line("The fox")).await;
    stage.find("input").focus().unwrap();
    stage.enter("input", "The ").await;
    while told.is_empty() {
        settle().await;
    }
    stage.draw(line("The")).await;
    assert_eq!((told.take(), stage.value("input")), (vec!["The".to_owned()], "The ".to_owned()));
}

#[wasm_bindgen_test]
async fn what_is_typed_last_in_a_line_counts_though_the_word_before_is_still_on_its_way() {
    let (told, onchange) = Told::new();
    let line = |value: &'static str| html! { <EditableText {value} label="Title" maxlength={200} onchange={onchange.clone()} /> };
    let mut stage = Stage::with(line("The fox")).await;
    for text in ["The crow", "The fox"] {
        stage.find("input").focus().unwrap();
        stage.enter("input", text).await;
        stage.press("Enter").await;
    }
    assert_eq!(told.take(), ["The crow", "The fox"]);
    // The answers come one after another.
    for value in ["The crow", "The fox"] {
        stage.draw(line(value)).await;
        assert_eq!(stage.value("input"), "The fox");
    }
    stage.draw(line("The cheese")).await;
    assert_eq!(stage.value("input"), "The cheese", "what comes from elsewhere is shown");
}

#[wasm_bindgen_test]
async fn what_is_typed_while_the_answer_comes_is_told_although_it_held_before() {
    let (told, onchange) = Told::new();
    let line = |value: &'static str| html! { <EditableText {value} label="Title" maxlength={200} onchange={onchange.clone()} /> };
    let mut stage = Stage::with(line("The fox")).await;
    stage.find("input").focus().unwrap();
    stage.enter("input", "The crow").await;
    while told.is_empty() {
        settle().await;
    }
    assert_eq!(told.take(), ["The crow"]);
    stage.enter("input", "The fox").await;
    stage.draw(line("The crow")).await;
    while told.is_empty() {
        settle().await;
    }
    assert_eq!((told.take(), stage.value("input")), (vec!["The fox".to_owned()], "The fox".to_owned()));
}

#[wasm_bindgen_test]
async fn what_is_entered_last_counts_though_the_number_before_is_still_on_its_way() {
    let (told, onchange) = Told::new();
    let number = |value: f64| {
        html! { <NumberField id="limit" label="Limit" value={Some(value)} min=0.0 max=100.0 onchange={onchange.clone()} /> }
    };
    let mut stage = Stage::with(number(5.0)).await;
    for text in ["7", "5"] {
        stage.find("input").focus().unwrap();
        stage.enter("input", text).await;
        stage.press("Enter").await;
    }
    assert_eq!(told.take(), [Some(7.0), Some(5.0)]);
    for value in [7.0, 5.0] {
        stage.draw(number(value)).await;
        assert_eq!(stage.value("input"), "5");
    }
    // What is typed while an older one is on its way stays.
    stage.enter("input", "8").await;
    stage.press("Enter").await;
    stage.enter("input", "80").await;
    stage.draw(number(8.0)).await;
    assert_eq!((told.take(), stage.value("input")), (vec![Some(8.0)], "80".to_owned()));
    stage.press("Enter").await;
    stage.draw(number(80.0)).await;
    stage.draw(number(9.0)).await;
    assert_eq!((told.take(), stage.value("input")), (vec![Some(80.0)], "9".to_owned()));
}

#[wasm_bindgen_test]
async fn a_number_that_is_always_set_stands_there_again_where_it_was_emptied() {
    let (told, onchange) = Told::new();
    let number = |usual: Option<&'static str>| {
        html! { <NumberField id="limit" label="Limit" value={Some(5.0)} usual={usual.map(AttrValue::from)} min=1.0 max=100.0 onchange={onchange.clone()} /> }
    };
    let mut stage = Stage::with(number(None)).await;
    stage.find("input").focus().unwrap();
    stage.enter("input", "500").await;
    stage.press("Enter").await;
    assert!(stage.has("[role=alert]"));
    stage.enter("input", "").await;
    stage.press("Enter").await;
    assert_eq!((told.take(), stage.value("input")), (vec![], "5".to_owned()));
    assert!(!stage.has("[role=alert]"));
    // Where something is usual, that is what nothing means.
    stage.draw(number(Some("no limit"))).await;
    stage.enter("input", "").await;
    stage.press("Enter").await;
    assert_eq!((told.take(), stage.value("input")), (vec![None], String::new()));
}
