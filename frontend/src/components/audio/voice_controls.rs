//! Who speaks, and how fast.

use shared::audio::Voice;
use yew::prelude::*;

use crate::{
    components::ui::{Choice, Field, Icon, IconButton, Select},
    design::style,
    hooks::{Newest, use_id},
    state::{
        player::{self, Player},
        use_selector,
    },
};

pub use crate::state::voices::VoiceSettings;

/// The speeds that are offered; 1 is the voice's own pace.
pub const SPEEDS: [f64; 8] = [0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5];

/// The choice that names no voice: the settings' own one speaks then, else one of the language.
pub fn no_voice(default: Option<&AttrValue>, by_language: &'static str) -> Choice {
    Choice::new("", default.map_or_else(|| by_language.into(), |name| AttrValue::from(format!("Default: {name}"))))
}

/// The voices to choose from, by provider, behind `first`.
pub fn voice_choices(voices: &[Voice], first: Choice, current: &str) -> Vec<Choice> {
    let mut choices = vec![first];
    // A take may have been spoken by a voice that is not there any more, or speaks another language.
    if !current.is_empty() && voices.iter().all(|voice| voice.id != current) {
        choices.push(Choice::new(current.to_owned(), current.to_owned()));
    }
    let mut sorted: Vec<_> = voices.iter().collect();
    sorted.sort_by(|a, b| a.provider.cmp(&b.provider));
    choices.extend(sorted.into_iter().map(|voice| Choice::new(voice.id.clone(), voice.name.clone()).under(voice.provider.clone())));
    choices
}

/// What a voice is called; its id where nobody says.
pub fn voice_name(voices: &[Voice], id: &str) -> String {
    if id.starts_with("upload/") {
        return "Your own".to_owned();
    }
    voices.iter().find(|voice| voice.id == id).map_or_else(|| id.to_owned(), |voice| voice.name.clone())
}

/// The speeds to choose from; one that is not among them is added.
pub fn speed_choices(current: f64) -> Vec<Choice> {
    let mut speeds = SPEEDS.to_vec();
    if speeds.iter().all(|speed| (speed - current).abs() > 1e-6) {
        speeds.push(current);
        speeds.sort_by(f64::total_cmp);
    }
    speeds.into_iter().map(|speed| Choice::new(speed.to_string(), format!("{speed}×"))).collect()
}

/// Props of [`VoiceToolbar`].
#[derive(PartialEq, Properties)]
pub struct VoiceToolbarProps {
    /// The voices that speak the project's language.
    pub voices: Vec<Voice>,
    /// What is chosen for new narrations.
    pub value: Newest<VoiceSettings>,
    /// The name of the settings' default voice, where they have one.
    pub default_voice: Option<AttrValue>,
    /// The settings' default speed.
    pub default_speed: f64,
    /// Where the chosen voice can be heard, where it can.
    #[prop_or_default]
    pub preview: Option<AttrValue>,
    /// When something else is chosen.
    pub onchange: Callback<VoiceSettings>,
    /// Beside it.
    #[prop_or_default]
    pub children: Html,
}

/// Who speaks the next narrations, and how fast.
#[component]
pub fn VoiceToolbar(props: &VoiceToolbarProps) -> Html {
    let style = style!(
        r#"
        display: grid;
        grid-template-columns: minmax(10rem, 18rem) var(--control) 7rem minmax(0, 1fr);
        gap: var(--space-3);
        align-items: end;
        margin-bottom: var(--space-4);

        & > .aside { display: grid; align-content: end; gap: var(--space-1); text-align: end; }
        @media (max-width: 56rem) {
            & > .aside { grid-column: 1 / -1; text-align: start; }
        }
        @media (max-width: 40rem) {
            grid-template-columns: minmax(0, 1fr) var(--control) 6rem;
        }
        /* Large letters on a phone. */
        @media (max-width: 18rem) {
            grid-template-columns: minmax(0, 1fr) var(--control);
        }
        "#
    );
    let (voice_id, speed_id) = (use_id("voice"), use_id("speed"));
    let speed = props.value.speed.unwrap_or(props.default_speed);
    let onvoice = {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        Callback::from(move |voice: String| {
            onchange.emit(VoiceSettings { voice: Some(voice).filter(|voice| !voice.is_empty()), ..value.now() })
        })
    };
    let onspeed = {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        Callback::from(move |speed: String| onchange.emit(VoiceSettings { speed: speed.parse().ok(), ..value.now() }))
    };
    let current = props.value.voice.clone().unwrap_or_default();
    let choices = voice_choices(&props.voices, no_voice(props.default_voice.as_ref(), "Chosen by language"), &current);
    html! {
        <div class={style}>
            <Field label="Voice" control={voice_id.clone()}><Select id={voice_id} {choices} value={current} onchange={onvoice} /></Field>
            <Preview url={props.preview.clone()} />
            <Field label="Speed" control={speed_id.clone()}><Select id={speed_id} choices={speed_choices(speed)} value={speed.to_string()} onchange={onspeed} /></Field>
            <div class="aside">{ props.children.clone() }</div>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct PreviewProps {
    url: Option<AttrValue>,
}

/// Lets the chosen voice say a few words.
#[component]
fn Preview(props: &PreviewProps) -> Html {
    let url = props.url.clone();
    let playing = *use_selector(move |player: &Player| url.as_ref().is_some_and(|url| player.plays(url)));
    let onclick = {
        let url = props.url.clone();
        Callback::from(move |()| url.iter().for_each(|url| player::toggle(url)))
    };
    html! {
        <IconButton
            icon={if playing { Icon::Pause } else { Icon::Play }}
            label={if playing { "Stop the preview" } else if props.url.is_some() { "Hear this voice" } else { "This voice cannot be heard before it is used" }}
            disabled={props.url.is_none()}
            {onclick}
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unusual_speed_is_listed_in_its_place() {
        let values: Vec<_> = speed_choices(1.05).into_iter().map(|choice| choice.value.to_string()).collect();
        assert_eq!(values[3..6], ["1", "1.05", "1.1"]);
        assert_eq!(speed_choices(1.0).len(), SPEEDS.len());
    }

    #[test]
    fn voices_are_called_by_their_names() {
        assert_eq!(voice_name(&[], "espeak/xx"), "espeak/xx");
        assert_eq!(voice_name(&[], "upload/recording"), "Your own");
    }

    #[test]
    fn who_speaks_unless_a_voice_is_chosen_is_told() {
        assert_eq!(no_voice(None, "By language").label, "By language");
        assert_eq!(no_voice(Some(&"Alan".into()), "By language").label, "Default: Alan");
    }

    #[test]
    fn a_voice_that_is_gone_is_still_shown() {
        let choices = voice_choices(&[], Choice::new("", "Default"), "espeak/xx");
        assert_eq!(choices.last().unwrap().value, "espeak/xx");
    }
}
