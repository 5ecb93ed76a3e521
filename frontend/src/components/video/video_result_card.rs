//! A film: on its way, failed, or there to be watched.

use std::rc::Rc;

use shared::{
    project::AspectRatio,
    record::Status,
    video::{FilmCheck, VideoClip},
};
use yew::prelude::*;

use crate::{
    clock,
    components::ui::{Badge, BadgeTone, Button, ButtonLink, Icon, Progress, glyph},
    design::style,
    format,
};

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
    /// Where the whole project is downloaded.
    pub project_url: AttrValue,
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
        gap: var(--space-4);
        min-width: 0;

        & .screen { display: grid; place-items: center; width: 100%; max-height: min(70vh, 46rem); margin: 0 auto; border-radius: var(--radius-lg); background: var(--sunken); box-shadow: 0 0 0 1px var(--line); overflow: hidden; }
        & .screen video { width: 100%; height: 100%; background: var(--media); object-fit: contain; }
        & .work { display: grid; gap: var(--space-3); justify-items: center; width: min(22rem, 80%); color: var(--text-muted); text-align: center; padding: var(--space-4) 0; }
        & .work .figure { font-size: var(--text-2xl); font-weight: var(--weight-strong); letter-spacing: -0.02em; color: var(--text); }
        & .work.failed { color: var(--danger); width: min(30rem, 88%); }
        & .below { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--space-3); }
        & .facts { display: flex; flex-wrap: wrap; align-items: center; gap: var(--space-1) var(--space-3); color: var(--text-muted); }
        & .buttons { display: flex; flex-wrap: wrap; gap: var(--space-2); }
        & .check { display: grid; gap: var(--space-1); padding: var(--space-3) var(--space-4); border: 1px solid var(--line); border-radius: var(--radius-md); color: var(--text-muted); font-size: var(--text-sm); }
        & .check li { display: flex; align-items: center; gap: var(--space-2); }
        "#
    );
    let film = &props.film;
    let shape = film.options.aspect_ratio.unwrap_or(props.shape);
    let frame = frame(match (film.width, film.height) {
        (Some(width), Some(height)) if width > 0 && height > 0 => (width, height),
        _ => shape.parts(),
    });
    let screen = match (film.status, &film.url) {
        (Status::Ready, Some(url)) => html! {
            <video key={url.clone()} controls=true playsinline=true preload="metadata" poster={film.poster_url.clone()} aria-label={format!("Film: {}", props.title)}>
                <source src={url.clone()} type={film.mime_type.clone().unwrap_or_else(|| "video/mp4".to_owned())} />
                if let Some(captions) = &film.subtitles_url {
                    <track kind="captions" src={captions.clone()} srclang={props.language.clone()} label="Captions" default={true} />
                }
            </video>
        },
        (Status::Failed, _) => html! {
            <div class="work failed" role="alert">
                { glyph(Icon::Error, 22) }
                <p>{ film.error.as_ref().map_or("The film could not be made.", |error| error.message.as_str()) }</p>
                <Button icon={Icon::Retry} onclick={props.onretry.clone()}>{ "Retry" }</Button>
            </div>
        },
        (Status::Canceled, _) => html! {
            <div class="work">
                <p>{ "This film was canceled." }</p>
                <Button icon={Icon::Retry} onclick={props.onretry.clone()}>{ "Make it after all" }</Button>
            </div>
        },
        (status, _) => html! {
            <div class="work" role="status">
                <span class="figure tabular">{ if status == Status::Queued { "Waiting".to_owned() } else { format::percent(film.progress) } }</span>
                <Progress label="Making the film" value={(status == Status::Running).then_some(film.progress)} />
                <p>{ "Making the film. You can leave this page." }</p>
                <Button icon={Icon::Close} onclick={props.oncancel.clone()}>{ "Cancel" }</Button>
            </div>
        },
    };
    html! {
        <section class={style} aria-label="Film">
            <div class="screen" style={frame}>{ screen }</div>
            if let (Status::Ready, Some(url)) = (film.status, &film.url) {
                <div class="below">
                    <div class="facts tabular">
                        { for facts(film).into_iter().map(|fact| html! { <span>{ fact }</span> }) }
                        if film.stale { <Badge tone={BadgeTone::Accent} title="Something that it was made from has changed since">{ "Out of date" }</Badge> }
                    </div>
                    <div class="buttons">
                        <ButtonLink icon={Icon::Download} href={props.project_url.clone()} download="">{ "Project" }</ButtonLink>
                        if let Some(captions) = &film.subtitles_url {
                            <ButtonLink icon={Icon::Download} href={captions.clone()} download="">{ "Captions" }</ButtonLink>
                        }
                        <ButtonLink icon={Icon::Download} href={url.clone()} download={format!("{}.mp4", file_name(&props.title))}>{ "Download film" }</ButtonLink>
                    </div>
                </div>
                if let Some(check) = &film.check { { warnings(check) } }
            }
        </section>
    }
}

/// The frame of a film of that shape: as wide as the height allows, so that a tall one stands in the middle.
pub fn frame((across, down): (u32, u32)) -> String {
    format!("aspect-ratio: {across} / {down}; max-width: calc(min(70vh, 46rem) * {across} / {down})")
}

fn facts(film: &VideoClip) -> Vec<String> {
    let size = film.width.zip(film.height).map(|(width, height)| format!("{width} × {height}"));
    let loudness = film.check.as_ref().and_then(|check| check.loudness_lufs).map(|lufs| format!("{lufs:.1} LUFS").replace('-', "−"));
    [
        film.duration_seconds.map(format::duration),
        size,
        film.size_bytes.map(format::bytes),
        loudness,
        Some(format::age(film.updated_at, clock::now())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn warnings(check: &FilmCheck) -> Html {
    if check.warnings.is_empty() {
        return Html::default();
    }
    html! {
        <ul class="check" aria-label="Notes on the film">
            { for check.warnings.iter().map(|warning| html! {
                <li>
                    { glyph(Icon::Warning, 14) }
                    if let Some(at) = warning.at_seconds { <span class="tabular">{ format::duration(at) }</span> }
                    { &warning.message }
                </li>
            }) }
        </ul>
    }
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
