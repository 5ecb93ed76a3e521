//! The microphone: asked for when recording starts, let go when it ends, however that is.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo_events::EventListener;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    AnalyserNode, AudioContext, Blob, BlobEvent, BlobPropertyBag, DomException, MediaRecorder, MediaRecorderOptions, MediaStream,
    MediaStreamConstraints, MediaStreamTrack, RecordingState, Url,
};
use yew::prelude::*;

use crate::{frame::next_frame, state::upload::Recorded};

/// What the recorder does.
#[derive(Clone, Default, PartialEq)]
pub enum Recording {
    /// Nothing.
    #[default]
    Idle,
    /// Waits for the person to allow the microphone.
    Asking,
    /// Records.
    Running,
    /// It cannot record, and why.
    Refused(AttrValue),
}

/// The recorder, as a component sees it.
pub struct Recorder {
    /// What it does.
    pub state: Recording,
    /// How loud it is now, 0 to 1 over 60 decibels.
    pub level: f64,
    /// How long it has recorded.
    pub seconds: f64,
    /// Starts.
    pub start: Callback<()>,
    /// Stops; the recording is there a moment later.
    pub stop: Callback<()>,
}

/// A recorder, and what is done with a recording. Leaving the page that has it lets the microphone go, and ends the recording.
#[hook]
pub fn use_recorder(onrecorded: Callback<Recorded>) -> Recorder {
    let state = use_state_eq(Recording::default);
    let meter = use_state_eq(|| (0.0_f64, 0.0_f64));
    let session = use_mut_ref(|| None::<Rc<Session>>);
    let gone = use_memo((), |()| Cell::new(false));
    {
        let (session, gone) = (session.clone(), gone.clone());
        use_effect_with((), move |()| {
            move || {
                gone.set(true);
                session.take().iter().for_each(|session| session.end());
            }
        });
    }
    let start = {
        let (state, meter, session) = (state.clone(), meter.clone(), session.clone());
        Callback::from(move |()| {
            // A second one would go on by itself.
            if matches!(*state, Recording::Asking | Recording::Running) {
                return;
            }
            state.set(Recording::Asking);
            let (state, meter, session, gone) = (state.clone(), meter.clone(), session.clone(), gone.clone());
            let ended = {
                let (state, onrecorded) = (state.clone(), onrecorded.clone());
                Callback::from(move |recorded: Option<Recorded>| match recorded {
                    Some(recorded) => {
                        onrecorded.emit(recorded);
                        state.set(Recording::Idle);
                    }
                    None => state.set(Recording::Refused("Nothing was recorded.".into())),
                })
            };
            spawn_local(async move {
                match Session::open(ended).await {
                    Ok(opened) => {
                        if gone.get() {
                            return opened.end();
                        }
                        let opened = Rc::new(opened);
                        session.replace(Some(opened.clone()));
                        state.set(Recording::Running);
                        while !opened.over.get() {
                            meter.set((opened.level(), opened.seconds()));
                            next_frame().await;
                            if opened.recorder.state() == RecordingState::Inactive {
                                opened.end(); // The microphone was pulled out.
                            }
                        }
                        meter.set((0.0, 0.0));
                    }
                    Err(why) => state.set(Recording::Refused(why.into())),
                }
            });
        })
    };
    let stop = Callback::from(move |()| session.take().iter().for_each(|session| session.end()));
    let (level, seconds) = *meter;
    Recorder { state: (*state).clone(), level, seconds, start, stop }
}

/// A recording that goes on, until it is ended.
struct Session {
    stream: MediaStream,
    recorder: MediaRecorder,
    context: AudioContext,
    analyser: AnalyserNode,
    began: f64,
    heard: Heard,
    over: Cell<bool>,
}

/// The peaks of each frame so far.
type Heard = Rc<RefCell<Vec<u8>>>;

impl Session {
    async fn open(ended: Callback<Option<Recorded>>) -> Result<Self, &'static str> {
        const NONE: &str = "This browser cannot record here. Recording needs https, or the studio on this machine.";
        let devices = web_sys::window().and_then(|window| window.navigator().media_devices().ok()).ok_or(NONE)?;
        let wanted = MediaStreamConstraints::new();
        wanted.set_audio(&JsValue::TRUE);
        let asked = devices.get_user_media_with_constraints(&wanted).map_err(|_| NONE)?;
        let stream: MediaStream = JsFuture::from(asked).await.map_err(|cause| reason(&cause))?.unchecked_into();
        Self::on(stream.clone(), ended).map_err(|_| {
            release(&stream);
            NONE
        })
    }

    fn on(stream: MediaStream, ended: Callback<Option<Recorded>>) -> Result<Self, JsValue> {
        let options = MediaRecorderOptions::new();
        // What the server makes a file of that plays everywhere; other browsers have their own. Firefox has both, but its WebM
        // says nowhere how long it is, so that it could not be sought in before it is a take.
        let kinds = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus"];
        if let Some(kind) = kinds.into_iter().find(|kind| MediaRecorder::is_type_supported(kind)) {
            options.set_mime_type(kind);
        }
        let recorder = MediaRecorder::new_with_media_stream_and_media_recorder_options(&stream, &options)?;
        let context = AudioContext::new()?;
        let analyser = context.create_analyser()?;
        context.create_media_stream_source(&stream)?.connect_with_audio_node(&analyser)?;
        let heard = Heard::default();
        gather(&recorder, ended, heard.clone());
        recorder.start()?;
        Ok(Self { stream, recorder, context, analyser, began: js_sys::Date::now(), heard, over: Cell::new(false) })
    }

    fn seconds(&self) -> f64 {
        (js_sys::Date::now() - self.began) / 1000.0
    }

    fn level(&self) -> f64 {
        let mut samples = [0.0_f32; 1024];
        self.analyser.get_float_time_domain_data(&mut samples);
        let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        self.heard.borrow_mut().push((peak.min(1.0) * 255.0) as u8);
        level(f64::from(peak))
    }

    fn end(&self) {
        if self.over.replace(true) {
            return;
        }
        // Each fails only where it has ended already.
        let _ = self.recorder.stop();
        release(&self.stream);
        let _ = self.context.close();
    }
}

/// Hands on what was recorded once the recorder has stopped, which it also does by itself when the microphone is pulled
/// out.
fn gather(recorder: &MediaRecorder, ended: Callback<Option<Recorded>>, heard: Heard) {
    let parts = Rc::new(RefCell::new(Array::new()));
    let began = js_sys::Date::now();
    let data = {
        let parts = parts.clone();
        EventListener::new(recorder, "dataavailable", move |event| {
            if let Some(blob) = event.dyn_ref::<BlobEvent>().and_then(BlobEvent::data) {
                parts.borrow().push(&blob);
            }
        })
    };
    let kind = recorder.mime_type();
    EventListener::once(recorder, "stop", move |_| {
        let options = BlobPropertyBag::new();
        options.set_type(&kind);
        let blob = Blob::new_with_blob_sequence_and_options(&parts.borrow(), &options).ok();
        // Who had gone before the microphone was there has said nothing.
        let recorded = blob.filter(|blob| blob.size() > 0.0 && !heard.borrow().is_empty()).and_then(|blob| {
            let url = Url::create_object_url_with_blob(&blob).ok()?;
            Some(Recorded { blob, url, seconds: (js_sys::Date::now() - began) / 1000.0, peaks: heard.take().into() })
        });
        ended.emit(recorded);
        drop(data);
    })
    .forget();
}

fn release(stream: &MediaStream) {
    stream.get_tracks().iter().for_each(|track| track.unchecked_into::<MediaStreamTrack>().stop());
}

fn reason(cause: &JsValue) -> &'static str {
    match cause.dyn_ref::<DomException>().map(DomException::name).as_deref() {
        Some("NotAllowedError" | "SecurityError") => {
            "The microphone is not allowed. Allow it beside the browser's address bar, then try again."
        }
        Some("NotFoundError") => "No microphone was found. Plug one in, then try again.",
        Some("NotReadableError") => "Another program uses the microphone. Close it, then try again.",
        _ => "The microphone could not be opened.",
    }
}

/// A peak as ears hear it: 60 decibels from nothing to full.
fn level(peak: f64) -> f64 {
    if peak > 0.0 { (1.0 + 20.0 * peak.log10() / 60.0).clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn the_meter_counts_decibels() {
        assert_eq!((level(0.0), level(1.0), level(2.0)), (0.0, 1.0, 1.0));
        assert!((level(0.1) - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(level(0.0001), 0.0);
    }
}
