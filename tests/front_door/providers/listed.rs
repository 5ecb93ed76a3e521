//! Models as the vendors list them, for each kind of work that a vendor does; and what the settings say of all of it.

use serde_json::{Value, json};
use studio_tests::{Client, TestApp, VendorServer};

const KEY: &str = "MARKED-listing-key-0123456789";

fn provider<'a>(settings: &'a Value, id: &str) -> &'a Value {
    settings["providers"].as_array().unwrap().iter().find(|provider| provider["id"] == id).expect(id)
}

/// The ids of a provider's models of that kind, in the order in which they are shown.
fn models(settings: &Value, id: &str, kind: &str) -> Vec<String> {
    let all = provider(settings, id)["models"].as_array().unwrap().iter();
    all.filter(|model| model["kind"] == kind).map(|model| model["id"].as_str().unwrap().to_owned()).collect()
}

/// The settings once providers have listed these: one that takes its time does so behind them.
async fn listed(client: &Client, wanted: &[(&str, &str)]) -> Value {
    let has = |settings: &Value, id: &str, model: &str| {
        provider(settings, id)["models"].as_array().unwrap().iter().any(|known| known["id"] == model)
    };
    client.until("/api/settings", "lists them", |settings| wanted.iter().all(|(id, model)| has(settings, id, model))).await
}

fn note<'a>(settings: &'a Value, id: &str, model: &str) -> Option<&'a str> {
    let all = provider(settings, id)["models"].as_array().unwrap();
    all.iter().find(|known| known["id"] == model).expect(model)["note"].as_str()
}

#[tokio::test]
async fn gemini_lists_what_writes_speaks_draws_and_films() {
    let server = VendorServer::start().await;
    let model = |name: &str, method: &str| json!({"name": format!("models/{name}"), "displayName": name.to_uppercase(), "supportedGenerationMethods": [method]});
    server.on("GET", "/v1/models", move |asked, _| {
        let page = |models: Vec<Value>, next: Option<&str>| {
            let mut page = json!({"models": models});
            if let Some(next) = next {
                page["nextPageToken"] = json!(next);
            }
            studio_tests::Reply::json(&page)
        };
        if asked.query.contains("pageToken=more") {
            return page(
                vec![
                    model("gemini-9-flash-tts", "generateContent"),
                    model("gemini-9-image", "generateContent"),
                    model("gemini-omni-9", "createInteraction"),
                ],
                None,
            );
        }
        page(
            vec![
                model("gemini-9-flash", "generateContent"),
                model("gemini-3.8-flash", "generateContent"),
                model("gemini-embedding-9", "embedContent"),
            ],
            Some("more"),
        )
    });
    let app = TestApp::with_environment([("GEMINI_BASE_URL", &server.url()), ("GEMINI_API_KEY", KEY)]).await;
    let settings = listed(&app.client, &[("gemini", "gemini-omni-9")]).await;
    assert_eq!(models(&settings, "gemini", "script"), ["gemini-3.8-flash", "gemini-9-flash"], "its best known first, and no others");
    // A default that is not listed stays the default, and says so.
    assert_eq!(models(&settings, "gemini", "speech"), ["gemini-3.8-flash-tts", "gemini-9-flash-tts"]);
    assert_eq!(note(&settings, "gemini", "gemini-3.8-flash-tts"), Some("The provider does not list it now."));
    assert_eq!(models(&settings, "gemini", "image").last().unwrap(), "gemini-9-image");
    assert_eq!(models(&settings, "gemini", "video").last().unwrap(), "gemini-omni-9");
    assert!(server.asked().iter().all(|asked| asked.header("x-goog-api-key") == Some(KEY) && !asked.query.contains(KEY)));
    app.finish().await;
}

#[tokio::test]
async fn openai_lists_them_with_the_day_on_which_they_are_switched_off() {
    let server = VendorServer::start().await;
    let model = |id: &str, created: u64, end: Option<&str>| json!({"id": id, "object": "model", "created": created, "owned_by": "openai", "shutdown_date": end});
    server.on_json(
        "GET",
        "/v1/models",
        json!({"object": "list", "data": [
            model("gpt-9", 1, None), model("gpt-9.1", 2, None), model("tts-1", 1, Some("2027-01-06")), model("gpt-image-9", 1, None),
            model("whisper-1", 1, None), model("text-embedding-3-large", 1, None),
        ]}),
    );
    let app = TestApp::with_environment([("OPENAI_BASE_URL", &format!("{}/v1", server.url())), ("OPENAI_API_KEY", KEY)]).await;
    let settings = listed(&app.client, &[("openai", "gpt-9")]).await;
    assert_eq!(models(&settings, "openai", "script"), ["gpt-6.2-sol", "gpt-9.1", "gpt-9"], "the newest before older ones");
    assert_eq!(models(&settings, "openai", "speech"), ["gpt-4o-mini-tts", "tts-1"]);
    assert_eq!(note(&settings, "openai", "tts-1"), Some("Switched off on 2027-01-06."));
    assert_eq!(models(&settings, "openai", "image"), ["gpt-image-2.6-flare", "gpt-image-9"]);
    // It writes, speaks and draws; what is to be said of one of them is said.
    assert!(provider(&settings, "openai")["notes"].as_str().is_some_and(|notes| notes.contains("2027-01-06")), "{settings}");
    app.finish().await;
}

#[tokio::test]
async fn anthropic_and_servers_of_the_users_own_list_theirs() {
    let server = VendorServer::start().await;
    server.on("GET", "/v1/models", |asked, _| {
        studio_tests::Reply::json(&match asked.header("x-api-key") {
            Some(_) => json!({"data": [{"type": "model", "id": "claude-9", "display_name": "Claude 9"}], "has_more": false}),
            None => {
                json!({"object": "list", "data": [{"id": "nomic-embed-text"}, {"id": "qwen3:8b"}, {"id": "Kokoro-82M"}, {"id": "flux"}]})
            }
        })
    });
    let app = TestApp::with_environment([
        ("ANTHROPIC_BASE_URL", server.url().as_str()),
        ("ANTHROPIC_API_KEY", KEY),
        ("COMPATIBLE_BASE_URL", &format!("{}/v1", server.url())),
    ])
    .await;
    let settings = listed(&app.client, &[("anthropic", "claude-9"), ("compatible", "qwen3:8b")]).await;
    assert_eq!(models(&settings, "anthropic", "script"), ["claude-sonnet-5-5", "claude-9"]);
    let names: Vec<&Value> = provider(&settings, "anthropic")["models"].as_array().unwrap().iter().map(|model| &model["name"]).collect();
    assert_eq!(names, ["Claude Sonnet 5.5", "Claude 9"]);
    assert_eq!(
        (models(&settings, "compatible", "script"), models(&settings, "compatible", "speech")),
        (vec!["qwen3:8b".to_owned()], vec!["Kokoro-82M".to_owned()])
    );
    // Both of its kinds have something to say.
    let notes = provider(&settings, "compatible")["notes"].as_str().unwrap();
    assert!(notes.contains("Ollama") && notes.contains("/audio/speech"), "{notes}");
    app.finish().await;
}

#[tokio::test]
async fn the_readme_says_what_each_provider_does_and_what_its_variables_are() {
    use studio::providers::vendors::{a1111, anthropic, comfyui, compatible, elevenlabs, fal, google, openai, pexels, replicate};
    let remotes = [
        ("gemini", google::REMOTE),
        ("openai", openai::REMOTE),
        ("anthropic", anthropic::REMOTE),
        ("elevenlabs", elevenlabs::REMOTE),
        ("fal", fal::REMOTE),
        ("replicate", replicate::REMOTE),
        ("pexels", pexels::REMOTE),
        ("a1111", a1111::REMOTE),
        ("comfyui", comfyui::REMOTE),
        ("compatible", compatible::REMOTE),
    ];
    let readme = include_str!("../../../README.md");
    let (compose, example) = (include_str!("../../../docker-compose.yml"), include_str!("../../../.env.example"));
    let app = TestApp::start().await;
    let settings = app.client.get("/api/settings").await.expect(200);
    let known = settings["providers"].as_array().unwrap().iter().filter(|provider| provider["takesKey"] == true);
    let mut count = 0;
    for provider in known {
        let id = provider["id"].as_str().unwrap();
        let row = readme.lines().find(|line| line.starts_with(&format!("| `{id}` |"))).unwrap_or_else(|| panic!("no row for {id}"));
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let kinds: Vec<&str> = provider["kinds"].as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect();
        let (_, remote) = remotes.iter().find(|(known, _)| *known == id).unwrap_or_else(|| panic!("{id} is not known here"));
        assert_eq!(cells[2], kinds.join(", "), "{id}");
        assert!(cells[3].starts_with(&format!("`{}`", remote.key_variable)), "{row}");
        assert_eq!(cells[3].contains("if it wants one"), remote.key_optional, "{row}");
        assert!(cells[4].starts_with(&format!("`{}`", remote.base_url_variable)), "{row}");
        for variable in [remote.key_variable, remote.base_url_variable] {
            assert!(compose.contains(&format!("      {variable}:\n")), "the container is given {variable}");
        }
        assert!(example.contains(&format!("#{}=\n", remote.key_variable)), "{id}");
        count += 1;
    }
    assert_eq!(count, remotes.len());
    app.finish().await;
}
