//! A small player for one sound: play, pause, and seek by pressing on the bar. Nothing is loaded before it is asked for.

use web_sys::{HtmlAudioElement, HtmlInputElement};
use yew::prelude::*;

use super::{Icon, glyph};
use crate::design::style;
use crate::format;

/// Props of [`AudioPlayer`].
#[derive(PartialEq, Properties)]
pub struct AudioPlayerProps {
    /// What is heard.
    pub label: AttrValue,
    /// Where it is.
    pub url: AttrValue,
    /// How long it lasts.
    pub duration_seconds: f64,
    /// Whether it is this one's turn; turning false stops it.
    pub playing: bool,
    /// When it should start, or stop.
    pub ontoggle: Callback<bool>,
}

/// A small player.
#[component]
pub fn AudioPlayer(props: &AudioPlayerProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        align-items: center;
        gap: var(--space-2);
        min-width: 0;

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
        }
        & > button:hover { background: var(--hover); border-color: var(--text-faint); }
        & > input {
            appearance: none;
            flex: 1;
            min-width: 3rem;
            height: 1.5rem;
            margin: 0;
            background: linear-gradient(var(--text-muted), var(--text-muted)) 0 50% / var(--played) 3px no-repeat, linear-gradient(var(--line-strong), var(--line-strong)) 0 50% / 100% 3px no-repeat;
            cursor: pointer;
        }
        & > input::-webkit-slider-thumb { appearance: none; width: 10px; height: 10px; border-radius: var(--radius-full); background: var(--text); opacity: 0; }
        & > input::-moz-range-thumb { width: 10px; height: 10px; border: 0; border-radius: var(--radius-full); background: var(--text); opacity: 0; }
        & > input:hover::-webkit-slider-thumb { opacity: 1; }
        & > input:focus-visible::-webkit-slider-thumb { opacity: 1; }
        & > input:hover::-moz-range-thumb { opacity: 1; }
        & > span { flex: none; min-width: 2.1rem; color: var(--text-faint); font-size: var(--text-sm); text-align: end; }
        "#
    );
    let audio = use_node_ref();
    let at = use_state(|| 0.0_f64);
    let element = || audio.cast::<HtmlAudioElement>();

    {
        let audio = audio.clone();
        let ontoggle = props.ontoggle.clone();
        use_effect_with((props.playing, props.url.clone()), move |(playing, _)| {
            if let Some(audio) = audio.cast::<HtmlAudioElement>() {
                if *playing {
                    match audio.play() {
                        // The promise fails where the page may not play or the file is gone; then it is not playing.
                        Ok(started) => wasm_bindgen_futures::spawn_local(async move {
                            if wasm_bindgen_futures::JsFuture::from(started).await.is_err() && audio.paused() {
                                ontoggle.emit(false);
                            }
                        }),
                        Err(_) => ontoggle.emit(false),
                    }
                } else if !audio.paused() {
                    // Pausing fails on no audio element.
                    let _ = audio.pause();
                }
            }
        });
    }

    let ontimeupdate = {
        let (at, audio) = (at.clone(), audio.clone());
        Callback::from(move |_: Event| {
            if let Some(audio) = audio.cast::<HtmlAudioElement>() {
                at.set(audio.current_time());
            }
        })
    };
    let onended = {
        let (at, ontoggle) = (at.clone(), props.ontoggle.clone());
        Callback::from(move |_: Event| {
            at.set(0.0);
            ontoggle.emit(false);
        })
    };
    let oninput = {
        let (at, audio) = (at.clone(), element());
        Callback::from(move |event: InputEvent| {
            let to = event.target_unchecked_into::<HtmlInputElement>().value_as_number();
            if let Some(audio) = &audio {
                audio.set_current_time(to);
            }
            at.set(to);
        })
    };
    let onclick = {
        let (ontoggle, playing) = (props.ontoggle.clone(), props.playing);
        Callback::from(move |_: MouseEvent| ontoggle.emit(!playing))
    };
    let length = props.duration_seconds.max(0.01);
    let played = (*at / length * 100.0).clamp(0.0, 100.0);
    let verb = if props.playing { "Pause" } else { "Play" };
    html! {
        <div class={style}>
            <audio ref={audio.clone()} src={props.url.clone()} preload="none" {ontimeupdate} {onended} />
            <button type="button" aria-label={format!("{verb} {}", props.label)} title={verb} {onclick}>
                { glyph(if props.playing { Icon::Pause } else { Icon::Play }, 13) }
            </button>
            <input
                type="range"
                min="0"
                max={length.to_string()}
                step="0.05"
                value={at.to_string()}
                aria-label={format!("Position in {}", props.label)}
                aria-valuetext={format!("{} of {}", format::duration(*at), format::duration(length))}
                style={format!("--played: {played}%")}
                {oninput}
            />
            <span class="tabular">{ if props.playing || *at > 0.0 { format::duration(*at) } else { format::scene_length(length) } }</span>
        </div>
    }
}
