//! Settings: the defaults, and the providers' addresses and keys.

mod access;
mod check;
mod discovery;
mod models;
mod providers;

use std::sync::Arc;

use diesel::PgConnection;
use serde_json::{Value, json};

pub use self::access::{access, check_model, image_provider, maker, script_provider, speakers, speech_provider, test, video_provider};
use self::providers::{Lacks, Rows};
pub use self::{discovery::Neighbourhood, models::Models};
use super::{
    Ctx, IfMatch,
    policy::{self, Policy},
    pricing, spending,
};
use crate::{
    db,
    error::{AppError, Faults, Result},
};
use shared::settings::{AudioDefaults, Defaults, ImageDefaults, PatchSettings, ScriptDefaults, Settings, UploadLimits, VideoDefaults};

/// What is used where neither the request nor the user says anything.
pub fn built_in_defaults() -> Defaults {
    Defaults {
        script: ScriptDefaults { provider: "outline".to_owned(), model: None },
        audio: AudioDefaults { provider: "espeak".to_owned(), voice_id: None, speed: 1.0, model: None, style: None },
        image: ImageDefaults { provider: "storyboard".to_owned(), model: None, style_prompt: String::new() },
        video: VideoDefaults::default(),
    }
}

/// How large uploads may be where the user does not say.
pub fn built_in_limits() -> UploadLimits {
    UploadLimits { image_bytes: 32 << 20, image_pixels: 64_000_000, audio_bytes: 128 << 20, audio_seconds: 3600.0 }
}

/// The settings as they are, with the models that providers list now and the servers that run on this machine.
pub async fn get(ctx: &Arc<Ctx>) -> Result<Settings> {
    let (listed, ()) = tokio::join!(models::refresh(ctx), discovery::refresh(ctx));
    listed?;
    let lacks = providers::lacks(ctx).await;
    let ctx = Arc::clone(ctx);
    let db = ctx.db.clone();
    db.read(move |conn| read(&ctx, conn, &lacks)).await
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

fn read(ctx: &Ctx, conn: &mut PgConnection, lacks: &Lacks) -> Result<Settings> {
    let (defaults, uploads) = db::settings::get(conn)?;
    let providers = providers::infos(ctx, &providers::rows(conn)?, lacks);
    let policy = policy::read(conn)?;
    Ok(Settings {
        retries: policy.retries(),
        limits: providers::limits(ctx, conn, &policy, &providers)?,
        discovered: discovery::offered(ctx, &providers),
        spending: spending::overview(conn, &policy)?,
        prices: pricing::known(&policy),
        defaults: overlay(&built_in_defaults(), &defaults)?,
        providers,
        uploads: overlay(&built_in_limits(), &uploads)?,
    })
}

/// Refuses a patch that names what there is not.
pub async fn check(ctx: &Arc<Ctx>, patch: &PatchSettings) -> Result<()> {
    let mut faults = Faults::default();
    let audio = patch.defaults.as_ref().and_then(|defaults| defaults.audio.as_ref());
    if let Some(Some(voice)) = audio.and_then(|audio| audio.voice_id.as_ref()) {
        faults.keep(super::voices::check(ctx, voice, "defaults.audio.voiceId").await)?;
    }
    let (rows, chosen) = ctx.db.read(|conn| Ok((providers::rows(conn)?, defaults(conn)?))).await?;
    faults.keep(check::check(ctx, &rows, &chosen, patch))?;
    faults.nothing_or_error()
}

/// Changes what the patch names.
pub async fn patch(ctx: &Arc<Ctx>, patch: PatchSettings, expected: Option<IfMatch>) -> Result<Settings> {
    check(ctx, &patch).await?;
    let lacks = providers::lacks(ctx).await;
    let ctx = Arc::clone(ctx);
    let db = ctx.db.clone();
    db.write(move |tx| {
        let (mut defaults, mut uploads) = db::settings::lock(tx.conn)?;
        if let Some(expected) = &expected {
            expected.check(&read(&ctx, tx.conn, &lacks)?)?;
        }
        check::check(&ctx, &providers::rows(tx.conn)?, &overlay(&built_in_defaults(), &defaults)?, &patch)?;
        let mut rules = db::settings::policy(tx.conn)?;
        for (id, change) in patch.providers.iter().flatten() {
            if providers::change(&ctx, tx.conn, id, change.as_ref())? {
                forget_server(&mut defaults, id);
                policy::forget_server(&mut rules, id);
            }
        }
        let chosen = serde_json::to_value(&patch.defaults).map_err(AppError::internal)?;
        forget_models(&mut defaults, &chosen)?;
        merge(&mut defaults, &chosen);
        merge(&mut uploads, &serde_json::to_value(&patch.uploads).map_err(AppError::internal)?);
        db::settings::set(tx.conn, &defaults, &uploads)?;
        merge(&mut rules, &policy::patch_value(&patch)?);
        policy::forget_nulls(&mut rules);
        db::settings::set_policy(tx.conn, &rules)?;
        read(&ctx, tx.conn, &lacks)
    })
    .await
}

/// Where a server that is removed was the user's choice, there is none any more: what is built in does the work.
fn forget_server(defaults: &mut Value, id: &str) {
    for (noun, of_it) in [("script", &["provider", "model"][..]), ("audio", &["provider", "voiceId", "model"])] {
        let Some(chosen) = defaults.get_mut(noun).and_then(Value::as_object_mut) else { continue };
        let is_its = |value: &Value| value.as_str().is_some_and(|text| text == id || text.starts_with(&format!("{id}/")));
        if of_it.iter().any(|name| chosen.get(*name).is_some_and(is_its)) {
            of_it.iter().for_each(|name| drop(chosen.remove(*name)));
        }
    }
}

/// A model is its provider's: where a patch chooses another provider and no model, that of the one before is forgotten.
fn forget_models(defaults: &mut Value, patch: &Value) -> Result<()> {
    let before = serde_json::to_value(overlay(&built_in_defaults(), defaults)?).map_err(AppError::internal)?;
    for noun in ["script", "audio", "image"] {
        let (change, Some(chosen)) = (&patch[noun], defaults.get_mut(noun).and_then(Value::as_object_mut)) else { continue };
        if change["provider"].is_string() && change["provider"] != before[noun]["provider"] && change.get("model").is_none() {
            chosen.remove("model");
        }
    }
    Ok(())
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
