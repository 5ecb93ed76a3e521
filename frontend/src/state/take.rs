//! What narrations, pictures and clips have in common: takes, of which a scene shows one.

use std::rc::Rc;

use chrono::{DateTime, Utc};
use shared::{ApiError, SceneId, audio::AudioClip, image::ImageAsset, record::Status, video::VideoClip};
use uuid::Uuid;

use super::{discard::Discarded, store::State};

/// A take of a scene.
pub trait Take {
    /// Its id.
    fn id(&self) -> Uuid;
    /// Whose it is; nobody's, for a film.
    fn scene_id(&self) -> Option<SceneId>;
    /// Where it is in its life.
    fn status(&self) -> Status;
    /// How much is done.
    fn progress(&self) -> f64;
    /// Whether its text has changed since.
    fn stale(&self) -> bool;
    /// Why it failed.
    fn error(&self) -> Option<&ApiError>;
    /// When it was asked for.
    fn created_at(&self) -> DateTime<Utc>;
    /// When it last changed.
    fn updated_at(&self) -> DateTime<Utc>;
}

macro_rules! take {
    ($($name:ty),+) => {$(
        impl Take for $name {
            fn id(&self) -> Uuid { self.id.0 }
            fn scene_id(&self) -> Option<SceneId> { self.scene_id.into() }
            fn status(&self) -> Status { self.status }
            fn progress(&self) -> f64 { self.progress }
            fn stale(&self) -> bool { self.stale }
            fn error(&self) -> Option<&ApiError> { self.error.as_ref() }
            fn created_at(&self) -> DateTime<Utc> { self.created_at }
            fn updated_at(&self) -> DateTime<Utc> { self.updated_at }
        }
    )+};
}
take!(AudioClip, ImageAsset, VideoClip);

/// Where a scene stands with one kind of take.
#[derive(Clone, Debug, PartialEq)]
pub enum Standing {
    /// There is none.
    Missing,
    /// There are some, and the scene uses none of them.
    Unchosen,
    /// One waits for its turn.
    Queued,
    /// One is being made; how much is done.
    Running(f64),
    /// There is one, and it fits.
    Ready,
    /// There is one, of a text that has changed since.
    Stale,
    /// The newest try failed.
    Failed(ApiError),
}

impl Standing {
    /// Whether work on it is under way.
    pub fn is_active(&self) -> bool {
        matches!(self, Self::Queued | Self::Running(_))
    }
}

/// The takes of one scene, newest first, and which of them it uses.
#[derive(Clone, Debug, PartialEq)]
pub struct Takes<T> {
    /// The one that the scene uses.
    pub selected: Option<Rc<T>>,
    /// The newest.
    pub newest: Option<Rc<T>>,
    /// The newest that could be used.
    pub ready: Option<Rc<T>>,
}

impl<T: Take> Takes<T> {
    /// Looks them up among a scene's takes; one that is about to be deleted is none of them any more, and in the place of a
    /// selected one that is gone comes the newest that is ready, as on the server.
    pub fn of(all: &[Rc<T>], selected: Option<Uuid>) -> Self {
        let hidden = Discarded::current();
        let shown = || all.iter().filter(|take| !hidden.has(take.id()));
        let ready = shown().find(|take| take.status() == Status::Ready);
        let in_use = |id| shown().find(|take| take.id() == id).or(ready);
        Self { selected: selected.and_then(in_use).cloned(), newest: shown().next().cloned(), ready: ready.cloned() }
    }

    /// Where the scene stands: work under way and a fresh failure count more than an older take.
    pub fn standing(&self) -> Standing {
        if let Some(newest) = &self.newest {
            let newer = self.selected.as_ref().is_none_or(|selected| newest.created_at() > selected.created_at());
            match newest.status() {
                Status::Queued => return Standing::Queued,
                Status::Running => return Standing::Running(newest.progress()),
                Status::Failed if newer => {
                    let error = newest.error().cloned();
                    return Standing::Failed(error.unwrap_or_else(|| ApiError::new(shared::ErrorCode::Internal, "It failed.")));
                }
                _ => {}
            }
        }
        match &self.selected {
            Some(take) if take.status() != Status::Ready => Standing::Missing,
            Some(take) if take.stale() => Standing::Stale,
            Some(_) => Standing::Ready,
            None if self.ready.is_some() => Standing::Unchosen,
            None => Standing::Missing,
        }
    }
}

/// Puts a take among those of its scene: newest first, a newer record in the place of an older one.
pub fn upsert<T: Take + Clone>(takes: &mut Vec<Rc<T>>, take: &T) {
    match takes.iter_mut().find(|known| known.id() == take.id()) {
        Some(known) if known.updated_at() > take.updated_at() => {}
        Some(known) => *known = Rc::new(take.clone()),
        None => {
            let at = takes.partition_point(|known| known.created_at() > take.created_at());
            takes.insert(at, Rc::new(take.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::project::samples;

    fn standing(takes: &[AudioClip], selected: Option<&AudioClip>) -> Standing {
        let mut all = Vec::new();
        for take in takes {
            upsert(&mut all, take);
        }
        Takes::of(&all, selected.map(|take| take.id.0)).standing()
    }

    #[test]
    fn work_under_way_counts_more_than_an_older_take() {
        let scene = samples::scene(0);
        let old = samples::audio(&scene, Status::Ready, 0);
        let mut new = samples::audio(&scene, Status::Running, 5);
        new.progress = 0.5;
        assert_eq!(standing(&[old.clone(), new], Some(&old)), Standing::Running(0.5));
    }

    #[test]
    fn an_older_failure_is_forgotten() {
        let scene = samples::scene(0);
        let failed = samples::audio(&scene, Status::Failed, 0);
        let ready = samples::audio(&scene, Status::Ready, 5);
        assert_eq!(standing(&[failed.clone(), ready.clone()], Some(&ready)), Standing::Ready);
        assert!(matches!(standing(&[failed], None), Standing::Failed(_)));
        assert_eq!(standing(&[], None), Standing::Missing);
        assert_eq!(standing(&[ready], None), Standing::Unchosen);
    }

    #[test]
    fn late_records_do_not_turn_the_clock_back() {
        let scene = samples::scene(0);
        let mut take = samples::audio(&scene, Status::Running, 0);
        let mut all = Vec::new();
        take.progress = 0.6;
        upsert(&mut all, &take);
        take.progress = 0.2;
        take.updated_at -= chrono::TimeDelta::seconds(1);
        upsert(&mut all, &take);
        assert_eq!(all.len(), 1);
        assert!((all[0].progress - 0.6).abs() < f64::EPSILON);
    }
}
