//! The peaks of narrations, asked for once each, when they are first to be seen.

use std::{cell::RefCell, rc::Rc};

use shared::AudioId;
use wasm_bindgen_futures::spawn_local;

use super::{
    map::{Map, Set},
    store::{State, state},
};
use crate::api;

/// The peaks that are known.
#[derive(Clone, Default)]
pub struct Peaks {
    known: Map<AudioId, Rc<[u8]>>,
}
state!(Peaks);

thread_local! {
    static ASKED: RefCell<Set<AudioId>> = const { RefCell::new(Set::new()) };
}

impl Peaks {
    /// Those of a take.
    pub fn of(&self, take: AudioId) -> Option<Rc<[u8]>> {
        self.known.get(&take).cloned()
    }
}

/// Asks for the peaks of a take, unless that was done before.
pub fn want(take: AudioId) {
    if !ASKED.with_borrow_mut(|asked| asked.insert(take)) {
        return;
    }
    spawn_local(async move {
        match api::audio::peaks(take).await {
            Ok(answer) => Peaks::update(|peaks| _ = peaks.known.insert(take, answer.peaks.into())),
            // It is drawn as a line; whoever shows it next asks again.
            Err(_) => _ = ASKED.with_borrow_mut(|asked| asked.remove(&take)),
        }
    });
}
