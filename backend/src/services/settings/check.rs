//! What a patch may say: everything in it that names something there is not, told at once.

use super::{Ctx, Rows, check_model};
use crate::{
    error::{AppError, Result},
    providers::{About, vendors::compatible},
    services::policy,
};
use reqwest::Url;
use shared::{
    ApiError,
    error::FieldError,
    provider::ProviderKind,
    settings::{Defaults, PatchDefaults, PatchProvider, PatchSettings},
};

/// The most servers that a user adds.
const MOST_SERVERS: usize = 20;
/// The longest name in the id of one.
const LONGEST_NAME: usize = 40;

/// Refuses a patch that names something there is not; `chosen` are the defaults before it.
pub fn check(ctx: &Ctx, rows: &Rows, chosen: &Defaults, patch: &PatchSettings) -> Result<()> {
    let check = Check { ctx, about: ctx.providers.about(), rows, chosen, patch };
    let mut bad = policy::check(&|id| check.kinds(id).is_some(), patch);
    for (id, change) in patch.providers.iter().flatten() {
        check.provider(id, change.as_ref(), &mut bad);
    }
    check.times(&mut bad);
    if let Some(defaults) = &patch.defaults {
        check.defaults(defaults, &mut bad);
    }
    if bad.is_empty() { Ok(()) } else { Err(AppError::Api(ApiError::invalid(bad))) }
}

struct Check<'a> {
    ctx: &'a Ctx,
    about: Vec<&'a About>,
    rows: &'a Rows,
    chosen: &'a Defaults,
    patch: &'a PatchSettings,
}

impl Check<'_> {
    /// What a provider does once the patch is made; none where there is no such provider then.
    fn kinds(&self, id: &str) -> Option<Vec<ProviderKind>> {
        let adapter = compatible::adapter(id);
        let all: Vec<ProviderKind> = self.about.iter().filter(|about| about.id == adapter).map(|about| about.kind).collect();
        if compatible::server(id).is_none() {
            return (!all.is_empty()).then_some(all);
        }
        let row = self.rows.get(id);
        let said = match self.patch.providers.as_ref().and_then(|providers| providers.get(id)) {
            Some(None) => return None,
            Some(Some(change)) => change.kinds.clone(),
            None if row.is_some() => None,
            None => return None,
        };
        let kept = || row.and_then(|row| row.kinds.as_ref()).map(|kinds| kinds.0.clone());
        let kinds = said.unwrap_or_else(kept);
        Some(all.into_iter().filter(|kind| kinds.as_ref().is_none_or(|kinds| kinds.contains(kind))).collect())
    }

    fn provider(&self, id: &str, change: Option<&PatchProvider>, bad: &mut Vec<FieldError>) {
        let path = format!("providers.{id}");
        let mut refuse = |path: String, message: &str| bad.push(FieldError { path, message: message.to_owned() });
        let adapter = self.about.iter().find(|about| about.id == compatible::adapter(id));
        match adapter.map(|about| about.remote.is_some()) {
            None => return refuse(path, "no such provider"),
            Some(false) => return refuse(path, "this provider takes neither a key nor an address"),
            Some(true) => {}
        }
        let server = compatible::server(id);
        let is_new = !self.rows.contains_key(id);
        let Some(change) = change else {
            if server.is_some() && is_new {
                refuse(path, "no such server");
            }
            return;
        };
        match (server, &change.base_url) {
            (_, Some(Some(url))) => {
                if let Err(message) = check_url(url) {
                    refuse(format!("{path}.baseUrl"), message);
                }
            }
            (Some(_), Some(None)) => refuse(format!("{path}.baseUrl"), "a server needs its address; null in its place removes it"),
            (Some(_), None) if is_new => refuse(format!("{path}.baseUrl"), "a server needs its address, such as http://127.0.0.1:11434/v1"),
            _ => {}
        }
        for (name, text) in change.settings.iter().flatten() {
            if let Err(message) = self.setting(id, name, text.as_deref()) {
                refuse(format!("{path}.settings.{name}"), &message);
            }
        }
        match server {
            Some(name) if is_new => {
                if !is_name(name) {
                    let rule = format!(
                        "`compatible-` is followed by at most {LONGEST_NAME} small letters, digits and hyphens, as in `compatible-ollama`"
                    );
                    refuse(path.clone(), &rule);
                }
                if self.servers() > MOST_SERVERS {
                    refuse(path.clone(), &format!("there are {MOST_SERVERS} servers already; remove one first"));
                }
            }
            Some(_) => {}
            None => {
                for (given, field) in [(change.name.is_some(), "name"), (change.kinds.is_some(), "kinds")] {
                    if given {
                        refuse(format!("{path}.{field}"), "only servers that you add have it");
                    }
                }
            }
        }
        if self.kinds(id).is_some_and(|kinds| kinds.is_empty()) {
            refuse(format!("{path}.kinds"), "such a server does none of these");
        }
    }

    fn setting(&self, id: &str, name: &str, text: Option<&str>) -> Result<(), String> {
        let serving = self.ctx.providers.with_id(id).into_iter();
        let provider = serving.into_iter().find(|provider| provider.settings().iter().any(|field| field.name == name));
        let provider = provider.ok_or("this provider has no such setting")?;
        text.map_or(Ok(()), |text| provider.check_setting(name, text))
    }

    /// How many servers there are once the patch is made.
    fn servers(&self) -> usize {
        let mut ids: std::collections::BTreeSet<&str> = self.rows.keys().map(String::as_str).collect();
        for (id, change) in self.patch.providers.iter().flatten() {
            if change.is_some() {
                ids.insert(id)
            } else {
                ids.remove(id.as_str())
            };
        }
        ids.into_iter().filter(|id| compatible::server(id).is_some()).count()
    }

    /// Time limits are for what is asked over a network, and for what it does.
    fn times(&self, bad: &mut Vec<FieldError>) {
        for (id, limits) in self.patch.limits.iter().flatten() {
            let Some(Some(time)) = &limits.time else { continue };
            let remote = self.about.iter().any(|about| about.id == compatible::adapter(id) && about.remote.is_some());
            let kinds = self.kinds(id).unwrap_or_default();
            for kind in time.kinds().filter(|kind| !remote || !kinds.contains(kind)) {
                let path = format!("limits.{id}.time.{}", kind_name(kind));
                bad.push(FieldError { path, message: "this provider has no such time limit".to_owned() });
            }
        }
    }

    fn defaults(&self, defaults: &PatchDefaults, bad: &mut Vec<FieldError>) {
        let script = defaults.script.as_ref().map(|d| (d.provider.as_deref(), d.model.as_ref().and_then(Option::as_deref)));
        let audio = defaults.audio.as_ref().map(|d| (d.provider.as_deref(), d.model.as_ref().and_then(Option::as_deref)));
        let image = defaults.image.as_ref().map(|d| (d.provider.as_deref(), d.model.as_ref().and_then(Option::as_deref)));
        let video = defaults.video.as_ref().map(|d| (d.provider.as_deref(), None));
        let named = [
            ("script", ProviderKind::Script, script, &self.chosen.script.provider),
            ("audio", ProviderKind::Speech, audio, &self.chosen.audio.provider),
            ("image", ProviderKind::Image, image, &self.chosen.image.provider),
            ("video", ProviderKind::Video, video, &self.chosen.video.provider),
        ];
        for (noun, kind, change, before) in named {
            let Some((provider, model)) = change else { continue };
            if let Some(id) = provider
                && !self.kinds(id).is_some_and(|kinds| kinds.contains(&kind))
            {
                let path = format!("defaults.{noun}.provider");
                bad.push(FieldError { path, message: "no such provider of this kind".to_owned() });
                continue;
            }
            let adapter = compatible::adapter(provider.unwrap_or(before));
            let about = self.about.iter().find(|about| about.kind == kind && about.id == adapter);
            let checked = about.map_or(Ok(()), |about| check_model(about, model, &format!("defaults.{noun}.model")));
            if let Err(AppError::Api(error)) = checked {
                bad.extend(error.fields());
            }
        }
    }
}

fn kind_name(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::Script => "script",
        ProviderKind::Speech => "speech",
        ProviderKind::Image => "image",
        ProviderKind::Video => "video",
    }
}

fn is_name(name: &str) -> bool {
    let of_letters = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    of_letters && (1..=LONGEST_NAME).contains(&name.len()) && !name.starts_with('-') && !name.ends_with('-')
}

fn check_url(url: &str) -> Result<(), &'static str> {
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err("must begin with https:// or http://");
    }
    let no_address = "must be an address without user, query or fragment";
    let parsed = Url::parse(url).map_err(|_| no_address)?;
    let bare = parsed.username().is_empty() && parsed.password().is_none() && parsed.query().is_none() && parsed.fragment().is_none();
    let clean = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    if bare && clean { Ok(()) } else { Err(no_address) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_carry_nothing_but_the_place() {
        for good in ["http://127.0.0.1:11434/v1", "https://api.example.com", "http://[::1]:1234/v1/", "http://nas:8080/v1"] {
            assert_eq!(check_url(good), Ok(()), "{good}");
        }
        for bad in
            ["ftp://x", "x", "http://", "http://a:b@x/", "http://@/", "https://x/?key=1", "https://x/#a", "http://a b/", "http://x/\n"]
        {
            assert!(check_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_of_servers_are_fit_for_ids() {
        for good in ["ollama", "lm-studio", "1", "gpu-box-2"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "-a", "a-", "Ollama", "a/b", "a b", "ü", &"a".repeat(41)] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
