//! An answer, read within its limits: as JSON, as events, as bytes.

use bytes::Bytes;
use reqwest::{StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;

use super::{
    Api, reach, refusal, root,
    sse::{Event, Parser},
};
use crate::providers::{Kind, ProviderError, ProviderResult};

/// The most bytes of an answer that is read whole: images come as base64 within JSON.
const MOST_JSON: usize = 64 << 20;
/// The most bytes of an answer that says no.
const MOST_REFUSAL: usize = 64 << 10;

/// An answer whose body is still to come.
pub struct Answer<'a> {
    api: &'a Api,
    response: reqwest::Response,
    creates: bool,
}

impl<'a> Answer<'a> {
    pub(super) fn new(api: &'a Api, response: reqwest::Response, creates: bool) -> Self {
        Self { api, response, creates }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// A header that is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// Itself where it says yes; what it means where it says no.
    pub async fn accepted(self) -> ProviderResult<Self> {
        if self.status().is_success() { Ok(self) } else { Err(self.refusal().await.0) }
    }

    /// What an answer means that says no, and its body; null where that is no JSON.
    pub async fn refusal(mut self) -> (ProviderError, Value) {
        let mut body = Vec::new();
        // The status says the most; a body that cannot be read to its end takes nothing away from it.
        while let Ok(Some(bytes)) = self.chunk().await
            && body.len() < MOST_REFUSAL
        {
            body.extend_from_slice(&bytes);
        }
        let (api, headers) = (self.api, self.response.headers());
        let error = refusal::read(&api.who, api.vendor, self.status().as_u16(), headers, &body, self.creates);
        (error, serde_json::from_slice(&body).unwrap_or_default())
    }

    /// The body as JSON of that shape.
    pub async fn json<T: DeserializeOwned>(self) -> ProviderResult<T> {
        let api = self.api;
        self.json_of_some_size().await?.ok_or_else(|| too_large(api, MOST_JSON))
    }

    /// As [`Answer::json`]; none where it is too large to be read whole, since it carries what it might name instead.
    pub async fn json_of_some_size<T: DeserializeOwned>(self) -> ProviderResult<Option<T>> {
        let (api, is_page) = (self.api, self.is_page());
        let Some(body) = self.whole(MOST_JSON).await? else { return Ok(None) };
        let name = &api.who.name;
        if is_page || body.trim_ascii_start().starts_with(b"<") {
            return Err(page(api));
        }
        if body.trim_ascii().is_empty() {
            return Err(api.lacks("anything").unreadable());
        }
        let mut reader = serde_json::Deserializer::from_slice(&body);
        serde_path_to_error::deserialize(&mut reader).map(Some).map_err(|error| {
            // The place, not the value: that may be anything.
            let place = error.path().to_string();
            let at = if place == "." { String::new() } else { format!(" (at `{}`)", api.quote(&place)) };
            api.error(Kind::BadResponse, format!("{name} answered in a shape that is not the documented one{at}.")).unreadable()
        })
    }

    /// The whole body, of no more than that many bytes.
    pub async fn bytes(self, most: usize) -> ProviderResult<Vec<u8>> {
        let api = self.api;
        self.whole(most).await?.ok_or_else(|| too_large(api, most))
    }

    /// The whole body; none where it has more bytes than that.
    async fn whole(mut self, most: usize) -> ProviderResult<Option<Vec<u8>>> {
        let mut body = Vec::new();
        while let Some(bytes) = self.chunk().await? {
            if body.len() + bytes.len() > most {
                return Ok(None);
            }
            body.extend_from_slice(&bytes);
        }
        Ok(Some(body))
    }

    /// The body as server-sent events. A server that does not stream and answers in one JSON document gives one event.
    pub async fn events(self) -> ProviderResult<Events<'a>> {
        if self.is_page() {
            return Err(page(self.api));
        }
        Ok(Events { answer: self, form: None, ready: Vec::new().into_iter(), read: 0, ended: false })
    }

    pub(super) fn headers(&self) -> &header::HeaderMap {
        self.response.headers()
    }

    /// Whether it says that it is a web page.
    pub fn is_page(&self) -> bool {
        self.header(header::CONTENT_TYPE.as_str()).is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
    }

    /// The next part of the body.
    pub(super) async fn chunk(&mut self) -> ProviderResult<Option<Bytes>> {
        let (idle, remaining) = (self.api.limits.idle, self.api.remaining());
        match timeout(idle.min(remaining), self.response.chunk()).await {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(error)) => Err(broken(self.api, error, self.creates)),
            Err(_) => {
                let error = if idle >= remaining {
                    self.api.too_long()
                } else {
                    self.error(Kind::Timeout, format!("{} said nothing more for {} s.", self.name(), idle.as_secs_f64()))
                };
                Err(refusal::unanswered(error, self.creates))
            }
        }
    }

    pub(super) fn api(&self) -> &'a Api {
        self.api
    }

    pub(super) fn name(&self) -> &'a str {
        &self.api.who.name
    }

    pub(super) fn error(&self, kind: Kind, message: impl Into<String>) -> ProviderError {
        self.api.error(kind, message)
    }
}

fn too_large(api: &Api, most: usize) -> ProviderError {
    api.error(Kind::BadResponse, format!("{} sends more than {} MB.", api.who.name, most >> 20))
}

/// A page for people, in place of an answer.
pub(super) fn page(api: &Api) -> ProviderError {
    let message = format!("{} answered with a web page; check its address in the settings.", api.who.name);
    api.error(Kind::BadResponse, message).unreadable()
}

/// A stream of events.
pub struct Events<'a> {
    answer: Answer<'a>,
    /// In what form it comes; none until its first byte tells that.
    form: Option<Form>,
    ready: std::vec::IntoIter<Event>,
    read: usize,
    ended: bool,
}

/// The form of a body. Its header says little: servers on the way, and some at its end, have one for everything.
enum Form {
    /// The document of a server that does not stream.
    Document(Vec<u8>),
    Stream(Parser),
}

impl Form {
    /// That of a body which begins with those bytes; none where they are only white space, which means nothing in either.
    fn of(bytes: &[u8]) -> Option<Self> {
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes).trim_ascii_start();
        Some(match text.first()? {
            b'{' | b'[' => Self::Document(Vec::new()),
            _ => Self::Stream(Parser::default()),
        })
    }

    /// Takes more bytes, and tells the events that they complete.
    fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        match self {
            Self::Document(document) => {
                document.extend_from_slice(bytes);
                Vec::new()
            }
            Self::Stream(parser) => parser.feed(bytes),
        }
    }

    /// The body has ended.
    fn end(self) -> Option<Event> {
        match self {
            Self::Document(document) => {
                let data = String::from_utf8_lossy(&document).trim_start_matches('\u{feff}').to_owned();
                Some(Event { name: None, data })
            }
            Self::Stream(mut parser) => parser.end(),
        }
    }
}

impl Events<'_> {
    /// The data of the next event, as JSON of that shape; none after the last. `[DONE]`, with which some say that there
    /// is no more, is no event.
    pub async fn next_json<T: DeserializeOwned>(&mut self) -> ProviderResult<Option<T>> {
        let Some(event) = self.next().await? else { return Ok(None) };
        if event.data.trim() == "[DONE]" {
            // The connection may stay open for long.
            self.ended = true;
            return Ok(None);
        }
        serde_json::from_str(&event.data).map(Some).map_err(|_| {
            let message = format!("{} answered in a shape that is not the documented one.", self.answer.name());
            refusal::unanswered(self.answer.error(Kind::BadResponse, message), self.answer.creates)
        })
    }

    /// What it means that the stream has ended before the answer was complete. Of a paid call nobody can tell what
    /// became of it.
    pub fn broke_off(&self) -> ProviderError {
        let error = match self.read {
            0 => self.answer.api.lacks("anything"),
            _ => {
                let message = format!("{} stopped in the middle of its answer.", self.answer.name());
                self.answer.error(Kind::BadResponse, message)
            }
        };
        refusal::unanswered(error, self.answer.creates)
    }

    /// The next event; none after the last.
    pub async fn next(&mut self) -> ProviderResult<Option<Event>> {
        loop {
            if let Some(event) = self.ready.next() {
                return Ok(Some(event));
            }
            if self.ended {
                return Ok(None);
            }
            match self.answer.chunk().await? {
                Some(bytes) => {
                    self.read += bytes.len();
                    if self.read > MOST_JSON {
                        return Err(too_large(self.answer.api, MOST_JSON));
                    }
                    self.form = self.form.take().or_else(|| Form::of(&bytes));
                    self.ready = self.form.as_mut().map(|form| form.feed(&bytes)).unwrap_or_default().into_iter();
                }
                None => {
                    self.ended = true;
                    let last = self.form.take().and_then(Form::end);
                    self.ready = last.into_iter().collect::<Vec<_>>().into_iter();
                }
            }
        }
    }
}

/// What it means that a request could not be sent, or that its answer broke off.
pub(super) fn broken(api: &Api, error: reqwest::Error, creates: bool) -> ProviderError {
    // The address may carry what is nobody's business.
    let error = error.without_url();
    tracing::debug!(provider = api.who.id, ?error, "a provider could not be asked");
    let name = &api.who.name;
    let cause = api.quote(root(&error).split(" (os error").next().unwrap_or_default());
    if chain(&error).any(|cause| cause.is::<reach::NotPublic>()) {
        let message = format!("{name} names an address for its result that is not public; it is not fetched.");
        return api.error(Kind::BadResponse, message);
    }
    if error.is_builder() {
        return api.error(Kind::Internal, format!("a request that cannot be sent: {cause}"));
    }
    if error.is_connect() {
        let (kind, message) = if error.is_timeout() {
            (Kind::Timeout, format!("{name} could not be reached within {} s.", api.limits.connect.as_secs_f64()))
        } else {
            let hint = if reach::is_local(&api.origin) { " Is it running?" } else { "" };
            (Kind::Unavailable, format!("{name} could not be reached: {cause}.{hint}"))
        };
        return api.error(kind, message);
    }
    refusal::unanswered(api.error(Kind::Unavailable, format!("The connection to {name} broke: {cause}.")), creates)
}

fn chain<'a>(error: &'a (dyn std::error::Error + 'static)) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}
