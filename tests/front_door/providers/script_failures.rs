//! What goes wrong with whoever writes, in each dialect: told by its code, repeated only where that can help, and never
//! paid for twice.

use std::time::Duration;

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Answer, Reply, VendorServer,
    writers::{Dialect, End, KEY, scene, script},
};

/// A studio whose writer answers that, in turn; the answer to a script of two scenes, and how often the writer was asked.
async fn asked(dialect: Dialect, replies: impl IntoIterator<Item = Reply>) -> (Answer, VendorServer) {
    let server = VendorServer::start().await;
    // Any model's path ends here, so that the replies are in one row.
    server.on_each("POST", dialect.path(), replies);
    let app = dialect.app(&server).await;
    let answer = app.client.post("/api/script/generate", dialect.wanted(2)).await;
    let kept = app.client.get("/api/projects").await;
    assert!(!String::from_utf8_lossy(&answer.bytes).contains("MARKED") && !String::from_utf8_lossy(&kept.bytes).contains("MARKED"));
    let failed = answer.status != 201;
    assert_eq!(kept.expect(200)["items"][0]["status"], if failed { "failed" } else { "ready" }, "the project tells it too");
    app.finish().await;
    (answer, server)
}

fn good(dialect: Dialect) -> Reply {
    dialect.streamed(&script(2).to_string(), End::Complete)
}

fn error(dialect: Dialect, status: u16, kind: &str, message: &str) -> Reply {
    let body = match dialect {
        Dialect::Anthropic => json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}),
        Dialect::Gemini => json!({"error": {"code": status, "message": message, "status": kind}}),
        Dialect::Compatible | Dialect::OpenAi => json!({"error": {"message": message, "type": kind, "param": null, "code": kind}}),
    };
    Reply::json(&body).status(status)
}

#[tokio::test]
async fn a_refused_key_is_told_and_no_part_of_it_is_shown() {
    for dialect in Dialect::ALL {
        let (status, kind) = match dialect {
            Dialect::Compatible | Dialect::OpenAi => (401, "invalid_api_key"),
            Dialect::Gemini => (403, "PERMISSION_DENIED"),
            Dialect::Anthropic => (401, "authentication_error"),
        };
        let (answer, server) = asked(dialect, [error(dialect, status, kind, &format!("Incorrect API key provided: {KEY}"))]).await;
        let error = answer.expect_error(502, ErrorCode::ProviderAuthFailed);
        assert_eq!((&error.details["provider"], &error.details["attempts"]), (&json!(dialect.id()), &json!(1)));
        let asked = &server.asked()[0];
        assert!(!asked.text().contains("MARKED") && !asked.path.contains("MARKED") && !asked.query.contains("MARKED"));
        let carry = asked.headers.iter().filter(|(_, value)| value.to_str().is_ok_and(|value| value.contains("MARKED"))).count();
        assert_eq!(carry, 1, "{dialect:?}");
    }
}

#[tokio::test]
async fn used_up_credit_is_told_and_costs_nothing() {
    for dialect in Dialect::ALL {
        let (status, kind) = match dialect {
            Dialect::Compatible | Dialect::OpenAi => (429, "insufficient_quota"),
            Dialect::Gemini => (402, "RESOURCE_EXHAUSTED"),
            Dialect::Anthropic => (400, "billing_error"),
        };
        // Whatever a header says of asking again: it does not come back by itself.
        for headers in [&[][..], &[("x-should-retry", "true")]] {
            let refused = error(dialect, status, kind, "Nothing left.");
            let refused = headers.iter().fold(refused, |reply, (name, value)| reply.header(name, value));
            let (answer, server) = asked(dialect, [refused]).await;
            answer.expect_error(502, ErrorCode::ProviderQuotaExceeded);
            assert_eq!(server.asked().len(), 1, "{dialect:?} {headers:?}");
        }
    }
}

#[tokio::test]
async fn too_many_requests_are_waited_for_as_long_as_was_asked() {
    const WAIT: Duration = Duration::from_millis(700);
    for dialect in Dialect::ALL {
        let busy = match dialect {
            Dialect::Compatible | Dialect::OpenAi => {
                error(dialect, 429, "rate_limit_exceeded", "Slow down.").header("retry-after-ms", "700")
            }
            Dialect::Anthropic => error(dialect, 429, "rate_limit_error", "Slow down.").header("retry-after-ms", "700"),
            Dialect::Gemini => {
                let info = json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.700000001s"});
                Reply::json(&json!({"error": {"code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED", "details": [info]}}))
                    .status(429)
            }
        };
        let (answer, server) = asked(dialect, [busy, good(dialect)]).await;
        assert_eq!(answer.expect(201)["scenes"].as_array().unwrap().len(), 2);
        let asked = server.asked();
        assert_eq!(asked.len(), 2, "{dialect:?}");
        assert!(asked[1].at - asked[0].at >= WAIT, "{dialect:?}: {:?}", asked[1].at - asked[0].at);
    }
}

#[tokio::test]
async fn what_a_model_will_not_write_is_told_with_its_reason() {
    for dialect in Dialect::ALL {
        let (answer, server) = asked(dialect, [dialect.streamed("", End::Refused)]).await;
        let error = answer.expect_error(422, ErrorCode::ProviderRejected);
        assert!(error.details["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{error:?}");
        assert_eq!(server.asked().len(), 1, "{dialect:?}");
    }
}

#[tokio::test]
async fn a_bad_request_is_told_in_the_providers_words() {
    for dialect in Dialect::ALL {
        let kind = if dialect == Dialect::Gemini { "INVALID_ARGUMENT" } else { "invalid_request_error" };
        let (answer, server) = asked(dialect, [error(dialect, 400, kind, "That model is too small.")]).await;
        let error = answer.expect_error(422, ErrorCode::ProviderRejected);
        assert!(error.message.contains("That model is too small"), "{error:?}");
        assert_eq!(server.asked().len(), 1, "{dialect:?}");
    }
}

#[tokio::test]
async fn a_server_that_fails_for_the_moment_is_asked_again() {
    for dialect in Dialect::ALL {
        let kind = if dialect == Dialect::Anthropic { "api_error" } else { "server_error" };
        let (answer, server) = asked(dialect, [error(dialect, 500, kind, "Oops."), good(dialect)]).await;
        answer.expect(201);
        assert_eq!(server.asked().len(), 2, "{dialect:?}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_paid_for_again() {
    for dialect in Dialect::ALL {
        let beginning: String = dialect.begin().iter().map(|event| format!("data: {event}\n\n")).collect();
        let cut = Reply::cut_off("text/event-stream", beginning);
        let (answer, server) = asked(dialect, [cut]).await;
        assert_lost(&answer.expect_error(502, ErrorCode::ProviderUnavailable).details);
        let silent = dialect.streamed(&script(1).to_string()[..80], End::Missing);
        let (answer, once) = asked(dialect, [silent]).await;
        let error = answer.expect_error(502, ErrorCode::ProviderBadResponse);
        assert_lost(&error.details);
        assert!(error.message.contains("stopped in the middle of its answer."), "{dialect:?}: {}", error.message);
        assert_eq!((server.asked().len(), once.asked().len()), (1, 1), "{dialect:?}");
    }
}

#[tokio::test]
async fn a_success_that_is_none_is_a_bad_response_and_is_not_paid_for_again() {
    for dialect in Dialect::ALL {
        for nothing in [Reply::bytes("text/event-stream", ""), Reply::json(&json!({"ok": true})), Reply::bytes("application/json", "[1, 2")]
        {
            let (answer, server) = asked(dialect, [nothing]).await;
            assert_lost(&answer.expect_error(502, ErrorCode::ProviderBadResponse).details);
            assert_eq!(server.asked().len(), 1, "{dialect:?}");
        }
    }
}

fn assert_lost(details: &serde_json::Map<String, Value>) {
    assert_eq!(details.get("answerLost"), Some(&json!(true)), "{details:?}");
}

#[tokio::test]
async fn a_page_in_place_of_an_answer_is_never_shown() {
    let server = VendorServer::start().await;
    server.on("POST", Dialect::OpenAi.path(), |_, _| Reply::bytes("text/html; charset=utf-8", "<html><b>Sign in</b></html>"));
    let app = Dialect::OpenAi.app(&server).await;
    app.client.patch("/api/settings", json!({"retries": {"attempts": 2}})).await.expect(200);
    let error = app.client.post("/api/script/generate", Dialect::OpenAi.wanted(1)).await.expect_error(502, ErrorCode::ProviderBadResponse);
    assert!(error.message.starts_with("OpenAI answered with a web page; check its address in the settings. "), "{}", error.message);
    assert_lost(&error.details);
    assert_eq!((server.asked().len(), &error.details["attempts"]), (1, &json!(1)));
    app.finish().await;
}

fn busy(dialect: Dialect) -> Reply {
    let kind = match dialect {
        Dialect::Compatible | Dialect::OpenAi => "rate_limit_exceeded",
        Dialect::Anthropic => "rate_limit_error",
        Dialect::Gemini => "RESOURCE_EXHAUSTED",
    };
    error(dialect, 429, kind, "Slow down.").header("retry-after-ms", "30")
}

#[tokio::test]
async fn an_answer_that_is_there_is_not_paid_for_again_when_a_later_one_fails() {
    for dialect in Dialect::ALL {
        let server = VendorServer::start().await;
        let whole = script(3).to_string();
        let cut = || dialect.streamed(&whole[..whole.rfind("Part 3").unwrap()], End::CutOff);
        let rest = || {
            let mut rest = script(0);
            rest["scenes"] = json!([scene(3)]);
            dialect.streamed(&rest.to_string(), End::Complete)
        };
        let short = dialect.streamed(&script(2).to_string(), End::Complete);
        let replies =
            [cut(), rest(), cut(), busy(dialect), busy(dialect), rest(), short, busy(dialect), dialect.streamed(&whole, End::Complete)];
        server.on_each("POST", dialect.path(), replies);
        let app = dialect.app(&server).await;
        let prices = json!({"compatible/*": {"perMillionInputTokens": 1, "perMillionOutputTokens": 4}});
        app.client.patch("/api/settings", json!({"prices": prices})).await.expect(200);
        let mut spent = Vec::new();
        // Without a failure; with two while it goes on after the cut; and with one while it is asked for once more.
        for calls in [2, 4, 3] {
            let before = server.asked().len();
            let written = app.client.post("/api/script/generate", dialect.wanted(3)).await.expect(201);
            let titles: Vec<&Value> = written["scenes"].as_array().unwrap().iter().map(|scene| &scene["title"]).collect();
            assert_eq!(titles, ["Part 1", "Part 2", "Part 3"]);
            let asked = server.asked().split_off(before);
            assert_eq!(asked.len(), calls, "{dialect:?}: its first answer is asked for once");
            assert!(asked[2..].iter().all(|again| again.body == asked[1].body), "{dialect:?}");
            let money = &app.client.get("/api/settings").await.expect(200)["spending"];
            assert_eq!(money["unknownCalls"], 0);
            spent.push(money["monthUsd"].as_f64().unwrap());
        }
        assert!(spent[0] > 0.0 && (spent[2] - 3.0 * spent[0]).abs() < 1e-9, "{dialect:?}: two answers are paid for each time: {spent:?}");
        app.finish().await;
    }
}

#[tokio::test]
async fn a_script_that_is_of_use_is_kept_where_the_one_that_should_be_better_is_worse() {
    for dialect in Dialect::ALL {
        let kind = match dialect {
            Dialect::Compatible | Dialect::OpenAi => "insufficient_quota",
            Dialect::Gemini => "RESOURCE_EXHAUSTED",
            Dialect::Anthropic => "billing_error",
        };
        let beginning: String = dialect.begin().iter().map(|event| format!("data: {event}\n\n")).collect();
        let cases = [
            ("it is no script", dialect.streamed(&script(1).to_string(), End::Complete), Some((2000, 4000))),
            ("it is none at all", dialect.streamed("No.", End::Complete), Some((2000, 4000))),
            ("it is refused", dialect.streamed("", End::Refused), Some((2000, 4000))),
            ("there is no credit", error(dialect, 402, kind, "Nothing left."), Some((1000, 2000))),
            ("it is lost", Reply::cut_off("text/event-stream", beginning), None),
        ];
        for (what, second, used) in cases {
            let server = VendorServer::start().await;
            // Of use, but shorter than was asked for.
            server.on_each("POST", dialect.path(), [good(dialect), second]);
            let app = dialect.app(&server).await;
            let mut wanted = dialect.wanted(2);
            wanted["options"]["durationSeconds"] = json!(45);
            let written = app.client.post("/api/script/generate", wanted).await.expect(201);
            let titles: Vec<&Value> = written["scenes"].as_array().unwrap().iter().map(|scene| &scene["title"]).collect();
            assert_eq!(titles, ["Part 1", "Part 2"], "{dialect:?}: {what}");
            let project = app.client.get(&format!("/api/projects/{}", written["projectId"].as_str().unwrap())).await.expect(200);
            assert_eq!((&project["status"], &project["title"]), (&json!("ready"), &json!("The mill by the sea")), "{dialect:?}: {what}");
            assert_eq!(project["visualBible"].as_array().unwrap().len(), 2);
            let asked = server.asked();
            assert_eq!(asked.len(), 2, "{dialect:?}: {what}");
            assert!(dialect.turns(&asked[1].json())[2].contains("Write more."));
            let count = async |sql: &str| app.database.count(&format!("select count(*) as n from paid_calls where {sql}")).await;
            let known = match used {
                Some((read, wrote)) => format!("usage->>'inputTokens' = '{read}' and usage->>'outputTokens' = '{wrote}'"),
                None => "usage->>'outputTokens' is null and cost_usd is null and expected_usd is not null".to_owned(),
            };
            let known = if used.is_none() && dialect == Dialect::Compatible { "cost_usd is null".to_owned() } else { known };
            assert_eq!((count("true").await, count(&known).await), (1, 1), "{dialect:?}: {what}");
            app.finish().await;
        }
    }
}

#[tokio::test]
async fn a_script_that_is_of_no_use_is_written_anew_where_the_user_tries_again() {
    let dialect = Dialect::Anthropic;
    let server = VendorServer::start().await;
    let wrong = || dialect.streamed(&script(1).to_string(), End::Complete);
    server.on_each("POST", dialect.path(), [wrong(), wrong(), good(dialect)]);
    let app = dialect.app(&server).await;
    app.client.post("/api/script/generate", dialect.wanted(2)).await.expect_error(502, ErrorCode::ProviderBadResponse);
    let project = app.client.get("/api/projects").await.expect(200)["items"][0]["id"].as_str().unwrap().to_owned();
    app.client.patch(&format!("/api/projects/{project}"), json!({"title": "A title of my own"})).await.expect(200);
    let retried = app.client.post_and_wait(&format!("/api/projects/{project}/retry"), json!({})).await;
    assert!(matches!(retried.status, 200..=202), "{}", String::from_utf8_lossy(&retried.bytes));
    app.until_idle().await;
    let written = app.client.get(&format!("/api/projects/{project}")).await.expect(200);
    assert_eq!((&written["status"], written["scenes"].as_array().unwrap().len()), (&json!("ready"), 2), "{written}");
    assert_eq!(written["title"], "A title of my own");
    assert_eq!(server.asked().len(), 3);
    app.finish().await;
}

#[tokio::test]
async fn a_rewrite_does_not_pay_for_its_first_answer_again() {
    for dialect in Dialect::ALL {
        let server = VendorServer::start().await;
        let rewritten = dialect.whole(r#"{"title": "Short", "narration": "A mill.", "visualPrompt": "A mill"}"#);
        server.on_each("POST", dialect.path(), [dialect.whole("Certainly! It could be shorter."), busy(dialect), rewritten]);
        let app = dialect.app(&server).await;
        let defaults = json!({"script": {"provider": dialect.id(), "model": dialect.wanted(1)["options"]["model"]}});
        app.client.patch("/api/settings", json!({"defaults": defaults})).await.expect(200);
        let project = app.client.project(&["The old mill stands by the sea."]).await;
        let path = format!("/api/scenes/{}/rewrite", project["scenes"][0]["id"].as_str().unwrap());
        let scene = app.client.post(&path, json!({"instruction": "Shorter."})).await.expect(200);
        assert_eq!(scene["narration"], "A mill.");
        let asked = server.asked();
        assert_eq!(asked.len(), 3, "{dialect:?}");
        assert_eq!(asked[1].body, asked[2].body, "{dialect:?}: the second question is asked again, the first is not");
        app.finish().await;
    }
}

#[tokio::test]
async fn what_is_deleted_meanwhile_takes_no_answer_along() {
    let dialect = Dialect::OpenAi;
    let server = VendorServer::start().await;
    let whole = script(3).to_string();
    let cut = dialect.streamed(&whole[..whole.rfind("Part 3").unwrap()], End::CutOff);
    let mut rest = script(0);
    rest["scenes"] = json!([scene(3)]);
    let busy = error(dialect, 429, "rate_limit_exceeded", "Slow down.").header("retry-after-ms", "1500");
    server.on_each("POST", dialect.path(), [cut, busy, dialect.streamed(&rest.to_string(), End::Complete)]);
    let app = dialect.app(&server).await;
    let other = app.client.project(&["One.", "Two."]).await;
    let deleting = async {
        server.until_asked("POST", dialect.path(), 2).await;
        app.client.delete(&format!("/api/scenes/{}", other["scenes"][0]["id"].as_str().unwrap())).await
    };
    let (written, deleted) = tokio::join!(app.client.post("/api/script/generate", dialect.wanted(3)), deleting);
    assert!(deleted.status < 300);
    assert_eq!(written.expect(201)["scenes"].as_array().unwrap().len(), 3);
    assert_eq!(server.asked().len(), 3, "the first answer is asked for once");
    app.finish().await;
}

#[tokio::test]
async fn a_script_that_ends_waits_for_its_project_before_anybody_waits_for_its_job() {
    for breaks in [false, true] {
        let (dialect, server) = (Dialect::Compatible, VendorServer::start().await);
        let (reply, feed) = Reply::fed("text/event-stream");
        server.on_each("POST", dialect.path(), [reply]);
        let app = dialect.app(&server).await;
        let ending = async {
            server.until_asked("POST", dialect.path(), 1).await;
            dialect.begin().into_iter().chain([dialect.piece(&script(1).to_string())]).for_each(|event| feed.event(&event));
            app.until_counted("select count(*) as n from scenes", 1).await;
            // As whoever deletes a project: its row first, then those of its jobs.
            let mut other = PgConnection::establish(app.database.url()).unwrap();
            other.batch_execute("begin; select from projects for no key update").unwrap();
            if breaks {
                feed.break_off();
            } else {
                dialect.end(End::Complete).iter().for_each(|event| feed.event(event));
                drop(feed);
            }
            let waiting = "select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
            app.until_counted(waiting, 1).await;
            other.batch_execute("set local lock_timeout = '500ms'; select from jobs for update; rollback").unwrap();
        };
        let (answer, ()) = tokio::join!(app.client.post("/api/script/generate", dialect.wanted(1)), ending);
        assert_eq!(answer.status, if breaks { 502 } else { 201 });
        app.finish().await;
    }
}

#[tokio::test]
async fn a_script_that_is_tried_again_with_another_prompt_is_called_what_its_writer_calls_it() {
    let (dialect, server) = (Dialect::Compatible, VendorServer::start().await);
    server.on_each("POST", dialect.path(), [error(dialect, 400, "invalid_request_error", "No."), good(dialect)]);
    let app = dialect.app(&server).await;
    app.client.post("/api/script/generate", dialect.wanted(2)).await.expect_error(422, ErrorCode::ProviderRejected);
    let project = app.client.get("/api/projects").await.expect(200)["items"][0].clone();
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    let patched = app.client.patch(&path, json!({"prompt": "A lighthouse.\nAnd who keeps it."})).await.expect(200);
    assert_eq!(patched["title"], "A lighthouse.");
    app.client.post(&format!("{path}/retry"), json!({})).await.expect(202);
    let written = app.client.until(&path, "is written", |project| project["status"] == "ready").await;
    assert_eq!(written["title"], "The mill by the sea");
    let patched = app.client.patch(&path, json!({"prompt": "A mine."})).await.expect(200);
    assert_eq!(patched["title"], "The mill by the sea");
    app.finish().await;
}

#[tokio::test]
async fn what_was_answered_is_kept_until_the_script_is_written() {
    let (dialect, server) = (Dialect::OpenAi, VendorServer::start().await);
    // Of use, but shorter than was asked for; then one that is of none.
    server.on_each("POST", dialect.path(), [good(dialect), dialect.streamed(&script(1).to_string(), End::Complete)]);
    let app = dialect.app(&server).await;
    let full = "create sequence ended;
        create function full_at_the_end() returns trigger language plpgsql as $$ begin
            if new.status = 'ready' and nextval('ended') = 1 then raise exception 'no room'; end if;
            return new;
        end $$;
        create trigger full_at_the_end before update on projects for each row execute function full_at_the_end();";
    app.database.run(full).await;
    let mut wanted = dialect.wanted(2);
    wanted["options"]["durationSeconds"] = json!(45);
    app.client.post("/api/script/generate", wanted).await.expect_error(500, ErrorCode::Internal);
    let path = format!("/api/projects/{}", app.client.get("/api/projects").await.expect(200)["items"][0]["id"].as_str().unwrap());
    app.client.post(&format!("{path}/retry"), json!({})).await.expect(202);
    let project = app.client.until(&path, "is written", |project| project["status"] != "generating").await;
    assert_eq!((&project["status"], &project["scenes"][1]["title"]), (&json!("ready"), &json!("Part 2")), "{project}");
    assert_eq!(server.asked().len(), 2);
    app.finish().await;
}
