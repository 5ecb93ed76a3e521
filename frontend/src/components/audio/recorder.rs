//! Recording a narration of one's own: allow, speak, listen, keep.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use web_sys::Blob;
use yew::prelude::*;

use super::Sound;
use crate::{
    clock,
    components::ui::{Button, ButtonVariant, Icon, LevelMeter, glyph},
    design::style,
    format,
    hooks::{Recording, use_recorder},
    state::player,
};

/// How long the question is there before it can be answered by closing once more: nobody reads while a key repeats.
const READ_MS: f64 = 700.0;

/// What happens in place of closing the window, while a recording would be lost with it: answers whether the window stays.
type Instead = Rc<dyn Fn() -> bool>;

/// Keeps the window of a recorder open for as long as a recording would be lost with it.
#[derive(Clone, Default)]
pub struct Guard(Rc<RefCell<Option<Instead>>>);

impl PartialEq for Guard {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Guard {
    /// Whether the window stays, now that it wants to close.
    pub fn hold(&self) -> bool {
        let instead = self.0.borrow().clone();
        instead.is_some_and(|instead| instead())
    }
}

/// Props of [`Recorder`].
#[derive(PartialEq, Properties)]
pub struct RecorderProps {
    /// Whether the last recording is on its way.
    pub busy: bool,
    /// When a recording is to be kept: its bytes, and a name for it.
    pub onkeep: Callback<(Blob, String)>,
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
        & .dot { width: 0.6rem; height: 0.6rem; border-radius: var(--radius-full); background: var(--danger); animation: pulse 1.2s ease-in-out infinite; }
        "#
    );
    let recorder = use_recorder();
    let asked = use_state_eq(|| false);
    {
        let (guard, asked, stop) = (props.guard.clone(), asked.clone(), recorder.stop.clone());
        use_effect_with(recorder.state.clone(), move |state| {
            asked.set(false);
            *guard.0.borrow_mut() = match state {
                Recording::Running => Some(Rc::new(move || {
                    stop.emit(());
                    true
                })),
                // The person is asked once, and may do it all the same.
                Recording::Done(_) => {
                    let since = Cell::new(None);
                    Some(Rc::new(move || {
                        asked.set(true);
                        let now = clock::milliseconds();
                        now - since.get().unwrap_or_else(|| {
                            since.set(Some(now));
                            now
                        }) < READ_MS
                    }))
                }
                Recording::Idle | Recording::Asking | Recording::Refused(_) => None,
            };
        });
    }
    let start = {
        let start = recorder.start.clone();
        Callback::from(move |()| {
            player::pause(); // Else the microphone hears it.
            start.emit(());
        })
    };
    let content = match &recorder.state {
        Recording::Idle => html! {
            <>
                <span class="words">{ "Speak the scene yourself. The recording becomes a take." }</span>
                <Button icon={Icon::Mic} busy={props.busy} onclick={start}>{ "Record" }</Button>
            </>
        },
        Recording::Asking => html! {
            <>
                <span class="words" role="status">{ "Allow the microphone to begin." }</span>
                <Button icon={Icon::Mic} busy=true>{ "Record" }</Button>
            </>
        },
        Recording::Running => html! {
            <>
                <span class="meter">
                    <span class="dot" aria-hidden="true" />
                    <span class="tabular" role="timer" aria-label="Recorded">{ format::duration(recorder.seconds.floor()) }</span>
                    <LevelMeter label="Level of the microphone" level={recorder.level} />
                </span>
                <Button variant={ButtonVariant::Primary} icon={Icon::Stop} onclick={recorder.stop.clone()}>{ "Stop" }</Button>
            </>
        },
        Recording::Done(recorded) => {
            let keep = {
                let (onkeep, discard, recorded) = (props.onkeep.clone(), recorder.discard.clone(), recorded.clone());
                Callback::from(move |()| {
                    player::pause();
                    onkeep.emit((recorded.blob.clone(), file_name(&recorded.blob.type_())));
                    discard.emit(());
                })
            };
            html! {
                <>
                    if *asked {
                        <span class="words kept" role="alert">{ "This recording is not a take yet. Use it, or close again to drop it." }</span>
                    }
                    <span class="sound"><Sound label="the recording" url={recorded.url.clone()} seconds={recorded.seconds} peaks={recorded.peaks.clone()} /></span>
                    <Button onclick={recorder.discard.clone()}>{ "Discard" }</Button>
                    <Button variant={ButtonVariant::Primary} icon={Icon::Done} busy={props.busy} onclick={keep}>{ "Use recording" }</Button>
                </>
            }
        }
        Recording::Refused(why) => html! {
            <>
                <span class="words why" role="alert">{ glyph(Icon::Error, 14) }{ " " }{ why }</span>
                <Button icon={Icon::Retry} onclick={start}>{ "Try again" }</Button>
            </>
        },
    };
    html! { <div class={style} role="group" aria-label="Record">{ content }</div> }
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
