//! Servers on this machine that the user could add: noticed, offered, and not used until they say so.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::Ctx;
use crate::providers::{
    About,
    neighbours::{self, Found},
    vendors::compatible,
};
use shared::{provider::ProviderInfo, settings::Discovered};

/// How long what was found holds.
const HOLDS: Duration = Duration::from_secs(10);

/// Who was found last, and when.
#[derive(Default)]
pub struct Neighbourhood(Mutex<Option<(Instant, Vec<Found>)>>);

/// Looks around, unless that was done a moment ago.
pub async fn refresh(ctx: &Ctx) {
    let fresh = |seen: &Option<(Instant, Vec<Found>)>| seen.as_ref().is_some_and(|(at, _)| at.elapsed() < HOLDS);
    if fresh(&ctx.neighbourhood.0.lock().unwrap_or_else(PoisonError::into_inner)) {
        return;
    }
    let found = neighbours::look(&ctx.http, &ctx.neighbours).await;
    *ctx.neighbourhood.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), found));
}

/// Who was found and is not set up yet, as a provider that the user can add.
pub fn offered(ctx: &Ctx, infos: &[ProviderInfo]) -> Vec<Discovered> {
    let about = ctx.providers.about();
    let found = ctx.neighbourhood.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let found = found.into_iter().flat_map(|(_, found)| found);
    found.filter(|found| !is_known(found, infos)).filter_map(|found| offer(&found, &about, infos)).collect()
}

fn is_known(found: &Found, infos: &[ProviderInfo]) -> bool {
    let same = |url: &String| port_of_loopback(url) == Some(found.port);
    infos.iter().any(|info| info.base_url.as_ref().is_some_and(same))
}

/// The port of an address on this machine.
fn port_of_loopback(url: &str) -> Option<u16> {
    let url = reqwest::Url::parse(url).ok()?;
    let here = matches!(url.host_str()?, "127.0.0.1" | "localhost" | "[::1]" | "0.0.0.0");
    here.then(|| url.port_or_known_default()).flatten()
}

fn offer(found: &Found, about: &[&About], infos: &[ProviderInfo]) -> Option<Discovered> {
    let neighbour = found.neighbour;
    let adapter = if neighbour.own_adapter { neighbour.slug } else { compatible::ID };
    let served = |kind| about.iter().any(|about| about.id == adapter && about.kind == kind);
    let kinds: Vec<_> = neighbour.kinds.iter().copied().filter(|kind| served(*kind)).collect();
    let id = if neighbour.own_adapter { neighbour.slug.to_owned() } else { free_id(neighbour.slug, infos) };
    (!kinds.is_empty()).then(|| Discovered { id, name: neighbour.name.to_owned(), kinds, base_url: found.base_url() })
}

/// `compatible-ollama`, or `compatible-ollama-2` where that is another one.
fn free_id(slug: &str, infos: &[ProviderInfo]) -> String {
    let first = format!("{}-{slug}", compatible::ID);
    let others = (2..100).map(|number| format!("{first}-{number}"));
    let mut ids = std::iter::once(first.clone()).chain(others);
    ids.find(|id| !infos.iter().any(|info| info.id == *id)).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_are_known_in_every_spelling() {
        for url in ["http://127.0.0.1:11434/v1", "http://localhost:11434", "http://[::1]:11434/v1"] {
            assert_eq!(port_of_loopback(url), Some(11434), "{url}");
        }
        assert_eq!(port_of_loopback("http://10.0.0.9:11434/v1"), None);
        assert_eq!(port_of_loopback("http://localhost"), Some(80));
    }
}
