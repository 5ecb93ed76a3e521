//! The library: all projects, a search among them, and a new one.

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use super::library_row::LibraryRow;
use crate::{
    components::ui::{Button, ButtonSize, EmptyState, ErrorState, Icon, glyph, skeleton},
    design::style,
    routes::Route,
    state::{Load, library, library::Library, titles::Titles, ui, ui::Ui, undo::Undo, use_selector},
};

const SEARCH_PAUSE_MS: u32 = 200;

/// The library.
#[component]
pub fn LibraryPanel() -> Html {
    let style = style!(
        r#"
        display: flex;
        flex-direction: column;
        height: 100%;
        background: var(--surface);

        & > header { display: flex; align-items: center; justify-content: space-between; height: var(--header); padding: 0 var(--space-3) 0 var(--space-4); }
        & > .search { position: relative; margin: 0 var(--space-3) var(--space-2); }
        & > .search > span { position: absolute; left: 0.6rem; top: 0; bottom: 0; display: flex; align-items: center; color: var(--text-faint); pointer-events: none; }
        & > .search input { width: 100%; height: var(--control); padding: 0 var(--space-2) 0 2rem; border: 1px solid var(--line); border-radius: var(--radius-md); background: var(--sunken); }
        & > .search input:hover { border-color: var(--line-strong); }
        & > .search input::-webkit-search-cancel-button { appearance: none; }
        & > .search input:focus { outline: 2px solid var(--focus); outline-offset: -1px; }
        & > .list { flex: 1; min-height: 0; overflow: auto; padding: var(--space-1) var(--space-2) var(--space-4); }
        & .wait { display: grid; grid-template-columns: 4rem 1fr; gap: var(--space-2) var(--space-3); align-items: center; padding: var(--space-2); }
        "#
    );
    let library = use_selector(|library: &Library| (library.load.clone(), library.projects.clone(), library.next_cursor.is_some()));
    let (load, projects, more) = &*library;
    let hidden = use_selector({
        let projects = projects.clone();
        move |undo: &Undo| projects.iter().map(|project| undo.hides(project.id)).collect::<Vec<_>>()
    });
    let titles = use_selector(|titles: &Titles| titles.clone());
    let open = use_route::<Route>().and_then(Route::project);
    let navigator = use_navigator();
    let query = use_state(String::new);

    // Searched for after a pause in the typing.
    use_effect_with((*query).clone(), |query| {
        let query = query.clone();
        let timer = (library_query() != query).then(|| Timeout::new(SEARCH_PAUSE_MS, move || spawn_local(library::search(query))));
        move || drop(timer)
    });

    let field = use_node_ref();
    let searches = *use_selector(|ui: &Ui| ui.searches);
    {
        let field = field.clone();
        use_effect_with(searches, move |searches| {
            if let (1.., Some(field)) = (*searches, field.cast::<web_sys::HtmlInputElement>()) {
                // The drawer takes the focus only once it is in sight. Both fail only on an element that has left the page.
                Timeout::new(60, move || {
                    let _ = field.focus();
                    field.select();
                })
                .forget();
            }
        });
    }

    let create = {
        let navigator = navigator.clone();
        Callback::from(move |()| {
            ui::set_drawer(false);
            if let Some(navigator) = &navigator {
                navigator.push(&Route::New);
            }
        })
    };
    let oninput = {
        let query = query.clone();
        Callback::from(move |event: InputEvent| query.set(event.target_unchecked_into::<web_sys::HtmlInputElement>().value()))
    };
    let shown: Vec<_> = projects.iter().zip(hidden.iter()).filter(|(_, hidden)| !**hidden).map(|(project, _)| project).collect();
    html! {
        <section class={style} aria-label="Library">
            <header>
                <h2>{ "Projects" }</h2>
                <Button size={ButtonSize::Small} icon={Icon::Add} onclick={create}>{ "New" }</Button>
            </header>
            <div class="search">
                { glyph(Icon::Search, 14) }
                <input ref={field} type="search" placeholder="Search" aria-label="Search projects" value={(*query).clone()} {oninput} />
            </div>
            <div class="list" aria-busy={(*load == Load::Loading).to_string()}>
                { match load {
                    Load::Loading => (0..5).map(|_| html! {
                        <div class="wait">{ skeleton("100%", "2.25rem") }<div>{ skeleton("80%", "1em") }<br />{ skeleton("45%", "0.7em") }</div></div>
                    }).collect::<Html>(),
                    Load::Failed(error) => html! {
                        <ErrorState title="No projects to show" message={error.message.clone()} onretry={Callback::from(|()| spawn_local(library::refresh()))} />
                    },
                    Load::Ready if shown.is_empty() && !query.is_empty() => html! {
                        <EmptyState icon={Icon::Search} title="Nothing found" text={format!("No project has “{}” in its title or text.", *query)} />
                    },
                    Load::Ready if shown.is_empty() => html! { <EmptyState icon={Icon::Video} title="No projects yet" text="Your films will be listed here." /> },
                    Load::Ready => html! {
                        <ul>
                            { for shown.into_iter().map(|project| html! {
                                <LibraryRow key={project.id.to_string()} project={titles.over(project)} current={open == Some(project.id)} />
                            }) }
                        </ul>
                    },
                } }
                if *more {
                    <Button size={ButtonSize::Small} onclick={Callback::from(|()| spawn_local(library::more()))}>{ "Show more" }</Button>
                }
            </div>
        </section>
    }
}

fn library_query() -> String {
    use crate::state::State;
    Library::current().query.clone()
}
