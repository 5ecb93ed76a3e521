//! The list of voices, of providers that answer, fail and take their time.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    TestApp,
    vendor::{Reply, VendorServer},
};

fn of<'a>(list: &'a Value, provider: &str) -> Vec<&'a Value> {
    list["items"].as_array().expect("items").iter().filter(|voice| voice["provider"] == provider).collect()
}

async fn studio(server: &VendorServer) -> TestApp {
    TestApp::with_environment([
        ("ELEVENLABS_BASE_URL", server.url().as_str()),
        ("ELEVENLABS_API_KEY", "sk_MARKED0123456789abcdef"),
        ("GEMINI_API_KEY", "gemini-MARKED-key-0123456789"),
    ])
    .await
}

#[tokio::test]
async fn one_provider_that_fails_takes_nothing_from_the_others() {
    let server = VendorServer::start().await;
    let app = studio(&server).await;
    let refusal = json!({"detail": {"status": "invalid_api_key", "message": "Invalid API key sk_MARKED0123456789abcdef"}});
    server.on("GET", "/v2/voices", move |_, _| Reply::json(&refusal).status(401));
    let list = app.client.get("/api/voices").await.expect(200);
    assert!(of(&list, "espeak").len() > 50);
    assert_eq!(of(&list, "gemini").len(), 30);
    assert_eq!(
        of(&list, "gemini")[0],
        &json!({"id": "gemini/Kore", "name": "Kore (firm)", "provider": "gemini", "language": "mul", "gender": "female"})
    );
    assert!(of(&list, "openai").is_empty() && of(&list, "compatible").is_empty(), "those that are not set up have no voices");
    let failures = list["failures"].as_array().expect("failures");
    assert_eq!(
        (failures.len(), &failures[0]["provider"], &failures[0]["error"]["code"]),
        (1, &json!("elevenlabs"), &json!("provider_auth_failed"))
    );
    assert!(!list.to_string().contains("MARKED"), "{}", list["failures"]);
    app.client.get("/api/voices?provider=elevenlabs").await.expect_error(502, ErrorCode::ProviderAuthFailed);
    app.client.get("/api/voices?provider=openai").await.expect_error(409, ErrorCode::ProviderNotConfigured);
    assert_eq!(server.asked().len(), 1, "a failure of a moment ago is not asked for again");
    // With another key it is another list.
    server.on_json("GET", "/v2/voices", json!({"voices": [{"voice_id": "one", "name": "One"}], "has_more": false}));
    app.client.patch("/api/settings", json!({"providers": {"elevenlabs": {"apiKey": "sk_another0123456789"}}})).await.expect(200);
    let list = app.client.get("/api/voices?language=de").await.expect(200);
    assert_eq!((of(&list, "elevenlabs").len(), list.get("failures")), (1, None));
    let german = of(&list, "espeak");
    assert!(!german.is_empty() && german.iter().all(|voice| voice["language"].as_str().unwrap().starts_with("de")));
    app.finish().await;
}

#[tokio::test]
async fn one_that_says_nothing_is_not_waited_for_and_is_there_later() {
    let server = VendorServer::start().await;
    let app = studio(&server).await;
    let (reply, feed) = Reply::fed("application/json");
    let reply = std::sync::Mutex::new(Some(reply));
    server.on("GET", "/v2/voices", move |_, _| reply.lock().unwrap().take().expect("asked once"));
    let started = Instant::now();
    let list = app.client.get("/api/voices").await.expect(200);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert_eq!(
        (of(&list, "gemini").len(), &list["failures"][0]["error"]["code"]),
        (30, &json!("provider_timeout")),
        "{}",
        list["failures"]
    );
    feed.send(json!({"voices": [{"voice_id": "one", "name": "One"}], "has_more": false}).to_string());
    drop(feed);
    let list = app.client.get("/api/voices").await.expect(200);
    assert_eq!((of(&list, "elevenlabs").len(), list.get("failures")), (1, None), "the list that was on its way has come");
    app.finish().await;
}
