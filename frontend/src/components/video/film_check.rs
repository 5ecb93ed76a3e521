//! What was measured on a film, and what a person should look at in it.

use std::rc::Rc;

use shared::{scene::Scene, video::FilmCheck};
use yew::prelude::*;

use crate::{
    components::ui::{Icon, glyph},
    design::style,
    format,
};

/// Props of [`FilmNotes`].
#[derive(PartialEq, Properties)]
pub struct FilmNotesProps {
    /// What was measured.
    pub check: Box<FilmCheck>,
    /// The scenes, for their numbers.
    pub scenes: Rc<Vec<Rc<Scene>>>,
    /// When a place in the film is to be seen.
    pub onseek: Callback<f64>,
}

/// What a person should look at, with a way to each place.
#[component]
pub fn FilmNotes(props: &FilmNotesProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        padding: var(--space-1);
        border: 1px solid var(--line);
        border-radius: var(--radius-md);
        color: var(--text-muted);
        font-size: var(--text-sm);

        & li > * { display: grid; grid-template-columns: auto 3rem minmax(0, 1fr); align-items: baseline; gap: var(--space-2); width: 100%; min-height: var(--control-sm); padding: var(--space-1) var(--space-2); border: 0; border-radius: var(--radius-sm); background: transparent; text-align: start; }
        & li > button:hover { background: var(--hover); color: var(--text); }
        & li > * > :first-child { color: var(--accent); }
        & .time { color: var(--text-faint); }
        "#
    );
    if props.check.warnings.is_empty() {
        return Html::default();
    }
    html! {
        <ul class={style} aria-label="Notes on the film">
            { for props.check.warnings.iter().map(|warning| {
                let number = warning.scene_id.and_then(|id| props.scenes.iter().position(|scene| scene.id == id)).map(|index| index + 1);
                let words = match number {
                    Some(number) => format!("Scene {number}: {}", warning.message),
                    None => warning.message.clone(),
                };
                let line = html! {
                    <>
                        { glyph(Icon::Warning, 14) }
                        <span class="time tabular">{ warning.at_seconds.map(format::duration).unwrap_or_default() }</span>
                        <span>{ words }</span>
                    </>
                };
                html! {
                    <li>
                        if let Some(at) = warning.at_seconds {
                            <button type="button" data-tip="Show this place" onclick={props.onseek.reform(move |_: MouseEvent| at)}>{ line }</button>
                        } else {
                            <div>{ line }</div>
                        }
                    </li>
                }
            }) }
        </ul>
    }
}

/// What was measured, as labels and figures.
pub fn figures(check: &FilmCheck) -> Vec<(String, String)> {
    let signed = |value: f64, unit: &str| format!("{value:.1} {unit}").replace('-', "−");
    let told = [
        ("Narration", Some(format::duration(check.narration_seconds))),
        ("Loudness", check.loudness_lufs.map(|lufs| signed(lufs, "LUFS"))),
        ("True peak", check.true_peak_dbtp.map(|peak| signed(peak, "dBTP"))),
    ];
    told.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?))).collect()
}
