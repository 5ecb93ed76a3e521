//! The films that were made before.

use std::rc::Rc;

use shared::{VideoId, record::Status, video::VideoClip};
use yew::prelude::*;

use crate::design::style;
use crate::{clock, format};

/// Props of [`FilmHistory`].
#[derive(PartialEq, Properties)]
pub struct FilmHistoryProps {
    /// The films, newest first.
    pub films: Vec<Rc<VideoClip>>,
    /// The one that is shown.
    pub shown: VideoId,
    /// When another is to be shown.
    pub onshow: Callback<VideoId>,
}

/// The films that were made before.
#[component]
pub fn FilmHistory(props: &FilmHistoryProps) -> Html {
    let style = style!(
        r#"
        & button { display: grid; gap: var(--space-1); width: 8.5rem; padding: var(--space-1); border: 0; border-radius: var(--radius-md); background: transparent; text-align: start; }
        & button:hover { background: var(--hover); }
        & button[aria-pressed="true"] { background: var(--selected); }
        & .still { display: grid; place-items: center; height: 4.6rem; border-radius: var(--radius-sm); background: var(--sunken); color: var(--text-faint); font-size: var(--text-sm); overflow: hidden; }
        & .still img { width: 100%; height: 4.6rem; object-fit: cover; }
        & .about { padding: 0 var(--space-1); color: var(--text-faint); font-size: var(--text-xs); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
        & button[aria-pressed="true"] .about { color: var(--text-muted); }
        "#
    );
    html! {
        <ul class={classes!("strip", style)} aria-label="Films">
            { for props.films.iter().map(|film| {
                let id = film.id;
                html! {
                    <li>
                        <button type="button" aria-pressed={(id == props.shown).to_string()} onclick={props.onshow.reform(move |_: MouseEvent| id)}>
                            <span class="still">
                                if let Some(poster) = &film.poster_url {
                                    <img src={poster.clone()} alt="" loading="lazy" />
                                } else {
                                    { word(film.status) }
                                }
                            </span>
                            <span class="about tabular">{ about(film) }</span>
                        </button>
                    </li>
                }
            }) }
        </ul>
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Queued => "Waiting",
        Status::Running => "In progress",
        Status::Ready => "Film",
        Status::Failed => "Failed",
        Status::Canceled => "Canceled",
    }
}

fn about(film: &VideoClip) -> String {
    let age = format::age(film.created_at, clock::now());
    film.duration_seconds.map_or_else(|| age.clone(), |seconds| format!("{} · {age}", format::duration(seconds)))
}
