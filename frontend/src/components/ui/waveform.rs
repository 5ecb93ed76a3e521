//! A sound as it is drawn: play, pause, and seek by pressing on its waveform or with the arrow keys.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Icon, glyph};
use crate::{design::style, format};

/// The height of the drawing, in its own units.
const HEIGHT: f64 = 100.0;
/// The least height of a bar, so that silence is seen too.
const LEAST: f64 = 4.0;
/// What counts as loud at least: the noise of a silent sound is not drawn as if it were one.
const LOUD: f64 = 48.0;

/// Props of [`Waveform`].
#[derive(PartialEq, Properties)]
pub struct WaveformProps {
    /// What is heard.
    pub label: AttrValue,
    /// How long it lasts, in seconds.
    pub length: f64,
    /// Where it is, in seconds.
    #[prop_or_default]
    pub at: f64,
    /// Whether it plays.
    #[prop_or_default]
    pub playing: bool,
    /// How loud it is along its length, 0 to 255; a line until that is known.
    #[prop_or_default]
    pub peaks: Option<Rc<[u8]>>,
    /// How many bars it is drawn with.
    #[prop_or(64)]
    pub bars: usize,
    /// When it should start, or stop.
    pub ontoggle: Callback<()>,
    /// When it should go on from somewhere else.
    pub onseek: Callback<f64>,
}

/// A sound as it is drawn.
#[component]
pub fn Waveform(props: &WaveformProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        align-items: center;
        gap: var(--space-2);
        min-width: 0;
        direction: ltr;

        & > button {
            display: grid;
            place-items: center;
            flex: none;
            width: var(--control-sm);
            height: var(--control-sm);
            padding: 0;
            border: 1px solid var(--line-strong);
            border-radius: var(--radius-full);
            background: var(--raised);
            transition: background var(--quick), border-color var(--quick);
        }
        & > button:hover { background: var(--hover); border-color: var(--text-faint); }
        & > button.on { border-color: transparent; background: var(--solid); color: var(--on-solid); }
        & > .wave { position: relative; flex: 1; min-width: 3rem; height: 2.25rem; border-radius: var(--radius-sm); }
        & > .wave > svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: hidden; fill: none; stroke: var(--text-faint); opacity: 0.7; stroke-width: 2px; stroke-linecap: round; pointer-events: none; }
        & > .wave > svg.played { stroke: var(--accent); opacity: 1; }
        & .head { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--text); pointer-events: none; }
        & input { appearance: none; position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; background: transparent; cursor: pointer; }
        & input::-webkit-slider-thumb { appearance: none; width: 1px; height: 100%; opacity: 0; }
        & input::-moz-range-thumb { width: 1px; height: 100%; border: 0; opacity: 0; }
        & input:focus { outline: none; }
        & .wave:has(input:focus-visible) { outline: 2px solid var(--focus); outline-offset: 2px; }
        & > .wave:hover > svg.all { opacity: 1; }
        & > .time { flex: none; min-width: 2.4rem; color: var(--text-faint); font-size: var(--text-sm); text-align: end; }
        @media (max-width: 40rem) {
            & > .wave > svg { stroke-width: 1.5px; }
        }
        "#
    );
    let path = use_memo((props.peaks.clone(), props.bars), |(peaks, count)| {
        let heights = peaks.as_ref().map_or_else(|| vec![0.0; *count], |peaks| bars(peaks, *count));
        AttrValue::from(drawing(&heights))
    });
    let length = props.length.max(0.01);
    let share = (props.at / length).clamp(0.0, 1.0) * 100.0;
    let begun = props.playing || props.at > 0.0;
    let view = format!("0 0 {} {HEIGHT}", props.bars);
    let drawn = |class: &'static str, style: Option<String>| {
        html! {
            <svg {class} {style} viewBox={view.clone()} preserveAspectRatio="none" aria-hidden="true">
                <path d={(*path).clone()} vector-effect="non-scaling-stroke" />
            </svg>
        }
    };
    let oninput = props.onseek.reform(|event: InputEvent| event.target_unchecked_into::<HtmlInputElement>().value_as_number());
    let onkeydown = {
        let ontoggle = props.ontoggle.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == " " {
                event.prevent_default();
                ontoggle.emit(());
            }
        })
    };
    let verb = if props.playing { "Pause" } else { "Play" };
    html! {
        <div class={style}>
            <button type="button" class={classes!(props.playing.then_some("on"))} aria-label={format!("{verb} {}", props.label)} data-tip={verb} onclick={props.ontoggle.reform(|_: MouseEvent| ())}>
                { glyph(if props.playing { Icon::Pause } else { Icon::Play }, 13) }
            </button>
            <div class="wave">
                { drawn("all", None) }
                if begun {
                    { drawn("played", Some(format!("clip-path: inset(0 {:.2}% 0 0)", 100.0 - share))) }
                    <span class="head" style={format!("left: {share:.2}%")} />
                }
                <input
                    type="range"
                    min="0"
                    max={format!("{length:.2}")}
                    step="0.05"
                    value={format!("{:.2}", props.at)}
                    aria-label={format!("Position in {}", props.label)}
                    aria-valuetext={format!("{} of {}", format::duration(props.at), format::duration(length))}
                    {oninput}
                    {onkeydown}
                />
            </div>
            <span class="time tabular">{ if begun { format::duration(props.at) } else { format::scene_length(length) } }</span>
        </div>
    }
}

/// So many bars, each as high as the root mean square of the peaks that it stands for, the loudest 1. Their highest would be
/// about the same in each bar of speech, which always has a vowel.
fn bars(peaks: &[u8], count: usize) -> Vec<f64> {
    let level = |index: usize| {
        let from = index * peaks.len() / count;
        let to = ((index + 1) * peaks.len()).div_ceil(count).clamp(from, peaks.len());
        let power: f64 = peaks[from..to].iter().map(|peak| f64::from(*peak).powi(2)).sum();
        (power / (to - from).max(1) as f64).sqrt()
    };
    let levels: Vec<f64> = (0..count).map(level).collect();
    let loudest = levels.iter().copied().fold(LOUD, f64::max);
    levels.into_iter().map(|level| level / loudest).collect()
}

/// The bars as a path, around the middle.
fn drawing(heights: &[f64]) -> String {
    let mut path = String::with_capacity(heights.len() * 16);
    for (index, height) in heights.iter().enumerate() {
        let half = (height * (HEIGHT - 8.0)).max(LEAST) / 2.0;
        path.push_str(&format!("M{index}.5 {:.0}V{:.0}", HEIGHT / 2.0 - half, HEIGHT / 2.0 + half));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_high_as_the_power_that_it_stands_for() {
        assert_eq!(bars(&[0, 100, 100, 100, 200, 200], 3), [0.5_f64.sqrt() / 2.0, 0.5, 1.0]);
        assert_eq!(bars(&[200, 100], 4), [1.0, 1.0, 0.5, 0.5]);
        assert_eq!(bars(&[], 3), [0.0, 0.0, 0.0]);
        assert!(bars(&[3, 2, 3], 3).iter().all(|height| *height < 0.1), "noise is no speech");
    }

    #[test]
    fn silence_is_drawn_too() {
        assert_eq!(drawing(&[0.0, 1.0]), "M0.5 48V52M1.5 4V96");
    }
}
