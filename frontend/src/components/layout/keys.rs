//! The keys that work everywhere, and the list of all keys.

use std::cell::Cell;

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;
use yew_router::prelude::*;

use crate::{
    clock,
    components::ui::{Modal, is_covered},
    design::style,
    routes::{Route, Stage},
    state::{State, toasts, ui, ui::Ui},
};

/// How long the second key of a pair may take.
const PAIR_MS: f64 = 1_500.0;

/// What a key is for, and how it is pressed.
type KeyLine = (&'static str, &'static [&'static str]);

/// What is listed, by where it works.
const KEYS: [(&str, &[KeyLine]); 3] = [
    (
        "Everywhere",
        &[
            ("Go to the script, audio, images or video", &["G", "then", "S A I V"]),
            ("Go to the settings", &["G", "then", ","]),
            ("New project", &["N"]),
            ("Search the projects", &["/"]),
            ("The page's main action", &["Ctrl", "Enter"]),
            ("Undo a delete, move, split or merge", &["Ctrl", "Z"]),
            ("Play or pause", &["Space"]),
            ("This list", &["?"]),
            ("Close what is open", &["Esc"]),
        ],
    ),
    (
        "In a scene",
        &[
            ("Move it up or down", &["Alt", "↑ ↓"]),
            ("Split it at the cursor", &["Ctrl", "Shift", "Enter"]),
            ("Merge it with the one before, at its beginning", &["Backspace"]),
            ("Merge it with the next, at its end", &["Delete"]),
        ],
    ),
    ("In a menu", &[("Choose", &["↑ ↓"]), ("Take", &["Enter"])]),
];

/// Listens to the keys for as long as the component lives.
#[hook]
pub fn use_keys() {
    let navigator = use_navigator();
    let route = use_route::<Route>();
    use_effect_with(route, move |route| {
        let route = *route;
        let listener = web_sys::window().map(|window| {
            EventListener::new_with_options(&window, "keydown", EventListenerOptions::enable_prevent_default(), move |event| {
                let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                let Some(command) = command_of(event) else { return };
                event.prevent_default();
                let project = route.and_then(Route::project).or(Ui::current().last_project);
                let go = |to: Route| navigator.iter().for_each(|navigator| navigator.push(&to));
                match command {
                    Command::Stage(stage) => project.into_iter().for_each(|id| go(stage.of(id))),
                    Command::Settings => go(Route::Settings),
                    Command::New => go(Route::New),
                    Command::Search => ui::search_library(),
                    Command::Undo => _ = toasts::undo_last(),
                    Command::Help => ui::set_help(true),
                    Command::Armed => {}
                }
            })
        });
        let typed = web_sys::window().map(|window| EventListener::new(&window, "input", |_| TYPED.set(clock::milliseconds())));
        move || drop((listener, typed))
    });
}

thread_local! {
    /// When a letter was last typed anywhere.
    static TYPED: Cell<f64> = const { Cell::new(0.0) };
}

#[derive(Clone, Copy)]
enum Command {
    Stage(Stage),
    Settings,
    New,
    Search,
    Undo,
    Help,
    /// The first key of a pair.
    Armed,
}

fn command_of(event: &KeyboardEvent) -> Option<Command> {
    thread_local! {
        static ARMED: Cell<f64> = const { Cell::new(0.0) };
    }
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let in_text = target.is_some_and(|target| takes_text(&target));
    let key = event.key();
    if event.default_prevented() || event.is_composing() || event.repeat() {
        return None;
    }
    if in_text {
        // A text takes back its own letters, unless something else was done since the last of them.
        let undo = (event.ctrl_key() || event.meta_key()) && !event.shift_key() && key == "z";
        return (undo && toasts::undoable_since(TYPED.get())).then_some(Command::Undo);
    }
    if event.ctrl_key() || event.meta_key() {
        return (key == "z" && !event.shift_key()).then_some(Command::Undo);
    }
    // Of what the page does, only undoing reaches through a window: what was deleted there can be had back there.
    if event.alt_key() || is_covered() {
        return None;
    }
    let now = clock::milliseconds();
    if now - ARMED.replace(0.0) < PAIR_MS {
        return match key.as_str() {
            "s" => Some(Command::Stage(Stage::Script)),
            "a" => Some(Command::Stage(Stage::Audio)),
            "i" => Some(Command::Stage(Stage::Image)),
            "v" => Some(Command::Stage(Stage::Video)),
            "," => Some(Command::Settings),
            _ => None,
        };
    }
    match key.as_str() {
        "g" => {
            ARMED.set(now);
            Some(Command::Armed)
        }
        "n" => Some(Command::New),
        "/" => Some(Command::Search),
        "?" => Some(Command::Help),
        _ => None,
    }
}

/// Whether letters are typed there, or choose something.
fn takes_text(element: &Element) -> bool {
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => !matches!(element.get_attribute("type").as_deref(), Some("range" | "checkbox" | "radio" | "button")),
        _ => element.has_attribute("contenteditable"),
    }
}

thread_local! {
    /// Whether a page was gone to that was not there yet, and has not been given the focus.
    static UNFOCUSED: Cell<bool> = const { Cell::new(false) };
}

/// Gives the focus to the page that was gone to: to the text that it begins with, or to itself. Not when the app opens.
#[hook]
pub fn use_page_focus() {
    let route = use_route::<Route>();
    let first = use_mut_ref(|| true);
    use_effect_with(route, move |_| {
        if first.replace(false) {
            return;
        }
        UNFOCUSED.set(true);
        focus_page();
    });
}

/// Gives the page the focus that it has not been given, for a page that was not there when it was gone to.
pub fn focus_page() {
    let document = web_sys::window().and_then(|window| window.document());
    let find = |css: &str| document.as_ref()?.query_selector(css).ok()?.and_then(|found| found.dyn_into::<HtmlElement>().ok());
    let Some(element) = find("main [data-first] textarea").or_else(|| find("main")).filter(|_| UNFOCUSED.get()) else { return };
    UNFOCUSED.set(false);
    if element.tag_name() == "MAIN" {
        element.set_tab_index(-1);
    }
    // Focus fails only on an element that has left the page.
    let _ = element.focus();
}

/// Gives the page the focus also where that went with what the page takes the place of.
pub fn refocus_page() {
    let active = web_sys::window().and_then(|window| window.document()).and_then(|document| document.active_element());
    if active.is_none_or(|active| active.tag_name() == "BODY") {
        UNFOCUSED.set(true);
    }
    focus_page();
}

/// Props of [`KeyList`].
#[derive(PartialEq, Properties)]
pub struct KeyListProps {
    /// When it is closed.
    pub onclose: Callback<()>,
}

/// All keys.
#[component]
pub fn KeyList(props: &KeyListProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-5);

        & h3 { margin-bottom: var(--space-2); color: var(--text-muted); font-size: var(--text-sm); font-weight: var(--weight-medium); }
        & dl > div { display: flex; align-items: center; justify-content: space-between; gap: var(--space-4); min-height: 2rem; }
        & dd { display: flex; flex: none; align-items: center; gap: var(--space-1); color: var(--text-faint); font-size: var(--text-sm); }
        & kbd { padding: 0.1rem 0.4rem; border: 1px solid var(--line-strong); border-radius: var(--radius-sm); background: var(--raised); color: var(--text); font: inherit; }
        "#
    );
    html! {
        <Modal title="Keys" onclose={props.onclose.clone()}>
            <div class={style}>
                { for KEYS.iter().map(|(place, keys)| html! {
                    <section>
                        <h3>{ *place }</h3>
                        <dl>{ for keys.iter().map(|(what, keys)| html! {
                            <div>
                                <dt>{ *what }</dt>
                                <dd>{ for keys.iter().map(|key| if *key == "then" { html! { { *key } } } else { html! { <kbd>{ *key }</kbd> } }) }</dd>
                            </div>
                        }) }</dl>
                    </section>
                }) }
                <p>{ "On a Mac, ⌘ stands for Ctrl and ⌥ for Alt." }</p>
            </div>
        </Modal>
    }
}
