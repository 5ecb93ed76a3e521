//! The player: one sound at a time in the whole app, wherever it is shown. Nothing is loaded before it is to be heard.

use std::cell::{Cell, RefCell};

use gloo_events::EventListener;
use shared::{ApiError, ErrorCode};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlAudioElement;

use super::{
    store::{State, state},
    toasts,
};
use crate::frame::next_frame;

/// What is heard.
#[derive(Clone, Default, PartialEq)]
pub struct Player {
    /// The address of the sound that was played last.
    pub url: Option<String>,
    /// Whether it plays.
    pub playing: bool,
    /// Where it is, in seconds.
    pub at: f64,
}
state!(Player);

impl Player {
    /// Where that sound is; none where another one is on.
    pub fn at(&self, url: &str) -> Option<f64> {
        (self.url.as_deref() == Some(url)).then_some(self.at)
    }

    /// Whether that sound plays.
    pub fn plays(&self, url: &str) -> bool {
        self.playing && self.url.as_deref() == Some(url)
    }
}

struct Device {
    audio: HtmlAudioElement,
    _listeners: [EventListener; 3],
}

thread_local! {
    static DEVICE: RefCell<Option<Device>> = const { RefCell::new(None) };
    /// What is heard after this, one after another.
    static QUEUE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static FOLLOWING: Cell<bool> = const { Cell::new(false) };
}

/// Plays a sound, or stops it where it plays.
pub fn toggle(url: &str) {
    QUEUE.with_borrow_mut(Vec::clear);
    if Player::current().plays(url) { pause() } else { start(url) }
}

/// Plays sounds one after another.
pub fn play_all(urls: Vec<String>) {
    let mut urls = urls.into_iter();
    let first = urls.next();
    QUEUE.set(urls.collect());
    if let Some(first) = first {
        Player::update(|player| player.at = 0.0);
        seek(&first, 0.0);
        start(&first);
    }
}

/// Goes on with what was played last, where it is one of those that are shown, else begins with the first; stops what plays.
pub fn toggle_last(shown: &[String]) {
    let player = Player::current();
    if player.playing {
        pause();
    } else if let Some(url) = player.url.as_ref().filter(|url| shown.contains(url)).or(shown.first()) {
        start(url);
    }
}

/// Moves to a place in a sound; it goes on playing if it plays.
pub fn seek(url: &str, seconds: f64) {
    let seconds = if seconds.is_finite() { seconds.max(0.0) } else { 0.0 };
    with_audio(|audio| {
        load(audio, url);
        audio.set_current_time(seconds);
    });
    Player::update(|player| player.at = seconds);
}

/// Stops what plays; it can go on from there.
pub fn pause() {
    with_audio(|audio| {
        // Pausing fails on no audio element.
        let _ = audio.pause();
    });
    set_playing(false);
}

/// Stops, and forgets what was played: another page is shown.
pub fn leave() {
    QUEUE.with_borrow_mut(Vec::clear);
    pause();
    Player::update(|player| *player = Player::default());
    with_audio(|audio| {
        // Without a source the browser drops what it has loaded. Removing an attribute fails on no element.
        let _ = audio.remove_attribute("src");
        audio.load();
    });
}

fn start(url: &str) {
    with_audio(|audio| {
        load(audio, url);
        let Ok(started) = audio.play() else { return set_playing(false) };
        set_playing(true);
        // The promise fails where the page may not play or was told to pause meanwhile; what is broken tells by an event.
        spawn_local(async move {
            if JsFuture::from(started).await.is_err() && with_audio(|audio| audio.paused()) == Some(true) {
                set_playing(false);
            }
        });
    });
    follow();
}

/// Turns to another sound; what was played before begins anew when it is turned to again.
fn load(audio: &HtmlAudioElement, url: &str) {
    if Player::current().url.as_deref() != Some(url) {
        audio.set_src(url);
        Player::update(|player| *player = Player { url: Some(url.to_owned()), playing: false, at: 0.0 });
    }
}

fn set_playing(playing: bool) {
    if Player::current().playing != playing {
        Player::update(|player| player.playing = playing);
    }
}

/// Tells where the sound is, once for each frame while it plays.
fn follow() {
    if FOLLOWING.replace(true) {
        return;
    }
    spawn_local(async {
        while Player::current().playing {
            next_frame().await;
            if let Some(at) = with_audio(|audio| audio.current_time())
                && Player::current().playing
            {
                Player::update(|player| player.at = at);
            }
        }
        FOLLOWING.set(false);
    });
}

fn ended() {
    Player::update(|player| {
        player.playing = false;
        player.at = 0.0;
    });
    let next = QUEUE.with_borrow_mut(|queue| if queue.is_empty() { None } else { Some(queue.remove(0)) });
    if let Some(next) = next {
        start(&next);
    }
}

fn broken() {
    let player = Player::current();
    if player.playing {
        set_playing(false);
        toasts::failed("The sound was not played", &ApiError::new(ErrorCode::NotFound, "Its file could not be loaded or read."));
    }
}

/// Does something with the one audio element.
fn with_audio<T>(work: impl FnOnce(&HtmlAudioElement) -> T) -> Option<T> {
    audio().map(|audio| work(&audio))
}

/// The one audio element, which is made when it is first needed.
fn audio() -> Option<HtmlAudioElement> {
    if let Some(known) = DEVICE.with_borrow(|device| device.as_ref().map(|device| device.audio.clone())) {
        return Some(known);
    }
    let audio = HtmlAudioElement::new().ok()?;
    audio.set_preload("none");
    let listeners = [
        EventListener::new(&audio, "ended", |_| ended()),
        EventListener::new(&audio, "error", |_| broken()),
        EventListener::new(&audio, "pause", |_| stopped()),
    ];
    DEVICE.set(Some(Device { audio: audio.clone(), _listeners: listeners }));
    Some(audio)
}

/// Headphones pulled out, another app's call: the browser pauses by itself.
fn stopped() {
    if with_audio(|audio| audio.paused() && !audio.ended()) == Some(true) {
        set_playing(false);
    }
}
