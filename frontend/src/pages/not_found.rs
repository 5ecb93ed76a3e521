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
            <main>
                <EmptyState icon={Icon::Search} title="There is no such page" text="The address may be mistyped, or the project may have been deleted.">
                    <RouteLink to={Route::New}>{ "Start a new project" }</RouteLink>
                </EmptyState>
            </main>
        </>
    }
}
