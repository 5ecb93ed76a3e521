//! Asks whether a finished film may tell of itself.

use yew::prelude::*;

use crate::{
    components::ui::{Button, Icon},
    state::{
        notify::{self, Notify, Permission},
        use_selector,
    },
};

/// A button while the person has not been asked; else a sentence, or nothing.
#[component]
pub fn NotifyMe() -> Html {
    let permission = *use_selector(Notify::permission);
    match permission {
        Permission::Unasked => html! { <Button icon={Icon::Bell} onclick={Callback::from(|()| notify::ask())}>{ "Notify me" }</Button> },
        Permission::Granted => html! { <span style="align-self: center">{ "A notification will tell you." }</span> },
        Permission::Denied => html! { <span style="align-self: center">{ "You can leave this page." }</span> },
    }
}
