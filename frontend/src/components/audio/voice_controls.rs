//! Who speaks, and how fast.

use shared::audio::Voice;
use yew::prelude::*;

use crate::{
    components::ui::{Choice, Field, Select},
    design::style,
    hooks::use_id,
};

/// The speeds that are offered; 1 is the voice's own pace.
pub const SPEEDS: [f64; 8] = [0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5];

/// Who speaks, and how fast; the settings' defaults where left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VoiceSettings {
    /// `provider/voice`.
    pub voice: Option<String>,
    /// How fast.
    pub speed: Option<f64>,
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
    pub value: VoiceSettings,
    /// The settings' default speed.
    pub default_speed: f64,
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
        grid-template-columns: minmax(10rem, 18rem) 7rem minmax(0, 1fr);
        gap: var(--space-3);
        align-items: end;
        margin-bottom: var(--space-5);
        @media (max-width: 40rem) {
            grid-template-columns: minmax(0, 1fr) 6rem;
            & > :nth-child(3) { grid-column: 1 / -1; }
        }
        "#
    );
    let (voice_id, speed_id) = (use_id("voice"), use_id("speed"));
    let speed = props.value.speed.unwrap_or(props.default_speed);
    let onvoice = {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        Callback::from(move |voice: String| {
            onchange.emit(VoiceSettings { voice: Some(voice).filter(|voice| !voice.is_empty()), ..value.clone() })
        })
    };
    let onspeed = {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        Callback::from(move |speed: String| onchange.emit(VoiceSettings { speed: speed.parse().ok(), ..value.clone() }))
    };
    let current = props.value.voice.clone().unwrap_or_default();
    let choices = voice_choices(&props.voices, Choice::new("", "Chosen by language"), &current);
    html! {
        <div class={style}>
            <Field label="Voice" control={voice_id.clone()}><Select id={voice_id} {choices} value={current} onchange={onvoice} /></Field>
            <Field label="Speed" control={speed_id.clone()}><Select id={speed_id} choices={speed_choices(speed)} value={speed.to_string()} onchange={onspeed} /></Field>
            <div>{ props.children.clone() }</div>
        </div>
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
    fn a_voice_that_is_gone_is_still_shown() {
        let choices = voice_choices(&[], Choice::new("", "Default"), "espeak/xx");
        assert_eq!(choices.last().unwrap().value, "espeak/xx");
    }
}
