//! The scenes of a film in a row, as an editing room has them.

use shared::{SceneId, video::FilmCheck};
use yew::prelude::*;

use super::film_progress::FilmStep;
use crate::{
    components::ui::{ButtonSize, Icon, IconButton, glyph},
    design::style,
    format,
};

/// A scene in the row.
#[derive(Clone, Debug, PartialEq)]
pub struct Shot {
    /// Which of the project's scenes it is, from 1.
    pub number: usize,
    /// The scene.
    pub step: FilmStep,
    /// Where it begins in the film, in seconds; none where it is in none yet.
    pub start: Option<f64>,
}

/// The project's scenes, before there is a film.
pub fn planned(steps: &[FilmStep]) -> Vec<Shot> {
    steps.iter().enumerate().map(|(index, step)| Shot { number: index + 1, step: step.clone(), start: None }).collect()
}

/// The scenes of a film that the project still has, and those that it has besides.
pub fn filmed(check: &FilmCheck, steps: &[FilmStep]) -> Vec<Shot> {
    let shot = |scene: &shared::video::SceneSpan| {
        let (index, step) = steps.iter().enumerate().find(|(_, step)| step.id == scene.scene_id)?;
        Some(Shot { number: index + 1, step: step.clone(), start: Some(scene.start_seconds) })
    };
    let mut shots: Vec<Shot> = check.scenes.iter().filter_map(shot).collect();
    shots.extend(planned(steps).into_iter().filter(|shot| check.scenes.iter().all(|scene| scene.scene_id != shot.step.id)));
    shots
}

/// Props of [`SceneStrip`].
#[derive(PartialEq, Properties)]
pub struct SceneStripProps {
    /// The scenes, in order.
    pub shots: Vec<Shot>,
    /// How far the film has been played, in seconds.
    #[prop_or_default]
    pub now: f64,
    /// When the film is to go on at that second.
    #[prop_or_default]
    pub onseek: Callback<f64>,
    /// When a scene is to be seen by itself.
    pub onpreview: Callback<SceneId>,
}

/// The scenes of a film in a row. Where there is a film, the one that is seen is marked, and each is a way to its place.
#[component]
pub fn SceneStrip(props: &SceneStripProps) -> Html {
    let style = style!(
        r#"
        & li { position: relative; flex: none; }
        & li > :first-child { display: grid; grid-template-columns: minmax(0, 1fr); gap: var(--space-1); width: 9.5rem; padding: var(--space-1); border: 0; border-radius: var(--radius-md); background: transparent; text-align: start; }
        & li > button:hover { background: var(--hover); }
        & .peek { position: absolute; top: var(--space-2); right: var(--space-2); border-radius: var(--radius-md); background: var(--surface); box-shadow: var(--shadow-sm); opacity: 0; transition: opacity var(--quick); }
        & li:hover .peek, & li:focus-within .peek { opacity: 1; }
        & [aria-current] { background: var(--selected); }
        & .still { display: grid; place-items: center; height: 5.1rem; border-radius: var(--radius-sm); background: var(--sunken); color: var(--text-faint); overflow: hidden; }
        & .still img { width: 100%; height: 5.1rem; object-fit: contain; }
        & .about { display: flex; gap: var(--space-2); padding: 0 var(--space-1); font-size: var(--text-xs); color: var(--text-muted); }
        & .about > :nth-child(2) { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        & .faint { color: var(--text-faint); }
        & [aria-current] .faint { color: var(--text-muted); }
        @media (pointer: coarse) {
            & .peek { opacity: 1; }
        }
        "#
    );
    if props.shots.is_empty() {
        return Html::default();
    }
    let seen = props.shots.iter().rposition(|shot| shot.start.is_some_and(|start| start <= props.now));
    let item = |(index, shot): (usize, &Shot)| {
        let Shot { number, step, start } = shot;
        let content = html! {
            <>
                <span class="still">
                    if let Some(picture) = &step.picture {
                        <img src={picture.clone()} alt="" loading="lazy" decoding="async" />
                    } else {
                        { glyph(Icon::Image, 18) }
                    }
                </span>
                <span class="about">
                    <span class="faint tabular">{ number }</span>
                    <span dir="auto">{ step.title.clone() }</span>
                    <span class="faint tabular">{ start.map_or_else(|| format::scene_length(step.seconds), format::duration) }</span>
                </span>
            </>
        };
        let id = step.id;
        let onpreview = props.onpreview.reform(move |()| id);
        html! {
            <li key={id.to_string()}>
                if let Some(start) = *start {
                    <button type="button" aria-current={(seen == Some(index)).then_some("true")} onclick={props.onseek.reform(move |_: MouseEvent| start)}>{ content }</button>
                } else {
                    <div>{ content }</div>
                }
                <span class="peek"><IconButton size={ButtonSize::Small} icon={Icon::Play} label={format!("Preview scene {number}")} onclick={onpreview} /></span>
            </li>
        }
    };
    html! { <ol class={classes!("strip", style)} aria-label="Scenes of the film">{ for props.shots.iter().enumerate().map(item) }</ol> }
}

#[cfg(test)]
mod tests {
    use shared::video::SceneSpan;

    use super::*;

    #[test]
    fn a_film_shows_the_scenes_that_are_still_there_by_their_numbers() {
        let ids: Vec<SceneId> = (1..=3_u128).map(|number| SceneId(uuid::Uuid::from_u128(number))).collect();
        let step = |id: SceneId| FilmStep { id, title: "Title".into(), seconds: 5.0, complete: true, picture: None };
        let filmed_scene = |id: SceneId, start_seconds| SceneSpan {
            scene_id: id,
            start_seconds,
            end_seconds: start_seconds + 5.0,
            narration_seconds: None,
        };
        let check = FilmCheck {
            narration_seconds: 0.0,
            film_seconds: 10.0,
            loudness_lufs: None,
            true_peak_dbtp: None,
            warnings: Vec::new(),
            scenes: vec![filmed_scene(ids[0], 0.0), filmed_scene(ids[1], 5.0)],
        };
        // The first was deleted since, the last was added.
        let shots = filmed(&check, &[step(ids[1]), step(ids[2])]);
        let kept = Shot { number: 1, step: step(ids[1]), start: Some(5.0) };
        assert_eq!(shots, [kept, Shot { number: 2, step: step(ids[2]), start: None }]);
        assert_eq!(planned(&[step(ids[1])])[0].start, None);
    }
}
