//! What something would take, before it is started.

use serde_json::{Value, json};
use shared::estimate::Estimate;

use super::client::{self, Answer};

/// Of a generate operation: `kind` is `audio`, `image` or `video`, `request` the body that it would be called with.
pub async fn of(kind: &str, request: &Value) -> Answer<Estimate> {
    client::post("/api/estimate", &json!({"kind": kind, "request": request})).await
}
