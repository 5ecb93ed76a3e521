//! `/api/script`.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::header, post, web::Data};

use super::{
    answer,
    extract::{Body, Prefer},
    sse,
};
use crate::{
    error::Result,
    services::{Ctx, script},
};
use shared::script::{GenerateScript, GeneratedScript};

/// Write a script.
///
/// Makes a project and writes its scenes: 201 once they are written. With `Accept: text/event-stream` the answer is a
/// stream of events: `project`, one `scene` as each is complete, then `done` (this operation's usual answer) or `error`.
/// With `Prefer: respond-async`, 202 at once, and the scenes follow on `/api/events`. With `Prefer: wait=N`, 202 where
/// it takes longer than that. A failure is recorded on the project too.
#[utoipa::path(tag = "Script", request_body(content = GenerateScript, example = json!({
    "prompt": "A Hare one day ridiculed the short feet and slow pace of the Tortoise.", "options": {"sceneCount": 3, "aspectRatio": "16:9"}
})), responses(
    (status = 201, description = "The script", content((GeneratedScript = "application/json"), (String = "text/event-stream"))),
    (status = 202, description = "The script is being written", body = GeneratedScript),
    (status = 409, description = "`provider_not_configured`", body = shared::ApiError),
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
    let ctx = Arc::clone(ctx.get_ref());
    if accepts_events(&request) {
        return Ok(sse::script(ctx, body.0));
    }
    let id = script::request(&ctx, body.0).await?;
    let location = format!("/api/projects/{id}");
    let written = if prefer.respond_async {
        false
    } else if let Some(seconds) = prefer.wait {
        match tokio::time::timeout(std::time::Duration::from_secs(seconds), script::finished(&ctx, id)).await {
            Ok(finished) => {
                finished?;
                true
            }
            Err(_) => false,
        }
    } else {
        script::finished(&ctx, id).await?;
        true
    };
    let result = script::result(&ctx, id).await?;
    if written {
        return Ok(answer::created(&location, &result));
    }
    let applied =
        prefer.wait.filter(|_| !prefer.respond_async).map_or_else(|| "respond-async".to_owned(), |seconds| format!("wait={seconds}"));
    Ok(HttpResponse::Accepted().insert_header((header::LOCATION, location)).insert_header(("Preference-Applied", applied)).json(result))
}

fn accepts_events(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|kind| kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("text/event-stream"))
}
