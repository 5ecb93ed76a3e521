//! `/audio/:id`: the narrations of a project.

use std::{collections::BTreeMap, rc::Rc};

use shared::{ProjectId, SceneId, event::RecordKind};
use yew::prelude::*;

use super::{
    estimate::{asked, use_estimate},
    project_frame::{BatchLine, ProjectFrame, use_batch_action, use_project, use_shown_scenes},
};
use crate::{
    api,
    components::{
        audio::{AudioDetailModal, AudioSceneTable, VoiceSettings, VoiceToolbar, voice_name},
        estimate::EstimateLine,
        layout::RouteLink,
        ui::{Button, ButtonSize, ButtonVariant, EmptyState, Icon},
    },
    format,
    hooks::{use_kept, use_query, use_space},
    routes::Stage,
    state::{
        State, activity,
        asking::{Asking, What},
        make,
        player::{self, Player},
        project::OpenProject,
        settings::SettingsState,
        use_selector,
        voices::{self, Voices},
    },
};

/// So many characters are enough to know a voice by.
const PREVIEW_CHARACTERS: usize = 140;

/// Props of [`AudioPage`].
#[derive(PartialEq, Properties)]
pub struct AudioPageProps {
    /// Of which project.
    pub id: ProjectId,
}

/// The narrations of a project.
#[component]
pub fn AudioPage(props: &AudioPageProps) -> Html {
    let id = props.id;
    let project = use_project(id);
    let scenes = use_shown_scenes();
    let tally = *use_selector(OpenProject::audio_tally);
    // A scene in which nothing is said is ready without a sound.
    let heard = *use_selector(|open: &OpenProject| !sounds(open).is_empty());
    let defaults = use_selector(|state: &SettingsState| {
        let audio = state.settings.as_ref().map(|settings| &settings.defaults.audio);
        (audio.and_then(|audio| audio.voice_id.clone()), audio.map_or(1.0, |audio| audio.speed))
    });
    let (default_voice, default_speed) = (defaults.0.clone(), defaults.1);
    let (chosen, choose) = use_kept::<VoiceSettings>(voices::key(id));
    // What was chosen for one scene alone.
    let (own, choose_own) = use_kept::<BTreeMap<SceneId, VoiceSettings>>(voices::own_key(id));
    let onchoose = {
        let own = own.clone();
        use_callback((), move |(scene, settings): (SceneId, VoiceSettings), ()| {
            let mut next = own.now();
            next.insert(scene, settings);
            next.retain(|_, settings| *settings != VoiceSettings::default());
            choose_own.emit(next);
        })
    };
    let opened = use_state(|| None::<SceneId>);
    let language = project.as_ref().map(|project| project.language.clone());
    let voices = use_query(language, 0, |language| async move {
        match language {
            Some(language) => api::audio::voices(&language).await.map(|list| Rc::new(list.items)),
            None => Ok(Rc::default()),
        }
    });
    // The default voice speaks whatever the language is, so that it may be missing among those: its provider knows it.
    let stranger = default_voice.clone().filter(|id| voices.data.as_ref().is_some_and(|known| known.iter().all(|voice| voice.id != *id)));
    let strangers = use_query(stranger, 0, |stranger| async move {
        match stranger.as_deref().and_then(|id| id.split_once('/')) {
            Some((provider, _)) => api::audio::voices_of(provider).await.map(|list| list.items),
            None => Ok(Vec::new()),
        }
    });
    let no_voices = voices.error.clone().zip(Some(voices.refetch.clone()));
    let voices = voices.data.map(|data| (*data).clone()).unwrap_or_default();

    let of_default = default_voice.as_ref().and_then(|id| {
        let mut known = voices.iter().chain(strangers.data.iter().flat_map(|list| list.iter()));
        known.find(|voice| voice.id == *id).cloned()
    });
    let default_name = default_voice.as_ref().map(|id| AttrValue::from(voice_name(of_default.as_slice(), id)));

    let complete = tally.is_complete();
    let wanted = {
        let (chosen, own) = (chosen.clone(), own.clone());
        move || Voices { chosen: chosen.now(), own: own.now() }
    };
    let generate = |only_missing: bool| {
        let wanted = wanted.clone();
        Callback::from(move |()| {
            let wanted = wanted();
            make::all_audio(wanted.batch(id, only_missing), &wanted.own_takes(&OpenProject::current()));
        })
    };
    let wanted = wanted();
    let all = wanted.batch(id, !complete);
    // Another voice may cost something else: of several nothing is said.
    let known = project.is_some() && tally.total > 0 && own.values().all(|own| own.voice.is_none());
    let estimate = use_estimate("audio", known.then(|| asked(&all)).flatten(), tally.ready + tally.active);
    let of_scene = |id: SceneId| wanted.of_scene(id);
    let one = (*opened).map(|id| of_scene(id).request(id));
    let one_estimate = use_estimate("audio", one.as_ref().and_then(asked), 0);

    let asking = *use_selector(move |asking: &Asking| asking.has(What::Narrations, id));
    let playing = *use_selector(|player: &Player| player.playing);
    use_effect_with(id, |_| player::leave);
    use_space(false, Callback::from(|()| player::toggle_last(&sounds(&OpenProject::current()))));
    let action = use_batch_action(tally, asking, ("Generate all audio", generate(true)), ("Continue to images", Stage::Image.of(id)));
    let primary = project.is_some().then_some(action);
    let tools = html! {
        <>
            if playing {
                <Button icon={Icon::Pause} onclick={Callback::from(|()| player::pause())}>{ "Pause" }</Button>
            } else if heard {
                <Button icon={Icon::Play} onclick={Callback::from(|()| player::play_all(sounds(&OpenProject::current())))}>{ "Listen" }</Button>
            }
            if tally.active > 1 { <Button icon={Icon::Close} once=true onclick={Callback::from(move |()| activity::cancel_all(RecordKind::Audio, id))}>{ "Cancel all" }</Button> }
            if complete && heard { <Button icon={Icon::Retry} busy={asking} once=true onclick={generate(false)}>{ "Generate all again" }</Button> }
        </>
    };
    let onopen = {
        let opened = opened.clone();
        use_callback((), move |scene: SceneId, ()| opened.set(Some(scene)))
    };
    let onclose = {
        let opened = opened.clone();
        Callback::from(move |()| opened.set(None))
    };
    let content = project.map(|project| {
        if scenes.is_empty() {
            return html! {
                <EmptyState icon={Icon::Audio} title="Nothing to narrate yet" text="Write the script first; its scenes are narrated here.">
                    <RouteLink to={Stage::Script.of(id)}>{ "Go to the script" }</RouteLink>
                </EmptyState>
            };
        }
        let speed = chosen.speed.unwrap_or(default_speed);
        let words = scenes.iter().map(|scene| scene.narration.trim()).find(|words| !words.is_empty()).unwrap_or_default();
        let said = match &chosen.voice {
            Some(id) => voices.iter().find(|voice| voice.id == *id).or_else(|| voices.first()),
            None if default_voice.is_some() => of_default.as_ref(),
            None => voices.first(),
        };
        let preview = said.and_then(|voice| api::audio::preview_url(voice, &first_words(words), speed)).map(AttrValue::from);
        let dir = format::direction(&project.language);
        let detail = (*opened).and_then(|id| scenes.iter().enumerate().find(|(_, scene)| scene.id == id));
        html! {
            <>
                <VoiceToolbar voices={(*voices).clone()} value={chosen.clone()} default_voice={default_name.clone()} {default_speed} {preview} onchange={choose.clone()}>
                    <BatchLine {tally} what="Narration" />
                    <EstimateLine {estimate} one="narration" many="narrations" />
                </VoiceToolbar>
                if let Some((error, refetch)) = no_voices {
                    <p role="alert">
                        { format!("The voices could not be read: {} ", error.message) }
                        <Button variant={ButtonVariant::Ghost} size={ButtonSize::Small} icon={Icon::Retry} onclick={refetch}>{ "Retry" }</Button>
                    </p>
                }
                <AudioSceneTable scenes={scenes.clone()} voices={voices.clone()} chosen={chosen.clone()} own={own.clone()} {onchoose} default_voice={default_name.clone()} {default_speed} {dir} {onopen} />
                if let Some((index, scene)) = detail {
                    <AudioDetailModal
                        key={scene.id.to_string()}
                        scene={scene.clone()}
                        number={index + 1}
                        voices={voices.clone()}
                        chosen={of_scene(scene.id)}
                        default_voice={default_name}
                        {default_speed}
                        {dir}
                        lang={project.language.clone()}
                        estimate={html! { <EstimateLine estimate={one_estimate} one="narration" many="narrations" /> }}
                        {onclose}
                    />
                }
            </>
        }
    });
    html! { <ProjectFrame {id} stage={Stage::Audio} {tools} {primary}>{ content.unwrap_or_default() }</ProjectFrame> }
}

/// All narrations that there are, in the order of the scenes.
fn sounds(open: &OpenProject) -> Vec<String> {
    open.shown().filter_map(|scene| open.audio_of(scene).selected?.url.clone()).collect()
}

/// The beginning of a text, as far as a sentence or so goes.
fn first_words(text: &str) -> String {
    let sentence =
        text.find(['.', '!', '?', '。', '؟']).map_or(text, |at| &text[..at + text[at..].chars().next().map_or(0, char::len_utf8)]);
    let mut words = String::new();
    for word in sentence.split_inclusive(char::is_whitespace) {
        if words.chars().count() + word.chars().count() > PREVIEW_CHARACTERS {
            break;
        }
        words.push_str(word);
    }
    if words.trim().is_empty() { sentence.chars().take(PREVIEW_CHARACTERS).collect() } else { words.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voice_is_heard_with_the_beginning_of_the_script() {
        assert_eq!(first_words("Slow but steady. Wins."), "Slow but steady.");
        assert_eq!(first_words("人人生而自由。在尊严"), "人人生而自由。");
        let long = "word ".repeat(60);
        assert!(first_words(&long).chars().count() <= PREVIEW_CHARACTERS && first_words(&long).ends_with("word"));
        assert_eq!(first_words(&"x".repeat(500)).len(), PREVIEW_CHARACTERS);
    }
}
