//! Settings: the defaults, and the providers' addresses and keys.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use serde_json::{Value, json};

use super::{Ctx, IfMatch, policy, pricing, spending};
use crate::{
    db::{self, Json, settings::ProviderRow},
    error::{AppError, Result},
    providers::{
        About, Access, Call, Operation, Progress, Provider, Secret, image::ImageProvider, speech::SpeechProvider, text::ScriptProvider,
        video::VideoProvider,
    },
};
use diesel::PgConnection;
use shared::{
    ApiError, ErrorCode,
    error::FieldError,
    provider::{KeySource, KindLimits, ProviderInfo, ProviderKind, SettingField},
    settings::{
        AudioDefaults, Defaults, ImageDefaults, PatchProvider, PatchSettings, ProviderTest, ScriptDefaults, Settings, UploadLimits,
        VideoDefaults,
    },
    video::{CaptionStyle, Fps, Motion, Quality, Resolution, Subtitles, Transition},
};

/// What is used where neither the request nor the user says anything.
fn built_in_defaults() -> Defaults {
    Defaults {
        script: ScriptDefaults { provider: "outline".to_owned(), model: None },
        audio: AudioDefaults { provider: "espeak".to_owned(), voice_id: None, speed: 1.0 },
        image: ImageDefaults { provider: "storyboard".to_owned(), model: None, style_prompt: String::new() },
        video: VideoDefaults {
            provider: "film".to_owned(),
            resolution: Resolution::default(),
            fps: Fps::default(),
            motion: Motion::default(),
            transition: Transition::default(),
            subtitles: Subtitles::default(),
            caption_style: CaptionStyle::default(),
            quality: Quality::default(),
        },
    }
}

fn built_in_limits() -> UploadLimits {
    UploadLimits { image_bytes: 32 << 20, image_pixels: 64_000_000, audio_bytes: 128 << 20, audio_seconds: 3600.0 }
}

/// The settings as they are.
pub async fn get(ctx: &Arc<Ctx>) -> Result<Settings> {
    let ctx = Arc::clone(ctx);
    let db = ctx.db.clone();
    db.read(move |conn| read(&ctx, conn)).await
}

/// The defaults as they are.
pub fn defaults(conn: &mut PgConnection) -> Result<Defaults> {
    let (defaults, _) = db::settings::get(conn)?;
    overlay(&built_in_defaults(), &defaults)
}

/// The upload limits as they are.
pub async fn upload_limits(ctx: &Ctx) -> Result<UploadLimits> {
    ctx.db
        .read(|conn| {
            let (_, uploads) = db::settings::get(conn)?;
            overlay(&built_in_limits(), &uploads)
        })
        .await
}

fn read(ctx: &Ctx, conn: &mut PgConnection) -> Result<Settings> {
    let (defaults, uploads) = db::settings::get(conn)?;
    let rows: BTreeMap<String, ProviderRow> = db::settings::providers(conn)?.into_iter().map(|row| (row.provider.clone(), row)).collect();
    let policy = policy::read(conn)?;
    Ok(Settings {
        retries: policy.retries(),
        limits: policy.limits(&policy::own_limits(&ctx.providers.about())),
        spending: spending::overview(conn, &policy)?,
        prices: pricing::known(&policy),
        defaults: overlay(&built_in_defaults(), &defaults)?,
        providers: providers(ctx, &rows),
        uploads: overlay(&built_in_limits(), &uploads)?,
    })
}

/// One entry for each id: a vendor that speaks and draws is one provider to the user.
fn providers(ctx: &Ctx, rows: &BTreeMap<String, ProviderRow>) -> Vec<ProviderInfo> {
    let mut infos: Vec<ProviderInfo> = Vec::new();
    for about in ctx.providers.about() {
        if let Some(known) = infos.iter_mut().find(|info| info.id == about.id) {
            known.kinds.push(about.kind);
            known.models.extend(about.models.iter().cloned());
            known.options.extend(about.options.iter().cloned());
            known.available &= about.missing.is_none();
        } else {
            infos.push(info(ctx, about, rows.get(about.id)));
        }
    }
    infos
}

fn info(ctx: &Ctx, about: &About, row: Option<&ProviderRow>) -> ProviderInfo {
    let from_settings = row.and_then(|row| row.key_hint.clone());
    let from_environment = about.remote.as_ref().and_then(|remote| ctx.config.environment.get(remote.key_variable));
    let (key_hint, key_source) = match (from_settings, from_environment) {
        (Some(hint), _) => (Some(hint), Some(KeySource::Settings)),
        (None, Some(key)) => (Some(key.hint()), Some(KeySource::Environment)),
        (None, None) => (None, None),
    };
    let base_url = base_url(ctx, about, row);
    let settings = setting_fields(ctx, about.id, row);
    let is_told = settings.iter().all(|field| !field.required || field.value.is_some());
    let configured =
        is_told && about.remote.as_ref().is_none_or(|remote| base_url.is_some() && (remote.key_optional || key_source.is_some()));
    let notes: Vec<&str> = about.missing.iter().chain(&about.notes).map(String::as_str).collect();
    ProviderInfo {
        id: about.id.to_owned(),
        name: about.name.to_owned(),
        kinds: vec![about.kind],
        built_in: about.built_in,
        configured,
        available: configured && about.missing.is_none(),
        takes_key: about.remote.is_some(),
        key_hint,
        key_source,
        base_url,
        models: about.models.clone(),
        options: about.options.clone(),
        settings,
        notes: (!notes.is_empty()).then(|| notes.join(" ")),
    }
}

/// What a provider is told in its own settings, and what it is told now.
fn setting_fields(ctx: &Ctx, id: &str, row: Option<&ProviderRow>) -> Vec<SettingField> {
    let fields = ctx.providers.with_id(id).into_iter().flat_map(|provider| provider.settings());
    fields.map(|field| SettingField { value: row.and_then(|row| row.texts.0.get(&field.name).cloned()), ..field }).collect()
}

fn base_url(ctx: &Ctx, about: &About, row: Option<&ProviderRow>) -> Option<String> {
    let remote = about.remote.as_ref()?;
    row.and_then(|row| row.base_url.clone())
        .or_else(|| ctx.config.environment.get(remote.base_url_variable).map(|url| url.expose().to_owned()))
        .or_else(|| remote.base_url.map(str::to_owned))
}

/// Changes what the patch names.
pub async fn patch(ctx: &Arc<Ctx>, patch: PatchSettings, expected: Option<IfMatch>) -> Result<Settings> {
    check(ctx, &patch)?;
    if let Some(Some(voice)) =
        patch.defaults.as_ref().and_then(|defaults| defaults.audio.as_ref()).and_then(|audio| audio.voice_id.as_ref())
    {
        super::audio::check_voice(ctx, voice, "defaults.audio.voiceId").await?;
    }
    let ctx = Arc::clone(ctx);
    let db = ctx.db.clone();
    db.write(move |tx| {
        let (mut defaults, mut uploads) = db::settings::lock(tx.conn)?;
        if let Some(expected) = &expected {
            expected.check(&read(&ctx, tx.conn)?)?;
        }
        merge(&mut defaults, &serde_json::to_value(&patch.defaults).map_err(AppError::internal)?);
        merge(&mut uploads, &serde_json::to_value(&patch.uploads).map_err(AppError::internal)?);
        db::settings::set(tx.conn, &defaults, &uploads)?;
        let mut rules = db::settings::policy(tx.conn)?;
        merge(&mut rules, &policy::patch_value(&patch)?);
        policy::forget_nulls(&mut rules);
        db::settings::set_policy(tx.conn, &rules)?;
        for (id, change) in patch.providers.iter().flatten() {
            patch_provider(&ctx, tx.conn, id, change)?;
        }
        read(&ctx, tx.conn)
    })
    .await
}

/// Everything in the patch that names something there is not, at once.
fn check(ctx: &Ctx, patch: &PatchSettings) -> Result<()> {
    let about = ctx.providers.about();
    let mut bad = policy::check(&about, patch);
    let mut refuse = |path: String, message: String| bad.push(FieldError { path, message });
    for (id, change) in patch.providers.iter().flatten() {
        let path = format!("providers.{id}");
        match about.iter().find(|about| about.id == id) {
            None => refuse(path, "no such provider".to_owned()),
            Some(about) if about.remote.is_none() => refuse(path, "this provider takes neither a key nor an address".to_owned()),
            Some(_) => {
                if let Some(Some(url)) = &change.base_url
                    && let Err(message) = check_url(url)
                {
                    refuse(format!("{path}.baseUrl"), message);
                }
                for (name, text) in change.settings.iter().flatten() {
                    if let Err(message) = check_setting(ctx, id, name, text.as_deref()) {
                        refuse(format!("{path}.settings.{name}"), message);
                    }
                }
            }
        }
    }
    if let Some(defaults) = &patch.defaults {
        let named = [
            ("script", ProviderKind::Script, defaults.script.as_ref().and_then(|d| d.provider.as_deref())),
            ("audio", ProviderKind::Speech, defaults.audio.as_ref().and_then(|d| d.provider.as_deref())),
            ("image", ProviderKind::Image, defaults.image.as_ref().and_then(|d| d.provider.as_deref())),
            ("video", ProviderKind::Video, defaults.video.as_ref().and_then(|d| d.provider.as_deref())),
        ];
        for (noun, kind, provider) in named {
            if let Some(id) = provider
                && !about.iter().any(|about| about.id == id && about.kind == kind)
            {
                refuse(format!("defaults.{noun}.provider"), "no such provider of this kind".to_owned());
            }
        }
    }
    if bad.is_empty() { Ok(()) } else { Err(AppError::Api(ApiError::invalid(bad))) }
}

fn check_setting(ctx: &Ctx, id: &str, name: &str, text: Option<&str>) -> Result<(), String> {
    let provider = ctx.providers.with_id(id).into_iter().find(|provider| provider.settings().iter().any(|field| field.name == name));
    let provider = provider.ok_or("this provider has no such setting")?;
    text.map_or(Ok(()), |text| provider.check_setting(name, text))
}

fn check_url(url: &str) -> Result<(), String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).ok_or("must begin with https:// or http://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.contains('@') || url.chars().any(|c| c.is_whitespace() || c.is_control()) || rest.contains(['?', '#']) {
        return Err("must be an address without user, query or fragment".to_owned());
    }
    Ok(())
}

fn patch_provider(ctx: &Ctx, conn: &mut PgConnection, id: &str, change: &PatchProvider) -> Result<()> {
    let known = db::settings::providers(conn)?.into_iter().find(|row| row.provider == id);
    let mut row = known.unwrap_or_else(|| ProviderRow {
        provider: id.to_owned(),
        base_url: None,
        api_key: None,
        key_hint: None,
        texts: Json(BTreeMap::new()),
    });
    match &change.api_key {
        None => {}
        Some(None) => (row.api_key, row.key_hint) = (None, None),
        Some(Some(key)) => {
            let key = Secret::new(key.trim());
            row.api_key = Some(ctx.vault.seal(id, &key).map_err(AppError::internal)?);
            row.key_hint = Some(key.hint());
        }
    }
    if let Some(base_url) = &change.base_url {
        row.base_url = base_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    }
    for (name, text) in change.settings.iter().flatten() {
        match text {
            Some(text) => row.texts.0.insert(name.clone(), text.clone()),
            None => row.texts.0.remove(name),
        };
    }
    db::settings::set_provider(conn, &row)
}

/// What the user set lies over what the program says.
fn overlay<T: serde::Serialize + serde::de::DeserializeOwned>(base: &T, over: &Value) -> Result<T> {
    let mut value = serde_json::to_value(base).map_err(AppError::internal)?;
    merge(&mut value, over);
    serde_json::from_value(value).map_err(AppError::internal)
}

/// JSON Merge Patch (RFC 7396), but that null is kept in what is stored: it stands for "none" over a default.
fn merge(target: &mut Value, patch: &Value) {
    match patch {
        Value::Null => {}
        Value::Object(patch) => {
            if !target.is_object() {
                *target = json!({});
            }
            if let Value::Object(target) = target {
                for (name, value) in patch {
                    if value.is_object() {
                        merge(target.entry(name.clone()).or_insert_with(|| json!({})), value);
                    } else {
                        target.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        other => *target = other.clone(),
    }
}

/// What a provider is reached with; refused where it lacks what it needs.
pub async fn access(ctx: &Ctx, about: &About) -> Result<Access> {
    if let Some(missing) = &about.missing {
        return Err(not_configured(about, missing.clone()));
    }
    let Some(remote) = &about.remote else { return Ok(Access::default()) };
    let id = about.id;
    let row = ctx.db.read(move |conn| Ok(db::settings::providers(conn)?.into_iter().find(|row| row.provider == id))).await?;
    let stored = row.as_ref().and_then(|row| row.api_key.as_deref());
    let key = match stored {
        Some(sealed) => Some(ctx.vault.open_sealed(id, sealed).map_err(|error| not_configured(about, error.to_string()))?),
        None => ctx.config.environment.get(remote.key_variable).cloned(),
    };
    if key.is_none() && !remote.key_optional {
        return Err(not_configured(
            about,
            format!("{} needs a key: enter one in the settings, or set {}.", about.name, remote.key_variable),
        ));
    }
    let base_url = base_url(ctx, about, row.as_ref());
    if base_url.is_none() {
        return Err(not_configured(
            about,
            format!("{} needs an address: enter one in the settings, or set {}.", about.name, remote.base_url_variable),
        ));
    }
    if let Some(field) = setting_fields(ctx, id, row.as_ref()).into_iter().find(|field| field.required && field.value.is_none()) {
        return Err(not_configured(about, format!("{} lacks its {}: enter it in the settings.", about.name, field.label.to_lowercase())));
    }
    let texts = row.map(|row| row.texts.0).unwrap_or_default();
    Ok(Access { provider: id.to_owned(), name: about.name.to_owned(), key, base_url, limits: KindLimits::default(), texts })
}

fn not_configured(about: &About, message: String) -> AppError {
    AppError::Api(ApiError::new(ErrorCode::ProviderNotConfigured, message).with("provider", about.id))
}

fn unknown_provider(path: &str, id: &str) -> AppError {
    AppError::invalid(path, format!("no such provider: {id}"))
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

/// The script provider of that id; `path` is where the request names it.
pub fn script_provider(ctx: &Ctx, id: &str, path: &str) -> Result<Arc<dyn ScriptProvider>> {
    ctx.providers.script.iter().find(|provider| provider.about().id == id).cloned().ok_or_else(|| unknown_provider(path, id))
}

/// The speech provider of that id.
pub fn speech_provider(ctx: &Ctx, id: &str, path: &str) -> Result<Arc<dyn SpeechProvider>> {
    ctx.providers.speech.iter().find(|provider| provider.about().id == id).cloned().ok_or_else(|| unknown_provider(path, id))
}

/// The image provider of that id.
pub fn image_provider(ctx: &Ctx, id: &str, path: &str) -> Result<Arc<dyn ImageProvider>> {
    ctx.providers.image.iter().find(|provider| provider.about().id == id).cloned().ok_or_else(|| unknown_provider(path, id))
}

/// The video provider of that id.
pub fn video_provider(ctx: &Ctx, id: &str, path: &str) -> Result<Arc<dyn VideoProvider>> {
    ctx.providers.video.iter().find(|provider| provider.about().id == id).cloned().ok_or_else(|| unknown_provider(path, id))
}

/// A real, cheap call to everything that goes by that id.
pub async fn test(ctx: &Ctx, id: &str) -> Result<ProviderTest> {
    let providers = ctx.providers.with_id(id);
    if providers.is_empty() {
        return Err(AppError::not_found("provider"));
    }
    let started = Instant::now();
    let mut error = None;
    for provider in providers {
        error = error.or(try_out(ctx, &*provider).await?);
    }
    let latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(ProviderTest { ok: error.is_none(), latency_ms, error })
}

async fn try_out(ctx: &Ctx, provider: &dyn Provider) -> Result<Option<ApiError>> {
    let access = match access(ctx, provider.about()).await {
        Ok(access) => access,
        Err(AppError::Api(error)) => return Ok(Some(error)),
        Err(error) => return Err(error),
    };
    let workdir = ctx.storage.temporary_dir()?;
    let (progress, _reader) = Progress::new();
    let call = Call { workdir: workdir.path(), progress: &progress, access, operation: Operation::fleeting() };
    Ok(provider.test(&call).await.err().map(|error| error.to_api(1)))
}
