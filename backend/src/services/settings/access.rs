//! Who is asked, and with what: an id becomes a provider, its address and its key.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;

use super::{Ctx, providers};
use crate::{
    db::{self, settings::ProviderRow},
    error::{AppError, Result, blocking},
    providers::{
        About, Access, Call, Operation, Progress, Provider, image::ImageProvider, speech::SpeechProvider, text::ScriptProvider,
        vendors::compatible, video::VideoProvider,
    },
    services::{
        policy::{self, Policy},
        pricing,
    },
};
use shared::{ApiError, ErrorCode, settings::ProviderTest};

/// What the provider of that id is reached with, by who serves it; refused where it lacks what it needs.
pub async fn access(ctx: &Ctx, id: &str, about: &About) -> Result<Access> {
    let asked = id.to_owned();
    let (row, policy) = match about.remote {
        Some(_) => ctx.db.read(move |conn| Ok((db::settings::provider(conn, &asked)?, policy::read(conn)?))).await?,
        None => (None, Policy::default()),
    };
    access_of(ctx, id, about, row.as_ref(), &policy)
}

/// As [`access`], of what was read already.
pub fn access_of(ctx: &Ctx, id: &str, about: &About, row: Option<&ProviderRow>, policy: &Policy) -> Result<Access> {
    if let Some(missing) = &about.missing {
        return Err(not_configured(id, missing.clone()));
    }
    let Some(remote) = &about.remote else {
        return Ok(Access { provider: id.to_owned(), name: about.name.to_owned(), ..Access::default() });
    };
    let name = match (compatible::server(id), row) {
        (None, _) => about.name.to_owned(),
        (Some(_), None) => {
            let message = format!("There is no server `{id}` in the settings: add it there, or choose another provider.");
            return Err(not_configured(id, message));
        }
        (Some(name), Some(row)) => {
            let name = row.name.clone().unwrap_or_else(|| name.to_owned());
            if !row.does(about.kind) {
                return Err(not_configured(id, format!("{name} is not set up for this kind of work: say so in the settings.")));
            }
            name
        }
    };
    let lacks = |what: &str, variable: &str| {
        let or = if about.id == id { format!(", or set {variable}") } else { String::new() };
        not_configured(id, format!("{name} needs {what}: enter one in the settings{or}."))
    };
    if providers::has_key_of_another_address(ctx, row) {
        return Err(not_configured(id, format!("{name} is not asked: {}", providers::KEY_OF_ANOTHER_ADDRESS)));
    }
    let key = match row.and_then(|row| row.api_key.as_deref()) {
        Some(sealed) => Some(ctx.vault.open_sealed(id, sealed).map_err(|error| not_configured(id, error.to_string()))?.0),
        None => providers::environment_key(ctx, about, id).cloned(),
    };
    if key.is_none() && !remote.key_optional {
        return Err(lacks("a key", remote.key_variable));
    }
    let base_url = providers::base_url(ctx, about, id, row);
    if base_url.is_none() {
        return Err(lacks("an address", remote.base_url_variable));
    }
    let fields = providers::setting_fields(ctx, id, row);
    if let Some(field) = fields.into_iter().find(|field| field.required && field.value.is_none()) {
        let message = format!("{name} lacks its {}: enter it in the settings.", field.label.to_lowercase());
        return Err(not_configured(id, message));
    }
    let texts = row.map(|row| row.texts.0.clone()).unwrap_or_default();
    let (limits, free) = (policy.time(id), pricing::is_free(policy, id));
    Ok(Access { provider: id.to_owned(), name, key, base_url, limits, free, texts })
}

fn not_configured(id: &str, message: String) -> AppError {
    AppError::Api(ApiError::new(ErrorCode::ProviderNotConfigured, message).with("provider", id))
}

fn unknown_provider(path: &str, id: &str) -> AppError {
    AppError::invalid(path, format!("no such provider: {id}"))
}

/// Who goes by that id, among those of a kind.
fn with_id<P: Provider + ?Sized>(of_kind: &[Arc<P>], id: &str) -> Option<Arc<P>> {
    let adapter = compatible::adapter(id);
    of_kind.iter().find(|provider| provider.about().id == adapter).cloned()
}

/// Who is to make a record that names him already: where nobody goes by that id here, no field of a request is to blame.
pub fn maker<P: Provider + ?Sized>(of_kind: &[Arc<P>], id: &str) -> Result<Arc<P>> {
    let message = || format!("There is no provider `{id}` here to try this again; make a new one with another provider.");
    with_id(of_kind, id).ok_or_else(|| not_configured(id, message()))
}

/// Refuses a model that a built-in provider does not have; of a remote one, any id may be its newest.
pub fn check_model(about: &About, model: Option<&str>, path: &str) -> Result<()> {
    match model {
        Some(model) if about.built_in && !about.models.iter().any(|known| known.id == model) => {
            Err(AppError::invalid(path, format!("{} has no model `{model}`", about.name)))
        }
        _ => Ok(()),
    }
}

/// Who writes under that id; `path` is where the request names it. A server that there is not is told of by [`access`].
pub fn script_provider(ctx: &Ctx, id: &str, path: &str) -> Result<Arc<dyn ScriptProvider>> {
    with_id(&ctx.providers.script, id).ok_or_else(|| unknown_provider(path, id))
}

/// Who speaks under that id.
pub fn speech_provider(ctx: &Ctx, id: &str, path: &str) -> Result<Arc<dyn SpeechProvider>> {
    with_id(&ctx.providers.speech, id).ok_or_else(|| unknown_provider(path, id))
}

/// Who draws under that id.
pub fn image_provider(ctx: &Ctx, id: &str, path: &str) -> Result<Arc<dyn ImageProvider>> {
    with_id(&ctx.providers.image, id).ok_or_else(|| unknown_provider(path, id))
}

/// Who films under that id.
pub fn video_provider(ctx: &Ctx, id: &str, path: &str) -> Result<Arc<dyn VideoProvider>> {
    with_id(&ctx.providers.video, id).ok_or_else(|| unknown_provider(path, id))
}

/// Everyone who speaks, by the id that requests name: a server that the user has added is one of them.
pub async fn speakers(ctx: &Ctx) -> Result<Vec<(String, Arc<dyn SpeechProvider>)>> {
    let rows = ctx.db.read(providers::rows).await?;
    let mut speakers = Vec::new();
    for speaker in &ctx.providers.speech {
        let about = speaker.about();
        speakers.push((about.id.to_owned(), Arc::clone(speaker)));
        if about.id == compatible::ID {
            let servers = rows.values().filter(|row| row.name.is_some() && row.does(about.kind));
            speakers.extend(servers.map(|row| (row.provider.clone(), Arc::clone(speaker))));
        }
    }
    Ok(speakers)
}

/// How long a test may take in all: somebody is waiting for it.
const TEST: Duration = Duration::from_secs(20);

/// A real, cheap call to everything that goes by that id.
pub async fn test(ctx: &Ctx, id: &str) -> Result<ProviderTest> {
    let asked = id.to_owned();
    let row = ctx.db.read(move |conn| db::settings::provider(conn, &asked)).await?;
    let mut serving = ctx.providers.with_id(id);
    if compatible::server(id).is_some() {
        serving.retain(|provider| row.as_ref().is_some_and(|row| row.does(provider.about().kind)));
    }
    if serving.is_empty() {
        return Err(AppError::not_found("provider"));
    }
    let started = Instant::now();
    let trying = try_all(ctx, id, serving, row.as_ref());
    let error = match tokio::time::timeout(TEST, trying).await {
        Ok(error) => error?,
        Err(_) => {
            let message = format!("It did not answer within {} seconds.", TEST.as_secs());
            Some(ApiError::new(ErrorCode::ProviderTimeout, message).with("provider", id))
        }
    };
    // What was listed before says nothing of how it is now.
    ctx.models.forget(id);
    let latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(ProviderTest { ok: error.is_none(), latency_ms, error })
}

/// Tries everything that goes by that id; the first reason for which it does not work is told.
async fn try_all(ctx: &Ctx, id: &str, mut serving: Vec<Arc<dyn Provider>>, row: Option<&ProviderRow>) -> Result<Option<ApiError>> {
    if compatible::adapter(id) == compatible::ID && row.is_none_or(|row| row.kinds.is_none()) {
        serving = by_what_it_lists(ctx, id, serving).await;
    }
    for provider in serving {
        if let Some(error) = try_out(ctx, id, &*provider).await? {
            return Ok(Some(error));
        }
    }
    Ok(None)
}

/// What a server does of which nobody has said what it does: that for which it lists a model. All that it might do, where
/// it lists none.
async fn by_what_it_lists(ctx: &Ctx, id: &str, serving: Vec<Arc<dyn Provider>>) -> Vec<Arc<dyn Provider>> {
    let lists = async |provider: &Arc<dyn Provider>| {
        let access = access(ctx, id, provider.about()).await.ok()?;
        let models = provider.models(&access).await.ok()??;
        (!models.is_empty()).then(|| Arc::clone(provider))
    };
    // At the same time, since a server may take long to say nothing.
    let listed: Vec<_> = join_all(serving.iter().map(lists)).await.into_iter().flatten().collect();
    if listed.is_empty() { serving } else { listed }
}

async fn try_out(ctx: &Ctx, id: &str, provider: &dyn Provider) -> Result<Option<ApiError>> {
    let access = match access(ctx, id, provider.about()).await {
        Ok(access) => access,
        Err(AppError::Api(error)) => return Ok(Some(error)),
        Err(error) => return Err(error),
    };
    let storage = ctx.storage.clone();
    let workdir = blocking(move || storage.temporary_dir()).await?;
    let (progress, _reader) = Progress::new();
    let call = Call { workdir: workdir.path(), progress: &progress, access, operation: Operation::fleeting() };
    Ok(provider.test(&call).await.err().map(|error| error.to_api(1)))
}
