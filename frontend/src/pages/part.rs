//! Parts of the app that are fetched when they are first shown, so that a first visit waits for little. Each is a module
//! of its own, which `scripts/splitting` cuts out of the app: what only a part uses is in that part, what several
//! use in a module that comes with them, and the rest in the app itself.

use std::cell::Cell;

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::SplitLoaderError;
use yew::prelude::*;

use super::{AudioPage, ImagePage, ScriptPage, SettingsPage, VideoPage};
use crate::{
    routes::Route,
    state::{
        ui::{Connection, Ui},
        use_selector,
    },
};

/// How long the page that is opened has the line for itself before the other parts are fetched, in milliseconds.
const HEAD_START_MS: u32 = 2_000;

/// Draws the pages of a part. What it is given for another part's page it leaves blank.
pub type Draw = fn(Route) -> Html;

/// Makes a function that fetches a part and gives what draws it. Tests are one module, which has all parts.
macro_rules! part {
    ($module:ident, $fetch:ident, $draw:expr) => {
        #[cfg(not(test))]
        #[wasm_split_helpers::wasm_split($module, fallible)]
        fn $fetch() -> Result<Draw, SplitLoaderError> {
            Ok($draw)
        }

        #[cfg(test)]
        async fn $fetch() -> Result<Draw, SplitLoaderError> {
            Ok($draw)
        }
    };
}

// `assets/loader.js` knows which page is in which part, too.
part!(script, fetch_script, |route| match route {
    Route::Script { id } => html! { <ScriptPage {id} key={id.to_string()} /> },
    _ => Html::default(),
});
part!(takes, fetch_takes, |route| match route {
    Route::Audio { id } => html! { <AudioPage {id} key={id.to_string()} /> },
    Route::Image { id } => html! { <ImagePage {id} key={id.to_string()} /> },
    Route::Video { id } => html! { <VideoPage {id} key={id.to_string()} /> },
    _ => Html::default(),
});
part!(settings, fetch_settings, |_| html! { <SettingsPage /> });

/// A part of the app.
#[derive(Clone, Copy, PartialEq)]
pub enum Part {
    /// The scenes.
    Script,
    /// Narrations, pictures and films.
    Takes,
    /// The settings.
    Settings,
}

thread_local! {
    /// The parts that are here, in the order of [`Part::ALL`].
    static HERE: [Cell<Option<Draw>>; 3] = const { [const { Cell::new(None) }; 3] };
}

impl Part {
    const ALL: [Self; 3] = [Self::Script, Self::Takes, Self::Settings];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Script => "script",
            Self::Takes => "takes",
            Self::Settings => "settings",
        }
    }

    /// What draws its pages, once it is here.
    pub fn draw(self) -> Option<Draw> {
        HERE.with(|parts| parts[self as usize].get())
    }

    /// Fetches it, unless it is here. It cannot be had while the server is away, or where the server has another version
    /// of the app by now; another try may have it.
    pub async fn fetch(self) -> Result<(), SplitLoaderError> {
        let draw = match self {
            Self::Script => fetch_script().await?,
            Self::Takes => fetch_takes().await?,
            Self::Settings => fetch_settings().await?,
        };
        HERE.with(|parts| parts[self as usize].set(Some(draw)));
        Ok(())
    }
}

/// Fetches all parts once the page that was opened has had its head start, and what is missing when the server is back:
/// every page then opens at once, and opens where the server is away.
#[hook]
pub fn use_all_parts() {
    let away = *use_selector(|ui: &Ui| ui.connection == Connection::Away);
    use_effect_with(away, |away| {
        let later = (!away).then(|| {
            Timeout::new(HEAD_START_MS, || {
                spawn_local(async {
                    for part in Part::ALL {
                        // One that did not come is fetched when its page is opened, which tells.
                        drop(part.fetch().await);
                    }
                });
            })
        });
        move || drop(later)
    });
}
