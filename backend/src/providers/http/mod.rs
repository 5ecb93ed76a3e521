//! How remote providers are spoken to. Everything that must hold for all of them holds here: time limits, size limits,
//! who may be reached, where the key goes, and what a failure means.
//!
//! An adapter says `let api = self.http.api(&VENDOR, ProviderKind::Image, &call.access)?;` and then, for example,
//! `api.post("/v1/images").json(&body).send().await?.json::<Made>().await?`. It decides nothing of the above.

mod answer;
mod download;
mod limits;
mod reach;
mod refusal;
mod sse;
#[cfg(test)]
mod tests;
mod who;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{
    Method, Url,
    header::{self, HeaderMap, HeaderName, HeaderValue},
    multipart::Form,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use shared::provider::ProviderKind;
use tokio::time::{Instant, timeout};

pub use self::{
    answer::{Answer, Events},
    download::Media,
    limits::Limits,
    reach::{is_local, is_local_address},
    refusal::{Refusal, Verdict, yes_or_no},
    sse::Event,
};
use self::{reach::PublicOnly, who::Who};
use super::{Access, Kind, ProviderError, ProviderResult, vendors::Vendor};

/// How long a connection that nobody uses is kept. Short, since a server that closes it just when it is used again
/// leaves open whether it read the request.
const KEPT: Duration = Duration::from_secs(20);

/// Speaks HTTP for every provider. Cheap to clone; clones share their connections.
#[derive(Clone, Default)]
pub struct Http(Arc<Mutex<HashMap<Way, reqwest::Client>>>);

/// What a client is made for: what differs between them cannot be said request by request.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Way {
    tls: bool,
    public_only: bool,
    connect: Duration,
}

/// Chooses the cryptography of TLS for this program: `ring`, which builds everywhere without more than a C compiler.
/// To be called before the first HTTP client is made; once is enough.
pub fn choose_cryptography() {
    // Whoever came first has chosen the same.
    drop(rustls::crypto::ring::default_provider().install_default());
}

impl Http {
    /// A new one.
    pub fn new() -> Self {
        choose_cryptography();
        Self::default()
    }

    /// A vendor's API as a provider reaches it for one piece of work, whose time begins to run now.
    pub fn api(&self, vendor: &'static Vendor, kind: ProviderKind, access: &Access) -> ProviderResult<Api> {
        self.api_within(vendor, Limits::at(kind, access.base_url.as_deref(), &access.limits), access)
    }

    /// As [`Http::api`], within other time limits.
    pub fn api_within(&self, vendor: &'static Vendor, limits: Limits, access: &Access) -> ProviderResult<Api> {
        let who = Who::new(&access.provider, &access.name, access.key.clone());
        let wrong = |what: &str| who.error(Kind::NotConfigured, format!("The address of {} {what}; set it in the settings.", who.name));
        let base = access.base_url.as_deref().ok_or_else(|| wrong("is missing"))?;
        let origin = Url::parse(base).map_err(|_| wrong("is none"))?;
        if !matches!(origin.scheme(), "http" | "https") || origin.host_str().is_none_or(str::is_empty) {
            return Err(wrong("must begin with https:// or http://"));
        }
        if !origin.username().is_empty() || origin.password().is_some() || origin.query().is_some() || origin.fragment().is_some() {
            return Err(wrong("must have no user, query or fragment"));
        }
        Ok(Api {
            http: self.clone(),
            base: base.trim_end_matches('/').to_owned(),
            origin,
            bills: access.key.is_some() && !access.free,
            key: vendor.header(access.key.as_ref()).map_err(|_| who.error(Kind::Auth, "The key holds characters that no key has."))?,
            who,
            vendor,
            deadline: Instant::now() + limits.total,
            limits,
        })
    }

    fn client(&self, way: Way) -> Result<reqwest::Client, reqwest::Error> {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&way) {
            return Ok(client.clone());
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("ai-studio/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // Nobody below `config` reads the environment; and a proxy would resolve names behind our back.
            .no_proxy()
            .connect_timeout(way.connect)
            .pool_idle_timeout(KEPT);
        if way.public_only {
            builder = builder.dns_resolver(Arc::new(PublicOnly));
        }
        if !way.tls {
            // A local server needs no certificates, so that a machine without any still reaches it.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build()?;
        clients.insert(way, client.clone());
        Ok(client)
    }
}

/// A vendor's API, reached with one address and one key, within one piece of work.
pub struct Api {
    http: Http,
    who: Who,
    vendor: &'static Vendor,
    base: String,
    origin: Url,
    key: Option<(HeaderName, HeaderValue)>,
    /// Whether its work costs money.
    bills: bool,
    limits: Limits,
    deadline: Instant,
}

impl Api {
    /// GET below the base address.
    pub fn get(&self, path: &str) -> Ask<'_> {
        self.ask(Method::GET, path)
    }

    /// POST below the base address.
    pub fn post(&self, path: &str) -> Ask<'_> {
        self.ask(Method::POST, path)
    }

    /// Any method below the base address. Parts of the path that come from elsewhere go through [`segment`].
    pub fn ask(&self, method: Method, path: &str) -> Ask<'_> {
        let url = Url::parse(&format!("{}{path}", self.base));
        let misformed = url.is_err().then(|| self.error(Kind::Internal, format!("no address: {path}")));
        Ask { misformed, ..self.ask_at(method, url.unwrap_or_else(|_| self.origin.clone())) }
    }

    /// An address that an answer of the provider names for the next step (a status, a result): only its own.
    pub fn follow(&self, method: Method, url: &str) -> ProviderResult<Ask<'_>> {
        match Url::parse(url) {
            Ok(url) if self.is_own(&url) => Ok(self.ask_at(method, url)),
            _ => Err(self.error(Kind::BadResponse, format!("{} names an address for its next step that is not its own.", self.who.name))),
        }
    }

    /// Waits before the next look at something that takes its time; not beyond the time that the work has.
    pub async fn pause(&self, time: Duration) -> ProviderResult<()> {
        if Instant::now() + time >= self.deadline {
            return Err(self.too_long());
        }
        tokio::time::sleep(time).await;
        Ok(())
    }

    /// An error of this provider, in a sentence of the studio's own. Words of the provider go through [`Api::quote`].
    pub fn error(&self, kind: Kind, message: impl Into<String>) -> ProviderError {
        self.who.error(kind, message)
    }

    /// An answer that came with success and says no all the same, in the vendor's own shape.
    pub fn refused(&self, status: u16, body: &Value) -> ProviderError {
        refusal::read(&self.who, self.vendor, status, &HeaderMap::new(), body.to_string().as_bytes(), false)
    }

    /// What the provider would not make, with its reason (a safety filter, a bad prompt).
    pub fn rejected(&self, reason: &str) -> ProviderError {
        let reason = self.quote(reason);
        let message = format!("{} did not accept the request: {}.", self.who.name, reason.trim_end_matches('.'));
        self.error(Kind::Rejected, message).with("reason", reason)
    }

    /// An answer that lacks what was asked for: `BadResponse`, "Gemini answered without a picture."
    pub fn lacks(&self, what: &str) -> ProviderError {
        self.error(Kind::BadResponse, format!("{} answered without {what}.", self.who.name))
    }

    /// Words of the provider, fit to be shown: short, on one line, without the key.
    pub fn quote(&self, words: &str) -> String {
        self.who.clean(words)
    }

    /// The provider's name, for people.
    pub fn name(&self) -> &str {
        &self.who.name
    }

    /// Asks for JSON.
    pub async fn get_json<T: DeserializeOwned>(&self, path: &str) -> ProviderResult<T> {
        self.get(path).send().await?.json().await
    }

    /// Sends JSON, and is answered in JSON.
    pub async fn post_json<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> ProviderResult<T> {
        self.post(path).json(body).send().await?.json().await
    }

    fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.origin.origin() && url.username().is_empty() && url.password().is_none()
    }

    fn ask_at(&self, method: Method, url: Url) -> Ask<'_> {
        let fixed = self.vendor.headers.iter();
        let mut headers: HeaderMap = fixed.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
        headers.extend(self.key.clone().map(|(name, value)| (Some(name), value)));
        Ask { api: self, method, url, headers, body: Body::None, creates: false, elsewhere: false, misformed: None }
    }

    /// A public address of somebody else: no key, and none of the vendor's headers.
    fn ask_elsewhere(&self, url: Url) -> Ask<'_> {
        Ask { headers: HeaderMap::new(), elsewhere: true, ..self.ask_at(Method::GET, url) }
    }

    fn remaining(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    fn too_long(&self) -> ProviderError {
        let message = format!("{} took longer than {} s in all.", self.who.name, self.limits.total.as_secs_f64());
        self.error(Kind::Timeout, message).out_of_time()
    }
}

/// A part of a path that comes from elsewhere (a model's id), so that it stays one part.
pub fn segment(text: &str) -> String {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, KEPT).to_string()
}

enum Body {
    None,
    Json(Result<Vec<u8>, serde_json::Error>),
    Form(Form),
}

/// A request that is being put together.
#[must_use = "it is not sent yet"]
pub struct Ask<'a> {
    api: &'a Api,
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Body,
    creates: bool,
    elsewhere: bool,
    misformed: Option<ProviderError>,
}

impl<'a> Ask<'a> {
    /// With a query parameter more.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// With a header more.
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(value) => drop(self.headers.insert(HeaderName::from_static(name), value)),
            Err(_) => self.misformed = Some(self.api.error(Kind::Internal, format!("no value for the header {name}"))),
        }
        self
    }

    /// With a JSON body.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        self.body = Body::Json(serde_json::to_vec(body));
        self
    }

    /// With a form, which may carry files.
    pub fn form(mut self, form: Form) -> Self {
        self.body = Body::Form(form);
        self
    }

    /// Says that the call makes what is paid for, and is answered with the work itself, so that it must not be sent
    /// twice: an answer that is lost is final ([`ProviderError::lost`]). Where nobody is billed, nothing
    /// changes. What begins a long operation goes through [`super::Operation::create`] instead, which does the same.
    pub fn creates(mut self) -> Self {
        self.creates = self.api.bills;
        self
    }

    /// Sends it; an answer that says no is an error.
    pub async fn send(self) -> ProviderResult<Answer<'a>> {
        self.send_unjudged().await?.accepted().await
    }

    /// Sends it; any answer is an answer.
    pub async fn send_unjudged(self) -> ProviderResult<Answer<'a>> {
        let Self { api, method, url, headers, body, creates, elsewhere, misformed } = self;
        if let Some(error) = misformed {
            return Err(error);
        }
        let way = Way { tls: url.scheme() == "https", public_only: elsewhere, connect: api.limits.connect };
        let client = api.http.client(way).map_err(|error| {
            let message = format!("No secure connection can be made on this machine ({}); are its certificates installed?", root(&error));
            api.error(Kind::NotConfigured, message)
        })?;
        // A vendor may have called its operation by what it was told.
        let path = api.who.clean(url.path());
        let mut request = client.request(method.clone(), url).headers(headers);
        request = match body {
            Body::None => request,
            Body::Json(bytes) => request.body(bytes.map_err(|error| api.error(Kind::Internal, format!("no JSON: {error}")))?),
            Body::Form(form) => request.multipart(form),
        };
        let (first_byte, remaining) = (api.limits.first_byte, api.remaining());
        let limit = first_byte.min(remaining);
        let started = Instant::now();
        let sent = timeout(limit, request.send()).await;
        let took_ms = started.elapsed().as_millis();
        match sent {
            Ok(Ok(response)) => {
                tracing::debug!(provider = api.who.id, %method, path, status = response.status().as_u16(), took_ms, "asked a provider");
                Ok(Answer::new(api, response, creates))
            }
            Ok(Err(error)) => Err(answer::broken(api, error, creates)),
            Err(_) => {
                let error = if first_byte > remaining {
                    api.too_long()
                } else {
                    api.error(Kind::Timeout, format!("{} did not answer within {} s.", api.who.name, limit.as_secs_f64()))
                };
                Err(refusal::unanswered(error, creates))
            }
        }
    }
}

/// For the tests of the vendors.
#[cfg(test)]
pub fn read_refusal(vendor: &Vendor, status: u16, headers: &HeaderMap, body: &[u8]) -> ProviderError {
    refusal::read(&Who::new("vendor", "Vendor", None), vendor, status, headers, body, false)
}

/// The innermost cause of an error: what the system or the peer said. It never holds an address.
fn root(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
