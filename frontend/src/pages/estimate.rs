//! What the page's next work would take, asked for anew whenever that may have changed.

use serde::Serialize;
use serde_json::Value;
use shared::estimate::Estimate;
use yew::prelude::*;

use crate::{
    api,
    hooks::use_query,
    state::{project::OpenProject, use_selector},
};

/// How long what an estimate depends on has to be as it is before it is asked for again.
const PAUSE_MS: u32 = 600;

/// A request, to be estimated.
pub fn asked(request: &impl Serialize) -> Option<Value> {
    serde_json::to_value(request).ok()
}

/// What a generate operation would take, once the server has said so; none for no request, and where it would be refused.
/// `doubt` is anything that changes the answer without changing the request.
#[hook]
pub fn use_estimate(kind: &'static str, request: Option<Value>, doubt: usize) -> Option<Estimate> {
    let asked = request.is_some();
    // One that was deleted counts until the server has removed it.
    let scenes = *use_selector(|open: &OpenProject| open.scenes.len());
    let answer = use_query((request, doubt, scenes), PAUSE_MS, move |(request, ..)| async move {
        match request {
            Some(request) => api::estimate::of(kind, &request).await.map(Some),
            None => Ok(None),
        }
    });
    answer.data.filter(|_| asked && answer.error.is_none()).and_then(|data| (*data).clone())
}
