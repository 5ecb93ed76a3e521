//! What is typed into a line that keeps itself.

use std::{cell::RefCell, rc::Rc};

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// How long a pause in typing is.
const PAUSE_MS: u32 = 700;

/// A line that is typed in.
pub struct Typed {
    /// What stands in the field.
    pub shown: AttrValue,
    /// At every keystroke.
    pub oninput: Callback<String>,
    /// Keeps it now: the field is left.
    pub keep: Callback<()>,
    /// Takes back what was not kept yet.
    pub take_back: Callback<()>,
}

/// Hands on what is typed, without blanks around it, after a pause and where the field or the page is left; what comes from
/// elsewhere is shown unless somebody is typing. `refusals` counts changes that were refused: what holds is shown again then,
/// even where nobody has drawn the value in between. `blank` says whether nothing is a value, too.
#[hook]
pub fn use_typed(value: AttrValue, refusals: u32, blank: bool, onchange: Callback<String>) -> Typed {
    let typed = use_state(|| None::<String>);
    let timer = use_mut_ref(|| None::<Timeout>);
    // What was handed on and is not drawn as the value yet.
    let under_way = use_mut_ref(Vec::<String>::new);
    {
        let (typed, timer, under_way) = (typed.clone(), timer.clone(), under_way.clone());
        let refused = use_mut_ref(|| refusals);
        use_effect_with((value.clone(), refusals), move |(value, refusals)| {
            let mut under_way = under_way.borrow_mut();
            let is_refused = refused.replace(*refusals) != *refusals;
            let arrived = under_way.iter().rposition(|text| text == value.as_str());
            match arrived.filter(|_| !is_refused) {
                Some(arrived) => _ = under_way.drain(..=arrived),
                None => under_way.clear(),
            }
            // A blank at the end stays, for the next word.
            let differs = typed.as_ref().is_some_and(|text| text.trim() != value.as_str());
            if differs && timer.borrow().is_none() && under_way.is_empty() {
                typed.set(None);
            }
        });
    }
    // A pause that began before the value was drawn ends after it.
    let known = use_mut_ref(AttrValue::default);
    known.replace(value.clone());
    let emit = {
        Rc::new(move |text: &str| {
            let text = text.trim();
            let last = under_way.borrow().last().cloned().unwrap_or_else(|| known.borrow().to_string());
            if text != last && (blank || !text.is_empty()) {
                under_way.borrow_mut().push(text.to_owned());
                onchange.emit(text.to_owned());
            }
        })
    };
    let oninput = {
        let (typed, timer, emit) = (typed.clone(), timer.clone(), emit.clone());
        Callback::from(move |text: String| {
            let (running, emit, last) = (timer.clone(), emit.clone(), text.clone());
            let pause = Timeout::new(PAUSE_MS, move || {
                stop(&running);
                emit(&last);
            });
            *timer.borrow_mut() = Some(pause);
            typed.set(Some(text));
        })
    };
    let keep = {
        let (typed, timer) = (typed.clone(), timer.clone());
        Callback::from(move |()| {
            let Some(text) = typed.as_ref().map(|text| text.trim().to_owned()) else { return };
            typed.set(Some(text.clone()));
            if timer.borrow_mut().take().is_some() {
                emit(&text);
            }
        })
    };
    let newest = use_mut_ref(Callback::noop);
    newest.replace(keep.clone());
    use_effect_with((), move |()| {
        let keep = Rc::new(move || {
            let keep = newest.borrow().clone();
            keep.emit(());
        });
        // Before those hear of it who send what is not saved.
        let leaving = web_sys::window().map(|window| {
            let keep = keep.clone();
            EventListener::new_with_options(&window, "pagehide", EventListenerOptions::run_in_capture_phase(), move |_| keep())
        });
        move || {
            drop(leaving);
            keep();
        }
    });
    let take_back = {
        let (typed, timer) = (typed.clone(), timer.clone());
        Callback::from(move |()| {
            timer.borrow_mut().take();
            typed.set(None);
        })
    };
    let shown = typed.as_ref().map_or(value, |text| text.clone().into());
    Typed { shown, oninput, keep, take_back }
}

/// The timer has run down: it is not there to be stopped, by itself least of all.
fn stop(timer: &Rc<RefCell<Option<Timeout>>>) {
    if let Some(timer) = timer.borrow_mut().take() {
        timer.forget();
    }
}
