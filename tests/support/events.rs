//! Server-sent events as a client reads them.

use futures_util::StreamExt;
use serde_json::Value;

use crate::client::PATIENCE;

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its id, for `Last-Event-ID`.
    pub id: Option<String>,
    /// What it tells.
    pub name: String,
    /// The record.
    pub data: Value,
}

/// A stream of events.
pub struct Events {
    response: reqwest::Response,
    buffer: String,
}

impl Events {
    pub(crate) fn new(response: reqwest::Response) -> Self {
        assert!(response.status().is_success(), "{}", response.status());
        let kind = response.headers()["content-type"].to_str().expect("a content type").to_owned();
        assert!(kind.starts_with("text/event-stream"), "{kind}");
        Self { response, buffer: String::new() }
    }

    /// The next event; none at the end of the stream.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.buffer.find("\n\n") {
                let frame: String = self.buffer.drain(..end + 2).collect();
                if let Some(event) = parse(&frame) {
                    return Some(event);
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("something happens");
            self.buffer.push_str(&String::from_utf8_lossy(&chunk.expect("the stream holds")?));
        }
    }

    /// The first event that fits.
    pub async fn until(&mut self, fits: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if fits(&event) {
                return event;
            }
        }
    }

    /// Everything up to the end of the stream.
    pub async fn all(self) -> Vec<Event> {
        futures_util::stream::unfold(self, |mut events| async { Some((events.next().await?, events)) }).collect().await
    }
}

fn parse(frame: &str) -> Option<Event> {
    let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned));
    let data = serde_json::from_str(&field("data")?).expect("the data is JSON");
    Some(Event { id: field("id"), name: field("event")?, data })
}
