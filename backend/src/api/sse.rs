//! Server-sent events: `/api/events`, and a script as it is written.

use std::{collections::HashSet, sync::Arc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{self, HeaderValue},
    web,
    web::Data,
};
use serde::Serialize;
use tokio::sync::{
    broadcast::{Receiver, error::RecvError},
    mpsc,
};
use tokio::time::{Instant, timeout, timeout_at};
use tracing::Instrument;

use super::http::{error::told, extract::Query, request_id};
use crate::{
    db::{event, project, scene},
    error::{AppError, Result},
    live::{self, LiveEvent},
    services::{Ctx, script},
};
use shared::{
    ProjectId, SceneId,
    event::{Deleted, Event, EventQuery, RecordKind},
};

/// How often a comment shows that the connection is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Listen to what happens.
///
/// Server-sent events: `project`, `scene`, `audio`, `image`, `video`, each with the whole record as data, and `deleted`
/// with `kind`, `id` and `projectId`. `Last-Event-ID` resumes where a lost connection left off, within a day. A comment
/// every 15 seconds shows that the connection is alive. Read it as a stream: it never ends. The schema puts an event's name and
/// its data together, as `{event, data}`; what stands behind `data:` is the record alone.
#[utoipa::path(tag = "Activity", params(EventQuery, ("Last-Event-ID" = Option<i64>, Header, description = "The id of the last event that was seen")), responses(
    (status = 200, description = "A stream of events; the schema is that of one event", content((Event = "text/event-stream")))
))]
#[get("/events")]
pub async fn listen(ctx: Data<Arc<Ctx>>, request: HttpRequest, query: Query<EventQuery>) -> Result<HttpResponse> {
    // An empty one is none: so the HTML standard (9.2.4) has an event reset it.
    let last = request.headers().get("last-event-id").filter(|id| !id.as_bytes().trim_ascii().is_empty()).map(|id| {
        let id = id.to_str().ok().and_then(|id| id.parse().ok());
        id.ok_or_else(|| AppError::invalid("Last-Event-ID", "not the id of an event"))
    });
    let last: Option<i64> = last.transpose()?;
    let ctx = Arc::clone(ctx.get_ref());
    let project = query.0.project_id;
    let listener = ctx.metrics.listener();
    Ok(stream(|out| async move {
        let _counted = listener;
        // Told at once that it is connected, a client may start to read what it wants to follow.
        out.send(": connected\nretry: 1000\n\n".to_owned()).await?;
        follow(&ctx, project, last, &out).await
    }))
}

/// The client went away, or cannot be told any more.
struct Closed;

impl<T> From<mpsc::error::SendError<T>> for Closed {
    fn from(_: mpsc::error::SendError<T>) -> Self {
        Self
    }
}

type Out = mpsc::Sender<String>;

fn stream<F: Future<Output = Result<(), Closed>> + 'static>(tell: impl FnOnce(Out) -> F) -> HttpResponse {
    let (sender, receiver) = mpsc::channel(64);
    let telling = tell(sender);
    actix_web::rt::spawn(async move { drop(telling.await) }.in_current_span());
    let body = futures_util::stream::unfold(receiver, |mut receiver| async {
        let text = receiver.recv().await?;
        Some((Ok::<_, AppError>(web::Bytes::from(text)), receiver))
    });
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Proxies that buffer would hold events back.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(body)
}

async fn follow(ctx: &Arc<Ctx>, project: Option<ProjectId>, last: Option<i64>, out: &Out) -> Result<(), Closed> {
    let mut events = ctx.live.events();
    let mut seen = 0;
    if let Some(last) = last.filter(|last| *last >= 0) {
        match ctx.db.read(event::newest).await {
            Ok(newest) if last <= newest => {
                seen = last;
                catch_up(ctx, project, &mut seen, out).await?;
            }
            // An id of another database, or of one that was restored, says nothing here: such a client begins now.
            Ok(_) => {}
            // What it has missed cannot be told now; told what comes, it would never ask for it again.
            Err(error) => return Err(unread(&error)),
        }
    }
    let mut silent_until = Instant::now() + HEARTBEAT;
    loop {
        match timeout_at(silent_until, events.recv()).await {
            Err(_) => {
                out.send(": still here\n\n".to_owned()).await?;
                silent_until = Instant::now() + HEARTBEAT;
            }
            Ok(Ok(event)) if event.id > seen => {
                seen = event.id;
                // What others are told is no sign of life here.
                if project.is_none_or(|project| project == event.project) {
                    send(&event, out).await?;
                    silent_until = Instant::now() + HEARTBEAT;
                }
            }
            Ok(Ok(_)) => {}
            Ok(Err(RecvError::Lagged(_))) => catch_up(ctx, project, &mut seen, out).await?,
            Ok(Err(RecvError::Closed)) => return Err(Closed),
        }
    }
}

/// Tells what the database has after the last event that was told.
async fn catch_up(ctx: &Ctx, project: Option<ProjectId>, seen: &mut i64, out: &Out) -> Result<(), Closed> {
    loop {
        let after = *seen;
        let (events, newest) = match ctx.db.read(move |conn| live::read(conn, after, project)).await {
            Ok(read) => read,
            Err(error) => return Err(unread(&error)),
        };
        let Some(newest) = newest else { return Ok(()) };
        *seen = newest;
        for event in &events {
            send(event, out).await?;
        }
    }
}

/// The client connects again, and resumes from what it has seen.
fn unread(error: &AppError) -> Closed {
    tracing::warn!(%error, "could not read the events");
    Closed
}

async fn send(event: &LiveEvent, out: &Out) -> Result<(), Closed> {
    let text = match &event.event {
        Event::Project(record) => frame(Some(event.id), "project", record),
        Event::Scene(record) => frame(Some(event.id), "scene", record),
        Event::Audio(record) => frame(Some(event.id), "audio", record),
        Event::Image(record) => frame(Some(event.id), "image", record),
        Event::Video(record) => frame(Some(event.id), "video", record),
        Event::Deleted(record) => frame(Some(event.id), "deleted", record),
    };
    Ok(out.send(text?).await?)
}

/// One event in the format of the HTML standard (9.2.6); JSON has no line breaks of its own.
fn frame(id: Option<i64>, name: &str, data: &impl Serialize) -> Result<String, Closed> {
    let data = serde_json::to_string(data).map_err(|error| {
        tracing::error!(%error, "a record that cannot be written as JSON");
        Closed
    })?;
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    Ok(format!("{id}event: {name}\ndata: {data}\n\n"))
}

/// Tells a script as it is written; what is there already is told first, so that a stream that broke off can be asked for again.
pub fn script(ctx: Arc<Ctx>, id: ProjectId, location: &str) -> HttpResponse {
    // What is told later is told on behalf of this request, but no longer within it.
    let request = request_id::current();
    let mut response = stream(move |out| async move {
        match tell_script(&ctx, id, &out).await? {
            Ok(()) => Ok(()),
            Err(error) => Ok(out.send(frame(None, "error", &told(&error, request))?).await?),
        }
    });
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

async fn tell_script(ctx: &Arc<Ctx>, id: ProjectId, out: &Out) -> Result<Result<()>, Closed> {
    let mut events = ctx.live.events();
    let begun = ctx.db.read(move |conn| Ok((project::get(conn, id)?, scene::of_project(conn, id)?))).await;
    let (project, scenes) = match begun {
        Ok(begun) => begun,
        Err(error) => return Ok(Err(error)),
    };
    out.send(frame(None, "project", &project)?).await?;
    let mut told = HashSet::new();
    for scene in scenes {
        told.insert(scene.id);
        out.send(frame(None, "scene", &scene)?).await?;
    }
    let finished = script::finished(ctx, id);
    tokio::pin!(finished);
    loop {
        tokio::select! {
            event = timeout(HEARTBEAT, next_of(&mut events, id)) => match event {
                Ok(event) => tell_scene(&event, &mut told, out).await?,
                Err(_) => out.send(": still here\n\n".to_owned()).await?,
            },
            result = &mut finished => {
                if let Err(error) = result {
                    return Ok(Err(error));
                }
                break;
            }
        }
    }
    let result = match script::result(ctx, id).await {
        Ok(result) => result,
        Err(error) => return Ok(Err(error)),
    };
    // What was taken back and written between the last event and the end, and what a slow reader missed.
    let written: HashSet<SceneId> = result.scenes.iter().map(|scene| scene.id).collect();
    for gone in told.difference(&written) {
        let gone = Deleted { kind: RecordKind::Scene, id: gone.0, project_id: id };
        out.send(frame(None, "deleted", &gone)?).await?;
    }
    for scene in result.scenes.iter().filter(|scene| !told.contains(&scene.id)) {
        out.send(frame(None, "scene", scene)?).await?;
    }
    out.send(frame(None, "done", &result)?).await?;
    Ok(Ok(()))
}

async fn tell_scene(event: &LiveEvent, told: &mut HashSet<SceneId>, out: &Out) -> Result<(), Closed> {
    match &event.event {
        Event::Scene(scene) if told.insert(scene.id) => Ok(out.send(frame(None, "scene", scene)?).await?),
        // It is written once more: what was told is taken back.
        Event::Deleted(gone) if gone.kind == RecordKind::Scene && told.remove(&SceneId(gone.id)) => {
            Ok(out.send(frame(None, "deleted", gone)?).await?)
        }
        _ => Ok(()),
    }
}

/// The next event of a project. What a slow reader missed is told at the end.
async fn next_of(events: &mut Receiver<Arc<LiveEvent>>, project: ProjectId) -> Arc<LiveEvent> {
    loop {
        match events.recv().await {
            Ok(event) if event.project == project => return event,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
