//! The notes at the edge of the page.

use yew::prelude::*;

use crate::{
    components::ui::{ToastCard, use_notes_place},
    design::style,
    state::{
        toasts::{self, Toasts, Tone},
        use_selector,
    },
};

/// All notes, newest below.
#[component]
pub fn ToastStack() -> Html {
    let style = style!(
        r#"
        position: fixed;
        z-index: 50;
        right: var(--space-4);
        bottom: var(--space-4);
        display: grid;
        gap: var(--space-2);
        width: min(25rem, calc(100vw - 2rem));
        pointer-events: none;
        @media (max-width: 40rem) {
            bottom: calc(var(--tabbar) + var(--space-3) + env(safe-area-inset-bottom));
        }
        "#
    );
    let items = use_selector(|toasts: &Toasts| toasts.items.clone());
    let place = use_notes_place();
    let stack = html! {
        <div class={style} role="region" aria-label="Notifications">
            { for items.iter().map(|toast| {
                let id = toast.id;
                html! {
                    <ToastCard
                        key={id}
                        message={toast.message.clone()}
                        failed={toast.tone == Tone::Failed}
                        action={toast.action.as_ref().map(|action| action.label.clone())}
                        action_name={toast.action_name()}
                        onaction={Callback::from(move |()| toasts::act(id))}
                        onclose={Callback::from(move |()| toasts::close(id))}
                        onhold={Callback::from(move |held| toasts::hold(id, held))}
                    />
                }
            }) }
        </div>
    };
    // What lies outside an open window cannot be pressed, nor read out.
    match place {
        Some(place) => create_portal(stack, place),
        None => stack,
    }
}
