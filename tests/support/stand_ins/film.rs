//! A provider of moving pictures that works for a while: it answers with a ticket, and is asked until the work is done.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use serde_json::{Value, json};
use shared::provider::ProviderKind;
use studio::providers::{
    About, Access, Call, Kind, Provider, ProviderError, ProviderResult, Providers, Usage,
    video::{Video, VideoProvider, VideoRequest},
};
use tokio::sync::Semaphore;

use crate::eventually;

/// How the call that begins the work is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// With a ticket.
    Ticket,
    /// Never.
    Nothing,
    /// The connection breaks while the answer is awaited.
    Break,
    /// It is too much at the moment; nothing was begun.
    Busy,
}

/// Films for a while, and counts what it is asked.
pub struct LongFilm {
    about: About,
    first: Reply,
    creates: AtomicU32,
    polls: AtomicU32,
    abandoned: Mutex<Vec<Value>>,
    done: Semaphore,
}

impl LongFilm {
    /// One with the id `long-film` that answers the first call so, and every later one with a ticket.
    pub fn new(first: Reply) -> Arc<Self> {
        let about = About {
            id: "long-film",
            name: "Long Film",
            kind: ProviderKind::Video,
            built_in: false,
            remote: Some(super::remote()),
            models: Vec::new(),
            options: Vec::new(),
            notes: None,
            at_once: 2,
            a_minute: None,
            draws_cards: false,
            missing: None,
        };
        Arc::new(Self {
            about,
            first,
            creates: AtomicU32::new(0),
            polls: AtomicU32::new(0),
            abandoned: Mutex::default(),
            done: Semaphore::new(0),
        })
    }

    /// Puts it among the providers.
    pub fn among(self: &Arc<Self>) -> impl FnOnce(Providers) -> Providers + use<> {
        let stand_in = Arc::clone(self);
        move |mut providers| {
            providers.video.push(stand_in);
            providers
        }
    }

    /// How often work was begun.
    pub fn creates(&self) -> u32 {
        self.creates.load(Ordering::SeqCst)
    }

    /// Waits until it was asked that often how far it is.
    pub async fn until_polled(&self, times: u32) {
        eventually(format!("it is asked {times} times how far it is"), async || self.polls.load(Ordering::SeqCst) >= times).await;
    }

    /// Waits until work was begun that often.
    pub async fn until_created(&self, times: u32) {
        eventually(format!("work is begun {times} times"), async || self.creates() >= times).await;
    }

    /// What it was told that nobody waits for any longer.
    pub fn abandoned(&self) -> Vec<Value> {
        self.abandoned.lock().expect("not poisoned").clone()
    }

    /// The work is done.
    pub fn finish(&self) {
        self.done.add_permits(1);
    }

    async fn begin(&self) -> ProviderResult<Value> {
        let reply = if self.creates.fetch_add(1, Ordering::SeqCst) == 0 { self.first } else { Reply::Ticket };
        let error = |kind, message: &str| ProviderError::new(self.about.id, kind, message);
        match reply {
            Reply::Ticket => Ok(json!({"id": format!("work-{}", self.creates())})),
            Reply::Nothing => std::future::pending().await,
            Reply::Break => Err(error(Kind::Unavailable, "The connection to Long Film broke.").unanswered()),
            Reply::Busy => Err(error(Kind::RateLimited, "Long Film is busy.").retry_after(std::time::Duration::from_millis(20))),
        }
    }
}

#[async_trait]
impl Provider for LongFilm {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, _call: &Call<'_>) -> ProviderResult<()> {
        Ok(())
    }

    async fn abandon(&self, operation: &Value, _access: &Access) -> ProviderResult<()> {
        self.abandoned.lock().expect("not poisoned").push(operation.clone());
        Ok(())
    }
}

#[async_trait]
impl VideoProvider for LongFilm {
    fn makes_films(&self) -> bool {
        false
    }

    async fn make(&self, request: &VideoRequest, call: &Call<'_>) -> ProviderResult<Video> {
        let ticket = match call.operation.resume::<Value>()? {
            Some(ticket) => ticket,
            None => call.operation.create(self.begin()).await?,
        };
        assert!(ticket["id"].is_string(), "a ticket is what was written down: {ticket}");
        self.polls.fetch_add(1, Ordering::SeqCst);
        self.done.acquire().await.expect("it is never closed").forget();
        let file = call.workdir.join("clip.mp4");
        film(&file).await;
        Ok(Video {
            file,
            poster: None,
            subtitles: None,
            duration_seconds: 1.0,
            width: request.width,
            height: request.height,
            check: None,
            usage: Usage { reported_usd: Some(0.8), seconds: Some(1.0), ..Usage::default() },
            credit: None,
        })
    }
}

/// A real clip, a second long and very small.
async fn film(file: &std::path::Path) {
    let made = tokio::process::Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", "color=c=gray:s=64x36:r=24:d=1", "-pix_fmt", "yuv420p"])
        .arg(file)
        .status()
        .await
        .expect("ffmpeg runs");
    assert!(made.success(), "ffmpeg makes the clip");
}
