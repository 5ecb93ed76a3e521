//! Every answer has an `X-Request-Id`, and every log line of its request carries it.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};
use tracing::Instrument;
use uuid::Uuid;

use super::catch::{set_headers, status_of};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// What machines ask every few seconds: told in the log only where it goes wrong.
const PROBES: [&str; 3] = ["/api/health", "/api/ready", "/metrics"];

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that is being served.
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}

/// Gives each request an id: the client's own, where it sent one that is fit to be logged.
pub async fn middleware(request: ServiceRequest, next: Next<impl MessageBody>) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let given = request.headers().get(&HEADER).and_then(|value| value.to_str().ok()).filter(|id| is_fit(id));
    let id = given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned);
    let span = tracing::info_span!("request", id, method = %request.method(), path = request.path());
    let is_probe = PROBES.contains(&request.path());
    let value = HeaderValue::from_str(&id)?;
    let started = std::time::Instant::now();
    CURRENT
        .scope(
            id,
            async move {
                let answer = set_headers(next.call(request).await, |headers| {
                    headers.insert(HEADER, value);
                });
                let (status, ms) = (status_of(&answer), started.elapsed().as_millis() as u64);
                if is_probe && status < 400 {
                    tracing::debug!(status, ms, "answered");
                } else {
                    tracing::info!(status, ms, "answered");
                }
                answer
            }
            .instrument(span),
        )
        .await
}

fn is_fit(id: &str) -> bool {
    (1..=100).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
}
