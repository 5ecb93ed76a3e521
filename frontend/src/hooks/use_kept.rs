//! A choice that outlives the page: kept in the browser under a name.

use serde::{Serialize, de::DeserializeOwned};
use yew::prelude::*;

use super::Newest;
use crate::{json, storage};

/// A state that begins with what was kept under `key`, and keeps what it is set to.
#[hook]
pub fn use_kept<T>(key: String) -> (Newest<T>, Callback<T>)
where
    T: Clone + Default + PartialEq + Serialize + DeserializeOwned + 'static,
{
    // What an older app kept in another shape is forgotten.
    let value = use_state(|| storage::get(&key).and_then(|text| json::read::<T>(&text).ok()).unwrap_or_default());
    let kept = Newest::from(&value);
    let set = Callback::from(move |next: T| {
        if let Ok(text) = serde_json::to_string(&next) {
            storage::set(&key, &text);
        }
        value.set(next);
    });
    (kept, set)
}
