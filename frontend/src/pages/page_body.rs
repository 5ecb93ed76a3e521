//! The column that a page's content stands in, and what stands there while the content is on its way.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::{components::ui::skeleton, design::style, routes::Route};

/// Props of [`PageBody`].
#[derive(PartialEq, Properties)]
pub struct PageBodyProps {
    /// What the page shows.
    pub children: Html,
}

/// A page's column.
#[component]
pub fn PageBody(props: &PageBodyProps) -> Html {
    let style = style!(
        r#"
        width: min(var(--page), 100%);
        margin: 0 auto;
        padding: var(--space-5) var(--space-6) var(--space-12);

        & > .wait { display: grid; gap: var(--space-3); margin: 0 auto; }
        /* As wide as the script, which stands there next. */
        & > .wait.script { width: min(54rem, 100%); }
        @media (max-width: 40rem) {
            padding: var(--space-4) var(--space-3) var(--space-10);
        }
        "#
    );
    html! { <div class={style}>{ props.children.clone() }</div> }
}

/// Content that is on its way.
pub fn waiting() -> Html {
    html! { <Waiting /> }
}

#[component]
fn Waiting() -> Html {
    let route = use_route::<Route>();
    let script = matches!(route, Some(Route::Script { .. })).then_some("script");
    html! {
        <div class={classes!("wait", script)} role="status" aria-label="Loading">
            { for (0..4).map(|_| html! { <>{ skeleton("30%", "1em") }{ skeleton("100%", "4.5rem") }</> }) }
        </div>
    }
}
