//! Servers that speak OpenAI's chat completions, or nearly: asked for the least, believed as little, and told as they write.

use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Reply, VendorServer,
    writers::{Dialect, End, scene, script},
};

const DIALECT: Dialect = Dialect::Compatible;

#[tokio::test]
async fn scenes_arrive_while_the_server_still_writes() {
    let server = VendorServer::start().await;
    let (reply, feed) = Reply::fed("text/event-stream");
    server.on_each("POST", DIALECT.path(), [reply]);
    let app = DIALECT.app_without_key(&server).await;
    let mut events = app.client.post_for_events("/api/script/generate", DIALECT.wanted(3)).await;
    assert_eq!(events.next().await.unwrap().name, "project");
    // Each scene is there before the next is begun.
    let text = script(3).to_string();
    let mut rest = text.as_str();
    for number in 1..=3 {
        let end = rest.find(&format!("picture {number}")).unwrap() + 12;
        feed.event(&DIALECT.piece(&rest[..end]));
        rest = &rest[end..];
        let end = rest.find('}').unwrap_or(rest.len());
        feed.event(&DIALECT.piece(&rest[..=end]));
        rest = &rest[end + 1..];
        let told = events.next().await.unwrap();
        assert_eq!((told.name.as_str(), &told.data["title"]), ("scene", &json!(format!("Part {number}"))));
        let project = told.data["projectId"].as_str().unwrap().to_owned();
        let now = app.client.get(&format!("/api/projects/{project}")).await.expect(200);
        assert_eq!((&now["status"], &now["sceneCount"]), (&json!("generating"), &json!(number)));
    }
    feed.event(&DIALECT.piece(rest));
    DIALECT.end(End::Complete).iter().for_each(|event| feed.event(event));
    // It says that this is all, and holds the line.
    feed.send("data: [DONE]\n\n");
    let done = events.next().await.unwrap();
    assert_eq!((done.name.as_str(), done.data["scenes"].as_array().unwrap().len()), ("done", 3));
    drop(feed);
    app.finish().await;
}

#[tokio::test]
async fn while_a_script_is_written_its_order_is_the_writers_and_what_the_user_changes_is_kept() {
    let server = VendorServer::start().await;
    let (reply, feed) = Reply::fed("text/event-stream");
    server.on_each("POST", DIALECT.path(), [reply]);
    let app = DIALECT.app_without_key(&server).await;
    let mut events = app.client.post_for_events("/api/script/generate", DIALECT.wanted(3)).await;
    let text = script(3).to_string();
    let (most, rest) = text.split_at(text.rfind("Part 3").unwrap());
    feed.event(&DIALECT.piece(most));
    let first = events.until(|event| event.name == "scene").await.data;
    let second = events.until(|event| event.name == "scene").await.data;
    let project = format!("/api/projects/{}", first["projectId"].as_str().unwrap());
    let scene = format!("/api/scenes/{}", second["id"].as_str().unwrap());
    for refused in [
        app.client.post(&format!("{project}/scenes"), json!({})).await,
        app.client.patch(&scene, json!({"position": 0})).await,
        app.client.delete(&scene).await,
    ] {
        refused.expect_error(409, ErrorCode::Conflict);
    }
    app.client.patch(&scene, json!({"narration": "In words of my own.", "position": 1})).await.expect(200);
    app.client.patch(&project, json!({"title": "A title of my own", "language": "de"})).await.expect(200);

    feed.event(&DIALECT.piece(rest));
    DIALECT.end(End::Complete).iter().for_each(|event| feed.event(event));
    feed.send("data: [DONE]\n\n");
    let done = events.until(|event| event.name == "done").await.data;
    assert_eq!((done["scenes"].as_array().unwrap().len(), &done["scenes"][1]["narration"]), (3, &json!("In words of my own.")), "{done}");
    let written = app.client.get(&project).await.expect(200);
    assert_eq!((&written["title"], &written["language"]), (&json!("A title of my own"), &json!("de")));
    assert_eq!(written["visualBible"][0]["name"], "Mara", "what nobody has changed is the writer's");
    assert_eq!(app.client.post(&format!("{project}/scenes"), json!({})).await.expect(201)["position"], 3);
    drop(feed);
    app.finish().await;
}

#[tokio::test]
async fn the_server_is_asked_for_the_least_and_its_first_model_that_writes() {
    let server = VendorServer::start().await;
    let models = json!({"data": [{"id": "text-embedding-nomic-embed-text-v1.5"}, {"id": "qwen3:8b"}, {"id": "llama3.2"}]});
    server.on_json("GET", "/v1/models", models).on("POST", DIALECT.path(), |_, _| DIALECT.streamed(&script(2).to_string(), End::Complete));
    let app = DIALECT.app_without_key(&server).await;
    let test = app.client.post("/api/settings/providers/compatible/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true);
    let mut wanted = DIALECT.wanted(2);
    wanted["options"].as_object_mut().unwrap().remove("model");
    let written = app.client.post("/api/script/generate", wanted).await.expect(201);
    let asked = server.asked_at("POST", DIALECT.path());
    assert_eq!((asked.len(), asked[0].header("authorization")), (1, None));
    let mut body = asked[0].json();
    assert!(body["response_format"]["json_schema"]["schema"].take().is_object());
    assert!(body["max_tokens"].take().is_u64());
    body["messages"][0]["content"] = Value::Null;
    let expected = json!({
        "model": "qwen3:8b",
        "messages": [{"role": "system", "content": null}, {"role": "user", "content": "A mill by the sea, and the woman who keeps it."}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "script", "schema": null}},
        "max_tokens": null,
        "stream": true,
    });
    assert_eq!(body, expected);
    // Whoever returns in the film is kept with it.
    let project = app.client.get(&format!("/api/projects/{}", written["projectId"].as_str().unwrap())).await.expect(200);
    assert_eq!((&project["title"], &project["language"]), (&json!("The mill by the sea"), &json!("en")));
    assert_eq!(project["visualBible"][0]["name"], "Mara");
    assert_eq!(project["visualBible"].as_array().unwrap().len(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_chatty_fenced_answer_in_one_piece_is_understood() {
    for text in [
        format!("Here is {{your}} script:\n```json\n{}\n```\nEnjoy!", script(2)),
        format!("<think>Maybe {{\"scenes\": [{}]}}?</think>\n{}", scene(9), script(2)),
        format!("{:#}", script(2)),
    ] {
        let server = VendorServer::start().await;
        server.on("POST", DIALECT.path(), move |_, _| DIALECT.whole(&text));
        let app = DIALECT.app_without_key(&server).await;
        let written = app.client.post("/api/script/generate", DIALECT.wanted(2)).await.expect(201);
        let titles: Vec<&Value> = written["scenes"].as_array().unwrap().iter().map(|scene| &scene["title"]).collect();
        assert_eq!(titles, ["Part 1", "Part 2"]);
        assert_eq!(server.asked().len(), 1);
        app.finish().await;
    }
}

#[tokio::test]
async fn a_server_that_breaks_off_is_asked_again_where_nobody_bills_it() {
    let server = VendorServer::start().await;
    server.on("POST", DIALECT.path(), |_, before| {
        let text = script(2).to_string();
        match before {
            0 => Reply::cut_off("text/event-stream", format!("data: {}\n\n", DIALECT.piece(&text[..text.rfind("Part 2").unwrap()]))),
            _ => DIALECT.streamed(&text, End::Complete),
        }
    });
    let app = DIALECT.app_without_key(&server).await;
    let written = app.client.post("/api/script/generate", DIALECT.wanted(2)).await.expect(201);
    assert_eq!((written["scenes"].as_array().unwrap().len(), server.asked().len()), (2, 2));
    assert_eq!(app.database.count("select count(*) as n from paid_calls").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn a_server_that_knows_no_schemas_is_asked_without_one() {
    let server = VendorServer::start().await;
    server.on("POST", DIALECT.path(), |asked, _| match asked.json().get("response_format") {
        Some(_) => {
            Reply::json(&json!({"error": {"message": "This response_format type is unavailable now", "type": "invalid_request_error"}}))
                .status(400)
        }
        None => DIALECT.streamed(&format!("```json\n{}\n```", script(2)), End::Complete),
    });
    let app = DIALECT.app(&server).await;
    let written = app.client.post("/api/script/generate", DIALECT.wanted(2)).await.expect(201);
    assert_eq!((written["scenes"].as_array().unwrap().len(), server.asked().len()), (2, 2));
    let told = DIALECT.system(&server.asked()[1].json());
    assert!(told.contains("\"scenes\": [{\"narration\""), "the shape is told in words: {told}");
    assert_eq!(app.database.count("select count(*) as n from paid_calls").await, 1, "one script is one call");
    app.finish().await;
}

#[tokio::test]
async fn whoever_wants_a_key_is_asked_what_a_stream_took_and_may_refuse_to_tell() {
    let server = VendorServer::start().await;
    server.on("POST", DIALECT.path(), |asked, _| match asked.json()["stream_options"]["include_usage"].as_bool() {
        Some(true) => DIALECT.streamed(&script(1).to_string(), End::Complete),
        _ => Reply::json(&json!({"error": {"message": "It is not asked for."}})).status(500),
    });
    let app = DIALECT.app(&server).await;
    let prices = json!({"prices": {"compatible/*": {"perMillionInputTokens": 1, "perMillionOutputTokens": 4}}});
    app.client.patch("/api/settings", prices).await.expect(200);
    app.client.post("/api/script/generate", DIALECT.wanted(1)).await.expect(201);
    let spent = async || app.client.get("/api/settings").await.expect(200)["spending"]["monthUsd"].as_f64().unwrap();
    let cost = spent().await;
    assert!(cost > 0.0, "what it took is known");
    assert_eq!(app.database.count("select count(*) as n from paid_calls where cost_usd is not null").await, 1);

    // One that knows the field not writes without it; what that took is unknown, and not nothing.
    let unknown =
        json!({"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs are not permitted", "type": "extra_forbidden"}]});
    let before = server.asked().len();
    server.on("POST", DIALECT.path(), move |asked, _| match asked.json().get("stream_options") {
        Some(_) => Reply::json(&unknown).status(422),
        None => {
            let (reply, feed) = Reply::fed("text/event-stream");
            feed.event(&DIALECT.piece(&script(1).to_string()));
            feed.event(&json!({"choices": [{"delta": {}, "finish_reason": "stop"}]}));
            reply
        }
    });
    app.client.post("/api/script/generate", DIALECT.wanted(1)).await.expect(201);
    let asked = server.asked();
    assert_eq!(asked.len() - before, 2);
    assert!(asked[before + 1].json().get("response_format").is_some(), "nothing else is left out");
    assert_eq!(app.database.count("select count(*) as n from paid_calls where cost_usd is null").await, 1);
    assert!(spent().await > cost, "what is unknown counts with what it was thought to cost");
    app.finish().await;
}

#[tokio::test]
async fn whoever_wrote_a_script_rewrites_it_where_the_settings_only_divide_texts() {
    let server = VendorServer::start().await;
    server.on_json("GET", "/v1/models", json!({"data": [{"id": "qwen3:8b"}]}));
    server.on("POST", DIALECT.path(), |asked, _| match asked.json().get("stream") {
        Some(_) => DIALECT.streamed(&script(1).to_string(), End::Complete),
        None => DIALECT.whole(&json!({"narration": "Shorter.", "title": "Short", "visualPrompt": "A mill"}).to_string()),
    });
    let app = DIALECT.app_without_key(&server).await;
    let mut wanted = DIALECT.wanted(1);
    wanted["options"].as_object_mut().unwrap().remove("model");
    let written = app.client.post("/api/script/generate", wanted).await.expect(201);
    let project = app.client.get(&format!("/api/projects/{}", written["projectId"].as_str().unwrap())).await.expect(200);
    assert_eq!((&project["provider"], &project["model"]), (&json!("compatible"), &json!("qwen3:8b")), "it says what wrote it");
    let scene = format!("/api/scenes/{}", written["scenes"][0]["id"].as_str().unwrap());
    let rewritten = app.client.post(&format!("{scene}/rewrite"), json!({"instruction": "Shorter."})).await.expect(200);
    assert_eq!(rewritten["narration"], "Shorter.");
    assert_eq!(server.asked().last().unwrap().json()["model"], "qwen3:8b");
    app.finish().await;
}

#[tokio::test]
async fn a_server_that_takes_no_such_room_is_told_it_as_it_wants_or_not_at_all() {
    let newer = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";
    let small = "'max_tokens' or 'max_completion_tokens' is too large: 6144. This model's maximum context length is 4096 tokens.";
    for (words, is_renamed) in [(newer, true), (small, false)] {
        let server = VendorServer::start().await;
        server.on("POST", DIALECT.path(), move |asked, _| match asked.json().get("max_tokens") {
            Some(_) => {
                Reply::json(&json!({"error": {"message": words, "type": "invalid_request_error", "param": "max_tokens"}})).status(400)
            }
            None => DIALECT.streamed(&script(2).to_string(), End::Complete),
        });
        let app = DIALECT.app(&server).await;
        let answer = app.client.post("/api/script/generate", DIALECT.wanted(2)).await;
        let asked: Vec<Value> = server.asked().iter().map(studio_tests::vendor::Asked::json).collect();
        assert_eq!((answer.status, asked.len()), (201, 2), "{words}");
        let room = if is_renamed { asked[0]["max_tokens"].clone() } else { Value::Null };
        assert_eq!(asked[1].get("max_completion_tokens").cloned().unwrap_or_default(), room, "{words}");
        assert_eq!(app.database.count("select count(*) as n from paid_calls").await, 1, "one script is one call");
        app.finish().await;
    }
}

#[tokio::test]
async fn a_server_that_used_up_its_room_is_not_asked_again() {
    let server = VendorServer::start().await;
    let words =
        "Could not finish the message because max_tokens or model output limit was reached. Please try again with higher max_tokens.";
    server.on("POST", DIALECT.path(), move |_, _| {
        Reply::json(&json!({"error": {"message": words, "type": "invalid_request_error"}})).status(400)
    });
    let app = DIALECT.app(&server).await;
    let answer = app.client.post("/api/script/generate", DIALECT.wanted(2)).await;
    assert_eq!((answer.status, server.asked().len()), (422, 1), "it has worked, and may have been paid");
    app.finish().await;
}

#[tokio::test]
async fn how_an_answer_ended_is_read_in_each_servers_words() {
    let ended = |reason: &str, error: Value| {
        Reply::events(&[
            DIALECT.piece(&script(2).to_string()),
            json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason, "error": error}]}),
            json!({"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 2000}}),
        ])
    };
    let server = VendorServer::start().await;
    let app = DIALECT.app(&server).await;
    let write = async || app.client.post("/api/script/generate", DIALECT.wanted(2)).await;
    for reason in ["stop", "eos", "STOP", "tool_calls"] {
        server.on_each("POST", DIALECT.path(), [ended(reason, Value::Null)]);
        assert_eq!(write().await.expect(201)["scenes"].as_array().unwrap().len(), 2, "{reason}");
    }
    for (reason, status, code, words) in [
        ("abort", 502, ErrorCode::ProviderBadResponse, "stopped in the middle of its answer"),
        ("content_filter", 422, ErrorCode::ProviderRejected, "the answer was filtered"),
    ] {
        server.on_each("POST", DIALECT.path(), [ended(reason, Value::Null)]);
        let error = write().await.expect_error(status, code);
        assert!(error.message.contains(words), "{reason}: {}", error.message);
    }
    let used = "select count(*) as n from paid_calls where usage->>'outputTokens' = '2000'";
    assert_eq!(app.database.count(used).await, 6, "what it took is known of each");
    // What broke down may do better the next time; what has no credit will not.
    let gone = json!({"code": 502, "message": "The machine is gone."});
    server.on_each("POST", DIALECT.path(), [ended("error", gone), ended("error", json!({"code": 402, "message": "No credits."}))]);
    let error = write().await.expect_error(502, ErrorCode::ProviderQuotaExceeded);
    assert!(error.message.contains("No credits"), "{}", error.message);
    app.finish().await;
}

#[tokio::test]
async fn what_comes_is_told_from_its_first_byte_and_not_from_its_header() {
    let text = script(2).to_string();
    let mislabelled = |kind: &'static str| {
        let text = text.clone();
        [DIALECT.whole(&text).header("content-type", kind), DIALECT.streamed(&text, End::Complete).header("content-type", kind)]
    };
    for kind in ["text/event-stream", "application/json", "text/plain", "application/octet-stream"] {
        let server = VendorServer::start().await;
        server.on_each("POST", DIALECT.path(), mislabelled(kind));
        let app = DIALECT.app_without_key(&server).await;
        for _ in 0..2 {
            let written = app.client.post("/api/script/generate", DIALECT.wanted(2)).await.expect(201);
            assert_eq!(written["scenes"].as_array().unwrap().len(), 2, "{kind}");
        }
        assert_eq!(server.asked().len(), 2, "{kind}");
        app.finish().await;
    }
}
