//! What is running, waiting and lately failed, over all projects.

use shared::{
    ApiError, ProjectId, SceneId,
    audio::AudioClip,
    event::{Event, RecordKind},
    image::ImageAsset,
    project::{self, Project},
    record::Status,
    video::VideoClip,
};
use uuid::Uuid;
use wasm_bindgen_futures::spawn_local;

use super::{
    asking::{Asked, What},
    live,
    map::{Map, sort_by_key},
    store::{State, state},
    take::Take,
    toasts,
};
use crate::{
    api::{
        self,
        activity::{Work, WorkKind, WorkStatus},
    },
    format, storage,
};

/// When failures were last put away.
const CLEARED: &str = "studio.failures-cleared";

/// What is running, waiting and lately failed.
#[derive(Clone, Default)]
pub struct ActivityLog {
    /// Running ones first, then those that wait, then the failed; newest first in each.
    pub items: Vec<Item>,
    /// When each record that was heard of had last changed: an answer may come later than what happened since it was given.
    heard: Map<Uuid, i64>,
    /// What had failed by then was put away.
    cleared: i64,
}
state!(ActivityLog);

/// One piece of work.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The record that is being made.
    pub id: Uuid,
    /// What it is; a script is its project.
    pub kind: RecordKind,
    /// Where it belongs.
    pub project: ProjectId,
    /// The scene that it is for.
    pub scene: Option<SceneId>,
    /// Where it is in its life.
    pub status: Status,
    /// How much is done; not known for a script.
    pub progress: Option<f64>,
    /// How many seconds it will still take, where that is known.
    pub remaining: Option<f64>,
    /// Why it failed.
    pub error: Option<ApiError>,
    /// When it last changed, in milliseconds.
    pub updated: i64,
}

impl ActivityLog {
    /// How many of those run or wait that are made where the records of a kind are.
    pub fn active(&self, kind: RecordKind) -> usize {
        self.items.iter().filter(|item| item.made_with() == kind && !item.status.is_finished()).count()
    }

    /// What is under way, in a word or two: `Film 42%`, `3 narrations`, `5 running`.
    pub fn headline(&self) -> Option<String> {
        let active: Vec<_> = self.items.iter().filter(|item| !item.status.is_finished()).collect();
        let first = active.first()?;
        let (one, many) = first.words();
        Some(match active.len() {
            1 => match first.progress.filter(|_| first.status == Status::Running) {
                Some(progress) => format!("{one} {}", format::percent(progress)),
                None => one.to_owned(),
            },
            n if active.iter().all(|item| item.words() == first.words()) => format!("{n} {many}"),
            n => format!("{n} running"),
        })
    }

    /// Whether one of those failed lately.
    pub fn failed(&self, kind: RecordKind) -> bool {
        self.items.iter().any(|item| item.made_with() == kind && item.status == Status::Failed)
    }

    /// Takes in what happened.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Project(project) => self.put(Item::of_script(project)),
            Event::Audio(clip) => self.put(Item::of_audio(clip)),
            Event::Image(image) => self.put(Item::of_image(image)),
            Event::Video(clip) => self.put(Item::of_video(clip)),
            Event::Deleted(deleted) if deleted.kind == RecordKind::Project => self.items.retain(|item| item.project != deleted.project_id),
            Event::Deleted(deleted) if deleted.kind == RecordKind::Scene => {
                self.items.retain(|item| item.scene.is_none_or(|scene| scene.0 != deleted.id));
            }
            Event::Deleted(deleted) => self.items.retain(|item| item.id != deleted.id),
            Event::Scene(_) => {}
        }
    }

    /// Whether nothing newer of it was heard; it is, then, from now on.
    fn is_news(&mut self, item: &Item) -> bool {
        let heard = self.heard.get_or_insert(item.id, item.updated);
        let news = *heard <= item.updated;
        *heard = item.updated.max(*heard);
        news
    }

    /// Takes a list in that was read: what was heard since then stays as it is.
    fn replace(&mut self, read: Vec<Item>) {
        let (news, old): (Vec<_>, Vec<_>) = read.into_iter().partition(|item| self.is_news(item));
        let newer = |known: &Item| old.iter().any(|item| item.id == known.id);
        self.items.retain(newer);
        self.items.extend(news.into_iter().filter(|item| !matches!(item.status, Status::Ready | Status::Canceled)));
        self.sort();
    }

    fn put(&mut self, item: Item) {
        if !self.is_news(&item) {
            return;
        }
        // A newer take of the same scene settles an older failure.
        self.items.retain(|known| {
            known.id != item.id
                && !(known.status == Status::Failed
                    && known.kind == item.kind
                    && known.scene == item.scene
                    && known.project == item.project)
        });
        if !matches!(item.status, Status::Ready | Status::Canceled) {
            self.items.push(item);
        }
        self.sort();
    }

    fn sort(&mut self) {
        self.items.retain(|item| item.status != Status::Failed || item.updated > self.cleared);
        sort_by_key(&mut self.items, |item| {
            let rank = match item.status {
                Status::Running => 0,
                Status::Queued => 1,
                _ => 2,
            };
            (rank, std::cmp::Reverse(item.updated))
        });
    }
}

impl Item {
    /// Of a script.
    pub fn of_script(project: &Project) -> Self {
        Self {
            id: project.id.0,
            kind: RecordKind::Project,
            project: project.id,
            scene: None,
            status: status_of_script(project.status.into(), project.error.as_ref()),
            progress: None,
            remaining: None,
            error: project.error.clone(),
            updated: project.updated_at.timestamp_millis(),
        }
    }

    /// Of a narration.
    pub fn of_audio(clip: &AudioClip) -> Self {
        Self::of_take(clip, RecordKind::Audio, clip.project_id)
    }

    /// Of a picture.
    pub fn of_image(image: &ImageAsset) -> Self {
        Self::of_take(image, RecordKind::Image, image.project_id)
    }

    /// Of a film or a clip.
    pub fn of_video(clip: &VideoClip) -> Self {
        Self { remaining: clip.remaining_seconds, ..Self::of_take(clip, RecordKind::Video, clip.project_id) }
    }

    /// What it is called, one and several of it.
    pub fn words(&self) -> (&'static str, &'static str) {
        match self.kind {
            RecordKind::Project | RecordKind::Scene => ("Script", "scripts"),
            RecordKind::Audio => ("Narration", "narrations"),
            RecordKind::Image => ("Image", "images"),
            RecordKind::Video if self.scene.is_some() => ("Clip", "clips"),
            RecordKind::Video => ("Film", "films"),
        }
    }

    /// With the records of which kind it is made: a scene's clips are, with its pictures.
    fn made_with(&self) -> RecordKind {
        match self.kind {
            RecordKind::Video if self.scene.is_some() => RecordKind::Image,
            kind => kind,
        }
    }

    fn of_take(take: &impl Take, kind: RecordKind, project: ProjectId) -> Self {
        Self {
            id: take.id(),
            kind,
            project,
            scene: take.scene_id(),
            status: take.status(),
            progress: Some(take.progress()),
            remaining: None,
            error: take.error().cloned(),
            updated: take.updated_at().timestamp_millis(),
        }
    }
}

/// Reads the list again.
pub async fn refresh() {
    match api::activity::list().await {
        Ok(list) => ActivityLog::update(|log| {
            log.cleared = storage::get(CLEARED).and_then(|time| time.parse().ok()).unwrap_or_default();
            log.replace(list.items.into_iter().map(of_work).collect());
        }),
        Err(error) => live::missed(&error),
    }
}

/// Starts everything again that failed.
pub fn retry_failed() {
    let log = ActivityLog::current();
    log.items.iter().filter(|item| item.status == Status::Failed).cloned().for_each(|item| spawn_local(retry(item)));
}

/// Puts away what failed until now; where it was made it still says so.
pub fn clear_failed() {
    ActivityLog::update(|log| {
        log.cleared = log.items.iter().filter(|item| item.status == Status::Failed).map(|item| item.updated).fold(log.cleared, i64::max);
        log.sort();
    });
    // Where it is refused, they are there again when the page is opened anew.
    storage::set(CLEARED, &ActivityLog::current().cleared.to_string());
}

/// Stops a piece of work.
pub async fn cancel(item: Item) {
    let answer = match item.kind {
        RecordKind::Audio => api::audio::cancel(item.id.into()).await.map(Event::Audio),
        RecordKind::Image => api::image::cancel(item.id.into()).await.map(Event::Image),
        RecordKind::Video => api::video::cancel(item.id.into()).await.map(Event::Video),
        RecordKind::Project => api::project::cancel(item.project).await.map(Event::Project),
        RecordKind::Scene => return,
    };
    settle(answer, "It was not canceled");
}

/// Stops everything of a kind that runs or waits in a project.
pub fn cancel_all(kind: RecordKind, project: ProjectId) {
    let log = ActivityLog::current();
    let active = log.items.iter().filter(|item| item.kind == kind && item.project == project && !item.status.is_finished());
    active.cloned().for_each(|item| spawn_local(cancel(item)));
}

/// Starts a failed piece of work again.
pub async fn retry(item: Item) {
    let Some(_asked) = Asked::begin(What::Retry, item.id) else { return };
    let answer = match item.kind {
        RecordKind::Audio => api::audio::retry(item.id.into()).await.map(Event::Audio),
        RecordKind::Image => api::image::retry(item.id.into()).await.map(Event::Image),
        RecordKind::Video => api::video::retry(item.id.into()).await.map(Event::Video),
        RecordKind::Project => api::project::retry(item.project).await.map(Event::Project),
        RecordKind::Scene => return,
    };
    settle(answer, "It was not started again");
}

fn settle(answer: api::Answer<Event>, what: &str) {
    match answer {
        Ok(event) => live::apply(&event),
        Err(error) => _ = toasts::failed(what, &error),
    }
}

/// A script whose writing was stopped is one that was canceled: nothing went wrong with it.
fn status_of_script(status: WorkStatus, error: Option<&ApiError>) -> Status {
    if status == WorkStatus::Failed && error.is_some_and(project::is_stopped) { Status::Canceled } else { status.into() }
}

fn of_work(work: Work) -> Item {
    let status = match work.kind {
        WorkKind::Script => status_of_script(work.record.status, work.record.error.as_ref()),
        WorkKind::Audio | WorkKind::Image | WorkKind::Video => work.record.status.into(),
    };
    Item {
        id: work.record.id,
        kind: match work.kind {
            WorkKind::Script => RecordKind::Project,
            WorkKind::Audio => RecordKind::Audio,
            WorkKind::Image => RecordKind::Image,
            WorkKind::Video => RecordKind::Video,
        },
        project: work.project_id,
        scene: work.scene_id,
        status,
        progress: work.record.progress,
        remaining: work.record.remaining_seconds,
        error: work.record.error,
        updated: work.record.updated_at.timestamp_millis(),
    }
}

#[cfg(test)]
mod tests {
    use shared::{activity::Activity, project::ScriptStatus};

    use super::*;
    use crate::state::project::samples;

    #[test]
    fn finished_work_leaves_and_failed_work_stays_until_it_is_made_good() {
        let scene = samples::scene(0);
        let mut log = ActivityLog::default();
        let mut clip = samples::audio(&scene, Status::Running, 0);
        log.apply(&Event::Audio(clip.clone()));
        assert_eq!(log.active(RecordKind::Audio), 1);
        clip.status = Status::Failed;
        log.apply(&Event::Audio(clip));
        assert_eq!(log.active(RecordKind::Audio), 0);
        assert!(log.failed(RecordKind::Audio));
        log.apply(&Event::Audio(samples::audio(&scene, Status::Ready, 9)));
        assert!(log.items.is_empty());
    }

    #[test]
    fn what_is_put_away_stays_away_until_it_fails_again() {
        let mut log = ActivityLog::default();
        let mut clip = samples::audio(&samples::scene(0), Status::Failed, 0);
        log.cleared = clip.updated_at.timestamp_millis();
        log.replace(vec![Item::of_audio(&clip)]);
        assert!(log.items.is_empty());
        clip.updated_at += chrono::TimeDelta::seconds(1);
        log.apply(&Event::Audio(clip));
        assert!(log.failed(RecordKind::Audio));
    }

    #[test]
    fn an_answer_that_comes_after_what_happened_since_changes_nothing() {
        let queued = samples::audio(&samples::scene(0), Status::Queued, 0);
        for (status, left) in [(Status::Failed, 1), (Status::Ready, 0)] {
            let mut log = ActivityLog::default();
            let mut done = queued.clone();
            done.status = status;
            done.updated_at += chrono::TimeDelta::seconds(1);
            log.apply(&Event::Audio(done));
            log.apply(&Event::Audio(queued.clone()));
            assert_eq!((log.active(RecordKind::Audio), log.items.len()), (0, left));
            // Nor does a list that was read before.
            log.replace(vec![Item::of_audio(&queued)]);
            assert_eq!((log.active(RecordKind::Audio), log.items.len()), (0, left));
        }
    }

    #[test]
    fn a_script_that_was_stopped_is_no_failure() {
        let mut log = ActivityLog::default();
        let mut script = Project { status: ScriptStatus::Generating, ..samples::project("A film") };
        log.apply(&Event::Project(script.clone()));
        assert_eq!(log.active(RecordKind::Project), 1);
        script.status = ScriptStatus::Failed;
        script.error = Some(project::stopped());
        log.apply(&Event::Project(script.clone()));
        assert!(log.items.is_empty());
        // Nor is it in a list that is read.
        let list = serde_json::to_string(&Activity::Script { project_id: script.id, record: script }).unwrap();
        log.replace(vec![of_work(serde_json::from_str(&list).unwrap())]);
        assert!(log.items.is_empty());
    }

    #[test]
    fn the_headline_tells_what_runs() {
        let mut log = ActivityLog::default();
        assert_eq!(log.headline(), None);
        let mut clip = samples::audio(&samples::scene(0), Status::Running, 0);
        clip.progress = 0.425;
        log.apply(&Event::Audio(clip));
        assert_eq!(log.headline().as_deref(), Some("Narration 42%"));
        log.apply(&Event::Audio(samples::audio(&samples::scene(1), Status::Queued, 0)));
        assert_eq!(log.headline().as_deref(), Some("2 narrations"));
    }

    #[test]
    fn a_clip_is_no_film_and_is_made_where_pictures_are() {
        let mut log = ActivityLog::default();
        log.apply(&Event::Video(samples::clip(&samples::scene(0), Status::Queued, 0)));
        assert_eq!(log.headline().as_deref(), Some("Clip"));
        assert_eq!((log.active(RecordKind::Image), log.active(RecordKind::Video)), (1, 0));
    }

    #[test]
    fn running_work_comes_first() {
        let mut log = ActivityLog::default();
        for (position, status) in [Status::Failed, Status::Queued, Status::Running].into_iter().enumerate() {
            log.apply(&Event::Audio(samples::audio(&samples::scene(position as u32), status, 0)));
        }
        let order: Vec<_> = log.items.iter().map(|item| item.status).collect();
        assert_eq!(order, [Status::Running, Status::Queued, Status::Failed]);
    }
}
