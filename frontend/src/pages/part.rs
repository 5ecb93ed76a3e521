//! Parts of the app that are fetched when they are first shown, so that a first visit waits for little. Each is a module
//! of its own, which `scripts/splitting` cuts out of the app: what only a part uses is in that part, what several
//! use in a module that comes with them, and the rest in the app itself.

use std::cell::Cell;

use gloo_timers::callback::Timeout;
use shared::{ApiError, ErrorCode};
use wasm_bindgen_futures::spawn_local;
use wasm_split_helpers::SplitLoaderError;
use yew::prelude::*;

use super::{AudioPage, ImagePage, ScriptPage, SettingsPage, VideoPage};
use crate::{
    api::Answer,
    components::{
        layout::PageHeader,
        ui::{ErrorState, skeleton},
    },
    design::style,
    hooks::use_query,
    routes::Route,
    state::project,
};

/// How long the page that is shown has the line for itself before the other parts are fetched, in milliseconds.
const HEAD_START_MS: u32 = 2_000;

/// Draws the pages of a part. What it is given for another part's page it leaves blank.
type Draw = fn(Route) -> Html;

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
enum Part {
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

    /// The part that a page is in.
    fn of(route: Route) -> Self {
        match route {
            Route::Script { .. } => Self::Script,
            Route::Settings => Self::Settings,
            _ => Self::Takes,
        }
    }

    /// What draws its pages, once it is here.
    fn draw(self) -> Option<Draw> {
        HERE.with(|parts| parts[self as usize].get())
    }

    /// Fetches it, unless it is here.
    async fn fetch(self) -> Answer<()> {
        let fetched = match self {
            Self::Script => fetch_script().await,
            Self::Takes => fetch_takes().await,
            Self::Settings => fetch_settings().await,
        };
        // The server is away, or it has another version of the app by now.
        let draw = fetched
            .map_err(|_| ApiError::new(ErrorCode::Unavailable, "This part of the app could not be loaded. Is the server running?"))?;
        HERE.with(|parts| parts[self as usize].set(Some(draw)));
        Ok(())
    }
}

/// Props of [`PartPage`].
#[derive(PartialEq, Properties)]
pub struct PartPageProps {
    /// Which page.
    pub route: Route,
}

/// A page of a part.
#[component]
pub fn PartPage(props: &PartPageProps) -> Html {
    let part = Part::of(props.route);
    let fetched = use_query(part, Part::fetch);
    let draw = part.draw();
    // What the page shows is asked for while the page itself is on its way.
    use_effect_with(props.route.project(), |id| {
        if let Some(id) = id {
            project::open(*id);
        }
    });
    // The others follow, so that every page opens at once, and opens where the server is away.
    use_effect_with(draw.is_some(), |here| {
        let others = here.then(|| {
            Timeout::new(HEAD_START_MS, || {
                for part in Part::ALL {
                    // One that did not come is fetched when it is shown, which tells.
                    spawn_local(async move { drop(part.fetch().await) });
                }
            })
        });
        move || drop(others)
    });
    match (draw, fetched.error) {
        (Some(draw), _) => draw(props.route),
        (None, Some(error)) => {
            html! {
                <main>
                    <ErrorState title="The page could not be opened" message={error.message} onretry={Callback::from(|()| reload())} />
                </main>
            }
        }
        (None, None) => blank(),
    }
}

/// Opens the app anew; what is typed and not yet sent is kept by the drafts.
fn reload() {
    if let Some(window) = web_sys::window() {
        // Refused only while the page is being left anyway.
        let _ = window.location().reload();
    }
}

/// The page before its code is there.
fn blank() -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-3);
        width: min(var(--page), 100%);
        margin: 0 auto;
        padding: var(--space-5) var(--space-6) var(--space-12);
        "#
    );
    html! {
        <>
            <PageHeader title={skeleton("12rem", "1.2em")} />
            <main>
                <div class={style} role="status" aria-label="Loading">
                    { for (0..4).map(|_| html! { <>{ skeleton("30%", "1em") }{ skeleton("100%", "4.5rem") }</> }) }
                </div>
            </main>
        </>
    }
}
