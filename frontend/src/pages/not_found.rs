//! No such page.

use yew::prelude::*;

use crate::{
    components::{
        layout::{PageHeader, RouteLink},
        ui::{EmptyState, Icon},
    },
    routes::Route,
};

/// No such page.
#[component]
pub fn NotFoundPage() -> Html {
    html! {
        <>
            <PageHeader title={html! { <h1>{ "Not found" }</h1> }} />
            <main>{ nothing("There is no such page") }</main>
        </>
    }
}

/// What stands where nothing is, with a way on.
pub fn nothing(title: &'static str) -> Html {
    html! {
        <EmptyState icon={Icon::Search} {title} text="The address may be mistyped, or the project may have been deleted.">
            <RouteLink to={Route::New}>{ "Start a new project" }</RouteLink>
        </EmptyState>
    }
}
