//! The live stream, spread over the stores: what happens on the server is on the page at once, and after a
//! connection was away everything is read again.

use shared::event::Event;
use wasm_bindgen_futures::spawn_local;

use super::{
    activity::{self, ActivityLog},
    drafts,
    library::{self, Library},
    news, project, settings,
    store::State,
    ui::{self, Connection},
};
use crate::api::events::{self, Signal};

/// Opens the stream; called once.
pub fn start() {
    events::listen(|signal| match signal {
        Signal::Open => {
            let before = ui::Ui::current().connection;
            ui::set_connection(Connection::Live);
            if before == Connection::Away {
                catch_up();
            }
        }
        Signal::Away => _ = ui::set_connection(Connection::Away),
        Signal::Event(event) => {
            news::tell(&event);
            apply(&event);
        }
    });
}

/// Takes in what happened, or what an operation answered: both are whole records.
pub fn apply(event: &Event) {
    Library::update(|library| library.apply(event));
    project::hear(event);
    ActivityLog::update(|log| log.apply(event));
}

/// Reads again what is on the page, and sends what waited.
pub fn catch_up() {
    spawn_local(library::refresh());
    spawn_local(project::refresh());
    spawn_local(activity::refresh());
    spawn_local(settings::refresh());
    drafts::send_all();
}
