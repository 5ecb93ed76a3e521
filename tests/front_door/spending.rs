//! Money: what calls cost, what they may cost, and limits that hold.

use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Client, TestApp,
    client::bad_paths,
    stand_ins::{Bill, LongFilm, Manner, Reply, StandIn},
    vendor::VendorServer,
    writers::{Dialect, End, script},
};

/// Ten characters, which cost a cent where a million cost a thousand dollars.
const WORDS: &str = "Ten words.";

async fn project_of(client: &Client, scenes: usize) -> Value {
    client.project(&vec![WORDS; scenes]).await
}

fn price() -> Value {
    json!({"stand-in/*": {"perMillionCharacters": 1000}})
}

async fn narrate(client: &Client, scene: &Value) -> studio_tests::Answer {
    client.post_and_wait("/api/audio/generate", json!({"sceneId": scene["id"], "voiceId": "stand-in/one"})).await
}

#[tokio::test]
async fn a_narration_costs_what_the_price_list_says_and_null_where_it_says_nothing() {
    let voice = StandIn::billing(Manner::FailFirst(0), Bill::ByCharacters);
    let app = TestApp::with_paid_providers(voice.among()).await;
    let project = project_of(&app.client, 3).await;
    let batch = json!({"kind": "audio", "request": {"projectId": project["id"], "voiceId": "stand-in/one"}});
    let unknown = app.client.post("/api/estimate", batch.clone()).await.expect(200);
    assert_eq!((&unknown["calls"], &unknown["costUsd"]), (&json!(3), &Value::Null));
    assert!((1.0..4.0).contains(&unknown["seconds"].as_f64().unwrap()), "six short words last about two seconds: {unknown}");
    let clip = narrate(&app.client, &project["scenes"][0]).await.expect(200);
    assert!(clip["costUsd"].is_null(), "unknown is not zero: {clip}");

    let settings = app.client.patch("/api/settings", json!({"prices": price()})).await.expect(200);
    assert_eq!(settings["prices"]["stand-in/*"], json!({"perMillionCharacters": 1000.0}));
    assert!(settings["prices"]["gemini/gemini-3.8-flash"]["asOf"].is_string(), "the program's own prices have their date");
    let estimate = app.client.post("/api/estimate", batch).await.expect(200);
    assert_eq!(estimate["calls"], 3);
    assert!((estimate["costUsd"].as_f64().unwrap() - 0.03).abs() < 1e-9, "{estimate}");
    let clip = narrate(&app.client, &project["scenes"][1]).await.expect(200);
    assert!((clip["costUsd"].as_f64().unwrap() - 0.01).abs() < 1e-9, "{clip}");
    let spending = app.client.get("/api/settings").await.expect(200)["spending"].clone();
    assert!((spending["monthUsd"].as_f64().unwrap() - 0.01).abs() < 1e-9, "{spending}");
    assert_eq!((&spending["reservedUsd"], &spending["unknownCalls"]), (&json!(0.0), &json!(1)));

    let gone = app.client.patch("/api/settings", json!({"prices": {"stand-in/*": null}})).await.expect(200);
    assert!(gone["prices"].get("stand-in/*").is_none());
    let bad = json!({"prices": {"nobody/x": {"perImage": 1}, "stand-in": {"perImage": 1}}});
    let error = app.client.patch("/api/settings", bad).await.expect_error(422, ErrorCode::ValidationFailed);
    assert_eq!(bad_paths(&error), ["prices.nobody/x", "prices.stand-in"]);
    app.finish().await;
}

#[tokio::test]
async fn a_request_that_could_go_beyond_a_limit_is_refused_and_changes_nothing() {
    let voice = StandIn::billing(Manner::Wait, Bill::ByCharacters);
    let app = TestApp::with_paid_providers(voice.among()).await;
    let project = project_of(&app.client, 6).await;
    let other = project_of(&app.client, 1).await;
    app.client.patch("/api/settings", json!({"prices": price(), "spending": {"projectLimitUsd": 0.05}})).await.expect(200);
    let batch = json!({"projectId": project["id"], "voiceId": "stand-in/one"});
    let error = app.client.post("/api/audio/generate-batch", batch).await.expect_error(409, ErrorCode::SpendingLimitReached);
    assert_eq!((&error.details["limitUsd"], &error.details["spentUsd"]), (&json!(0.05), &json!(0.0)));
    assert!((error.details["estimateUsd"].as_f64().unwrap() - 0.06).abs() < 1e-9, "{error:?}");
    assert_eq!(app.database.count("select count(*) as n from audio_clips").await, 0);

    // Five cents are held back for what waits; the sixth is too much, and canceling gives one back.
    let narration = |scene: usize| json!({"sceneId": project["scenes"][scene]["id"], "voiceId": "stand-in/one"});
    let mut clips = Vec::new();
    for scene in 0..5 {
        clips.push(app.client.post("/api/audio/generate", narration(scene)).await.expect(202));
    }
    app.client.post("/api/audio/generate", narration(5)).await.expect_error(409, ErrorCode::SpendingLimitReached);
    let path = |clip: &Value| format!("/api/audio/{}", clip["id"].as_str().unwrap());
    app.client.post(&format!("{}/cancel", path(&clips[4])), json!({})).await.expect(200);
    app.client.post("/api/audio/generate", narration(5)).await.expect(202);
    // To try the canceled one again is a new call, which the limit has no room for.
    let retry = app.client.post(&format!("{}/retry", path(&clips[4])), json!({})).await;
    retry.expect_error(409, ErrorCode::SpendingLimitReached);
    // A limit for the month counts every project.
    app.client.patch("/api/settings", json!({"spending": {"projectLimitUsd": null, "monthLimitUsd": 0.055}})).await.expect(200);
    let elsewhere = json!({"sceneId": other["scenes"][0]["id"], "voiceId": "stand-in/one"});
    app.client.post("/api/audio/generate", elsewhere).await.expect_error(409, ErrorCode::SpendingLimitReached);
    voice.let_go(9);
    app.until_idle().await;
    assert_eq!(voice.calls(), 5);
    let spending = app.client.get("/api/settings").await.expect(200)["spending"].clone();
    assert!((spending["monthUsd"].as_f64().unwrap() - 0.05).abs() < 1e-9, "{spending}");
    assert_eq!(spending["reservedUsd"], 0.0);
    app.finish().await;
}

#[tokio::test]
async fn many_requests_at_once_stay_within_a_limit() {
    let voice = StandIn::billing(Manner::FailFirst(0), Bill::ByCharacters);
    let app = TestApp::with_paid_providers(voice.among()).await;
    let (second, other) = app.another_paid(voice.among()).await;
    let project = project_of(&app.client, 12).await;
    app.client.patch("/api/settings", json!({"prices": price(), "spending": {"monthLimitUsd": 0.045}})).await.expect(200);
    let asked = project["scenes"].as_array().unwrap().iter().enumerate().map(|(at, scene)| {
        let client = if at % 2 == 0 { app.client.clone() } else { other.clone() };
        let body = json!({"sceneId": scene["id"], "voiceId": "stand-in/one"});
        async move { client.post("/api/audio/generate", body).await.status }
    });
    let answers = futures_util::future::join_all(asked).await;
    assert_eq!(answers.iter().filter(|status| **status == 202).count(), 4, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 409).count(), 8, "{answers:?}");
    app.until_idle().await;
    assert_eq!(voice.calls(), 4);
    second.stop().await;
    app.finish().await;
}

#[tokio::test]
async fn a_limit_that_is_lowered_holds_for_what_waits() {
    let voice = StandIn::billing(Manner::Wait, Bill::ByCharacters);
    let app = TestApp::with_paid_providers(voice.among()).await;
    let project = project_of(&app.client, 4).await;
    let rules = json!({"prices": price(), "spending": {"projectLimitUsd": 1}, "limits": {"stand-in": {"atOnce": 1}}});
    app.client.patch("/api/settings", rules).await.expect(200);
    let batch =
        app.client.post("/api/audio/generate-batch", json!({"projectId": project["id"], "voiceId": "stand-in/one"})).await.expect(202);
    voice.until_running(1).await;
    app.client.patch("/api/settings", json!({"spending": {"projectLimitUsd": 0.015}})).await.expect(200);
    voice.let_go(9);
    app.until_idle().await;
    assert_eq!(voice.calls(), 1);
    let path = format!("/api/audio/by-project/{}", project["id"].as_str().unwrap());
    let clips = app.client.get(&path).await.expect(200);
    let failed: Vec<&Value> = clips.as_array().unwrap().iter().filter(|clip| clip["status"] == "failed").collect();
    assert_eq!((failed.len(), batch["items"].as_array().unwrap().len()), (3, 4));
    assert!(failed.iter().all(|clip| clip["error"]["code"] == "spending_limit_reached"), "{failed:?}");
    app.finish().await;
}

#[tokio::test]
async fn where_a_price_is_unknown_a_limit_refuses_unless_the_user_allows_it() {
    let film = LongFilm::new(Reply::Ticket);
    let app = TestApp::with_paid_providers(film.among()).await;
    let project = project_of(&app.client, 1).await;
    let image = app.client.post_and_wait("/api/image/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    let body = json!({"imageIds": [image["id"]], "options": {"provider": "long-film", "durationSeconds": 5}});
    app.client.patch("/api/settings", json!({"spending": {"monthLimitUsd": 10}})).await.expect(200);
    let error = app.client.post("/api/video/generate", body.clone()).await.expect_error(409, ErrorCode::SpendingLimitReached);
    assert!(error.details["estimateUsd"].is_null() && error.message.contains("not known"), "{error:?}");
    // What is made on this machine is never held up.
    app.client
        .post_and_wait("/api/video/generate", json!({"imageIds": [image["id"]], "options": {"quality": "preview"}}))
        .await
        .expect(200);
    app.client.patch("/api/settings", json!({"spending": {"unknownPrices": "allow"}})).await.expect(200);
    film.finish();
    let clip = app.client.post_and_wait("/api/video/generate", body.clone()).await.expect(200);
    assert_eq!((&clip["status"], &clip["costUsd"]), (&json!("ready"), &json!(0.8)));
    // With a price it is reckoned with beforehand.
    let rules = json!({"spending": {"unknownPrices": "refuse", "monthLimitUsd": 1.5}, "prices": {"long-film/*": {"perSecond": 0.2}}});
    app.client.patch("/api/settings", rules).await.expect(200);
    let estimate = app.client.post("/api/estimate", json!({"kind": "video", "request": body})).await.expect(200);
    assert_eq!(estimate, json!({"calls": 1, "costUsd": 1.0}));
    app.client.post("/api/video/generate", body).await.expect_error(409, ErrorCode::SpendingLimitReached);
    app.finish().await;
}

#[tokio::test]
async fn a_script_is_asked_for_again_only_as_far_as_a_limit_allows() {
    let dialect = Dialect::Gemini;
    let answer = 0.75 * 0.001 + 3.75 * 0.002;
    let text = script(3).to_string();
    let (cut, mut nameless) = (text[..text.rfind("Part 3").unwrap()].to_owned(), script(3));
    nameless["scenes"][1]["visualPrompt"] = json!("");
    for (first, end, made) in [
        // Not what was asked for, and not all of it: then it is of no use.
        (script(2).to_string(), End::Complete, false),
        (cut, End::CutOff, false),
        // It could be better.
        (nameless.to_string(), End::Complete, true),
    ] {
        let server = VendorServer::start().await;
        let whole = text.clone();
        server.on("POST", dialect.path(), move |_, before| match before {
            0 => dialect.streamed(&first, end),
            _ => dialect.streamed(&whole, End::Complete),
        });
        let app = dialect.app(&server).await;
        let wanted = dialect.wanted(3);
        let estimate = app.client.post("/api/estimate", json!({"kind": "script", "request": wanted})).await.expect(200);
        // Enough for one answer, and not for another as long as that may be.
        let limit = estimate["costUsd"].as_f64().unwrap() + answer / 2.0;
        app.client.patch("/api/settings", json!({"spending": {"monthLimitUsd": limit}})).await.expect(200);
        let written = app.client.post("/api/script/generate", wanted.clone()).await;
        if made {
            assert_eq!(written.expect(201)["scenes"].as_array().unwrap().len(), 3);
        } else {
            let error = written.expect_error(409, ErrorCode::SpendingLimitReached);
            assert_eq!(error.details["limitUsd"], json!(limit), "{error:?}");
            assert!(error.details["estimateUsd"].as_f64().unwrap() > answer, "with what was spent: {error:?}");
            let project = app.client.get("/api/projects").await.expect(200)["items"][0].clone();
            assert_eq!((&project["status"], &project["error"]["code"]), (&json!("failed"), &json!("spending_limit_reached")));
        }
        assert_eq!(server.asked_at("POST", dialect.path()).len(), 1);
        let spent = async || app.client.get("/api/settings").await.expect(200)["spending"]["monthUsd"].as_f64().unwrap();
        assert!((spent().await - answer).abs() < 1e-9, "{}", spent().await);
        // With more room, the same is asked for twice.
        if !made {
            app.client.patch("/api/settings", json!({"spending": {"monthLimitUsd": 1}})).await.expect(200);
            app.client.post("/api/script/generate", wanted).await.expect(201);
            assert_eq!(server.asked_at("POST", dialect.path()).len(), 2);
        }
        app.finish().await;
    }
}

#[tokio::test]
async fn a_rewrite_is_not_paid_with_what_is_held_back_for_others() {
    let (dialect, speech) = (Dialect::Anthropic, "/v1/audio/speech");
    let server = VendorServer::start().await;
    server.on("POST", speech, |_, _| studio_tests::Reply::silence());
    let rewritten = json!({"title": "Short", "narration": "A mill.", "visualPrompt": "A mill"}).to_string();
    server.on("POST", dialect.path(), move |_, before| dialect.whole(if before == 1 { "Certainly!" } else { &rewritten }));
    let (url, v1) = (server.url(), format!("{}/v1", server.url()));
    let variables =
        [("OPENAI_BASE_URL", &*v1), ("OPENAI_API_KEY", "MARKED-1"), ("ANTHROPIC_BASE_URL", &*url), ("ANTHROPIC_API_KEY", "MARKED-2")];
    let app = TestApp::with_environment(variables).await;
    let prices = json!({"openai/gpt-4o-mini-tts": {"perRequest": 1}, "anthropic/claude-sonnet-5-5": {"perRequest": 0.1}});
    let settings = json!({"prices": prices, "limits": {"openai": {"atOnce": 1}}, "spending": {"monthLimitUsd": 3.05},
        "defaults": {"script": {"provider": "anthropic", "model": "claude-sonnet-5-5"}}});
    app.client.patch("/api/settings", settings).await.expect(200);
    let project = project_of(&app.client, 3).await;
    let batch = json!({"projectId": project["id"], "voiceId": "openai/nova"});
    let clips = app.client.post("/api/audio/generate-batch", batch).await.expect(202)["items"].clone();
    server.until_asked("POST", speech, 1).await;
    // One dollar is being spent, two are held back, and a nickel is left.
    let spending = app.client.get("/api/settings").await.expect(200)["spending"].clone();
    assert_eq!((&spending["monthUsd"], &spending["reservedUsd"]), (&json!(1.0), &json!(2.0)));
    let rewrite = format!("/api/scenes/{}/rewrite", project["scenes"][0]["id"].as_str().unwrap());
    let instruction = json!({"instruction": "Shorter."});
    let error = app.client.post(&rewrite, instruction.clone()).await.expect_error(409, ErrorCode::SpendingLimitReached);
    assert_eq!(error.details["spentUsd"], 3.0, "{error:?}");
    assert_eq!(server.asked_at("POST", dialect.path()).len(), 0);
    // What is canceled gives back what it held.
    let cancel = async |clip: usize| {
        let path = format!("/api/audio/{}/cancel", clips[clip]["id"].as_str().unwrap());
        app.client.post(&path, json!({})).await.expect(200);
    };
    cancel(2).await;
    app.client.post(&rewrite, instruction.clone()).await.expect(200);
    // One is still held back. The next answer is of no use, and what another may cost is not left any more.
    app.client.patch("/api/settings", json!({"spending": {"monthLimitUsd": 2.25}})).await.expect(200);
    app.client.post(&rewrite, instruction).await.expect_error(409, ErrorCode::SpendingLimitReached);
    assert_eq!(server.asked_at("POST", dialect.path()).len(), 2);
    cancel(1).await;
    cancel(0).await;
    app.until_idle().await;
    app.finish().await;
}
