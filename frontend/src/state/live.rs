//! The live stream, spread over the stores: what happens on the server is on the page at once, and after a connection
//! was away, or the machine slept, everything is read again.

use std::cell::Cell;

use futures_util::join;
use gloo_events::EventListener;
use gloo_timers::callback::Interval;
use shared::{ApiError, ErrorCode, event::Event};
use wasm_bindgen_futures::spawn_local;

use super::{
    activity::{self, ActivityLog},
    drafts,
    library::{self, Library},
    news,
    project::{self, OpenProject},
    settings::{self, SettingsState},
    store::State,
    tabs, titles,
    ui::{self, Connection, Ui},
    undo, upload,
};
use crate::{
    api::{
        events::{self, Signal, Stream},
        is_passing,
    },
    clock,
};

/// How often it is looked whether the machine has slept.
const TICK_MS: u32 = 5_000;
/// A tick that comes so late, while the page is in sight, has slept.
const SLEPT_MS: f64 = 20_000.0;

thread_local! {
    /// When the page was last known to be awake and in sight.
    static AWAKE: Cell<f64> = const { Cell::new(0.0) };
    static OPENED: Cell<bool> = const { Cell::new(false) };
    /// Whether something may have happened that the page does not show.
    static BEHIND: Cell<bool> = const { Cell::new(false) };
    static MENDING: Cell<bool> = const { Cell::new(false) };
}

/// Opens the stream; called once.
pub fn start() {
    let stream = events::listen(|signal| match signal {
        Signal::Open => {
            ui::set_connection(Connection::Live);
            if OPENED.replace(true) {
                catch_up();
            }
        }
        Signal::Away => _ = ui::set_connection(Connection::Away),
        Signal::Event(event) => {
            news::tell(&event);
            apply(&event);
        }
        Signal::Unread => BEHIND.set(true),
    });
    share(&stream);
    watch_for_sleep(stream);
}

/// Leaves the few connections that a browser opens to the tabs that were looked at last.
fn share(stream: &Stream) {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    let look = {
        let (document, stream) = (document.clone(), stream.clone());
        move || {
            if !document.hidden() {
                tabs::come_first();
                if stream.is_closed() {
                    stream.reopen();
                }
            }
        }
    };
    look();
    EventListener::new(&document, "visibilitychange", {
        let look = look.clone();
        move |_| look()
    })
    .forget();
    let rest = {
        let stream = stream.clone();
        move || {
            // What it misses is read when it is opened anew, also where it never was.
            OPENED.set(true);
            stream.close();
        }
    };
    EventListener::new(&window, "storage", {
        let (stream, rest) = (stream.clone(), rest.clone());
        move |_| match (document.hidden(), tabs::may_listen()) {
            (true, false) => rest(),
            (true, true) if stream.is_closed() => stream.reopen(),
            _ => {}
        }
    })
    .forget();
    // Browsers keep pages that were left, each with its connection: after a few, there is none for the page in sight.
    EventListener::new(&window, "pagehide", move |_| {
        tabs::leave();
        rest();
    })
    .forget();
    // One that is shown again from the browser's memory is looked at.
    EventListener::new(&window, "pageshow", move |_| look()).forget();
}

/// A connection that died in a machine's sleep, or behind a page long hidden, is not always noticed by the browser.
fn watch_for_sleep(stream: Stream) {
    let Some(window) = web_sys::window() else { return };
    let Some(document) = window.document() else { return };
    AWAKE.set(clock::milliseconds());
    let look = {
        let (document, stream) = (document.clone(), stream.clone());
        move || {
            if document.hidden() {
                return;
            }
            let now = clock::milliseconds();
            if now - AWAKE.replace(now) > SLEPT_MS {
                stream.reopen();
            }
            mend();
        }
    };
    EventListener::new(&document, "visibilitychange", {
        let look = look.clone();
        move |_| look()
    })
    .forget();
    // Without a network the server may still be there: on this machine. A new connection finds out.
    for turn in ["online", "offline"] {
        let stream = stream.clone();
        EventListener::new(&window, turn, move |_| {
            if !stream.is_closed() {
                stream.reopen();
            }
        })
        .forget();
    }
    Interval::new(TICK_MS, look).forget();
}

/// Reads again what could not be had, and removes what could not be removed: where only a request failed and the stream stayed open, no return is told of.
fn mend() {
    if Ui::current().connection != Connection::Live {
        return;
    }
    undo::send_all();
    // A server that lets a reading hang is not asked the same again before that is given up.
    if MENDING.replace(true) {
        return;
    }
    spawn_local(async {
        let behind = BEHIND.take();
        join!(
            refresh_if(behind || Library::current().load.may_still_come(), library::refresh()),
            refresh_if(behind || OpenProject::current().load.may_still_come(), project::refresh()),
            refresh_if(behind || SettingsState::current().load.may_still_come(), settings::refresh()),
            refresh_if(behind, activity::refresh()),
        );
        MENDING.set(false);
    });
}

async fn refresh_if(due: bool, refresh: impl Future<Output = ()>) {
    if due {
        refresh.await;
    }
}

/// What is on the page could not be read again, and may be older than what happened: it is read again later, unless the
/// answer would be the same.
pub fn missed(error: &ApiError) {
    if is_passing(error) && error.code != ErrorCode::Internal {
        BEHIND.set(true);
    }
}

/// Takes in what happened, or what an operation answered: both are whole records.
pub fn apply(event: &Event) {
    Library::update(|library| library.apply(event));
    project::hear(event);
    ActivityLog::update(|log| log.apply(event));
    upload::hear(event);
    if let Event::Deleted(deleted) = event {
        undo::note_removed(deleted);
    }
}

/// Reads again what is on the page, and sends what waited.
pub fn catch_up() {
    BEHIND.set(false);
    spawn_local(library::refresh());
    spawn_local(project::refresh());
    spawn_local(activity::refresh());
    spawn_local(settings::refresh());
    drafts::send_all();
    undo::send_all();
    titles::send_all();
}
