//! The providers as the settings show and keep them: their addresses and keys, and the servers that the user has added.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use diesel::PgConnection;
use futures_util::future::join_all;
use reqwest::Url;

use super::{Ctx, Policy, models};
use crate::{
    db::{self, Json, settings::ProviderRow},
    error::{AppError, Result},
    providers::{About, Provider, Secret, http, vendors::compatible},
    queue::Limit,
    services::policy,
};
use shared::{
    policy::{ProviderLimits, UsualLimits},
    provider::{KeySource, KindLimits, ProviderInfo, SettingField},
    settings::PatchProvider,
};

/// What every provider was given, by its id.
pub type Rows = BTreeMap<String, ProviderRow>;

/// What every provider was given.
pub fn rows(conn: &mut PgConnection) -> Result<Rows> {
    Ok(db::settings::providers(conn)?.into_iter().map(|row| (row.provider.clone(), row)).collect())
}

/// What providers lack now that may be put in while the server runs, by their ids.
pub type Lacks = BTreeMap<&'static str, String>;

/// What each provider lacks.
pub async fn lacks(ctx: &Ctx) -> Lacks {
    let everyone = ctx.providers.everyone();
    let asked = everyone.iter().map(|provider| async { Some((provider.about().id, provider.lacks().await?)) });
    join_all(asked).await.into_iter().flatten().collect()
}

/// One entry for each id: a vendor that speaks and draws is one provider to the user, and so is each server of their own.
pub fn infos(ctx: &Ctx, rows: &Rows, lacks: &Lacks) -> Vec<ProviderInfo> {
    let mut infos: Vec<ProviderInfo> = Vec::new();
    let mut notes = BTreeMap::<String, Vec<String>>::new();
    for (id, provider) in everyone(ctx, rows) {
        let about = provider.about();
        let missing = about.missing.as_ref().or_else(|| lacks.get(about.id));
        put(&mut infos, info(ctx, about, &id, rows, missing.is_none()));
        // Each kind has its own to say; what is missing for several is said once, and so is what one says with more to it.
        let moved = has_key_of_another_address(ctx, rows.get(&id)).then(|| KEY_OF_ANOTHER_ADDRESS.to_owned());
        let said = notes.entry(id).or_default();
        for note in missing.into_iter().chain(&moved).chain(&about.notes) {
            said.retain(|known| known == note || !note.starts_with(known));
            if !said.iter().any(|known| known.starts_with(note)) {
                said.push(note.clone());
            }
        }
    }
    for info in &mut infos {
        info.notes = notes.remove(&info.id).filter(|said| !said.is_empty()).map(|said| said.join(" "));
    }
    infos
}

/// Everyone who can be asked, by the id that requests name: whoever asks servers that the user has added once for each.
pub fn everyone(ctx: &Ctx, rows: &Rows) -> Vec<(String, Arc<dyn Provider>)> {
    let mut everyone = Vec::new();
    for provider in ctx.providers.everyone() {
        let about = provider.about();
        everyone.push((about.id.to_owned(), Arc::clone(&provider)));
        if about.id == compatible::ID {
            let servers = rows.values().filter(|row| row.name.is_some() && row.does(about.kind));
            everyone.extend(servers.map(|row| (row.provider.clone(), Arc::clone(&provider))));
        }
    }
    everyone
}

fn put(infos: &mut Vec<ProviderInfo>, info: ProviderInfo) {
    match infos.iter_mut().find(|known| known.id == info.id) {
        Some(known) => {
            known.kinds.extend(info.kinds);
            known.models.extend(info.models);
            known.options.extend(info.options);
            known.available &= info.available;
        }
        None => infos.push(info),
    }
}

fn info(ctx: &Ctx, about: &About, id: &str, rows: &Rows, works: bool) -> ProviderInfo {
    let row = rows.get(id);
    let from_settings = row.and_then(|row| row.key_hint.clone());
    let (key_hint, key_source) = match (from_settings, environment_key(ctx, about, id)) {
        (Some(hint), _) => (Some(hint), Some(KeySource::Settings)),
        (None, Some(key)) => (Some(key.hint()), Some(KeySource::Environment)),
        (None, None) => (None, None),
    };
    let base_url = base_url(ctx, about, id, row);
    let settings = setting_fields(ctx, id, row);
    let is_told = settings.iter().all(|field| !field.required || field.value.is_some());
    let is_reached = about.remote.as_ref().is_none_or(|remote| base_url.is_some() && (remote.key_optional || key_source.is_some()));
    let configured = is_told && is_reached && !has_key_of_another_address(ctx, row);
    let name = row.and_then(|row| row.name.clone());
    ProviderInfo {
        id: id.to_owned(),
        custom: name.is_some(),
        name: name.unwrap_or_else(|| about.name.to_owned()),
        kinds: vec![about.kind],
        built_in: about.built_in,
        configured,
        available: configured && works,
        takes_key: about.remote.is_some(),
        key_hint,
        key_source,
        base_url: base_url.map(without_credentials),
        models: models::shown(ctx, about, id, rows),
        options: about.options.clone(),
        settings,
        notes: None,
    }
}

/// An address of the environment as it is shown: whoever may read the settings need not know what a user and password are
/// in it. (Such an address is refused where it is used, as one from the settings is at once.)
fn without_credentials(url: String) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url };
    let (place, more) = rest.find(['/', '?', '#']).map_or((rest, ""), |at| rest.split_at(at));
    let host = place.rsplit_once('@').map_or_else(|| place.to_owned(), |(_, host)| format!("…@{host}"));
    let path = more.find(['?', '#']).map_or_else(|| more.to_owned(), |at| format!("{}…", &more[..=at]));
    format!("{scheme}://{host}{path}")
}

/// What a provider is told in its own settings, and what it is told now.
pub fn setting_fields(ctx: &Ctx, id: &str, row: Option<&ProviderRow>) -> Vec<SettingField> {
    let fields = ctx.providers.with_id(id).into_iter().flat_map(|provider| provider.settings());
    fields.map(|field| SettingField { value: row.and_then(|row| row.texts.0.get(&field.name).cloned()), ..field }).collect()
}

/// The key that the environment has for a provider; it has none for servers that the user has added.
pub fn environment_key<'a>(ctx: &'a Ctx, about: &About, id: &str) -> Option<&'a Secret> {
    let remote = about.remote.as_ref().filter(|_| about.id == id)?;
    ctx.config.environment.get(remote.key_variable)
}

/// Where a provider is reached: what the user says, what the environment says, or the vendor's own address.
pub fn base_url(ctx: &Ctx, about: &About, id: &str, row: Option<&ProviderRow>) -> Option<String> {
    let set = row.and_then(|row| row.base_url.clone());
    let remote = about.remote.as_ref()?;
    if about.id != id {
        return set;
    }
    set.or_else(|| ctx.config.environment.get(remote.base_url_variable).map(|url| url.expose().to_owned()))
        .or_else(|| remote.base_url.map(str::to_owned))
}

/// What is told where a key is kept and not used.
pub const KEY_OF_ANOTHER_ADDRESS: &str = "Its key was entered for another address; enter it again for this one.";

/// Whether a provider's key was entered while it had another address, which is then the only one that is shown it: whoever
/// changes an address does not get the key with it. Under the vendor's own address and on this machine it is used all the same.
pub fn has_key_of_another_address(ctx: &Ctx, row: Option<&ProviderRow>) -> bool {
    let Some(ProviderRow { provider, api_key: Some(sealed), base_url: Some(url), .. }) = row else { return false };
    // One that cannot be opened is told of where it is used.
    let entered_for = ctx.vault.open_sealed(provider, sealed).ok().and_then(|(_, origin)| origin);
    entered_for.is_some_and(|origin| !may_be_shown(url, &origin))
}

/// Whether an address may be shown the key that was entered for that origin.
fn may_be_shown(url: &str, entered_for: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let here = host.parse::<IpAddr>().map_or_else(|_| host == "localhost" || host.ends_with(".localhost"), |ip| ip.is_loopback());
    here || url.origin().ascii_serialization() == entered_for
}

/// The origin of an address (RFC 6454).
fn origin(url: &str) -> Option<String> {
    Url::parse(url).ok().map(|url| url.origin().ascii_serialization())
}

/// How many calls each provider gets and how long they may take, and what is usual.
pub fn limits(ctx: &Ctx, conn: &mut PgConnection, policy: &Policy, infos: &[ProviderInfo]) -> Result<BTreeMap<String, ProviderLimits>> {
    let usual = policy::with_servers(conn, policy::own_limits(&ctx.providers.about()))?;
    let set = policy.limits(&usual);
    let limits = usual.into_iter().zip(set).map(|(usual, set)| {
        let info = infos.iter().find(|info| info.id == usual.provider);
        let time = |set: &KindLimits| info.map(|info| time(info, set)).unwrap_or_default();
        let Limit { provider, at_once, a_minute, .. } = usual;
        let usual = UsualLimits { at_once, per_minute: a_minute, time: time(&KindLimits::default()) };
        let limits = ProviderLimits { at_once: set.at_once, per_minute: set.a_minute, time: time(&policy.time(&provider)), usual };
        (provider, limits)
    });
    Ok(limits.collect())
}

/// How long a provider may take, with what the user has set over what is usual; nothing of what is built in.
fn time(info: &ProviderInfo, set: &KindLimits) -> KindLimits {
    let mut shown = KindLimits::default();
    if info.takes_key {
        for kind in &info.kinds {
            shown.set(*kind, Some(http::Limits::at(*kind, info.base_url.as_deref(), set).shown()));
        }
    }
    shown
}

/// Keeps what a patch says of a provider; answers whether it is a server that is gone now.
pub fn change(ctx: &Ctx, conn: &mut PgConnection, id: &str, change: Option<&PatchProvider>) -> Result<bool> {
    let Some(change) = change else {
        db::settings::delete_provider(conn, id)?;
        return Ok(compatible::server(id).is_some());
    };
    let mut row = db::settings::provider(conn, id)?
        .unwrap_or_else(|| ProviderRow { name: compatible::server(id).map(str::to_owned), ..ProviderRow::new(id) });
    let before = origin_of(ctx, id, &row);
    if let Some(base_url) = &change.base_url {
        row.base_url = base_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
    }
    match &change.api_key {
        // One of which it is not known what it was entered for belongs to the address that it was used under.
        None if change.base_url.is_some() => row.api_key = row.api_key.map(|sealed| bound(ctx, id, sealed, before)).transpose()?,
        None => {}
        Some(None) => (row.api_key, row.key_hint) = (None, None),
        Some(Some(key)) => {
            let key = Secret::new(key.trim());
            let origin = origin_of(ctx, id, &row);
            row.api_key = Some(ctx.vault.seal(id, &key, origin.as_deref()).map_err(AppError::internal)?);
            row.key_hint = Some(key.hint());
        }
    }
    for (name, text) in change.settings.iter().flatten() {
        match text {
            Some(text) => row.texts.0.insert(name.clone(), text.clone()),
            None => row.texts.0.remove(name),
        };
    }
    if let Some(name) = &change.name {
        row.name = Some(name.trim().to_owned());
    }
    if let Some(kinds) = &change.kinds {
        row.kinds = kinds.clone().map(Json);
    }
    db::settings::set_provider(conn, &row)?;
    Ok(false)
}

/// The origin of the address at which a provider is reached, where it has one.
fn origin_of(ctx: &Ctx, id: &str, row: &ProviderRow) -> Option<String> {
    let serving = ctx.providers.with_id(id);
    serving.first().and_then(|provider| base_url(ctx, provider.about(), id, Some(row))).and_then(|url| origin(&url))
}

/// A sealed key with the origin that it was entered for: that one, where it has none yet.
fn bound(ctx: &Ctx, id: &str, sealed: Vec<u8>, origin: Option<String>) -> Result<Vec<u8>> {
    match ctx.vault.open_sealed(id, &sealed) {
        Ok((key, None)) if origin.is_some() => ctx.vault.seal(id, &key, origin.as_deref()).map_err(AppError::internal),
        // What cannot be opened is told of where it is used.
        Ok(_) | Err(_) => Ok(sealed),
    }
}

#[cfg(test)]
mod tests {
    use super::{may_be_shown, without_credentials};

    #[test]
    fn a_key_is_shown_to_the_origin_that_it_was_entered_for_and_to_this_machine() {
        const ORIGIN: &str = "https://api.example.com";
        for url in
            ["https://api.example.com/v1", "https://API.example.com:443", "http://127.0.0.1:9000/x", "http://[::1]:1", "http://localhost"]
        {
            assert!(may_be_shown(url, ORIGIN), "{url}");
        }
        for url in ["https://example.com/v1", "http://api.example.com", "https://api.example.com:8443", "http://10.0.0.9", "none"] {
            assert!(!may_be_shown(url, ORIGIN), "{url}");
        }
    }

    #[test]
    fn credentials_in_an_address_are_not_shown() {
        for (url, shown) in [
            ("https://api.example.com/v1", "https://api.example.com/v1"),
            ("http://user:p@ss@10.0.0.9:8080/v1", "http://…@10.0.0.9:8080/v1"),
            ("https://x/v1?key=secret", "https://x/v1?…"),
            ("https://x/@you#secret", "https://x/@you#…"),
        ] {
            assert_eq!(without_credentials(url.to_owned()), shown);
        }
    }
}
