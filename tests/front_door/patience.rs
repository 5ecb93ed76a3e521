//! Providers that are asked too much: they are left alone, asked again, and asked no more than they allow.

use std::{
    sync::OnceLock,
    time::{Duration, Instant, SystemTime},
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use httpdate::fmt_http_date;
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Client, Reply, TestApp, VendorServer,
    client::bad_paths,
    stand_ins::{Manner, StandIn, silence},
    vendor::Feed,
    writers::{Dialect, End, script},
};

async fn batch_of(client: &Client, scenes: usize) -> Value {
    let narrations: Vec<String> = (1..=scenes).map(|number| format!("This is scene number {number}.")).collect();
    let project = client.project(&narrations.iter().map(String::as_str).collect::<Vec<_>>()).await;
    json!({"projectId": project["id"], "voiceId": "stand-in/one"})
}

#[tokio::test]
async fn a_batch_gets_through_a_provider_that_refuses_two_calls_of_three() {
    let voice = StandIn::new(Manner::TwoInThreeTooMany);
    let app = TestApp::with_paid_providers(voice.among()).await;
    let batch = app.client.post_and_wait("/api/audio/generate-batch", batch_of(&app.client, 12).await).await.expect(200);
    let clips = batch["items"].as_array().unwrap();
    assert!(clips.iter().all(|clip| clip["status"] == "ready"), "{batch}");
    let attempts: Vec<u64> = clips.iter().map(|clip| clip["attempts"].as_u64().unwrap()).collect();
    assert!(attempts.iter().all(|attempts| *attempts <= 5), "{attempts:?}");
    // Twelve answers in all, and two refusals for each; one call more may have been on its way.
    assert_eq!(u64::from(voice.calls()), attempts.iter().sum::<u64>());
    assert!((34..=36).contains(&voice.calls()), "{} calls", voice.calls());
    // What was refused was not paid for.
    assert_eq!(app.database.count("select count(*) as n from paid_calls").await, 12);
    app.finish().await;
}

#[tokio::test]
async fn a_provider_that_wants_to_be_left_alone_for_long_fails_the_record_and_says_until_when() {
    let voice = StandIn::new(Manner::Later);
    let app = TestApp::with_providers(voice.among()).await;
    let body = batch_of(&app.client, 1).await;
    let batch = app.client.post_and_wait("/api/audio/generate-batch", body).await.expect(200);
    let error = &batch["items"][0]["error"];
    assert_eq!((&error["code"], &error["details"]["retryAfterSeconds"]), (&json!("provider_rate_limited"), &json!(3600)));
    assert!(error["message"].as_str().unwrap().contains("It can be asked again at "), "{error}");
    assert_eq!(voice.calls(), 1);
    app.finish().await;
}

#[tokio::test]
async fn the_user_s_rules_for_retries_are_followed() {
    let voice = StandIn::new(Manner::FailFirst(9));
    let app = TestApp::with_providers(voice.among()).await;
    let settings = app.client.patch("/api/settings", json!({"retries": {"attempts": 2}})).await.expect(200);
    assert_eq!(settings["retries"], json!({"attempts": 2, "totalSeconds": 1800.0, "longestWaitSeconds": 300.0}));
    let body = batch_of(&app.client, 1).await;
    let batch = app.client.post_and_wait("/api/audio/generate-batch", body).await.expect(200);
    assert_eq!((&batch["items"][0]["status"], &batch["items"][0]["attempts"]), (&json!("failed"), &json!(2)));
    assert_eq!(batch["items"][0]["error"]["details"]["attempts"], 2);
    assert_eq!(voice.calls(), 2);
    let bad = json!({"retries": {"attempts": 6, "totalSeconds": 0}, "limits": {"nobody": {"atOnce": 1}}});
    let error = app.client.patch("/api/settings", bad).await.expect_error(422, ErrorCode::ValidationFailed);
    assert!(bad_paths(&error).iter().any(|path| path == "retries.attempts"), "{error:?}");
    let error = app.client.patch("/api/settings", json!({"limits": {"nobody": {"atOnce": 1}}})).await;
    assert_eq!(bad_paths(&error.expect_error(422, ErrorCode::ValidationFailed)), ["limits.nobody"]);
    app.finish().await;
}

#[tokio::test]
async fn two_servers_keep_one_limit_of_calls_a_minute() {
    let voice = StandIn::new(Manner::FailFirst(0));
    let app = TestApp::with_providers(voice.among()).await;
    let (second, _) = app.another(voice.among()).await;
    let limits = json!({"limits": {"stand-in": {"atOnce": 1, "perMinute": 60}}});
    let settings = app.client.patch("/api/settings", limits).await.expect(200);
    let set = &settings["limits"]["stand-in"];
    assert_eq!((&set["atOnce"], &set["perMinute"], &set["usual"]["atOnce"]), (&json!(1), &json!(60), &json!(2)));
    let body = batch_of(&app.client, 4).await;
    let batch = app.client.post_and_wait("/api/audio/generate-batch", body).await.expect(200);
    assert!(batch["items"].as_array().unwrap().iter().all(|clip| clip["status"] == "ready"));
    // One at once, and then one a second.
    let began = voice.began();
    assert_eq!(began.len(), 4);
    assert!(began[3] - began[0] >= Duration::from_millis(2900), "{:?}", began[3] - began[0]);
    let back = app.client.patch("/api/settings", json!({"limits": {"stand-in": {"atOnce": null, "perMinute": null}}})).await.expect(200);
    assert_eq!((&back["limits"]["stand-in"]["atOnce"], back["limits"]["stand-in"].get("perMinute")), (&json!(2), None));
    second.stop().await;
    app.finish().await;
}

/// A server of the user's own, which writes: `written` is what it answers each time that it is asked to rewrite a scene.
async fn rewriting(written: impl IntoIterator<Item = Reply>) -> (VendorServer, TestApp, String) {
    let server = VendorServer::start().await;
    server.on_json("GET", "/v1/models", json!({"data": [{"id": "local-model"}]}));
    server.on_each("POST", "/v1/chat/completions", written);
    let app = Dialect::Compatible.app(&server).await;
    let defaults = json!({"defaults": {"script": {"provider": "compatible", "model": "local-model"}}});
    app.client.patch("/api/settings", defaults).await.expect(200);
    let project = app.client.project(&["Some words."]).await;
    let rewrite = format!("/api/scenes/{}/rewrite", project["scenes"][0]["id"].as_str().unwrap());
    (server, app, rewrite)
}

fn rewritten() -> Reply {
    Dialect::Compatible.whole(&json!({"narration": "Shorter.", "title": "Short", "visualPrompt": "A mill"}).to_string())
}

fn too_many(after: &str) -> Reply {
    Reply::json(&json!({"error": {"message": "Too many.", "code": "rate_limit_exceeded"}})).status(429).header("retry-after", after)
}

fn asked_to_write(server: &VendorServer) -> usize {
    server.asked_at("POST", "/v1/chat/completions").len()
}

#[tokio::test]
async fn a_rewrite_waits_for_its_place_among_the_calls_of_a_provider() {
    let (first, feed) = Reply::fed("text/event-stream");
    let (server, app, rewrite) = rewriting([first, rewritten()]).await;
    server.on_each("POST", "/other/v1/chat/completions", [rewritten()]);
    let other = json!({"baseUrl": format!("{}/other/v1", server.url()), "kinds": ["script"]});
    app.client.patch("/api/settings", json!({"providers": {"compatible-other": other}})).await.expect(200);
    let script_path = "/api/script/generate";
    let script_answer = async { app.client.post(script_path, Dialect::Compatible.wanted(1)).await };
    let rewriting = async {
        server.until_asked("POST", "/v1/chat/completions", 1).await;
        let rewriting = app.client.post(&rewrite, json!({"instruction": "Shorter."}));
        let writing = async {
            // It stands in the queue, and one call at a time is what such a server takes.
            app.until_counted("select count(*) as n from jobs where spec->>'job' = 'attended'", 1).await;
            // One that comes after it, to a server that has nothing to do, is answered meanwhile.
            let defaults = json!({"defaults": {"script": {"provider": "compatible-other", "model": "local-model"}}});
            app.client.patch("/api/settings", defaults).await.expect(200);
            app.client.post(&rewrite, json!({"instruction": "Shorter.", "preview": true})).await.expect(200);
            assert_eq!(asked_to_write(&server), 1);
            let ended = Instant::now();
            let text = script(1).to_string();
            let dialect = Dialect::Compatible;
            for event in dialect.begin().into_iter().chain([dialect.piece(&text)]).chain(dialect.end(End::Complete)) {
                feed.event(&event);
            }
            drop(feed);
            ended
        };
        tokio::join!(rewriting, writing)
    };
    let (written, (rewritten, ended)) = tokio::join!(script_answer, rewriting);
    written.expect(201);
    assert_eq!(rewritten.expect(200)["narration"], "Shorter.");
    let asked = server.asked_at("POST", "/v1/chat/completions");
    assert!(asked.len() == 2 && asked[1].at >= ended, "the rewrite did not wait for the script");
    app.finish().await;
}

#[tokio::test]
async fn a_rewrite_is_tried_again_when_the_provider_says_and_told_when_that_is_too_late() {
    let (server, app, rewrite) = rewriting([too_many("1"), rewritten(), too_many("3600")]).await;
    let ask = || app.client.post(&rewrite, json!({"instruction": "Shorter."}));
    assert_eq!(ask().await.expect(200)["narration"], "Shorter.");
    let asked = server.asked_at("POST", "/v1/chat/completions");
    assert!(asked[1].at - asked[0].at >= Duration::from_millis(950), "{:?}", asked[1].at - asked[0].at);
    // What was refused cost nothing.
    assert_eq!(app.database.count("select count(*) as n from paid_calls where ended_at is not null").await, 1);
    assert_eq!(app.database.count("select count(*) as n from paid_calls").await, 1);
    let answer = ask().await;
    assert_eq!(answer.header("retry-after"), Some("3600"));
    let error = answer.expect_error(503, ErrorCode::ProviderRateLimited);
    assert_eq!(error.details["retryAfterSeconds"], 3600);
    // Whoever comes now is told without the provider being asked; for as long as the user lets one wait at most.
    let answer = ask().await;
    let after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((295..=300).contains(&after), "{after}");
    answer.expect_error(503, ErrorCode::ProviderRateLimited);
    assert_eq!(asked_to_write(&server), 3);
    app.finish().await;
}

#[tokio::test]
async fn a_rewrite_takes_one_of_the_requests_that_a_minute_has() {
    let (server, app, rewrite) = rewriting([rewritten(), rewritten()]).await;
    app.client.patch("/api/settings", json!({"limits": {"compatible": {"atOnce": 1, "perMinute": 1}}})).await.expect(200);
    let ask = || app.client.post(&rewrite, json!({"instruction": "Shorter."}));
    ask().await.expect(200);
    let answer = ask().await;
    let after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((50..=60).contains(&after), "{after}");
    answer.expect_error(503, ErrorCode::ProviderRateLimited);
    assert_eq!(asked_to_write(&server), 1);
    app.finish().await;
}

#[tokio::test]
async fn each_request_of_a_job_takes_one_of_a_minute() {
    let server = VendorServer::start().await;
    server.on("POST", "/v1/audio/speech", |_, _| Reply::bytes("audio/wav", silence(0.3)));
    let dialect = Dialect::Compatible;
    server.on("POST", dialect.path(), move |_, before| dialect.streamed(&script(1 + before).to_string(), End::Complete));
    let app = dialect.app(&server).await;
    app.client.patch("/api/settings", json!({"limits": {"compatible": {"atOnce": 1, "perMinute": 60}}})).await.expect(200);
    let begun = Instant::now();
    // Three parts, and a script that is asked for twice.
    let long: String =
        (0..130).map(|number| format!("It is for us the living, rather, to be dedicated here to work number {number}. ")).collect();
    let project = app.client.project(&[long.trim()]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "compatible/alloy"});
    let clip = app.client.post_and_wait("/api/audio/generate", body).await.expect(200);
    assert_eq!(clip["status"], "ready", "{clip}");
    app.client.post("/api/script/generate", dialect.wanted(2)).await.expect(201);
    let asked: Vec<_> = server.asked().into_iter().filter(|asked| asked.method == "POST").map(|asked| asked.at).collect();
    assert_eq!(asked.len(), 5);
    // From the beginning, not from each other: one may be late on its way, and the next one not.
    let early = asked.iter().zip(0..).find(|(at, turn)| **at - begun < Duration::from_millis(950) * *turn);
    assert!(early.is_none(), "{early:?} of {asked:?}, begun {begun:?}");
    app.finish().await;
}

#[tokio::test]
async fn what_is_asked_besides_takes_one_of_a_minute_too() {
    let (server, dialect) = (VendorServer::start().await, Dialect::Compatible);
    server.on_json("GET", "/v1/models", json!({"data": [{"id": "local-model"}]}));
    let refused = json!({"error": {"message": "This response_format type is unavailable now", "type": "invalid_request_error"}});
    server.on("POST", dialect.path(), move |asked, _| match asked.json().get("response_format") {
        Some(_) => Reply::json(&refused).status(400),
        None => dialect.streamed(&script(1).to_string(), End::Complete),
    });
    let app = dialect.app(&server).await;
    app.client.patch("/api/settings", json!({"limits": {"compatible": {"atOnce": 1, "perMinute": 60}}})).await.expect(200);
    let mut wanted = dialect.wanted(1);
    wanted["options"].as_object_mut().unwrap().remove("model");
    let begun = Instant::now();
    app.client.post("/api/script/generate", wanted).await.expect(201);
    // It was asked for its models, then for a script in a shape that it does not know, then for one without.
    let asked: Vec<_> = server.asked_at("POST", dialect.path()).iter().map(|asked| asked.at - begun).collect();
    assert!(asked.len() == 2 && asked[0] >= Duration::from_millis(950) && asked[1] >= Duration::from_millis(1900), "{asked:?}");
    app.finish().await;
}

/// A studio that has a narration spoken in three parts, the first of which is on its way: what is fed is its sound.
async fn speaking_in_parts(server: &VendorServer) -> (TestApp, Value, Feed) {
    let (first, feed) = Reply::fed("audio/wav");
    let spoken = || Reply::bytes("audio/wav", silence(0.3));
    server.on_each("POST", "/v1/audio/speech", [first, spoken(), spoken()]);
    let app = Dialect::Compatible.app(server).await;
    app.client.patch("/api/settings", json!({"limits": {"compatible": {"atOnce": 1, "perMinute": 600}}})).await.expect(200);
    let long: String =
        (0..130).map(|number| format!("It is for us the living, rather, to be dedicated here to work number {number}. ")).collect();
    let project = app.client.project(&[long.trim()]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "compatible/alloy"});
    let clip = app.client.post("/api/audio/generate", body).await.expect(202);
    server.until_asked("POST", "/v1/audio/speech", 1).await;
    (app, clip, feed)
}

#[tokio::test]
async fn a_request_that_takes_its_turn_waits_for_its_job_before_anybody_waits_for_it() {
    let server = VendorServer::start().await;
    let (app, clip, feed) = speaking_in_parts(&server).await;
    // As whoever ends a job: its row first, then the provider's gate.
    let mut other = PgConnection::establish(app.database.url()).unwrap();
    other.batch_execute("begin; select from jobs for update").unwrap();
    feed.send(silence(0.3));
    drop(feed);
    // The turn and how far it is; the lease, which is renewed now and then, may wait too.
    let waiting = "select count(*) as n from pg_stat_activity
                   where datname = current_database() and wait_event_type = 'Lock'
                   and query ilike '%for update%' and query not ilike '%with held%'";
    app.until_counted(waiting, 2).await;
    other.batch_execute("set local lock_timeout = '500ms'; update provider_gates set slots = slots; rollback").unwrap();
    let clip = app.client.finished(&format!("/api/audio/{}", clip["id"].as_str().unwrap())).await;
    assert_eq!(clip["status"], "ready", "{clip}");
    app.finish().await;
}

#[tokio::test]
async fn a_database_that_is_away_for_a_moment_in_the_middle_of_a_call_is_waited_for() {
    let server = VendorServer::start().await;
    let (app, clip, feed) = speaking_in_parts(&server).await;
    // Whoever takes a turn is told what a server says that was just started again.
    let away = "create sequence tried;
        create function away() returns trigger language plpgsql as $$ begin
            perform nextval('tried');
            raise exception 'the database system is starting up';
        end $$;
        create trigger away before insert or update on provider_gates for each row execute function away();";
    app.database.run(away).await;
    feed.send(silence(0.3));
    drop(feed);
    app.until_counted("select least(last_value, 2) as n from tried", 2).await;
    app.database.run("drop trigger away on provider_gates").await;
    let clip = app.client.finished(&format!("/api/audio/{}", clip["id"].as_str().unwrap())).await;
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(1)), "{clip}");
    assert_eq!(server.asked_at("POST", "/v1/audio/speech").len(), 3, "each part once");
    app.finish().await;
}

#[tokio::test]
async fn a_narration_whose_server_is_killed_while_it_waits_for_its_turn_has_lost_no_answer() {
    let server = VendorServer::start().await;
    server.on("POST", "/v1/audio/speech", |_, _| Reply::bytes("audio/wav", silence(0.3)));
    let app = Dialect::Compatible.app(&server).await;
    let every_minute = |requests: u32| json!({"limits": {"compatible": {"atOnce": 2, "perMinute": requests}}});
    // One is for its models, and one for the first part.
    app.client.patch("/api/settings", every_minute(2)).await.expect(200);
    app.client.patch("/api/settings", json!({"prices": {"compatible/*": {"perMillionCharacters": 1000}}})).await.expect(200);
    // Three parts.
    let long: String =
        (0..130).map(|number| format!("It is for us the living, rather, to be dedicated here to work number {number}. ")).collect();
    let project = app.client.project(&[long.trim()]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "compatible/alloy"});
    let clip = app.client.post("/api/audio/generate", body).await.expect(202);
    // The first is spoken, and what it cost is known.
    app.until_counted("select count(*) as n from paid_calls where cost_usd > 0 and ended_at is not null", 1).await;
    assert_eq!(app.database.count("select count(*) as n from jobs where paid_call is null").await, 1, "no answer is awaited");
    app.client.patch("/api/settings", every_minute(60)).await.expect(200);
    app.take_leases_away().await;
    let clip = app.client.finished(&format!("/api/audio/{}", clip["id"].as_str().unwrap())).await;
    assert_eq!((&clip["status"], &clip["attempts"]), (&json!("ready"), &json!(1)), "{clip}");
    assert_eq!(server.asked_at("POST", "/v1/audio/speech").len(), 3, "each part once");
    // But for what stands between the parts.
    let (cost, characters) = (clip["costUsd"].as_f64().unwrap(), long.trim().chars().count() as f64);
    assert!((cost - characters / 1000.0).abs() < 0.01, "{characters} characters: {clip}");
    app.finish().await;
}

#[tokio::test]
async fn a_server_of_ones_own_writes_one_script_at_a_time_and_speaks_two_narrations() {
    let server = VendorServer::start().await;
    let dialect = Dialect::Compatible;
    let (first, feed) = Reply::fed("text/event-stream");
    let voices: Vec<_> = (0..2).map(|_| Reply::fed("audio/wav")).collect();
    let (spoken, feeds): (Vec<_>, Vec<_>) = voices.into_iter().unzip();
    server.on_each("POST", dialect.path(), [first, dialect.streamed(&script(1).to_string(), End::Complete)]);
    server.on_each("POST", "/v1/audio/speech", spoken);
    let app = dialect.app_without_key(&server).await;
    let project = app.client.project(&["One.", "Two."]).await;
    let written = || async { app.client.post("/api/script/generate", dialect.wanted(1)).await.expect(201) };
    let going_on = async {
        server.until_asked("POST", dialect.path(), 1).await;
        app.until_counted("select count(*) as n from jobs where kind = 'script'", 2).await;
        // The narration comes last, and is asked for before the second script.
        let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "compatible/alloy"});
        app.client.post("/api/audio/generate", body).await.expect(202);
        server.until_asked("POST", "/v1/audio/speech", 1).await;
        assert_eq!(server.asked_at("POST", dialect.path()).len(), 1, "the second script waits for the first");
        for event in dialect.begin().into_iter().chain([dialect.piece(&script(1).to_string())]).chain(dialect.end(End::Complete)) {
            feed.event(&event);
        }
        drop(feed);
        server.until_asked("POST", dialect.path(), 2).await;
        let body = json!({"sceneId": project["scenes"][1]["id"], "voiceId": "compatible/alloy"});
        app.client.post("/api/audio/generate", body).await.expect(202);
        server.until_asked("POST", "/v1/audio/speech", 2).await;
        for feed in feeds {
            feed.send(silence(0.3));
        }
    };
    tokio::join!(written(), written(), going_on);
    app.until_idle().await;
    app.finish().await;
}

#[tokio::test]
async fn a_provider_that_says_whether_to_ask_again_is_obeyed() {
    let no = |status: u16, word: &str| {
        Reply::json(&json!({"error": {"message": "No.", "code": "odd"}})).status(status).header("x-should-retry", word)
    };
    let spoken = || Reply::bytes("audio/wav", silence(0.3));
    for (replies, code, calls) in [
        (vec![no(500, "false")], Some("provider_unavailable"), 1),
        (vec![no(400, "true"), spoken()], None, 2),
        (vec![no(503, "true").header("retry-after-ms", "10"), spoken()], None, 2),
        // What may have been paid for is not asked for again, whoever says so in the provider's place.
        (vec![Reply::bytes("text/html", "<html>").status(504).header("x-should-retry", "true")], Some("provider_timeout"), 1),
    ] {
        let server = VendorServer::start().await;
        server.on_each("POST", "/v1/audio/speech", replies);
        let v1 = format!("{}/v1", server.url());
        let app = TestApp::with_environment([("OPENAI_BASE_URL", &*v1), ("OPENAI_API_KEY", "a-key")]).await;
        let project = app.client.project(&["One."]).await;
        let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "openai/nova"});
        let clip = app.client.post_and_wait("/api/audio/generate", body).await.expect(200);
        assert_eq!(clip["error"]["code"], code.map_or(Value::Null, Value::from), "{clip}");
        assert_eq!(server.asked_at("POST", "/v1/audio/speech").len(), calls, "{clip}");
        app.finish().await;
    }
}

#[tokio::test]
async fn a_time_to_come_again_may_be_a_date() {
    let server = VendorServer::start().await;
    server.on("POST", "/v1/audio/speech", |_, before| match before {
        // A whole second, and the rest of this one.
        0 => too_many(&fmt_http_date(SystemTime::now() + Duration::from_secs(2))),
        1 => too_many(&fmt_http_date(SystemTime::now() - Duration::from_secs(60))),
        2 => too_many(&fmt_http_date(SystemTime::now() + Duration::from_secs(7200))),
        _ => Reply::bytes("audio/wav", silence(0.3)),
    });
    let v1 = format!("{}/v1", server.url());
    let app = TestApp::with_environment([("OPENAI_BASE_URL", &*v1), ("OPENAI_API_KEY", "a-key")]).await;
    let project = app.client.project(&["One."]).await;
    let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "openai/nova"});
    let clip = app.client.post_and_wait("/api/audio/generate", body).await.expect(200);
    assert_eq!((&clip["status"], &clip["error"]["code"]), (&json!("failed"), &json!("provider_rate_limited")), "{clip}");
    let after = clip["error"]["details"]["retryAfterSeconds"].as_u64().unwrap();
    assert!((7190..=7200).contains(&after), "{clip}");
    let asked: Vec<_> = server.asked_at("POST", "/v1/audio/speech").into_iter().map(|asked| asked.at).collect();
    assert_eq!(asked.len(), 3);
    assert!(asked[1] - asked[0] >= Duration::from_millis(900), "{:?}", asked[1] - asked[0]);
    app.finish().await;
}

#[tokio::test]
async fn a_provider_that_asks_for_no_wait_is_not_asked_for_the_last_time_within_a_moment() {
    for now in ["0".to_owned(), fmt_http_date(SystemTime::now() - Duration::from_secs(60))] {
        let (server, began) = (VendorServer::start().await, OnceLock::new());
        server.on("POST", "/v1/audio/speech", move |asked, _| {
            let is_over = asked.at - *began.get_or_init(|| asked.at) > Duration::from_secs(1);
            if is_over { Reply::bytes("audio/wav", silence(0.3)) } else { too_many(&now) }
        });
        let v1 = format!("{}/v1", server.url());
        let app = TestApp::with_environment([("OPENAI_BASE_URL", &*v1), ("OPENAI_API_KEY", "a-key")]).await;
        let project = app.client.project(&["One."]).await;
        let body = json!({"sceneId": project["scenes"][0]["id"], "voiceId": "openai/nova"});
        let clip = app.client.post_and_wait("/api/audio/generate", body).await.expect(200);
        assert_eq!(clip["status"], "ready", "{clip}");
        app.finish().await;
    }
}

#[tokio::test]
async fn a_rewrite_gives_way_to_words_that_were_typed_meanwhile_and_to_nothing_else() {
    let words = json!({"title": "Short", "narration": "Shorter.", "visualPrompt": "A mill"}).to_string();
    let usage = json!({"prompt_tokens": 1000, "completion_tokens": 2000});
    let message = json!({"message": {"role": "assistant", "content": words}, "finish_reason": "stop"});
    let answer = json!({"choices": [message], "usage": usage}).to_string();
    let ((first, feed_first), (second, feed_second)) = (Reply::fed("application/json"), Reply::fed("application/json"));
    let (server, app, rewrite) = rewriting([first, second]).await;
    let path = rewrite.trim_end_matches("/rewrite");
    let scene = app.client.get(path).await.expect(200);
    let ask = || app.client.post(&rewrite, json!({"instruction": "Shorter."}));
    let meanwhile = async {
        server.until_asked("POST", "/v1/chat/completions", 1).await;
        app.client.post_and_wait("/api/image/generate", json!({"sceneId": scene["id"]})).await.expect(200);
        let scenes = format!("/api/projects/{}/scenes", scene["projectId"].as_str().unwrap());
        app.client.post(&scenes, json!({"position": 0, "narration": "Before it."})).await.expect(201);
        feed_first.send(answer.clone());
        drop(feed_first);
    };
    let (rewritten, ()) = tokio::join!(ask(), meanwhile);
    let rewritten = rewritten.expect(200);
    assert_eq!((&rewritten["narration"], &rewritten["position"]), (&json!("Shorter."), &json!(1)));
    assert!(rewritten["selectedImageId"].is_string(), "{rewritten}");
    let meanwhile = async {
        server.until_asked("POST", "/v1/chat/completions", 2).await;
        app.client.patch(path, json!({"narration": "My own."})).await.expect(200);
        feed_second.send(answer.clone());
        drop(feed_second);
    };
    let (refused, ()) = tokio::join!(ask(), meanwhile);
    refused.expect_error(412, ErrorCode::PreconditionFailed);
    assert_eq!(app.client.get(path).await.expect(200)["narration"], "My own.");
    app.finish().await;
}
