//! The app: routes around pages, and what runs beside them for as long as the page is there.

use gloo_events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::StorageEvent;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::{
    components::layout::Shell,
    pages::{HomePage, NewPage, NotFoundPage, Part, PartPage, use_all_parts},
    routes::Route,
    state::{State, activity, discard, drafts, edit, library, live, settings, titles, undo, upload},
};

/// The whole app.
#[component]
pub fn App() -> Html {
    use_effect_with((), |()| {
        live::start();
        drafts::restore();
        titles::restore();
        spawn_local(library::refresh());
        spawn_local(activity::refresh());
        spawn_local(settings::refresh());
        let leaving = web_sys::window().map(|window| {
            EventListener::new(&window, "pagehide", |_| {
                drafts::send_and_leave();
                titles::send_and_leave();
                edit::send_and_leave();
                undo::send_and_leave();
                discard::send_and_leave();
            })
        });
        let warning = web_sys::window().map(|window| {
            EventListener::new_with_options(&window, "beforeunload", EventListenerOptions::enable_prevent_default(), |event| {
                if drafts::Drafts::current().at_risk || upload::Uploads::current().at_risk() {
                    event.prevent_default();
                }
            })
        });
        let other_tab = web_sys::window()
            .map(|window| EventListener::new(&window, "storage", |event| event.dyn_ref().into_iter().for_each(other_tab_kept)));
        let stray = web_sys::window().map(|window| {
            let refusing = |turn: &'static str| {
                EventListener::new_with_options(&window, turn, EventListenerOptions::enable_prevent_default(), refuse_stray_file)
            };
            ["dragover", "drop"].map(refusing)
        });
        move || drop((leaving, warning, other_tab, stray))
    });
    use_all_parts();
    html! {
        <BrowserRouter>
            <Shell>
                <Switch<Route> render={page} />
            </Shell>
        </BrowserRouter>
    }
}

fn other_tab_kept(event: &StorageEvent) {
    undo::hear(event);
    titles::hear(event);
}

/// A file that is dropped where nothing takes it would be opened by the browser, in place of the app.
fn refuse_stray_file(event: &Event) {
    let Some(event) = event.dyn_ref::<DragEvent>().filter(|event| !event.default_prevented()) else { return };
    if let Some(data) = event.data_transfer().filter(|data| data.types().includes(&"Files".into(), 0)) {
        event.prevent_default();
        data.set_drop_effect("none");
    }
}

fn page(route: Route) -> Html {
    let part = match route {
        Route::Home => return html! { <HomePage /> },
        Route::New => return html! { <NewPage /> },
        Route::NotFound => return html! { <NotFoundPage /> },
        Route::Script { .. } => Part::Script,
        Route::Audio { .. } | Route::Image { .. } | Route::Video { .. } => Part::Takes,
        Route::Settings => Part::Settings,
    };
    html! { <PartPage key={part.name()} {part} {route} /> }
}
