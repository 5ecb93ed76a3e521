//! Neighbours: servers that people run beside the studio, looked for at their usual ports of this machine. They are told
//! by what they answer, not by their port, and nothing is sent to them but the question who they are.

use std::{collections::BTreeMap, time::Duration};

use futures_util::future::join_all;
use serde_json::Value;
use shared::provider::ProviderKind;

use super::{
    Access,
    http::{Http, Limits},
    vendors::compatible,
};

/// How long one may take to answer: it is on this machine.
const PATIENCE: Duration = Duration::from_millis(500);

/// A server that people run.
pub struct Neighbour {
    /// What is added to `compatible-` for its id; or the whole id, where it has an adapter of its own.
    pub slug: &'static str,
    /// Its name, for people.
    pub name: &'static str,
    /// Whether it has an adapter of its own.
    pub own_adapter: bool,
    /// What it is asked for.
    pub kinds: &'static [ProviderKind],
    /// Its usual port.
    pub port: u16,
    /// What follows the port in its address as a provider.
    pub base: &'static str,
    /// Where it says who it is.
    path: &'static str,
    /// Whether that is its answer.
    is_it: fn(&Value) -> bool,
}

/// Those that are looked for.
pub const KNOWN: [Neighbour; 7] = [
    Neighbour {
        slug: "ollama",
        name: "Ollama",
        own_adapter: false,
        kinds: &[ProviderKind::Script],
        port: 11434,
        base: "/v1",
        path: "/api/version",
        is_it: |answer| answer["version"].is_string(),
    },
    Neighbour {
        slug: "lm-studio",
        name: "LM Studio",
        own_adapter: false,
        kinds: &[ProviderKind::Script],
        port: 1234,
        base: "/v1",
        path: "/v1/models",
        is_it: |answer| answer["data"].is_array(),
    },
    Neighbour {
        slug: "kokoro",
        name: "Kokoro",
        own_adapter: false,
        kinds: &[ProviderKind::Speech],
        port: 8880,
        base: "/v1",
        path: "/v1/audio/voices",
        is_it: |answer| answer["voices"].is_array(),
    },
    Neighbour {
        slug: "llama-cpp",
        name: "llama.cpp",
        own_adapter: false,
        kinds: &[ProviderKind::Script],
        port: 8080,
        base: "/v1",
        path: "/v1/models",
        is_it: |answer| answer["data"][0]["owned_by"] == "llamacpp",
    },
    Neighbour {
        slug: "localai",
        name: "LocalAI",
        own_adapter: false,
        kinds: &[ProviderKind::Script, ProviderKind::Speech],
        port: 8080,
        base: "/v1",
        path: "/v1/models",
        is_it: |answer| answer["data"].is_array() && answer["data"][0]["owned_by"] != "llamacpp",
    },
    Neighbour {
        slug: "a1111",
        name: "Stable Diffusion web UI",
        own_adapter: true,
        kinds: &[ProviderKind::Image],
        port: 7860,
        base: "",
        path: "/sdapi/v1/sd-models",
        is_it: |answer| answer.is_array(),
    },
    Neighbour {
        slug: "comfyui",
        name: "ComfyUI",
        own_adapter: true,
        kinds: &[ProviderKind::Image],
        port: 8188,
        base: "",
        path: "/system_stats",
        is_it: |answer| answer["system"].is_object() && answer["devices"].is_array(),
    },
];

/// At which ports neighbours are looked for, by their slugs.
#[derive(Clone, Debug)]
pub struct Ports(BTreeMap<String, u16>);

impl Ports {
    /// Their usual ports, but for the one that the studio itself listens at.
    pub fn usual(own: u16) -> Self {
        Self(KNOWN.iter().filter(|known| known.port != own).map(|known| (known.slug.to_owned(), known.port)).collect())
    }

    /// Those ports alone.
    pub fn of(ports: impl IntoIterator<Item = (&'static str, u16)>) -> Self {
        Self(ports.into_iter().map(|(slug, port)| (slug.to_owned(), port)).collect())
    }
}

/// A neighbour that is there.
#[derive(Clone, Copy)]
pub struct Found {
    /// Which.
    pub neighbour: &'static Neighbour,
    /// At which port.
    pub port: u16,
}

impl Found {
    /// Its address as a provider.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.neighbour.base)
    }
}

/// Looks at all of them at once; those that do not answer as they should within half a second are not there.
pub async fn look(http: &Http, ports: &Ports) -> Vec<Found> {
    let asked = KNOWN.iter().filter_map(|neighbour| ports.0.get(neighbour.slug).map(|port| look_at(http, neighbour, *port)));
    join_all(asked).await.into_iter().flatten().collect()
}

async fn look_at(http: &Http, neighbour: &'static Neighbour, port: u16) -> Option<Found> {
    let access = Access {
        provider: neighbour.slug.to_owned(),
        name: neighbour.name.to_owned(),
        base_url: Some(format!("http://127.0.0.1:{port}")),
        ..Access::default()
    };
    let api = http.api_within(&compatible::VENDOR, Limits::glance(PATIENCE), &access).ok()?;
    let answer: Value = api.get_json(neighbour.path).await.ok()?;
    (neighbour.is_it)(&answer).then_some(Found { neighbour, port })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn two_at_one_port_are_told_apart() {
        let who = |answer: Value| {
            KNOWN.iter().filter(|known| known.port == 8080 && (known.is_it)(&answer)).map(|known| known.slug).collect::<Vec<_>>()
        };
        assert_eq!(who(json!({"object": "list", "data": [{"id": "/models/qwen.gguf", "owned_by": "llamacpp"}]})), ["llama-cpp"]);
        assert_eq!(who(json!({"object": "list", "data": [{"id": "gpt-4", "object": "model"}]})), ["localai"]);
        assert!(who(json!({"code": "not_found"})).is_empty());
    }

    #[test]
    fn the_studio_does_not_look_at_itself() {
        let ports = Ports::usual(8080);
        assert!(!ports.0.values().any(|port| *port == 8080));
        assert_eq!(Ports::usual(9000).0.len(), KNOWN.len());
    }
}
