//! The live stream: one connection for the whole app, reopened for as long as the app is there.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use shared::event::Event;
use wasm_bindgen::JsCast;
use web_sys::{EventSource, MessageEvent};

use crate::json;

const URL: &str = "/api/events";
const NAMES: [&str; 6] = ["project", "scene", "audio", "image", "video", "deleted"];
/// After the browser itself has given up (it does on an error status), in milliseconds.
const REOPEN_MS: u32 = 2_000;

/// What the stream tells.
pub enum Signal {
    /// It is open: for the first time, or again after it was away.
    Open,
    /// It is away, and will be tried again.
    Away,
    /// Something happened.
    Event(Box<Event>),
    /// Something happened, and what it was could not be read.
    Unread,
}

/// The stream; it lives as long as the page.
#[derive(Clone)]
pub struct Stream(Rc<Inner>);

struct Inner {
    hear: Box<dyn Fn(Signal)>,
    /// Whether it is to stay closed until somebody opens it anew.
    closed: Cell<bool>,
    connection: RefCell<Option<Connection>>,
}

struct Connection {
    source: EventSource,
    _listeners: Vec<EventListener>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Opens the stream and keeps it open; `hear` is called for as long as the page lives.
pub fn listen(hear: impl Fn(Signal) + 'static) -> Stream {
    let stream = Stream(Rc::new(Inner { hear: Box::new(hear), closed: Cell::new(false), connection: RefCell::default() }));
    stream.open();
    stream
}

impl Stream {
    /// Opens it anew: after sleep, a connection may look alive that is not.
    pub fn reopen(&self) {
        self.0.closed.set(false);
        self.0.connection.take();
        self.open();
    }

    /// Closes it, until it is opened anew.
    pub fn close(&self) {
        self.0.closed.set(true);
        self.0.connection.take();
    }

    /// Whether it was closed, and not opened anew.
    pub fn is_closed(&self) -> bool {
        self.0.closed.get()
    }

    fn open(&self) {
        let Ok(source) = EventSource::new(URL) else {
            self.reopen_later(REOPEN_MS);
            return;
        };
        let mut listeners = Vec::new();
        for name in NAMES {
            let stream = self.clone();
            listeners.push(EventListener::new(&source, name, move |event| {
                (stream.0.hear)(parse(name, event).map_or(Signal::Unread, |event| Signal::Event(Box::new(event))));
            }));
        }
        let stream = self.clone();
        listeners.push(EventListener::new(&source, "open", move |_| (stream.0.hear)(Signal::Open)));
        let (stream, failed) = (self.clone(), source.clone());
        listeners.push(EventListener::new(&source, "error", move |_| {
            (stream.0.hear)(Signal::Away);
            if failed.ready_state() == EventSource::CLOSED {
                stream.reopen_later(REOPEN_MS);
            }
        }));
        self.0.connection.replace(Some(Connection { source, _listeners: listeners }));
    }

    /// Not from inside one of its own listeners, which go with it.
    fn reopen_later(&self, milliseconds: u32) {
        let stream = self.clone();
        let again = move || {
            if !stream.is_closed() {
                stream.reopen();
            }
        };
        Timeout::new(milliseconds, again).forget();
    }
}

/// The stream names the kind in the event, and the data is the record alone. Each is read as what it is: by way of the
/// tagged `Event`, every record's reader would be in the app twice.
fn parse(name: &str, event: &web_sys::Event) -> Option<Event> {
    let data = event.dyn_ref::<MessageEvent>()?.data().as_string()?;
    match name {
        "project" => json::read(&data).map(Event::Project),
        "scene" => json::read(&data).map(Event::Scene),
        "audio" => json::read(&data).map(Event::Audio),
        "image" => json::read(&data).map(Event::Image),
        "video" => json::read(&data).map(Event::Video),
        "deleted" => json::read(&data).map(Event::Deleted),
        _ => return None,
    }
    .ok()
}
