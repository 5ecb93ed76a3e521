//! `/api/script`.

use std::sync::Arc;

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::header::{self, Quality},
    post,
    web::Data,
};

use super::{
    http::{
        answer::{tell_applied, within},
        extract::{Body, Prefer},
    },
    sse,
};
use crate::{
    error::Result,
    services::{Ctx, script},
};
use shared::{
    ProjectId,
    script::{GenerateScript, GeneratedScript},
};

/// Write a script.
///
/// Makes a project and writes its scenes: 201 once they are written. With `Accept: text/event-stream` the answer is a
/// stream of events: `project`, one `scene` as each is complete, then `done` (this operation's usual answer) or `error`;
/// `deleted` takes a scene back where the script has to be written once more.
/// With `Prefer: respond-async`, 202 at once, and the scenes follow on `/api/events`. With `Prefer: wait=N`, also beside
/// it, 202 where it takes longer than that. A failure is recorded on the project too.
#[utoipa::path(tag = "Script", request_body(content = GenerateScript, example = json!({
    "prompt": "A Hare one day ridiculed the short feet and slow pace of the Tortoise.", "options": {"sceneCount": 3, "aspectRatio": "16:9"}
})), responses(
    (status = 201, description = "The script", body = GeneratedScript),
    // Generators of clients take the type of the first success: the stream ends with that answer, as `done`.
    (status = 200, description = "The script, as it is written: a stream, whose last event has as JSON what 201 answers", content(
        (GeneratedScript = "application/json"), (String = "text/event-stream")
    )),
    (status = 202, description = "The script is being written", body = GeneratedScript),
    (status = 409, description = "`provider_not_configured`; or `conflict`: its writing was stopped, or the first request with this `Idempotency-Key` is not answered yet", body = shared::ApiError),
    (status = 502, description = "`provider_auth_failed`, `provider_quota_exceeded`, `provider_unavailable` or `provider_bad_response`", body = shared::ApiError),
    (status = 504, description = "`provider_timeout`", body = shared::ApiError),
))]
#[post("/script/generate")]
pub async fn generate_script(
    ctx: Data<Arc<Ctx>>,
    request: HttpRequest,
    body: Body<GenerateScript>,
    prefer: Prefer,
) -> Result<HttpResponse> {
    let id = script::request(&ctx, body.0).await?;
    written(&ctx, id, &request, prefer).await
}

/// Answers with a script that is being written, or that was, in the way that the client prefers.
pub async fn written(ctx: &Arc<Ctx>, id: ProjectId, request: &HttpRequest, prefer: Prefer) -> Result<HttpResponse> {
    let location = format!("/api/projects/{id}");
    if accepts_events(request) {
        return Ok(sse::script(Arc::clone(ctx), id, &location));
    }
    let patience = match prefer {
        Prefer { wait: Some(seconds), .. } => seconds,
        Prefer { respond_async: true, .. } => 0,
        // For as long as it takes.
        Prefer { .. } => u64::from(u32::MAX),
    };
    let written = patience > 0 && within(ctx, patience, script::finished(ctx, id)).await.transpose()?.is_some();
    let result = script::result(ctx, id).await?;
    let mut response = if written { HttpResponse::Created() } else { HttpResponse::Accepted() };
    response.insert_header((header::LOCATION, location));
    tell_applied(&mut response, prefer);
    Ok(response.json(result))
}

/// Whether the client would rather have events than the script as a whole (RFC 9110, 12.5.1).
fn accepts_events(request: &HttpRequest) -> bool {
    let accepted = request.get_header::<header::Accept>();
    let quality =
        |kind: &str| accepted.iter().flat_map(|accept| accept.iter()).find(|item| item.item.essence_str() == kind).map(|item| item.quality);
    let events = quality("text/event-stream").filter(|quality| *quality > Quality::ZERO);
    events.is_some() && events >= quality("application/json")
}
