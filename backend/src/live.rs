//! What happens, as it happens: one connection listens to the database, and everybody in this process who waits is told.
//!
//! The database is the only source: a change made by another server on the same database arrives just the same.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
use tokio::sync::{Notify, broadcast, watch};
use uuid::Uuid;

use crate::{
    db::{
        self,
        event::{CHANNEL, EventRow, Wake},
        sparse::Sparse,
    },
    error::Result,
};
use shared::{
    ProjectId,
    event::{Deleted, Event, RecordKind},
};

/// How often the connection is looked at: a notification waits that long at most. libpq is asked without blocking,
/// which costs one system call, since Diesel does not hand out the socket to wait on.
const LOOK: Duration = Duration::from_millis(15);
/// How often the database is asked although nothing was notified.
const POLL: Duration = Duration::from_secs(2);
/// How many events a slow reader may be behind before it reads them from the database instead.
const BACKLOG: usize = 1024;

/// Something that changed, with its place in the order of all changes.
#[derive(Clone, Debug)]
pub struct LiveEvent {
    /// Its number, for `Last-Event-ID`.
    pub id: i64,
    /// The project that it belongs to.
    pub project: ProjectId,
    /// The record that it is about.
    pub record: Uuid,
    /// What changed.
    pub event: Event,
}

/// Tells everybody in this process what happens.
pub struct Live {
    events: broadcast::Sender<Arc<LiveEvent>>,
    gone: broadcast::Sender<Uuid>,
    jobs: Notify,
    stopping: AtomicBool,
    closing: watch::Sender<bool>,
}

impl Live {
    /// Starts to listen, on a thread of its own that ends with [`Live::stop`]. `newest` is the newest event that nobody here has
    /// to be told: of all that comes after it they are told, however late the thread begins.
    pub fn start(database_url: String, newest: i64) -> Arc<Self> {
        let live = Arc::new(Self {
            events: broadcast::channel(BACKLOG).0,
            gone: broadcast::channel(BACKLOG).0,
            jobs: Notify::new(),
            stopping: AtomicBool::new(false),
            closing: watch::Sender::new(false),
        });
        let listener = Arc::clone(&live);
        thread::spawn(move || listener.run(&database_url, newest));
        live
    }

    /// Ends the listening thread.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// The server is going to stop: whoever waits for a request's sake is told, and answers with what there is.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Waits until the server is going to stop.
    pub async fn closed(&self) {
        // The sender is here: it does not go away.
        drop(self.closing.subscribe().wait_for(|closing| *closing).await);
    }

    /// Everything that happens from now on.
    pub fn events(&self) -> broadcast::Receiver<Arc<LiveEvent>> {
        self.events.subscribe()
    }

    /// The jobs that are taken away from whoever works on them.
    pub fn gone(&self) -> broadcast::Receiver<Uuid> {
        self.gone.subscribe()
    }

    /// Waits until there may be work to claim.
    pub async fn work(&self) {
        self.jobs.notified().await;
    }

    fn stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    fn run(&self, database_url: &str, mut told: i64) {
        let log = Sparse::default();
        while !self.stopping() {
            if let Err(error) = self.listen(database_url, &mut told)
                && !self.stopping()
            {
                if log.is_due() {
                    tracing::warn!(%error, "lost the connection that listens to the database; connecting again");
                }
                thread::sleep(Duration::from_millis(500));
            }
        }
    }

    /// Listens until the connection is lost. `told` is the newest event that was told.
    fn listen(&self, database_url: &str, told: &mut i64) -> Result<()> {
        let mut conn = PgConnection::establish(database_url).map_err(|error| crate::error::AppError::Pool(error.to_string()))?;
        sql_query(format!("listen {CHANNEL}")).execute(&mut conn)?;
        // Whatever happened while nobody listened.
        self.jobs.notify_one();
        let mut polled = Instant::now() - POLL;
        while !self.stopping() {
            let mut news = polled.elapsed() >= POLL;
            for notification in conn.notifications_iter() {
                match serde_json::from_str(&notification?.payload) {
                    Ok(Wake::Events) => news = true,
                    Ok(Wake::Jobs) => self.jobs.notify_one(),
                    // Nobody may be listening, which is fine.
                    Ok(Wake::Gone(job)) => drop(self.gone.send(job)),
                    Err(error) => tracing::warn!(%error, "a notification that is none of ours"),
                }
            }
            if news {
                polled = Instant::now();
                self.tell(&mut conn, told)?;
            }
            thread::sleep(LOOK);
        }
        Ok(())
    }

    fn tell(&self, conn: &mut PgConnection, told: &mut i64) -> Result<()> {
        loop {
            let (events, newest) = read(conn, *told, None)?;
            let Some(newest) = newest else { return Ok(()) };
            *told = newest;
            for event in events {
                drop(self.events.send(Arc::new(event)));
            }
        }
    }
}

/// The next events after that number, each with its record as it is now, and the number that was read up to; no number
/// where there is nothing more. A record that changed several times is told once.
pub fn read(conn: &mut PgConnection, after: i64, project: Option<ProjectId>) -> Result<(Vec<LiveEvent>, Option<i64>)> {
    let rows = db::event::after(conn, after, 500)?;
    let newest = rows.last().map(|row| row.id);
    let mut told = HashSet::new();
    let is_of = |row: &EventRow| project.is_none_or(|project| project.0 == row.project_id);
    let mut rows: Vec<EventRow> = rows.into_iter().rev().filter(|row| is_of(row) && told.insert((row.kind, row.record_id))).collect();
    rows.reverse();
    let mut records = load(conn, rows.iter().filter(|row| !row.deleted))?;
    let mut events = Vec::new();
    for EventRow { id, project_id, kind, record_id, deleted } in rows {
        let project = ProjectId(project_id);
        let event = if deleted {
            Some(Event::Deleted(Deleted { kind, id: record_id, project_id: project }))
        } else {
            // One that is gone by now has an event of its own, which tells that.
            records.remove(&(kind, record_id))
        };
        events.extend(event.map(|event| LiveEvent { id, project, record: record_id, event }));
    }
    Ok((events, newest))
}

/// The records of those events as they are now, those that there are: one query for each kind.
fn load<'a>(conn: &mut PgConnection, rows: impl Iterator<Item = &'a EventRow>) -> Result<HashMap<(RecordKind, Uuid), Event>> {
    let mut wanted = HashMap::<RecordKind, Vec<Uuid>>::new();
    for row in rows {
        wanted.entry(row.kind).or_default().push(row.record_id);
    }
    let mut records = HashMap::new();
    for (kind, ids) in wanted {
        let found: Vec<(Uuid, Event)> = match kind {
            RecordKind::Project => db::project::with_ids(conn, &ids)?.into_iter().map(|it| (it.id.0, Event::Project(it))).collect(),
            RecordKind::Scene => db::scene::with_ids(conn, &ids)?.into_iter().map(|it| (it.id.0, Event::Scene(it))).collect(),
            RecordKind::Audio => db::audio::with_ids(conn, &ids)?.into_iter().map(|it| (it.id.0, Event::Audio(it))).collect(),
            RecordKind::Image => db::image::with_ids(conn, &ids)?.into_iter().map(|it| (it.id.0, Event::Image(it))).collect(),
            RecordKind::Video => db::video::with_ids(conn, &ids)?.into_iter().map(|it| (it.id.0, Event::Video(it))).collect(),
        };
        records.extend(found.into_iter().map(|(id, event)| ((kind, id), event)));
    }
    Ok(records)
}
