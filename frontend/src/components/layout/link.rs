//! A link to one of the app's own pages: the browser does not load them anew.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::routes::Route;

/// Props of [`RouteLink`].
#[derive(PartialEq, Properties)]
pub struct RouteLinkProps {
    /// Where it leads.
    pub to: Route,
    /// How it looks.
    #[prop_or_default]
    pub class: Classes,
    /// Whether it leads to where one is.
    #[prop_or_default]
    pub current: bool,
    /// More, on hovering and on focus.
    #[prop_or_default]
    pub tip: Option<AttrValue>,
    /// When followed, too.
    #[prop_or_default]
    pub onfollow: Callback<()>,
    /// What it shows.
    pub children: Html,
}

/// A link to one of the app's own pages.
#[component]
pub fn RouteLink(props: &RouteLinkProps) -> Html {
    let navigator = use_navigator();
    let onclick = {
        let (to, onfollow) = (props.to, props.onfollow.clone());
        Callback::from(move |event: MouseEvent| {
            if event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key() {
                return;
            }
            if let Some(navigator) = &navigator {
                event.prevent_default();
                navigator.push(&to);
                onfollow.emit(());
            }
        })
    };
    html! {
        <a href={props.to.to_path()} class={props.class.clone()} aria-current={props.current.then_some("page")} data-tip={props.tip.clone()} {onclick}>
            { props.children.clone() }
        </a>
    }
}
