//! All that is known of a film: the options it was made with, what was measured, and a way to make it again with changes.

use std::rc::Rc;

use serde_json::Value;
use shared::{event::RecordKind, music::MusicTrack, record::Status, scene::Scene, settings::Settings, video::VideoClip};
use yew::prelude::*;

use super::{
    VideoOptionsForm, fields,
    film_check::{FilmNotes, figures},
    film_fields::in_words,
    video_options_form::Sample,
};
use crate::{
    clock,
    components::{
        options::OptionValues,
        ui::{Button, ButtonVariant, Icon, Modal},
    },
    design::style,
    format,
    hooks::Newest,
    state::{discard, music::Music, use_selector},
};

/// Props of [`VideoDetailModal`].
#[derive(PartialEq, Properties)]
pub struct VideoDetailModalProps {
    /// The film.
    pub film: Rc<VideoClip>,
    /// The scenes, for the notes.
    pub scenes: Rc<Vec<Rc<Scene>>>,
    /// Whose providers can be chosen.
    pub settings: Rc<Settings>,
    /// For the preview of the captions.
    pub sample: Sample,
    /// Whether another film is being made.
    pub busy: bool,
    /// When a place in it is to be seen.
    pub onseek: Callback<f64>,
    /// When another one is to be made.
    pub onmake: Callback<OptionValues>,
    /// When it is closed.
    pub onclose: Callback<()>,
}

/// All that is known of a film.
#[component]
pub fn VideoDetailModal(props: &VideoDetailModalProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(18rem, 1.2fr);
        gap: var(--space-6);
        align-items: start;

        & h3 { color: var(--text-muted); font-size: var(--text-sm); font-weight: var(--weight-medium); margin-bottom: var(--space-2); }
        & section { min-width: 0; }
        & .known { display: grid; gap: var(--space-5); }
        & dl { display: grid; grid-template-columns: minmax(6rem, auto) minmax(0, 1fr); gap: var(--space-1) var(--space-4); }
        & dt { color: var(--text-faint); }
        & .why { color: var(--danger); }
        @media (max-width: 48rem) {
            grid-template-columns: minmax(0, 1fr);
        }
        "#
    );
    let film = &props.film;
    let made = OptionValues::of(&film.options);
    let next = use_state(|| made.over(&super::defaults(&props.settings)));
    let tracks = use_selector(|music: &Music| music.tracks.clone());
    let provider = props.settings.providers.iter().find(|p| p.id == film.provider);
    let mut told = vec![("Made by".to_owned(), provider.map_or(film.provider.clone(), |p| p.name.clone()))];
    told.extend(in_words(&fields(provider), &made));
    told.extend(music(made.value("music"), &tracks));
    told.push(("Asked for".to_owned(), format::age(film.created_at, clock::now())));
    told.extend(film.duration_seconds.map(|seconds| ("Length".to_owned(), format::duration(seconds))));
    told.extend(film.size_bytes.map(|size| ("Size".to_owned(), format::bytes(size))));
    told.extend(film.cost_usd.filter(|cost| *cost > 0.0).map(|cost| ("Cost".to_owned(), format::cost(cost))));
    let changed = *next != made.over(&super::defaults(&props.settings));
    let make = {
        let (next, onmake) = (next.clone(), props.onmake.clone());
        Callback::from(move |()| onmake.emit((*next).clone()))
    };
    let delete = {
        let (id, project, onclose) = (film.id, film.project_id, props.onclose.clone());
        Callback::from(move |()| {
            discard::discard(RecordKind::Video, id.0, project);
            onclose.emit(());
        })
    };
    let onchange = {
        let next = next.clone();
        Callback::from(move |value| next.set(value))
    };
    let footer = html! {
        <>
            if film.status.is_finished() { <Button icon={Icon::Delete} onclick={delete}>{ "Delete film" }</Button> }
            <span style="flex: 1" />
            <Button variant={ButtonVariant::Primary} icon={Icon::Video} busy={props.busy} onclick={make}>{ if changed { "Make it with these changes" } else { "Make it again" } }</Button>
        </>
    };
    html! {
        <Modal title="Film" wide=true onclose={props.onclose.clone()} {footer}>
            <div class={style}>
                <div class="known">
                    <section aria-label="Made with">
                        <h3>{ "Made with" }</h3>
                        { listed(told) }
                    </section>
                    if let Some(error) = film.error.as_ref().filter(|_| film.status == Status::Failed) {
                        <p class="why">{ &error.message }</p>
                    }
                    if let Some(check) = &film.check {
                        <section aria-label="Measured">
                            <h3>{ "Measured" }</h3>
                            { listed(figures(check)) }
                        </section>
                        <FilmNotes check={check.clone()} scenes={props.scenes.clone()} onseek={props.onseek.clone()} />
                    }
                </div>
                <section aria-label="Make it again">
                    <h3>{ "Make it again" }</h3>
                    <VideoOptionsForm id="again" settings={props.settings.clone()} value={Newest::from(&next)} {onchange} sample={props.sample.clone()} />
                </section>
            </div>
        </Modal>
    }
}

fn listed(told: Vec<(String, String)>) -> Html {
    html! { <dl class="tabular">{ for told.into_iter().map(|(label, value)| html! { <><dt>{ label }</dt><dd>{ value }</dd></> }) }</dl> }
}

fn music(chosen: &Value, tracks: &[Rc<MusicTrack>]) -> Option<(String, String)> {
    let id = chosen["assetId"].as_str()?;
    let title = tracks.iter().find(|track| track.id.to_string() == id).map_or("A track that was deleted", |track| track.title.as_str());
    Some(("Music".to_owned(), title.to_owned()))
}
