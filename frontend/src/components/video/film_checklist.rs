//! What the film still lacks, with a way to each place.

use yew::prelude::*;

use crate::{
    components::{
        layout::RouteLink,
        ui::{Button, ButtonSize, Icon, glyph, spinner},
    },
    design::style,
    routes::Route,
};

/// One thing that a film needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Want {
    /// What it is.
    pub label: AttrValue,
    /// How far it is, in words.
    pub state: AttrValue,
    /// Whether it is there.
    pub done: bool,
    /// Whether it is being made.
    pub active: bool,
    /// Where it is made.
    pub to: Route,
    /// What can be done about it at once.
    pub offer: Option<Offer>,
}

/// Something that can be done at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// What the button says.
    pub words: AttrValue,
    /// What it is called, where several of the same words may stand there.
    pub name: AttrValue,
    /// Does it.
    pub run: Callback<()>,
}

/// Props of [`FilmChecklist`].
#[derive(PartialEq, Properties)]
pub struct FilmChecklistProps {
    /// What a film needs.
    pub wants: Vec<Want>,
}

/// What the film still lacks.
#[component]
pub fn FilmChecklist(props: &FilmChecklistProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: 2px;
        margin: 0 calc(var(--space-2) * -1);

        & a { display: grid; grid-template-columns: 1.25rem minmax(0, 1fr) auto; align-items: center; gap: var(--space-2); min-height: var(--control); padding: var(--space-1) var(--space-2); border-radius: var(--radius-md); text-decoration: none; }
        & a:hover { background: var(--hover); }
        & .open { width: 0.9rem; height: 0.9rem; border: 1.5px solid var(--text-faint); border-radius: var(--radius-full); }
        & .done { display: inline-flex; color: var(--ok); }
        & .active { color: var(--accent); }
        & .state { color: var(--text-faint); font-size: var(--text-sm); }
        & .offer { display: flex; justify-content: flex-end; padding: 0 var(--space-2) var(--space-1); }
        "#
    );
    html! {
        <ul class={style} aria-label="What the film needs">
            { for props.wants.iter().map(|want| html! {
                <li>
                    <RouteLink to={want.to}>
                        if want.active {
                            <span class="active">{ spinner() }</span>
                        } else if want.done {
                            <span class="done">{ glyph(Icon::Done, 16) }</span>
                        } else {
                            <span class="open" />
                        }
                        <span>{ &want.label }</span>
                        <span class="state tabular">{ &want.state }</span>
                    </RouteLink>
                    if let Some(offer) = &want.offer {
                        <div class="offer"><Button size={ButtonSize::Small} label={offer.name.clone()} onclick={offer.run.clone()}>{ &offer.words }</Button></div>
                    }
                </li>
            }) }
        </ul>
    }
}
