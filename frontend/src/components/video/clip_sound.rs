//! Whether the scenes' clips are heard in the film, and how loud.

use yew::prelude::*;

use crate::{
    components::{
        options::OptionValues,
        ui::{Choice, Field, Select},
    },
    hooks::Newest,
    state::{project::OpenProject, use_selector},
};

const NAME: &str = "clipVolumeDb";
/// What can be chosen; by the API, any number of decibels from −60 to 0.
const LEVELS: [(&str, &str); 4] = [("", "Not heard"), ("-18", "In the background"), ("-9", "Clearly"), ("0", "As loud as the narration")];

/// Props of [`ClipSound`].
#[derive(PartialEq, Properties)]
pub struct ClipSoundProps {
    /// What its control's id begins with; unique on the page.
    pub id: AttrValue,
    /// The film's options, of which it changes `clipVolumeDb`.
    pub value: Newest<OptionValues>,
    /// When another level is chosen.
    pub onchange: Callback<OptionValues>,
}

/// How loud the clips' own sound is; nothing for a film without clips.
#[component]
pub fn ClipSound(props: &ClipSoundProps) -> Html {
    let any = use_selector(|open: &OpenProject| open.scenes.iter().any(|scene| scene.selected_video_id.is_some()));
    if !*any {
        return Html::default();
    }
    let onchange = {
        let (value, onchange) = (props.value.clone(), props.onchange.clone());
        Callback::from(move |level: String| onchange.emit(value.now().with_number(NAME, &level)))
    };
    let chosen = props.value.value(NAME).as_f64().map(|level| format!("{level:.0}")).unwrap_or_default();
    let mut choices: Vec<Choice> = LEVELS.map(|(value, label)| Choice::new(value, label)).into();
    if choices.iter().all(|choice| choice.value != chosen) {
        choices.push(Choice::new(chosen.clone(), format!("{chosen} dB")));
    }
    let id = AttrValue::from(format!("{}-clip-sound", props.id));
    html! {
        <Field label="Sound of the clips" control={id.clone()}>
            <Select {id} {choices} value={chosen} {onchange} />
        </Field>
    }
}
