//! A page whose code is in a part of the app, from the moment that it is opened: it is on its way, or cannot be had, or is
//! drawn.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    page_body::{PageBody, waiting},
    part::Part,
};
use crate::{
    api,
    components::{
        layout::{PageHeader, focus_page, refocus_page},
        ui::{ErrorState, skeleton},
    },
    routes::Route,
    state::{
        project,
        ui::{Connection, Ui},
        use_selector,
    },
};

/// Props of [`PartPage`].
#[derive(PartialEq, Properties)]
pub struct PartPageProps {
    /// The part that it is in.
    pub part: Part,
    /// Which page.
    pub route: Route,
}

/// A page of a part. One component shows all pages of a part, and none of another's: it has the part's name as its key.
#[component]
pub fn PartPage(props: &PartPageProps) -> Html {
    let part = props.part;
    let failed = use_state(|| false);
    let away = *use_selector(|ui: &Ui| ui.connection == Connection::Away);
    // Also while the server is away, since the browser may have kept it; and again when the server is back.
    use_effect_with(away, {
        let failed = failed.clone();
        move |_| {
            if part.draw().is_none() {
                // Setting it draws the page anew, also where it says the same as before.
                spawn_local(async move { failed.set(part.fetch().await.is_err()) });
            }
        }
    });
    // What the page shows is asked for while the page itself is on its way.
    use_effect_with(props.route.project(), |id| id.iter().for_each(|id| project::open(*id)));
    let draw = part.draw();
    // What it was told with may have been given the focus, by the user or as the page that was gone to.
    let told = use_mut_ref(|| false);
    use_effect_with(draw.is_some(), {
        let told = told.clone();
        move |here| match (*here, *told.borrow()) {
            (true, true) => refocus_page(),
            (true, false) => focus_page(),
            (false, _) => {}
        }
    });
    if let Some(draw) = draw {
        return draw(props.route);
    }
    if !*failed {
        return blank();
    }
    *told.borrow_mut() = true;
    let message = if away {
        "The studio does not answer, and this page was not opened before. It opens as soon as the server is back."
    } else {
        "The server may have a newer version of the app, which another try opens. What you typed is kept."
    };
    let onretry = Callback::from(move |()| {
        let failed = failed.clone();
        spawn_local(async move {
            let missing = part.fetch().await.is_err();
            // A server that answers, but no longer has this part, has another version of the app.
            if missing && api::answers().await {
                reload();
            }
            failed.set(missing);
        });
    });
    html! {
        <>
            <PageHeader title={html! { <h1>{ "AI Studio" }</h1> }} />
            <main><ErrorState title="The page could not be opened" {message} {onretry} /></main>
        </>
    }
}

/// Opens the app anew; what is typed and not yet sent is kept by the drafts.
fn reload() {
    if let Some(window) = web_sys::window() {
        // Refused only while the page is being left anyway.
        let _ = window.location().reload();
    }
}

/// The page before its code is there. It has no `main`: that is the page's own, which is then given the focus.
fn blank() -> Html {
    html! { <><PageHeader title={skeleton("12rem", "1.2em")} /><PageBody>{ waiting() }</PageBody></> }
}
