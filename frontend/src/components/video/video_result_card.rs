//! A film: on its way, failed, or there to be watched.

use std::rc::Rc;

use shared::{
    SceneId,
    project::AspectRatio,
    record::Status,
    scene::Scene,
    video::{Subtitles, VideoClip},
};
use web_sys::HtmlVideoElement;
use yew::prelude::*;

use super::{
    film_check::FilmNotes,
    film_progress::{FilmProgress, FilmStep},
    notify_me::NotifyMe,
    scene_strip::{SceneStrip, filmed, planned},
};
use crate::{
    clock,
    components::ui::{Badge, BadgeTone, Button, ButtonLink, ButtonVariant, Icon, glyph},
    design::style,
    format,
    hooks::use_space,
    state::player,
};

/// A place to go to in the film, and how often one was wanted: the same place twice is two wishes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seek {
    /// How often.
    pub count: u32,
    /// Where, in seconds.
    pub at: f64,
}

/// Props of [`VideoResultCard`].
#[derive(PartialEq, Properties)]
pub struct VideoResultCardProps {
    /// The film.
    pub film: Rc<VideoClip>,
    /// What it is called.
    pub title: AttrValue,
    /// The language of its captions.
    pub language: AttrValue,
    /// The shape of the project.
    pub shape: AspectRatio,
    /// The scenes, for the notes.
    pub scenes: Rc<Vec<Rc<Scene>>>,
    /// The scenes as steps.
    pub steps: Vec<FilmStep>,
    /// Where the whole project is downloaded.
    pub project_url: AttrValue,
    /// Where to go.
    pub seek: Seek,
    /// When a place in it is to be seen.
    pub onseek: Callback<f64>,
    /// When one of the scenes is to be seen by itself.
    pub onpreview: Callback<SceneId>,
    /// When all that is known of it is to be seen.
    pub ondetails: Callback<()>,
    /// Stops it.
    pub oncancel: Callback<()>,
    /// Starts it again.
    pub onretry: Callback<()>,
}

/// A film.
#[component]
pub fn VideoResultCard(props: &VideoResultCardProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-3);
        min-width: 0;

        & .screen { display: grid; place-items: center; width: 100%; max-height: min(70vh, 46rem); margin: 0 auto; border-radius: var(--radius-lg); background: var(--sunken); box-shadow: 0 0 0 1px var(--line); overflow: hidden; }
        & .screen video { width: 100%; height: 100%; background: var(--media); object-fit: contain; }
        & .work { display: grid; gap: var(--space-3); justify-items: center; width: min(26rem, 84%); color: var(--text-muted); text-align: center; padding: var(--space-4) 0; }
        & .work .buttons { justify-content: center; }
        & .work.failed { color: var(--danger); width: min(30rem, 88%); }
        & .below { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--space-2) var(--space-3); }
        & .facts { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-1) var(--space-3); color: var(--text-muted); }
        & .buttons { display: flex; flex-wrap: wrap; gap: var(--space-2); }
        "#
    );
    let film = &props.film;
    let video = use_node_ref();
    let now = use_state_eq(|| 0.0);
    {
        let now = now.clone();
        use_effect_with(film.id, move |_| now.set(0.0));
    }
    {
        let video = video.clone();
        use_effect_with(props.seek, move |seek| {
            if let Some(video) = video.cast::<HtmlVideoElement>().filter(|_| seek.count > 0) {
                video.set_current_time(seek.at);
                play(&video);
                video.scroll_into_view();
            }
        });
    }
    use_space(false, {
        let video = video.clone();
        Callback::from(move |()| {
            if let Some(video) = video.cast::<HtmlVideoElement>() {
                if video.paused() {
                    play(&video);
                } else {
                    // Pausing fails on no media element.
                    let _ = video.pause();
                }
            }
        })
    });
    let shape = film.options.aspect_ratio.unwrap_or(props.shape);
    let frame = frame(match (film.width, film.height) {
        (Some(width), Some(height)) if width > 0 && height > 0 => (width, height),
        _ => shape.parts(),
    });
    let shots = match film.check.as_ref().filter(|check| film.status == Status::Ready && !check.scenes.is_empty()) {
        Some(check) => filmed(check, &props.steps),
        None => planned(&props.steps),
    };
    let ontimeupdate = {
        let (now, video, starts) = (now.clone(), video.clone(), shots.iter().filter_map(|shot| shot.start).collect::<Vec<_>>());
        Callback::from(move |event: Event| {
            // The player of another film may have a last word.
            let shown = video.cast::<HtmlVideoElement>();
            let Some(player) = event.target_dyn_into::<HtmlVideoElement>().filter(|player| Some(player) == shown.as_ref()) else { return };
            let at = player.current_time();
            // Only the scene counts, so that nothing is drawn anew within one.
            now.set(starts.iter().rfind(|start| **start <= at).copied().unwrap_or(0.0));
        })
    };
    let again = |words: &'static str| html! { <Button icon={Icon::Retry} once=true onclick={props.onretry.clone()}>{ words }</Button> };
    let screen = match (film.status, &film.url) {
        (Status::Ready, Some(url)) => html! {
            <video key={url.clone()} ref={video} controls=true playsinline=true preload="none" poster={film.poster_url.clone()} aria-label={format!("Film: {}", props.title)} onplay={|_: Event| player::pause()} {ontimeupdate}>
                <source src={url.clone()} type={film.mime_type.clone().unwrap_or_else(|| "video/mp4".to_owned())} />
                if let Some(captions) = &film.subtitles_url {
                    // Shown from the beginning, unless they are in the picture already.
                    <track kind="captions" src={captions.clone()} srclang={props.language.clone()} label="Captions" default={film.options.subtitles != Some(Subtitles::Burned)} />
                }
            </video>
        },
        (Status::Failed, _) => html! {
            <div class="work failed" role="alert">
                { glyph(Icon::Error, 22) }
                <p>{ film.error.as_ref().map_or("The film could not be made.", |error| error.message.as_str()) }</p>
                { again("Retry") }
            </div>
        },
        (Status::Canceled, _) => html! { <div class="work"><p>{ "This film was canceled." }</p>{ again("Make it after all") }</div> },
        (status, _) => html! {
            <div class="work">
                <FilmProgress progress={(status == Status::Running).then_some(film.progress)} remaining={film.remaining_seconds} steps={props.steps.clone()} />
                <div class="buttons">
                    <NotifyMe />
                    <Button icon={Icon::Close} once=true onclick={props.oncancel.clone()}>{ "Cancel" }</Button>
                </div>
            </div>
        },
    };
    html! {
        <section class={style} aria-label="Film">
            <div class="screen" style={frame}>{ screen }</div>
            <div class="below">
                <div class="facts tabular">
                    { for facts(film).into_iter().map(|fact| html! { <span>{ fact }</span> }) }
                    if film.status == Status::Ready && film.stale { <Badge tone={BadgeTone::Accent} tip="Something that it was made from has changed since">{ "Out of date" }</Badge> }
                </div>
                <div class="buttons">
                    <Button variant={ButtonVariant::Ghost} icon={Icon::Details} onclick={props.ondetails.clone()}>{ "Details" }</Button>
                    if let (Status::Ready, Some(url)) = (film.status, &film.url) {
                        <ButtonLink icon={Icon::Download} href={props.project_url.clone()} download="">{ "Project" }</ButtonLink>
                        if let Some(captions) = &film.subtitles_url {
                            <ButtonLink icon={Icon::Download} href={captions.clone()} download={format!("{}.vtt", file_name(&props.title))}>{ "Captions" }</ButtonLink>
                        }
                        <ButtonLink icon={Icon::Download} href={url.clone()} download={format!("{}.mp4", file_name(&props.title))}>{ "Download film" }</ButtonLink>
                    }
                </div>
            </div>
            <SceneStrip {shots} now={*now} onseek={props.onseek.clone()} onpreview={props.onpreview.clone()} />
            if let Some(check) = film.check.clone().filter(|_| film.status == Status::Ready) {
                <FilmNotes {check} scenes={props.scenes.clone()} onseek={props.onseek.clone()} />
            }
        </section>
    }
}

fn play(video: &HtmlVideoElement) {
    if let Ok(started) = video.play() {
        // It fails where the page may not play yet; then the controls are there to be pressed.
        wasm_bindgen_futures::spawn_local(async move { drop(wasm_bindgen_futures::JsFuture::from(started).await) });
    }
}

/// The frame of a film of that shape: as wide as the height allows, so that a tall one stands in the middle.
pub fn frame((across, down): (u32, u32)) -> String {
    format!("aspect-ratio: {across} / {down}; max-width: calc(min(70vh, 46rem) * {across} / {down})")
}

fn facts(film: &VideoClip) -> Vec<String> {
    let size = film.width.zip(film.height).map(|(width, height)| format!("{width} × {height}"));
    let age = format::age(film.updated_at, clock::now());
    [film.duration_seconds.map(format::duration), size, film.size_bytes.map(format::bytes), Some(age)].into_iter().flatten().collect()
}

/// A title as the name of a file: what file systems forbid becomes a hyphen.
fn file_name(title: &str) -> String {
    let name: String = title.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c }).collect();
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() { "film".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_hold_nothing_that_is_forbidden() {
        assert_eq!(file_name("Who? Me: a/b"), "Who- Me- a-b");
        assert_eq!(file_name(" .. "), "film");
        assert_eq!(file_name("人人生而自由"), "人人生而自由");
    }
}
