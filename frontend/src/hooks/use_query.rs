//! Data that one view needs and no store keeps: asked for when the key changes, again when the connection is back,
//! and an answer that a newer question has overtaken is dropped.

use std::{cell::Cell, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use shared::ApiError;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::{
    api::Answer,
    state::{
        ui::{Connection, Ui},
        use_selector,
    },
};

/// What is known of the answer.
pub struct Query<T> {
    /// The newest answer, kept while the next one is on its way.
    pub data: Option<Rc<T>>,
    /// Why there is none.
    pub error: Option<ApiError>,
    /// Asks again.
    pub refetch: Callback<()>,
}

/// Asks `fetch` for what belongs to `key`; where it is known for another key, after a pause of so many milliseconds, in which
/// the key may change again.
#[hook]
pub fn use_query<K, T, F>(key: K, pause_ms: u32, fetch: impl Fn(K) -> F + 'static) -> Query<T>
where
    K: Clone + PartialEq + 'static,
    T: 'static,
    F: Future<Output = Answer<T>> + 'static,
{
    let data = use_state(|| None::<Rc<T>>);
    let error = use_state(|| None::<ApiError>);
    let round = use_state(|| 0_u32);
    let newest = use_mut_ref(|| Rc::new(Cell::new(0_u64)));
    let away = *use_selector(|ui: &Ui| ui.connection == Connection::Away);

    {
        let (data, error) = (data.clone(), error.clone());
        let newest = newest.borrow().clone();
        use_effect_with((key, *round, away), move |(key, _, away)| {
            if !away {
                let mine = newest.get() + 1;
                newest.set(mine);
                let (key, pause) = (key.clone(), if data.is_some() { pause_ms } else { 0 });
                spawn_local(async move {
                    if pause > 0 {
                        TimeoutFuture::new(pause).await;
                    }
                    if newest.get() != mine {
                        return;
                    }
                    let answer = fetch(key).await;
                    if newest.get() == mine {
                        match answer {
                            Ok(value) => {
                                data.set(Some(Rc::new(value)));
                                error.set(None);
                            }
                            Err(cause) => error.set(Some(cause)),
                        }
                    }
                });
            }
        });
    }

    let refetch = Callback::from(move |()| round.set(*round + 1));
    Query { data: (*data).clone(), error: (*error).clone(), refetch }
}
