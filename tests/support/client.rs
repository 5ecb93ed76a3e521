//! A client that speaks HTTP and nothing else.

use std::{net::SocketAddr, time::Duration};

use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};
use shared::ErrorCode;

use crate::{Events, eventually};

/// How long a test waits for anything; far more than it takes, so that a slow machine fails no test.
pub const PATIENCE: Duration = Duration::from_secs(400);

/// Speaks HTTP to one server.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    /// The body as JSON, of an answer that has that status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }

    /// The body as text, of an answer that has that status.
    #[track_caller]
    pub fn expect_text(self, status: u16) -> String {
        let text = String::from_utf8(self.bytes).expect("text");
        assert_eq!(self.status, status, "{text}");
        text
    }

    /// The error of an answer that has that status and code.
    #[track_caller]
    pub fn expect_error(self, status: u16, code: ErrorCode) -> shared::ApiError {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        let error: shared::ApiError = serde_json::from_slice(&self.bytes).expect("an error in the one shape");
        assert_eq!(error.code, code, "{error:?}");
        assert!(!error.message.is_empty());
        error
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The paths of the bad fields of a failed validation.
pub fn bad_paths(error: &shared::ApiError) -> Vec<String> {
    let fields = error.details["fields"].as_array().expect("fields");
    fields.iter().map(|field| field["path"].as_str().expect("a path").to_owned()).collect()
}

impl Client {
    /// A client of the server at that address.
    pub fn new(address: SocketAddr, token: Option<String>) -> Self {
        studio::providers::http::choose_cryptography();
        // It speaks to this machine alone, and needs no certificates.
        let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().tls_certs_only([]);
        // The server closes a connection that is idle for 5 s: one that was idle for nearly as long may close under a request.
        let http = builder.pool_idle_timeout(Duration::from_secs(3)).build().expect("a client");
        Self { http, base: format!("http://{address}"), token }
    }

    /// The same, without a token.
    #[must_use]
    pub fn stranger(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    /// The server's address: `http://127.0.0.1:1234`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request to be finished and sent with [`Client::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base)).timeout(PATIENCE);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("the server answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("the answer is whole").to_vec();
        assert!(headers.contains_key("x-request-id"), "every answer has a request id");
        Answer { status, headers, bytes }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// POST with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// POST with a JSON body, waiting for the work to finish.
    pub async fn post_and_wait(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).header("Prefer", "wait=300").json(&body)).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(&body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// Listens to events.
    pub async fn events(&self, path: &str, last: Option<&str>) -> Events {
        let mut request = self.http.get(format!("{}{path}", self.base));
        if let Some(last) = last {
            request = request.header("Last-Event-ID", last);
        }
        Events::new(request.send().await.expect("the server answers"))
    }

    /// Posts and reads the answer as events.
    pub async fn post_for_events(&self, path: &str, body: Value) -> Events {
        let request = self.http.post(format!("{}{path}", self.base)).header("Accept", "text/event-stream").json(&body);
        Events::new(request.send().await.expect("the server answers"))
    }

    /// A project whose scenes say that.
    pub async fn project(&self, narrations: &[&str]) -> Value {
        let scenes: Vec<Value> = narrations.iter().map(|narration| json!({"narration": narration})).collect();
        self.post("/api/projects", json!({"title": "A test", "language": "en", "scenes": scenes})).await.expect(201)
    }

    /// Waits until a record is finished.
    pub async fn finished(&self, path: &str) -> Value {
        let finished = |record: &Value| ["ready", "failed", "canceled"].contains(&record["status"].as_str().expect("a status"));
        self.until(path, "is finished", finished).await
    }

    /// Waits until what is answered at that path fits, and answers it. `what` says what that is: `is ready`.
    pub async fn until(&self, path: &str, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut answer = Value::Null;
        let looks = async || {
            answer = self.get(path).await.expect(200);
            fits(&answer)
        };
        eventually(format!("{path} {what}"), looks).await;
        answer
    }
}
