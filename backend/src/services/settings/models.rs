//! The models that providers list themselves, kept for a while. Nobody waits long for them: what a provider says of itself
//! holds until it has answered, and where it does not.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::join_all;
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout};

use super::{
    Ctx, Rows,
    access::access_of,
    providers::{self, everyone},
};
use crate::{
    error::Result,
    providers::{About, Access, Provider, http},
    services::policy::{self, Policy},
};
use shared::provider::{ModelInfo, ProviderKind};

/// How long a request waits for lists that it is the first to want.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How long a provider may take to list its models.
const LIMIT: Duration = Duration::from_secs(15);
/// How long a list holds: a local server's changes whenever the user loads something.
const HOLDS: Duration = Duration::from_secs(600);
const HOLDS_LOCALLY: Duration = Duration::from_secs(20);
/// How long a provider that could not tell is not asked again.
const FAILED: Duration = Duration::from_secs(60);

/// What is known of models. Clones share it.
#[derive(Clone, Default)]
pub struct Models(Arc<Mutex<HashMap<(String, ProviderKind), Known>>>);

/// What one provider said.
struct Known {
    /// With which address and key.
    way: [u8; 32],
    models: Option<Vec<ModelInfo>>,
    /// Until when that holds. What held before goes on being shown while it is asked again.
    until: Instant,
}

impl Models {
    fn known(&self) -> MutexGuard<'_, HashMap<(String, ProviderKind), Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It is to be asked again.
    pub fn forget(&self, id: &str) {
        self.known().retain(|(known, _), _| known != id);
    }

    /// The models of a provider as the settings show them: those that it lists, what it is best known for first; or
    /// those that it says of itself.
    pub fn shown(&self, about: &About, access: Option<&Access>) -> Vec<ModelInfo> {
        let known = self.known();
        let listed = access.and_then(|access| {
            let known = known.get(&(access.provider.clone(), about.kind))?;
            known.models.as_ref().filter(|_| known.way == way(access))
        });
        match listed {
            Some(listed) => in_order(&about.models, listed),
            None => about.models.clone(),
        }
    }

    /// Whether it was never asked with that address and key, or is to be asked again; and claims the asking.
    fn claim(&self, access: &Access, kind: ProviderKind) -> Option<First> {
        let (mut known, now, way) = (self.known(), Instant::now(), way(access));
        let entry = known.entry((access.provider.clone(), kind));
        let first = match &entry {
            std::collections::hash_map::Entry::Occupied(entry) if entry.get().way == way => {
                if entry.get().until > now {
                    return None;
                }
                First::No
            }
            _ => First::Yes,
        };
        let models = match entry {
            std::collections::hash_map::Entry::Occupied(entry) if entry.get().way == way => entry.remove().models,
            _ => None,
        };
        known.insert((access.provider.clone(), kind), Known { way, models, until: now + LIMIT });
        Some(first)
    }

    fn keep(&self, access: &Access, kind: ProviderKind, models: Option<Vec<ModelInfo>>) {
        let holds = match &models {
            None => FAILED,
            Some(_) if http::is_local_address(access.base_url.as_deref()) => HOLDS_LOCALLY,
            Some(_) => HOLDS,
        };
        let mut known = self.known();
        let way = way(access);
        let key = (access.provider.clone(), kind);
        let older = known.remove(&key).filter(|older| older.way == way).and_then(|older| older.models);
        // One that cannot be reached for a moment has not lost its models.
        known.insert(key, Known { way, models: models.or(older), until: Instant::now() + holds });
    }
}

/// Whether somebody waits for it.
#[derive(PartialEq, Eq)]
enum First {
    Yes,
    No,
}

/// Address and key, as something that tells neither.
fn way(access: &Access) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(access.base_url.as_deref().unwrap_or_default());
    hash.update([0]);
    hash.update(access.key.as_ref().map(|key| key.expose()).unwrap_or_default());
    hash.finalize().into()
}

/// The listed ones, those that the program knows before the others. The default stays the default although it is not
/// listed, since it is what is asked for where nothing is said.
fn in_order(own: &[ModelInfo], listed: &[ModelInfo]) -> Vec<ModelInfo> {
    let find = |id: &str| listed.iter().find(|model| model.id == id);
    let mut models: Vec<ModelInfo> = Vec::with_capacity(listed.len() + 1);
    for (place, model) in own.iter().enumerate() {
        match find(&model.id) {
            Some(listed) => models.push(ModelInfo { note: listed.note.clone().or_else(|| model.note.clone()), ..model.clone() }),
            None if place == 0 => models.push(model.clone().noted("The provider does not list it now.")),
            None => {}
        }
    }
    models.extend(listed.iter().filter(|model| !own.iter().any(|own| own.id == model.id)).cloned());
    models
}

/// Asks those that can be asked and whose lists are not known, or no longer hold. Waits a moment for what nobody has
/// asked before; all others answer for the next time.
pub async fn refresh(ctx: &Arc<Ctx>) -> Result<()> {
    let (rows, policy) = ctx.db.read(|conn| Ok((providers::rows(conn)?, policy::read(conn)?))).await?;
    let mut awaited = Vec::new();
    for (id, provider) in everyone(ctx, &rows) {
        let about = provider.about();
        if about.remote.is_none() {
            continue;
        }
        let Ok(access) = access_of(ctx, &id, about, rows.get(&id), &policy) else { continue };
        let Some(first) = ctx.models.claim(&access, about.kind) else { continue };
        let asking = tokio::spawn(ask(ctx.models.clone(), provider, access));
        if first == First::Yes {
            awaited.push(asking);
        }
    }
    // Whoever takes longer goes on, and is in time for the next request.
    drop(timeout(PATIENCE, join_all(awaited)).await);
    Ok(())
}

async fn ask(models: Models, provider: Arc<dyn Provider>, access: Access) {
    let kind = provider.about().kind;
    let listed = match timeout(LIMIT, provider.models(&access)).await {
        Ok(Ok(listed)) => listed,
        Ok(Err(error)) => {
            tracing::debug!(provider = access.provider, %error, "a provider does not list its models");
            None
        }
        Err(_) => None,
    };
    models.keep(&access, kind, listed);
}

/// What the settings show of one provider's models.
pub fn shown(ctx: &Ctx, about: &About, id: &str, rows: &Rows) -> Vec<ModelInfo> {
    let access = access_of(ctx, id, about, rows.get(id), &Policy::default()).ok();
    ctx.models.shown(about, access.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_stays_first_and_what_is_gone_goes() {
        let model = |id: &str| ModelInfo::new(id, id, ProviderKind::Script);
        let ids = |models: &[ModelInfo]| models.iter().map(|model| model.id.clone()).collect::<Vec<_>>().join(" ");
        let own = [model("best"), model("old"), model("small")];
        let listed = [model("newest"), model("small").noted("Switched off on 2027-01-06."), model("best")];
        let shown = in_order(&own, &listed);
        assert_eq!(ids(&shown), "best small newest");
        assert_eq!(shown[1].note.as_deref(), Some("Switched off on 2027-01-06."));
        let shown = in_order(&own, &[model("newest")]);
        assert_eq!((ids(&shown).as_str(), shown[0].note.is_some()), ("best newest", true));
        assert_eq!(ids(&in_order(&[], &[model("b"), model("a")])), "b a");
    }

    #[test]
    fn another_key_is_another_way() {
        let access = |key: &str, url: &str| Access {
            provider: "x".to_owned(),
            key: Some(crate::providers::Secret::new(key)),
            base_url: Some(url.to_owned()),
            ..Access::default()
        };
        let (models, kind) = (Models::default(), ProviderKind::Script);
        assert!(models.claim(&access("a", "http://x"), kind) == Some(First::Yes));
        assert!(models.claim(&access("a", "http://x"), kind).is_none(), "it is being asked");
        models.keep(&access("a", "http://x"), kind, None);
        assert!(models.claim(&access("a", "http://x"), kind).is_none());
        assert!(models.claim(&access("b", "http://x"), kind) == Some(First::Yes));
        assert!(models.claim(&access("b", "http://y"), kind) == Some(First::Yes));
        models.forget("x");
        assert!(models.claim(&access("b", "http://y"), kind) == Some(First::Yes));
    }
}
