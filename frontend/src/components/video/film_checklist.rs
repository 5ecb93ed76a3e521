//! What the film still lacks, with a way to each place.

use shared::ProjectId;
use yew::prelude::*;

use crate::{
    components::{
        layout::RouteLink,
        ui::{Button, ButtonSize, Icon, glyph, spinner},
    },
    design::style,
    format,
    routes::{Route, Stage},
    state::{edit, project::Tally},
};

/// One thing that a film needs.
struct Want {
    /// What it is.
    label: AttrValue,
    /// How far it is, in words.
    state: AttrValue,
    /// Whether it is there.
    done: bool,
    /// Whether it is being made.
    active: bool,
    /// Where it is made.
    to: Route,
    /// What can be done about it at once.
    offer: Option<Offer>,
}

/// Something that can be done at once.
struct Offer {
    /// What the button says.
    words: AttrValue,
    /// What it is called, where several of the same words may stand there.
    name: AttrValue,
    /// Does it.
    run: Callback<()>,
}

/// Props of [`FilmChecklist`].
#[derive(PartialEq, Properties)]
pub struct FilmChecklistProps {
    /// Of which project.
    pub project: ProjectId,
    /// How many scenes it has.
    pub scenes: usize,
    /// How far their narrations are.
    pub audio: Tally,
    /// How far their pictures are.
    pub image: Tally,
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
            { for wants(props).into_iter().map(|want| html! {
                <li>
                    <RouteLink to={want.to}>
                        if want.active {
                            <span class="active">{ spinner() }</span>
                        } else if want.done {
                            <span class="done">{ glyph(Icon::Done, 16) }</span>
                        } else {
                            <span class="open" />
                        }
                        <span>{ want.label }</span>
                        <span class="state tabular">{ want.state }</span>
                    </RouteLink>
                    if let Some(offer) = want.offer {
                        <div class="offer"><Button size={ButtonSize::Small} label={offer.name} onclick={offer.run}>{ offer.words }</Button></div>
                    }
                </li>
            }) }
        </ul>
    }
}

/// How many scenes have none, how many use none of those that they have, and how many use one that no longer fits.
fn lacking(tally: Tally) -> String {
    let missing = tally.total - tally.ready - tally.stale - tally.unchosen;
    let told = [(missing, "missing"), (tally.unchosen, "not chosen"), (tally.stale, "out of date")];
    told.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
}

fn wants(props: &FilmChecklistProps) -> Vec<Want> {
    let (id, scenes) = (props.project, props.scenes);
    let want = |label: &'static str, tally: Tally, stage: Stage, choose: fn()| Want {
        label: label.into(),
        state: match tally {
            Tally { failed, .. } if failed > 0 => format!("{failed} failed").into(),
            Tally { ready, total, .. } if ready < total => lacking(tally).into(),
            Tally { total, .. } => format!("{total} of {total}").into(),
        },
        done: tally.total > 0 && tally.ready == tally.total,
        active: tally.active > 0,
        to: stage.of(id),
        offer: (tally.unchosen > 0).then(|| Offer {
            words: "Use the newest".into(),
            name: format!("Use the newest: {label}").into(),
            run: Callback::from(move |()| choose()),
        }),
    };
    let script = Want {
        label: "Script".into(),
        state: format::count(scenes, "scene", "scenes").into(),
        done: scenes > 0,
        active: false,
        to: Stage::Script.of(id),
        offer: None,
    };
    vec![
        script,
        want("Narration", props.audio, Stage::Audio, edit::use_newest_audio),
        want("Images", props.image, Stage::Image, edit::use_newest_images),
    ]
}
