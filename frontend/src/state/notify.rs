//! The system's own notifications: a finished film tells of itself when nobody looks at the page, if the person said so.

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Notification, NotificationOptions, NotificationPermission};

use super::store::{State, state};

/// Whether the page may notify.
#[derive(Clone, Default)]
pub struct Notify {
    /// What the person said; read from the browser when it is first asked for.
    answer: Option<Permission>,
}
state!(Notify);

/// What the person said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Nothing yet: they can be asked.
    Unasked,
    /// Yes.
    Granted,
    /// No, or the browser has no notifications.
    Denied,
}

impl Notify {
    /// What the person said.
    pub fn permission(&self) -> Permission {
        self.answer.unwrap_or_else(read)
    }
}

/// Asks the person; only after they have pressed something.
pub fn ask() {
    let Ok(asked) = Notification::request_permission() else { return };
    spawn_local(async move {
        // Where the question fails, the answer is what it was.
        let _ = JsFuture::from(asked).await;
        Notify::update(|notify| notify.answer = Some(read()));
    });
}

/// Tells that a film is ready, where nobody looks at the page.
pub fn film_ready(title: &str) {
    let hidden = web_sys::window().and_then(|window| window.document()).is_some_and(|document| document.hidden());
    if !hidden || Notify::current().permission() != Permission::Granted {
        return;
    }
    let options = NotificationOptions::new();
    options.set_body(title);
    // Some phones take notifications from service workers alone; the toast is there as well.
    let _ = Notification::new_with_options("The film is ready", &options);
}

fn read() -> Permission {
    let known = web_sys::window().is_some_and(|window| js_sys::Reflect::has(&window, &"Notification".into()).unwrap_or(false));
    match known.then(Notification::permission) {
        Some(NotificationPermission::Granted) => Permission::Granted,
        Some(NotificationPermission::Default) => Permission::Unasked,
        _ => Permission::Denied,
    }
}
