//! Sidebar, library and page, side by side where there is room; on a phone the sidebar lies below and the library is a drawer.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlElement, Node};
use yew::prelude::*;
use yew_router::prelude::*;

use super::{
    keys::{KeyList, use_keys, use_page_focus},
    library_panel::LibraryPanel,
    offline_banner::OfflineBanner,
    sidebar::Sidebar,
    toasts::ToastStack,
};
use crate::components::ui::Tooltip;
use crate::design::style;
use crate::frame::next_frame;
use crate::hooks::{use_kept_focus, use_kept_place};
use crate::state::{
    ui::{self, Ui},
    use_selector,
};

/// For how many frames what is drawn over the page may be on its way.
const DRAWN_FRAMES: u32 = 20;

/// What the drawer lies over.
const BEHIND: &str = "#page, nav[aria-label='Main']";

/// Props of [`Shell`].
#[derive(PartialEq, Properties)]
pub struct ShellProps {
    /// The page.
    pub children: Html,
}

/// The frame around every page.
#[component]
pub fn Shell(props: &ShellProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: var(--rail) auto minmax(0, 1fr);
        height: 100dvh;
        overflow: hidden;

        & > .skip { position: fixed; z-index: 60; top: var(--space-2); left: var(--space-2); padding: var(--space-2) var(--space-3); border-radius: var(--radius-md); background: var(--solid); color: var(--on-solid); transform: translateY(-200%); }
        & > .skip:focus { transform: none; }
        & > .page { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
        & > .page > main { flex: 1; min-height: 0; overflow: auto; scrollbar-gutter: stable; scroll-padding: var(--space-8) 0; }
        & > .library { width: var(--library); min-height: 0; border-right: 1px solid var(--line); }
        & > .library.folded { display: none; }
        & > .scrim { display: none; }

        @media (max-width: 68rem) {
            grid-template-columns: var(--rail) minmax(0, 1fr);
            & > .library, & > .library.folded {
                display: block;
                position: fixed;
                z-index: 30;
                inset: 0 auto 0 0;
                width: min(20rem, 86vw);
                box-shadow: var(--shadow-lg);
                visibility: hidden;
                transform: translateX(-102%);
                transition: transform var(--calm), visibility 0s 240ms;
            }
            & > .library.drawn { visibility: visible; transform: none; transition: transform var(--calm); }
            & > .scrim.drawn { display: block; position: fixed; z-index: 29; inset: 0; border: 0; background: var(--scrim); }
        }
        @media (max-width: 40rem) {
            grid-template-columns: minmax(0, 1fr);
            grid-template-rows: minmax(0, 1fr) auto;
            & > .page { order: -1; }
        }
        "#
    );
    let library_open = *use_selector(|ui: &Ui| ui.library_open);
    let drawer_open = *use_selector(|ui: &Ui| ui.drawer_open);
    let drawn = drawer_open.then_some("drawn");
    let help_open = *use_selector(|ui: &Ui| ui.help_open);
    use_keys();
    use_page_focus();
    use_kept_focus();
    let address = use_location();
    use_kept_place(address.map(|address| address.path().to_owned()).unwrap_or_default());
    let library = use_node_ref();
    use_effect_with(drawer_open, {
        let library = library.clone();
        move |open| {
            // What is drawn over the page has the focus, and gives it back; unless another page has it by then.
            let opener = if *open { focused() } else { None };
            if let Some(opener) = opener.clone()
                && let Some(first) = library.cast::<Element>().and_then(|library| library.query_selector("button").ok().flatten())
            {
                spawn_local(async move {
                    // It can have the focus once it is seen, which may be a moment after it is drawn.
                    for _ in 0..DRAWN_FRAMES {
                        if focused().as_ref() != Some(&opener) {
                            break;
                        }
                        focus(&first);
                        next_frame().await;
                    }
                });
            }
            move || {
                let in_page = focused().and_then(|element| element.closest("#page").ok().flatten());
                if let (Some(opener), None) = (opener, in_page) {
                    focus(&opener);
                }
            }
        }
    });
    let onkeydown = Callback::from(|event: KeyboardEvent| {
        if event.key() == "Escape" {
            ui::set_drawer(false);
        }
    });
    // What the focus goes to behind the drawer, out of it, is to be seen.
    let onfocusin = {
        let library = library.clone();
        Callback::from(move |event: FocusEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let before = event.related_target().and_then(|before| before.dyn_into::<Node>().ok());
            let left = library.get().is_some_and(|library| before.is_some() && library.contains(before.as_ref()));
            if left && target.is_some_and(|target| target.closest(BEHIND).is_ok_and(|behind| behind.is_some())) {
                ui::set_drawer(false);
            }
        })
    };
    html! {
        <div class={style} {onkeydown} {onfocusin}>
            <a class="skip" href="#page" onclick={skip}>{ "Skip to the page" }</a>
            <Sidebar />
            <div ref={library} class={classes!("library", (!library_open).then_some("folded"), drawn)}>
                <LibraryPanel />
            </div>
            <button type="button" class={classes!("scrim", drawn)} aria-label="Close the library" tabindex="-1" onclick={|_| ui::set_drawer(false)} />
            <div class="page" id="page" tabindex="-1">
                <OfflineBanner />
                { props.children.clone() }
            </div>
            <ToastStack />
            <Tooltip />
            if help_open { <KeyList onclose={|()| ui::set_help(false)} /> }
        </div>
    }
}

/// The browser's own jump would put the anchor into the address, which is the router's.
fn skip(event: MouseEvent) {
    event.prevent_default();
    if let Some(page) = web_sys::window().and_then(|window| window.document()).and_then(|document| document.get_element_by_id("page")) {
        focus(&page);
    }
}

fn focused() -> Option<Element> {
    web_sys::window()?.document()?.active_element()
}

fn focus(element: &Element) {
    // It fails only on an element that has left the page.
    let _ = element.unchecked_ref::<HtmlElement>().focus();
}
