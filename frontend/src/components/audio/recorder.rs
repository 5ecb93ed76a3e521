//! Recording a narration of one's own: allow, speak, listen, keep.

use shared::{ProjectId, SceneId};
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;
use yew::prelude::*;

use super::Sound;
use crate::{
    components::ui::{Button, ButtonVariant, Guard, Icon, LevelMeter, glyph},
    design::style,
    format,
    frame::next_frame,
    hooks::{Recording, use_recorder},
    state::{
        State, player,
        upload::{self, Uploads},
        use_selector,
    },
};

/// Props of [`Recorder`].
#[derive(PartialEq, Properties)]
pub struct RecorderProps {
    /// Whose narration it becomes.
    pub scene: SceneId,
    /// The project of that scene.
    pub project: ProjectId,
    /// What keeps the window open.
    pub guard: Guard,
}

/// Recording a narration of one's own.
#[component]
pub fn Recorder(props: &RecorderProps) -> Html {
    let style = style!(
        r#"
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
        min-width: 0;
        min-height: calc(var(--control) + 2 * var(--space-3));
        padding: var(--space-3);
        border: 1px solid var(--line);
        border-radius: var(--radius-md);
        color: var(--text-muted);
        font-size: var(--text-sm);

        & > .words { flex: 1; min-width: 10rem; }
        & > .words.kept { flex: 1 1 100%; color: var(--text); }
        & > .words.why { color: var(--danger); }
        & > .meter { display: flex; align-items: center; gap: var(--space-2); flex: 1; min-width: 10rem; }
        & > .sound { flex: 1 1 14rem; min-width: 0; }
        & > .acts { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: var(--space-2) var(--space-3); margin-inline-start: auto; }
        & .dot { width: 0.6rem; height: 0.6rem; border-radius: var(--radius-full); background: var(--danger); animation: pulse 1.2s ease-in-out infinite; }
        "#
    );
    let (scene, project) = (props.scene, props.project);
    let recorder = use_recorder(Callback::from(move |recorded| upload::hold(project, scene, recorded)));
    let recorded = use_selector(move |uploads: &Uploads| uploads.recorded(scene));
    let busy = *use_selector(move |uploads: &Uploads| uploads.audio(scene));
    let running = recorder.state == Recording::Running;
    use_effect_with(running, |running| {
        upload::set_recording(*running);
        || upload::set_recording(false)
    });
    let asked = use_state_eq(|| false);
    let question = use_node_ref();
    {
        let (guard, asked, stop, question) = (props.guard.clone(), asked.clone(), recorder.stop.clone(), question.clone());
        // What is on its way needs no window: it is held until it is there.
        let kept = recorded.clone().filter(|_| !busy);
        use_effect_with((running, kept), move |(running, kept)| {
            asked.set(false);
            match kept.clone() {
                _ if *running => guard.stay(move || stop.emit(())),
                Some(recorded) => guard.ask(
                    move || {
                        asked.set(true);
                        spawn_local(bring_into_sight(question.clone()));
                    },
                    move || upload::drop_recorded(scene, &recorded),
                ),
                None => guard.lift(),
            }
        });
    }
    let start = {
        let start = recorder.start.clone();
        Callback::from(move |()| {
            player::pause(); // Else the microphone hears it.
            start.emit(());
        })
    };
    let content = match (&recorder.state, &*recorded) {
        (Recording::Running, _) => html! {
            <>
                <span class="meter">
                    <span class="dot" aria-hidden="true" />
                    <span class="tabular" role="timer" aria-label="Recorded">{ format::duration(recorder.seconds.floor()) }</span>
                    <LevelMeter label="Level of the microphone" level={recorder.level} />
                </span>
                <Button variant={ButtonVariant::Primary} icon={Icon::Stop} onclick={recorder.stop.clone()}>{ "Stop" }</Button>
            </>
        },
        (_, Some(recorded)) => {
            let keep = {
                let recorded = recorded.clone();
                Callback::from(move |()| {
                    if Uploads::current().audio(scene) {
                        return;
                    }
                    player::pause();
                    upload::recording(scene, recorded.clone(), file_name(&recorded.blob.type_()));
                })
            };
            let discard = {
                let recorded = recorded.clone();
                Callback::from(move |()| upload::drop_recorded(scene, &recorded))
            };
            html! {
                <>
                    if *asked {
                        <span ref={question} class="words kept" role="alert">{ "This recording is not a take yet. Use it, or close again to drop it." }</span>
                    }
                    <span class="sound"><Sound label="the recording" url={recorded.url.clone()} seconds={recorded.seconds} peaks={recorded.peaks.clone()} /></span>
                    <span class="acts">
                        <Button disabled={busy} label="Discard the recording" onclick={discard}>{ "Discard" }</Button>
                        <Button variant={ButtonVariant::Primary} icon={Icon::Done} {busy} onclick={keep}>{ "Use recording" }</Button>
                    </span>
                </>
            }
        }
        (Recording::Idle, None) => html! {
            <>
                <span class="words">{ "Speak the scene yourself. The recording becomes a take." }</span>
                <Button icon={Icon::Mic} {busy} onclick={start}>{ "Record" }</Button>
            </>
        },
        (Recording::Asking, None) => html! {
            <>
                <span class="words" role="status">{ "Allow the microphone to begin." }</span>
                <Button icon={Icon::Mic} busy=true>{ "Record" }</Button>
            </>
        },
        (Recording::Refused(why), None) => html! {
            <>
                <span class="words why" role="alert">{ glyph(Icon::Error, 14) }{ " " }{ why }</span>
                <Button icon={Icon::Retry} onclick={start}>{ "Try again" }</Button>
            </>
        },
    };
    html! { <div class={style} role="group" aria-label="Record">{ content }</div> }
}

/// The question may stand far below what is seen of the window: nobody answers what they have not read. A window that the browser
/// has closed is there again with the next frame, at its beginning.
async fn bring_into_sight(question: NodeRef) {
    next_frame().await;
    next_frame().await;
    if let Some(question) = question.cast::<Element>() {
        question.scroll_into_view();
    }
}

/// A name for a recording, by the type of its bytes.
fn file_name(kind: &str) -> String {
    let ending = match kind.split(';').next().unwrap_or_default() {
        "audio/mp4" => "m4a",
        "audio/ogg" => "ogg",
        _ => "webm",
    };
    format!("recording.{ending}")
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_recording_is_called_what_it_is() {
        assert_eq!(file_name("audio/webm;codecs=opus"), "recording.webm");
        assert_eq!(file_name("audio/mp4"), "recording.m4a");
    }
}
