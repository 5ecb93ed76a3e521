//! `/`: the project that was open last, or the welcome page.

use yew::prelude::*;
use yew_router::prelude::*;

use super::NewPage;
use crate::{
    routes::Route,
    state::{ui::Ui, use_selector},
};

/// The project that was open last, or the welcome page.
#[component]
pub fn HomePage() -> Html {
    // Looked up once: what is opened afterwards does not take the page away from under the person.
    let last = use_selector(|ui: &Ui| ui.last_project);
    let last = *use_memo((), |()| *last);
    match last {
        Some(id) => html! { <Redirect<Route> to={Route::Script { id }} /> },
        None => html! { <NewPage /> },
    }
}
