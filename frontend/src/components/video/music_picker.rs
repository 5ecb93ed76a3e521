//! Music under the narration: a track of the library, how loud, and a place for more.

use serde_json::{Value, json};
use shared::MusicId;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    components::{
        audio::{SOUNDS, Sound},
        options::OptionValues,
        ui::{Button, ButtonSize, DropArea, Icon, IconButton, Slider, skeleton},
    },
    design::style,
    format,
    hooks::Newest,
    state::{
        Load,
        music::{self, Music},
        player, use_selector,
    },
};

/// As the server has it where nothing is said.
const USUAL_DB: f64 = -12.0;
const LEAST_DB: f64 = -36.0;

/// Props of [`MusicPicker`].
#[derive(PartialEq, Properties)]
pub struct MusicPickerProps {
    /// What its radio buttons are called; unique on the page.
    pub id: AttrValue,
    /// The film's options, of which it changes `music`.
    pub value: Newest<OptionValues>,
    /// When other music, or another volume, is chosen.
    pub onchange: Callback<OptionValues>,
}

/// Music under the narration.
#[component]
pub fn MusicPicker(props: &MusicPickerProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        gap: var(--space-2);
        min-width: 0;
        border: 0;

        & > legend { padding: 0; margin-bottom: var(--space-1); color: var(--text-muted); font-size: var(--text-sm); font-weight: var(--weight-medium); }
        & ul { display: grid; gap: var(--space-1); max-height: 18rem; overflow: auto; margin: 0 calc(var(--space-2) * -1); }
        & li { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: 0 var(--space-2); padding: 0 var(--space-2); border-radius: var(--radius-md); }
        & li:hover { background: var(--hover); }
        & li.chosen { background: var(--selected); padding-block: var(--space-1); }
        & label { display: flex; align-items: center; gap: var(--space-2); min-width: 0; min-height: var(--control); cursor: pointer; }
        & label input { accent-color: var(--text); width: 1rem; height: 1rem; margin: 0; flex: none; }
        & label > span:first-of-type { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
        & label > .length { flex: none; margin-inline-start: auto; color: var(--text-faint); font-size: var(--text-sm); }
        & li > .wide { grid-column: 1 / -1; }
        & .why { color: var(--danger); font-size: var(--text-sm); display: flex; align-items: center; gap: var(--space-2); }
        "#
    );
    use_effect_with((), |()| spawn_local(music::refresh()));
    let state = use_selector(|music: &Music| (music.load.clone(), music.tracks.clone(), music.uploading > 0));
    let (load, tracks, uploading) = &*state;
    let (chosen, volume) = (chosen_in(&props.value), volume_of(&props.value));
    let choose = {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        // A track of the user's own is chosen once it is there, when much else may have been.
        Callback::from(move |track: Option<MusicId>| {
            let value = value.now();
            let music = track.map_or(Value::Null, |id| json!({"assetId": id, "volumeDb": volume_of(&value)}));
            onchange.emit(value.with_value("music", music));
        })
    };
    let onvolume = {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        Callback::from(move |db: f64| {
            let value = value.now();
            if let Some(id) = chosen_in(&value) {
                onchange.emit(value.with_value("music", json!({"assetId": id, "volumeDb": db})));
            }
        })
    };
    let onfile = {
        let choose = choose.clone();
        Callback::from(move |file: web_sys::File| music::upload(file, choose.reform(Some)))
    };
    let gone = *load == Load::Ready && chosen.is_some_and(|id| tracks.iter().all(|track| track.id != id));
    let name = AttrValue::from(format!("{}-music", props.id));
    html! {
        <fieldset class={style}>
            <legend>{ "Music" }</legend>
            if let Load::Failed(error) = load {
                <p class="why" role="alert">
                    { &error.message }
                    <Button size={ButtonSize::Small} icon={Icon::Retry} onclick={Callback::from(|()| spawn_local(music::refresh()))}>{ "Retry" }</Button>
                </p>
            } else if *load == Load::Loading && chosen.is_some() {
                { skeleton("100%", "2rem") }
            }
            if gone { <p class="why" role="alert">{ "The chosen track was deleted. Choose another, or none." }</p> }
            if !tracks.is_empty() {
                <ul>
                    <li class={classes!(chosen.is_none().then_some("chosen"))}>
                        <label><input type="radio" name={name.clone()} checked={chosen.is_none()} onchange={choose.reform(|_: Event| None)} /><span>{ "None" }</span></label>
                    </li>
                    { for tracks.iter().map(|track| {
                        let id = track.id;
                        let on = chosen == Some(id);
                        let remove = {
                            let choose = choose.clone();
                            Callback::from(move |()| {
                                player::pause();
                                if on { choose.emit(None); }
                                music::delete(id);
                            })
                        };
                        html! {
                            <li key={id.to_string()} class={classes!(on.then_some("chosen"))}>
                                <label>
                                    <input type="radio" name={name.clone()} checked={on} onchange={choose.reform(move |_: Event| Some(id))} />
                                    <span dir="auto" data-tip="">{ &track.title }</span>
                                    <span class="length tabular">{ format::duration(track.duration_seconds) }</span>
                                </label>
                                <IconButton size={ButtonSize::Small} icon={Icon::Delete} label={format!("Delete the track {}", track.title)} onclick={remove} />
                                if on {
                                    <div class="wide"><Sound label={track.title.clone()} url={track.url.clone()} seconds={track.duration_seconds} /></div>
                                    <div class="wide"><Slider label="Volume of the music" value={volume} min={LEAST_DB} max={0.0} step={1.0} text={decibels(volume)} oninput={onvolume.clone()} /></div>
                                }
                            </li>
                        }
                    }) }
                </ul>
            }
            <DropArea text={if tracks.is_empty() { "Add music of your own; it is quieter under speech." } else { "Drop another track here." }} button="Add track" accept={SOUNDS} busy={*uploading} {onfile} />
        </fieldset>
    }
}

fn chosen_in(value: &OptionValues) -> Option<MusicId> {
    value.value("music")["assetId"].as_str().and_then(|id| id.parse().ok())
}

fn volume_of(value: &OptionValues) -> f64 {
    value.value("music")["volumeDb"].as_f64().unwrap_or(USUAL_DB)
}

/// `−12 dB`, with a minus sign as long as the digits are wide.
fn decibels(db: f64) -> String {
    if db < 0.0 { format!("−{:.0} dB", -db) } else { format!("{db:.0} dB") }
}

#[cfg(test)]
mod tests {
    use super::decibels;

    #[test]
    fn decibels_have_a_minus_sign() {
        assert_eq!(decibels(-12.0), "−12 dB");
        assert_eq!(decibels(0.0), "0 dB");
    }
}
