//! How far a film is, scene by scene.

use shared::SceneId;
use yew::prelude::*;

use crate::{components::ui::Progress, design::style, format, hooks::use_steady};

/// Before this share of the work the narrations are read, after that one the parts are joined and measured.
const ENCODING: (f64, f64) = (0.03, 0.95);

/// One scene of the film.
#[derive(Clone, Debug, PartialEq)]
pub struct FilmStep {
    /// The scene.
    pub id: SceneId,
    /// What it is called.
    pub title: AttrValue,
    /// How long it lasts.
    pub seconds: f64,
    /// Whether it has what it needs.
    pub complete: bool,
    /// Its picture, small, where there is one.
    pub picture: Option<AttrValue>,
}

/// Props of [`FilmProgress`].
#[derive(PartialEq, Properties)]
pub struct FilmProgressProps {
    /// How much is done, 0 to 1; none while it waits.
    pub progress: Option<f64>,
    /// How many seconds it will still take, once that can be told.
    pub remaining: Option<f64>,
    /// The scenes, in order.
    pub steps: Vec<FilmStep>,
}

/// How far a film is.
#[component]
pub fn FilmProgress(props: &FilmProgressProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-3);
        justify-items: center;
        width: 100%;

        & .figure { font-size: var(--text-2xl); font-weight: var(--weight-strong); letter-spacing: -0.02em; color: var(--text); line-height: 1.2; }
        & ol { display: flex; gap: 2px; width: 100%; height: 6px; }
        & li { position: relative; flex: 1 1 0; min-width: 1px; border-radius: 2px; background: var(--pressed); overflow: hidden; }
        & li.lacks { background: var(--pressed); animation: pulse 1.6s ease-in-out infinite; }
        & li.ready { background: var(--line-strong); }
        & li > span { position: absolute; inset: 0 auto 0 0; background: var(--accent); transition: width var(--calm); }
        & p { max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        "#
    );
    let complete = props.steps.iter().filter(|step| step.complete).count();
    let (figure, words) = match props.progress {
        None if complete < props.steps.len() => (
            "Getting ready".to_owned(),
            format!("Making narration and images first: {complete} of {} scenes are complete", props.steps.len()),
        ),
        None => ("Waiting".to_owned(), "Another film is made first".to_owned()),
        Some(progress) => (format::percent(progress), at_work(progress, &props.steps)),
    };
    let remaining = use_steady(props.remaining);
    let done = shares(props.progress.unwrap_or(0.0), &props.steps);
    html! {
        <div class={style}>
            <span class="figure tabular">{ figure }</span>
            <ol aria-hidden="true">
                { for props.steps.iter().zip(done).map(|(step, share)| html! {
                    <li class={if step.complete { "ready" } else { "lacks" }} style={format!("flex-grow: {:.2}", step.seconds.max(0.2))} data-tip={step.title.clone()}>
                        if share > 0.0 { <span style={format!("width: {:.1}%", share * 100.0)} /> }
                    </li>
                }) }
            </ol>
            <div class="visually-hidden"><Progress label="Making the film" value={props.progress} /></div>
            <p role="status">{ words }</p>
            // Not part of the status: a figure that changes all the time is not to be read out each time.
            if let Some(seconds) = remaining { <p class="tabular">{ format::remaining(seconds) }</p> }
        </div>
    }
}

/// How much of each scene is encoded: frames are, in their order.
fn shares(progress: f64, steps: &[FilmStep]) -> Vec<f64> {
    let total: f64 = steps.iter().map(|step| step.seconds).sum();
    let mut left = ((progress - ENCODING.0) / (ENCODING.1 - ENCODING.0)).clamp(0.0, 1.0) * total;
    let mut shares = Vec::with_capacity(steps.len());
    for step in steps {
        shares.push(if step.seconds > 0.0 { (left / step.seconds).clamp(0.0, 1.0) } else { f64::from(u8::from(left > 0.0)) });
        left = (left - step.seconds).max(0.0);
    }
    shares
}

fn at_work(progress: f64, steps: &[FilmStep]) -> String {
    if progress < ENCODING.0 {
        return "Listening to the narrations".to_owned();
    }
    match shares(progress, steps).iter().position(|share| *share < 1.0) {
        Some(index) if progress < ENCODING.1 => format!("Scene {} of {}: {}", index + 1, steps.len(), steps[index].title),
        _ => "Joining and measuring".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps() -> Vec<FilmStep> {
        [2.0, 6.0]
            .map(|seconds| FilmStep { id: SceneId(uuid::Uuid::nil()), title: "Title".into(), seconds, complete: true, picture: None })
            .into()
    }

    #[test]
    fn scenes_fill_one_after_another() {
        assert_eq!(shares(0.0, &steps()), [0.0, 0.0]);
        let half = shares(0.49, &steps());
        assert!(half[0] == 1.0 && (half[1] - 1.0 / 3.0).abs() < 1e-6, "{half:?}");
        assert_eq!(shares(1.0, &steps()), [1.0, 1.0]);
        assert!(shares(0.5, &[]).is_empty());
    }

    #[test]
    fn it_says_what_is_going_on() {
        assert_eq!(at_work(0.01, &steps()), "Listening to the narrations");
        assert_eq!(at_work(0.5, &steps()), "Scene 2 of 2: Title");
        assert_eq!(at_work(0.96, &steps()), "Joining and measuring");
    }
}
