//! The live stream: one connection for the whole app, reopened for as long as the app is there.

use std::{cell::RefCell, rc::Rc};

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use shared::event::Event;
use wasm_bindgen::JsCast;
use web_sys::{EventSource, MessageEvent};

const URL: &str = "/api/events";
const NAMES: [&str; 6] = ["project", "scene", "audio", "image", "video", "deleted"];
/// After the browser itself has given up (it does on an error status), in milliseconds.
const REOPEN: u32 = 2_000;

/// What the stream tells.
pub enum Signal {
    /// It is open: for the first time, or again after it was away.
    Open,
    /// It is away, and will be tried again.
    Away,
    /// Something happened.
    Event(Box<Event>),
}

/// Opens the stream and keeps it open; `hear` is called for as long as the page lives.
pub fn listen(hear: impl Fn(Signal) + 'static) {
    open(Rc::new(hear));
}

fn open(hear: Rc<dyn Fn(Signal)>) {
    let Ok(source) = EventSource::new(URL) else {
        reopen(hear);
        return;
    };
    let connection = Rc::new(RefCell::new(Vec::new()));
    let mut listeners = Vec::new();
    for name in NAMES {
        let hear = hear.clone();
        listeners.push(EventListener::new(&source, name, move |event| {
            if let Some(event) = parse(name, event) {
                hear(Signal::Event(Box::new(event)));
            }
        }));
    }
    {
        let hear = hear.clone();
        listeners.push(EventListener::new(&source, "open", move |_| hear(Signal::Open)));
    }
    {
        let (source, connection) = (source.clone(), connection.clone());
        listeners.push(EventListener::new(&source.clone(), "error", move |_| {
            hear(Signal::Away);
            if source.ready_state() == EventSource::CLOSED {
                let (hear, connection) = (hear.clone(), connection.clone());
                // Not from inside the listener itself, which is one of those that go.
                Timeout::new(0, move || {
                    connection.borrow_mut().clear();
                    reopen(hear);
                })
                .forget();
            }
        }));
    }
    *connection.borrow_mut() = listeners;
}

fn reopen(hear: Rc<dyn Fn(Signal)>) {
    Timeout::new(REOPEN, move || open(hear)).forget();
}

/// The stream names the kind in the event, and the data is the record alone. Each is read as what it is: by way of the
/// tagged `Event`, every record's reader would be in the app twice.
fn parse(name: &str, event: &web_sys::Event) -> Option<Event> {
    let data = event.dyn_ref::<MessageEvent>()?.data().as_string()?;
    match name {
        "project" => serde_json::from_str(&data).map(Event::Project),
        "scene" => serde_json::from_str(&data).map(Event::Scene),
        "audio" => serde_json::from_str(&data).map(Event::Audio),
        "image" => serde_json::from_str(&data).map(Event::Image),
        "video" => serde_json::from_str(&data).map(Event::Video),
        "deleted" => serde_json::from_str(&data).map(Event::Deleted),
        _ => return None,
    }
    .ok()
}
