//! What a model writes is held against what was asked for: taken, asked for once more with what was wrong, or continued.

use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::{
    Reply, TestApp, VendorServer,
    writers::{Dialect, End, scene, script},
};

fn text(scenes: usize) -> String {
    script(scenes).to_string()
}

async fn project_of(app: &TestApp, written: &Value) -> Value {
    app.client.get(&format!("/api/projects/{}", written["projectId"].as_str().unwrap())).await.expect(200)
}

#[tokio::test]
async fn a_script_that_breaks_a_rule_is_asked_for_once_more_with_what_was_wrong() {
    for dialect in Dialect::ALL {
        let server = VendorServer::start().await;
        let (first, feed) = Reply::fed("text/event-stream");
        server.on_each("POST", dialect.path(), [first, dialect.streamed(&text(3), End::Complete)]);
        let app = dialect.app(&server).await;
        let mut events = app.client.post_for_events("/api/script/generate", dialect.wanted(3)).await;
        dialect.begin().iter().for_each(|event| feed.event(event));
        feed.event(&dialect.piece(&text(2)));
        let mut told = Vec::new();
        for name in ["project", "scene", "scene"] {
            let event = events.next().await.unwrap();
            assert_eq!(event.name, name);
            told.push(event.data["id"].clone());
        }
        dialect.end(End::Complete).iter().for_each(|event| feed.event(event));
        drop(feed);
        for _ in 0..2 {
            let event = events.next().await.unwrap();
            assert!(event.name == "deleted" && told.contains(&event.data["id"]), "what was told is taken back: {event:?}");
        }
        let done = events.until(|event| event.name == "done").await;
        assert_eq!(done.data["scenes"].as_array().unwrap().len(), 3);
        let asked = server.asked();
        assert_eq!(asked.len(), 2, "{dialect:?}");
        let turns = dialect.turns(&asked[1].json());
        assert_eq!((turns.len(), turns[1].as_str()), (3, text(2).as_str()));
        assert!(turns[2].contains("It has 2 scenes, and exactly 3 are wanted."), "{}", turns[2]);
        // Both answers were paid for.
        let used = "select count(*) as n from paid_calls where usage->>'inputTokens' = '2000' and usage->>'outputTokens' = '4000'";
        assert_eq!(app.database.count(used).await, 1, "{dialect:?}");
        app.finish().await;
    }
}

#[tokio::test]
async fn what_is_gone_at_the_end_is_taken_back_although_nobody_told_that_it_went() {
    let dialect = Dialect::Gemini;
    let server = VendorServer::start().await;
    let (reply, feed) = Reply::fed("text/event-stream");
    server.on_each("POST", dialect.path(), [reply]);
    let app = dialect.app(&server).await;
    let mut events = app.client.post_for_events("/api/script/generate", dialect.wanted(2)).await;
    let text = text(2);
    let half = text.rfind("Part 2").unwrap();
    dialect.begin().iter().chain([&dialect.piece(&text[..half])]).for_each(|event| feed.event(event));
    let scene = events.until(|event| event.name == "scene").await;
    // As for a reader who is too slow for all that happens.
    app.database.run("delete from scenes").await;
    [dialect.piece(&text[half..])].iter().chain(&dialect.end(End::Complete)).for_each(|event| feed.event(event));
    drop(feed);
    let told = events.all().await;
    let gone = told.iter().find(|event| event.name == "deleted").expect("it is taken back");
    assert_eq!(gone.data, json!({"kind": "scene", "id": scene.data["id"], "projectId": scene.data["projectId"]}));
    let done = told.last().unwrap();
    assert_eq!((done.name.as_str(), done.data["scenes"].as_array().unwrap().len()), ("done", 1));
    app.finish().await;
}

#[tokio::test]
async fn a_script_that_is_wrong_twice_is_not_asked_for_a_third_time() {
    let dialect = Dialect::Gemini;
    let server = VendorServer::start().await;
    server.on("POST", dialect.path(), move |_, _| dialect.streamed(&text(2), End::Complete));
    let app = dialect.app(&server).await;
    let error = app.client.post("/api/script/generate", dialect.wanted(3)).await.expect_error(502, ErrorCode::ProviderBadResponse);
    assert!(error.message.contains("It has 2 scenes, and exactly 3 are wanted."), "{}", error.message);
    assert_eq!(server.asked().len(), 2);
    let spent = app.client.get("/api/settings").await.expect(200)["spending"]["monthUsd"].as_f64().unwrap();
    assert!((spent - 2.0 * (0.75 * 0.001 + 3.75 * 0.002)).abs() < 1e-9, "{spent}");
    app.finish().await;
}

#[tokio::test]
async fn each_rule_is_told_in_words_that_a_model_can_act_on() {
    let dialect = Dialect::Compatible;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut script = script(2);
        change(&mut script);
        script.to_string()
    };
    let german = "Die alte Mühle am Meer hat schon viel gesehen, und die Frau, die sie hütet, zählt jeden Abend die Säcke neben der Tür.";
    let short = json!({"durationSeconds": 20});
    for (answer, options, told) in [
        ("I would rather not.".to_owned(), json!({}), "There is no JSON object with a list `scenes`"),
        (with(&|script| script["scenes"][1]["narration"] = json!(" ")), json!({}), "Scene 2 has no `narration`."),
        (
            with(&|script| script["scenes"][0]["narration"] = json!("long ".repeat(2500))),
            json!({}),
            "The narration of scene 1 has more than 10000 characters.",
        ),
        (with(&|script| script["scenes"][0]["narration"] = json!(["a"])), json!({}), "Scene 1 has not the shape that was asked for"),
        (with(&|script| script["scenes"][1]["visualPrompt"] = json!("")), json!({}), "Scene 2 has no `visualPrompt`."),
        (
            with(&|script| (script["scenes"][0]["narration"], script["scenes"][1]["narration"]) = (json!(german), json!(german))),
            json!({}),
            "The narration is not in the language `en`.",
        ),
        (
            with(&|script| (script["scenes"][0]["narration"], script["scenes"][1]["narration"]) = (json!("A mill."), json!("The end."))),
            short.clone(),
            "and 20 are wanted. Write more.",
        ),
    ] {
        let server = VendorServer::start().await;
        server.on_each("POST", dialect.path(), [dialect.streamed(&answer, End::Complete), dialect.streamed(&text(2), End::Complete)]);
        let app = dialect.app_without_key(&server).await;
        let mut wanted = dialect.wanted(2);
        wanted["options"].as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        let written = app.client.post("/api/script/generate", wanted).await.expect(201);
        assert_eq!(written["scenes"].as_array().unwrap().len(), 2);
        let turns = dialect.turns(&server.asked()[1].json());
        assert!(turns[2].contains(told), "{told}: {}", turns[2]);
        app.finish().await;
    }
}

#[tokio::test]
async fn a_script_that_is_cut_off_goes_on_where_it_was() {
    for dialect in Dialect::ALL {
        let server = VendorServer::start().await;
        let first = text(3);
        let cut = dialect.streamed(&first[..first.rfind("Part 3").unwrap()], End::CutOff);
        let mut rest = script(0);
        rest["scenes"] = json!([scene(3)]);
        server.on_each("POST", dialect.path(), [cut, dialect.streamed(&rest.to_string(), End::Complete)]);
        let app = dialect.app(&server).await;
        let events = app.client.post_for_events("/api/script/generate", dialect.wanted(3)).await.all().await;
        let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
        assert_eq!(names, ["project", "scene", "scene", "scene", "done"], "nothing is taken back");
        let asked = server.asked();
        assert_eq!(asked.len(), 2, "{dialect:?}");
        let turns = dialect.turns(&asked[1].json());
        let so_far: Value = serde_json::from_str(&turns[1]).unwrap();
        assert_eq!((so_far["scenes"].as_array().unwrap().len(), &so_far["cast"][0]["name"]), (2, &json!("Mara")));
        assert!(turns[2].contains("cut off after scene 2. Write scene 3 now"), "{}", turns[2]);
        app.finish().await;
    }
}

#[tokio::test]
async fn an_answer_without_room_for_a_scene_gets_more() {
    let dialect = Dialect::Gemini;
    let server = VendorServer::start().await;
    server.on_each("POST", dialect.path(), [dialect.streamed("{\"cast\": [", End::CutOff), dialect.streamed(&text(2), End::Complete)]);
    let app = dialect.app(&server).await;
    app.client.post("/api/script/generate", dialect.wanted(2)).await.expect(201);
    let tokens = |asked: &studio_tests::Asked| asked.json()["generationConfig"]["maxOutputTokens"].as_u64().unwrap();
    let asked = server.asked();
    assert_eq!(tokens(&asked[1]), 2 * tokens(&asked[0]));
    assert_eq!(dialect.turns(&asked[1].json()).len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_script_that_stays_cut_off_is_not_taken_for_whole() {
    let dialect = Dialect::Compatible;
    let mut wanted = dialect.wanted(3);
    wanted["options"].as_object_mut().unwrap().remove("sceneCount");
    let whole = text(3);
    let cut = move || dialect.streamed(&whole[..whole.rfind("Part 3").unwrap()], End::CutOff);
    let server = VendorServer::start().await;
    // Room for two scenes, and then for none, however much it is given; asked once more, it is whole.
    let first = cut.clone();
    server.on("POST", dialect.path(), move |asked, before| match before {
        0 => first(),
        _ if asked.json()["messages"].to_string().contains("It breaks off after scene 2;") => dialect.streamed(&text(3), End::Complete),
        _ => dialect.streamed("{\"cast\": [", End::CutOff),
    });
    let app = dialect.app_without_key(&server).await;
    let written = app.client.post("/api/script/generate", wanted.clone()).await.expect(201);
    assert_eq!(written["scenes"].as_array().unwrap().len(), 3);
    // Never whole: it goes on as often as it may, twice.
    let before = server.asked().len();
    server.on("POST", dialect.path(), move |_, _| cut());
    let error = app.client.post("/api/script/generate", wanted).await.expect_error(502, ErrorCode::ProviderBadResponse);
    assert!(error.message.contains("It breaks off after scene 14;"), "{}", error.message);
    assert_eq!(server.asked().len() - before, 14);
    app.finish().await;
}

#[tokio::test]
async fn a_script_that_does_not_come_to_its_end_is_not_taken_for_whole_although_its_writer_is_done() {
    for dialect in Dialect::ALL {
        let mut wanted = dialect.wanted(3);
        wanted["options"].as_object_mut().unwrap().remove("sceneCount");
        let whole = text(3);
        // In the third scene, and behind it.
        for (cut, scenes) in [(&whole[..whole.rfind("Part 3").unwrap()], 2), (&whole[..whole.len() - 2], 3)] {
            let breaks_off = format!("It breaks off after scene {scenes};");
            let server = VendorServer::start().await;
            let broken = || dialect.streamed(cut, End::Complete);
            server.on_each("POST", dialect.path(), [broken(), dialect.streamed(&whole, End::Complete), broken(), broken()]);
            let app = dialect.app(&server).await;
            let written = app.client.post("/api/script/generate", wanted.clone()).await.expect(201);
            assert_eq!(written["scenes"].as_array().unwrap().len(), 3, "{dialect:?}: {cut}");
            let turns = dialect.turns(&server.asked()[1].json());
            assert!(turns[2].contains(&breaks_off), "{}", turns[2]);
            let error = app.client.post("/api/script/generate", wanted.clone()).await.expect_error(502, ErrorCode::ProviderBadResponse);
            assert!(error.message.contains(&breaks_off), "{dialect:?}: {}", error.message);
            assert_eq!(server.asked().len(), 4);
            app.finish().await;
        }
    }
}

#[tokio::test]
async fn a_script_that_is_no_valid_json_is_asked_for_once_more_and_taken_where_its_writer_cannot_do_better() {
    let dialect = Dialect::Compatible;
    let server = VendorServer::start().await;
    let garbled = text(2).replace("]}]}", "]},]}");
    assert_ne!(garbled, text(2));
    server.on("POST", dialect.path(), move |_, _| dialect.streamed(&garbled, End::Complete));
    let app = dialect.app_without_key(&server).await;
    let mut wanted = dialect.wanted(2);
    wanted["options"].as_object_mut().unwrap().remove("sceneCount");
    let written = app.client.post("/api/script/generate", wanted).await.expect(201);
    assert_eq!((written["scenes"].as_array().unwrap().len(), server.asked().len()), (2, 2));
    assert!(dialect.turns(&server.asked()[1].json())[2].contains("It is no valid JSON: "));
    app.finish().await;
}

#[tokio::test]
async fn what_is_wanted_is_said_in_what_a_model_can_count() {
    let dialect = Dialect::Compatible;
    let server = VendorServer::start().await;
    let chinese = json!({"title": "磨坊", "language": "zh", "cast": [], "places": [], "scenes": [{"title": "海边", "narration": "海边有一座老磨坊，风一吹，它的翅膀就慢慢地转起来。".repeat(3), "visualPrompt": "A mill", "shows": []}]});
    server.on("POST", dialect.path(), move |_, _| dialect.streamed(&chinese.to_string(), End::Complete));
    let app = dialect.app_without_key(&server).await;
    let options = json!({"provider": "compatible", "model": "m", "language": "zh", "durationSeconds": 20, "tone": "calm as the sea", "audience": "children of six", "aspectRatio": "9:16", "title": "磨坊 1"});
    let written = app.client.post("/api/script/generate", json!({"prompt": "海边的磨坊", "options": options})).await.expect(201);
    let told = dialect.system(&server.asked()[0].json());
    for wish in [
        "as many scenes as it takes, each with a narration of about 54 characters\n",
        "20 seconds of narration in all, which is about 77 characters\n",
        "the language `zh`",
        "calm as the sea",
        "children of six",
        "9:16",
        "磨坊 1",
    ] {
        assert!(told.contains(wish), "{wish}: {told}");
    }
    assert_eq!(project_of(&app, &written).await["title"], "磨坊 1", "the user's own title stays");
    // Which language it will be is not known.
    let mut open = dialect.wanted(4);
    open["options"].as_object_mut().unwrap().remove("language");
    app.client.post("/api/script/generate", open).await;
    let told = dialect.system(&server.asked()[1].json());
    let wish = "- exactly 4 scenes, each with a narration of about 35 words in English, or what takes as long to say in another language\n";
    assert!(told.contains(wish), "{told}");
    app.finish().await;
}

#[tokio::test]
async fn whoever_a_scene_shows_is_named_in_its_picture() {
    let dialect = Dialect::Compatible;
    let server = VendorServer::start().await;
    let mut answer = script(1);
    answer["scenes"][0]["visualPrompt"] = json!("Flour on the floor.");
    answer["scenes"][0]["shows"] = json!(["mara", "the old mill", "nobody"]);
    server.on("POST", dialect.path(), move |_, _| dialect.streamed(&answer.to_string(), End::Complete));
    let app = dialect.app_without_key(&server).await;
    let written = app.client.post("/api/script/generate", dialect.wanted(1)).await.expect(201);
    assert_eq!(written["scenes"][0]["visualPrompt"], "Flour on the floor. With Mara and the old mill.");
    app.finish().await;
}

#[tokio::test]
async fn an_estimate_says_what_a_script_would_cost() {
    let server = VendorServer::start().await;
    for (dialect, known) in [(Dialect::Gemini, true), (Dialect::Anthropic, true), (Dialect::Compatible, false)] {
        let app = dialect.app(&server).await;
        let estimate = app.client.post("/api/estimate", json!({"kind": "script", "request": dialect.wanted(8)})).await.expect(200);
        assert_eq!(
            (&estimate["calls"], estimate["costUsd"].as_f64().is_some_and(|usd| usd > 0.0)),
            (&json!(1), known),
            "{dialect:?}: {estimate}"
        );
        app.finish().await;
    }
    // A server of one's own, without a key, costs nothing.
    let app = Dialect::Compatible.app_without_key(&server).await;
    let estimate = app.client.post("/api/estimate", json!({"kind": "script", "request": Dialect::Compatible.wanted(8)})).await.expect(200);
    assert_eq!(estimate, json!({"calls": 1, "costUsd": 0.0}));
    assert!(server.asked().is_empty(), "and nobody is asked");
    app.finish().await;
}

#[tokio::test]
async fn a_script_that_could_go_beyond_a_limit_is_not_begun() {
    let dialect = Dialect::Gemini;
    let server = VendorServer::start().await;
    let app = dialect.app(&server).await;
    app.client.patch("/api/settings", json!({"spending": {"monthLimitUsd": 0.001}})).await.expect(200);
    app.client.post("/api/script/generate", dialect.wanted(8)).await.expect_error(409, ErrorCode::SpendingLimitReached);
    assert!(server.asked().is_empty());
    assert_eq!(app.client.get("/api/projects").await.expect(200)["items"], json!([]), "and there is no empty project");
    app.finish().await;
}

#[tokio::test]
async fn a_reply_that_nobody_reads_any_more_is_dropped_with_its_project() {
    let dialect = Dialect::Compatible;
    let server = VendorServer::start().await;
    let (reply, feed) = Reply::fed("text/event-stream");
    server.on_each("POST", dialect.path(), [reply]);
    let app = dialect.app_without_key(&server).await;
    let mut events = app.client.post_for_events("/api/script/generate", dialect.wanted(2)).await;
    let project = events.next().await.unwrap().data["id"].as_str().unwrap().to_owned();
    server.until_asked("POST", dialect.path(), 1).await;
    app.client.delete(&format!("/api/projects/{project}")).await.expect(204);
    feed.until_dropped().await;
    app.finish().await;
}
