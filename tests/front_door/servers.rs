//! Servers that the user adds: several that speak OpenAI's language, each with its name, address and key; and how long
//! each provider may take.

use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    TestApp,
    client::bad_paths,
    stand_ins::{Manner, Servers, StandIn},
};

fn provider<'a>(settings: &'a Value, id: &str) -> Option<&'a Value> {
    settings["providers"].as_array().unwrap().iter().find(|provider| provider["id"] == id)
}

fn kokoro() -> Value {
    json!({"name": " Kokoro ", "baseUrl": "http://127.0.0.1:8880/v1/", "apiKey": "kk-0123456789a1b2", "kinds": ["speech"]})
}

#[tokio::test]
async fn servers_are_added_spoken_with_renamed_and_removed() {
    let servers = Servers::new();
    let app = TestApp::with_providers(servers.among()).await;
    let project = app.client.project(&["Hello.", "Goodbye."]).await;
    let added = json!({"providers": {"compatible-kokoro": kokoro(), "compatible-box": {"baseUrl": "http://10.0.0.9:8000/v1"}}});
    let settings = app.client.patch("/api/settings", added).await.expect(200);
    let known = provider(&settings, "compatible-kokoro").unwrap();
    let shown = ["name", "custom", "configured", "kinds", "baseUrl", "keyHint", "keySource"].map(|field| &known[field]);
    let wanted = [
        json!("Kokoro"),
        json!(true),
        json!(true),
        json!(["speech"]),
        json!("http://127.0.0.1:8880/v1"),
        json!("…a1b2"),
        json!("settings"),
    ];
    assert_eq!(shown, wanted.each_ref(), "{known}");
    let other = provider(&settings, "compatible-box").unwrap();
    assert_eq!((&other["name"], &other["keyHint"]), (&json!("box"), &Value::Null), "{other}");

    // It is a provider like any other: its voices, its takes, its limits, its prices.
    let voices = app.client.get("/api/voices?provider=compatible-kokoro").await.expect(200);
    assert_eq!((&voices["items"][0]["id"], &voices["items"][0]["name"]), (&json!("compatible-kokoro/af_heart"), &json!("Heart of Kokoro")));
    let all = app.client.get("/api/voices").await.expect(200)["items"].to_string();
    assert!(all.contains("compatible-box/af_heart") && all.contains("espeak/en-us"), "{all}");
    let rules = json!({
        "prices": {"compatible-kokoro/*": {"perRequest": 0.25}},
        "limits": {"compatible-kokoro": {"atOnce": 1, "time": {"speech": {"totalSeconds": 42}}}},
        "defaults": {"audio": {"voiceId": "compatible-kokoro/af_heart", "provider": "compatible-kokoro", "model": "kokoro"}}
    });
    let settings = app.client.patch("/api/settings", rules).await.expect(200);
    assert_eq!(
        (&settings["limits"]["compatible-kokoro"]["atOnce"], &settings["limits"]["compatible-box"]["atOnce"]),
        (&json!(1), &json!(3))
    );
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    assert_eq!(
        (&clip["provider"], &clip["model"], &clip["voiceId"], &clip["costUsd"]),
        (&json!("compatible-kokoro"), &json!("kokoro"), &json!("compatible-kokoro/af_heart"), &json!(0.25)),
        "{clip}"
    );
    let test = app.client.post("/api/settings/providers/compatible-box/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true);
    let asked = servers.asked();
    let [(with, voice), (elsewhere, _)] = asked.as_slice() else { panic!("{asked:?}") };
    let reached = (with.provider.as_str(), with.name.as_str(), with.base_url.as_deref(), with.key.as_ref().map(|key| key.expose()));
    assert_eq!(reached, ("compatible-kokoro", "Kokoro", Some("http://127.0.0.1:8880/v1"), Some("kk-0123456789a1b2")));
    assert_eq!((voice.as_str(), with.limits.speech.unwrap().total_seconds), ("af_heart", Some(42.0)));
    let reached = (elsewhere.provider.as_str(), elsewhere.base_url.as_deref(), elsewhere.key.is_none());
    assert_eq!(reached, ("compatible-box", Some("http://10.0.0.9:8000/v1"), true));

    let settings = app.client.patch("/api/settings", json!({"providers": {"compatible-kokoro": {"name": "Heart"}}})).await.expect(200);
    let known = provider(&settings, "compatible-kokoro").unwrap();
    assert_eq!(
        (&known["name"], &known["baseUrl"], &known["keyHint"]),
        (&json!("Heart"), &json!("http://127.0.0.1:8880/v1"), &json!("…a1b2"))
    );

    // With it goes what was set for it, and what is built in does the work again.
    let settings = app.client.patch("/api/settings", json!({"providers": {"compatible-kokoro": null}})).await.expect(200);
    assert!(provider(&settings, "compatible-kokoro").is_none());
    assert_eq!(settings["defaults"]["audio"], json!({"provider": "espeak", "speed": 1.0}));
    assert!(settings["prices"].get("compatible-kokoro/*").is_none() && settings["limits"].get("compatible-kokoro").is_none());
    let narrate = json!({"sceneId": project["scenes"][1]["id"], "voiceId": "compatible-kokoro/af_heart"});
    let error = app.client.post("/api/audio/generate", narrate).await.expect_error(409, ErrorCode::ProviderNotConfigured);
    assert_eq!(error.details["provider"], "compatible-kokoro");
    app.client.post("/api/settings/providers/compatible-kokoro/test", json!({})).await.expect_error(404, ErrorCode::NotFound);
    let retry = format!("/api/audio/{}/retry", clip["id"].as_str().unwrap());
    assert_ne!(app.client.post(&retry, json!({})).await.status, 500);
    app.finish().await;
}

#[tokio::test]
async fn what_is_no_server_is_refused_and_changes_nothing() {
    let app = TestApp::with_providers(Servers::new().among()).await;
    app.client.patch("/api/settings", json!({"providers": {"compatible-kokoro": kokoro()}})).await.expect(200);
    let before = app.client.get("/api/settings").await.expect(200);
    let address = json!({"baseUrl": "http://127.0.0.1:1/v1"});
    for (patch, bad) in [
        (json!({"compatible-": address}), "providers.compatible-"),
        (json!({"compatible-Big_Box": address}), "providers.compatible-Big_Box"),
        (json!({"compatible-x": {"name": "X"}}), "providers.compatible-x.baseUrl"),
        (json!({"compatible-x": {"baseUrl": "127.0.0.1:1"}}), "providers.compatible-x.baseUrl"),
        (json!({"compatible-x": {"baseUrl": "http://u:p@127.0.0.1:1/v1"}}), "providers.compatible-x.baseUrl"),
        (json!({"compatible-x": {"baseUrl": "http://127.0.0.1:1/v1", "kinds": ["video"]}}), "providers.compatible-x.kinds"),
        (json!({"compatible-kokoro": {"baseUrl": null}}), "providers.compatible-kokoro.baseUrl"),
        (json!({"compatible-kokoro": {"kinds": []}}), "providers.compatible-kokoro.kinds"),
        (json!({"compatible-kokoro": {"name": " "}}), "providers.compatible-kokoro.name"),
        (json!({"compatible-gone": null}), "providers.compatible-gone"),
        (json!({"compatible": {"name": "X"}}), "providers.compatible.name"),
        (json!({"espeak": null}), "providers.espeak"),
    ] {
        let error = app.client.patch("/api/settings", json!({"providers": patch})).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), [bad], "{patch}");
    }
    // What is named before it is there, or after it is gone.
    let patch = json!({"providers": {"compatible-kokoro": null}, "defaults": {"audio": {"provider": "compatible-kokoro"}}, "limits": {"compatible-x": {"atOnce": 1}}});
    let error = app.client.patch("/api/settings", patch).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["limits.compatible-x", "defaults.audio.provider"]);
    let many: serde_json::Map<String, Value> = (0..20).map(|n| (format!("compatible-{n}"), address.clone())).collect();
    let error = app.client.patch("/api/settings", json!({"providers": many})).await.expect_error(422, ErrorCode::ValidationFailed);
    assert!(error.details["fields"].to_string().contains("20 servers"), "{error:?}");
    assert_eq!(app.client.get("/api/settings").await.expect(200), before);
    // A server that is added and made the default in one go.
    let both = json!({"providers": {"compatible-x": address}, "defaults": {"audio": {"provider": "compatible-x"}}});
    let settings = app.client.patch("/api/settings", both).await.expect(200);
    assert_eq!(settings["defaults"]["audio"]["provider"], "compatible-x");
    app.finish().await;
}

#[tokio::test]
async fn the_one_of_the_environment_has_its_own_key() {
    use studio::config::{Config, Environment};
    let variables = [("COMPATIBLE_BASE_URL", "http://127.0.0.1:11434/v1"), ("COMPATIBLE_API_KEY", "ck-0123456789wxyz")];
    let app = TestApp::with(|config| Config { environment: Environment::of(variables), ..config }, Servers::new().among()).await;
    let settings = app.client.patch("/api/settings", json!({"providers": {"compatible-x": {"baseUrl": "http://127.0.0.1:1/v1"}}})).await;
    let settings = settings.expect(200);
    let own = provider(&settings, "compatible").unwrap();
    let shown = ["custom", "configured", "keySource", "keyHint", "baseUrl"].map(|field| &own[field]);
    let wanted = [json!(false), json!(true), json!("environment"), json!("…wxyz"), json!("http://127.0.0.1:11434/v1")];
    assert_eq!(shown, wanted.each_ref());
    // The key of one server is never sent to another.
    assert!(provider(&settings, "compatible-x").unwrap().get("keyHint").is_none());
    app.finish().await;
}

#[tokio::test]
async fn time_limits_are_set_by_provider_and_kind() {
    let app = TestApp::with_providers(StandIn::new(Manner::Refuse).among()).await;
    let usual = app.client.get("/api/settings").await.expect(200)["limits"]["stand-in"].clone();
    // It is reached on this machine, where loading a model takes minutes.
    let slow = json!({"speech": {"connectSeconds": 5.0, "firstByteSeconds": 600.0, "idleSeconds": 300.0, "totalSeconds": 1800.0}});
    assert_eq!(usual, json!({"atOnce": 2, "time": slow, "usual": {"atOnce": 2, "time": slow}}));
    let set = json!({"limits": {"stand-in": {"time": {"speech": {"totalSeconds": 60, "connectSeconds": 0.5}}}}});
    let settings = app.client.patch("/api/settings", set).await.expect(200);
    let limits = &settings["limits"]["stand-in"];
    let changed = json!({"connectSeconds": 0.5, "firstByteSeconds": 600.0, "idleSeconds": 300.0, "totalSeconds": 60.0});
    assert_eq!((&limits["time"]["speech"], &limits["usual"]["time"]), (&changed, &slow));
    assert!(settings["limits"]["espeak"].get("time").is_none(), "what is built in has no such limits");
    for (bad, path) in [
        (json!({"stand-in": {"time": {"speech": {"totalSeconds": 0}}}}), "limits.stand-in.time.speech.totalSeconds"),
        (json!({"stand-in": {"time": {"speech": {"connectSeconds": 301}}}}), "limits.stand-in.time.speech.connectSeconds"),
        (json!({"stand-in": {"time": {"video": {"totalSeconds": 60}}}}), "limits.stand-in.time.video"),
        (json!({"espeak": {"time": {"speech": {"totalSeconds": 60}}}}), "limits.espeak.time.speech"),
    ] {
        let error = app.client.patch("/api/settings", json!({"limits": bad})).await.expect_error(422, ErrorCode::ValidationFailed);
        assert_eq!(bad_paths(&error), [path]);
    }
    let reset = json!({"limits": {"stand-in": {"time": {"speech": {"connectSeconds": null}}}}});
    let settings = app.client.patch("/api/settings", reset).await.expect(200);
    assert_eq!(settings["limits"]["stand-in"]["time"]["speech"]["connectSeconds"], 5.0);
    let settings = app.client.patch("/api/settings", json!({"limits": {"stand-in": {"time": null}}})).await.expect(200);
    assert_eq!(settings["limits"]["stand-in"], usual);
    app.finish().await;
}
