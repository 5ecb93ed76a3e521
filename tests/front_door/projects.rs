//! Projects and scenes: brought along, changed one by one, moved, duplicated, deleted.

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use shared::ErrorCode;
use studio_tests::TestApp;

pub fn narrations(project: &Value) -> Vec<String> {
    project["scenes"].as_array().unwrap().iter().map(|scene| scene["narration"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_script_that_is_brought_along_gets_what_it_lacks() {
    let app = TestApp::start().await;
    let scenes = json!([{"narration": "Die Würde des Menschen ist unantastbar."}, {"title": "Mine", "narration": "Zwei.", "visualPrompt": "A door"}]);
    let project = app.client.post("/api/projects", json!({"title": "Grundgesetz", "scenes": scenes})).await.expect(201);
    assert_eq!((&project["status"], &project["language"], &project["sceneCount"]), (&json!("ready"), &json!("de"), &json!(2)));
    assert!(!project["scenes"][0]["title"].as_str().unwrap().is_empty());
    assert!(!project["scenes"][0]["visualPrompt"].as_str().unwrap().is_empty());
    assert_eq!((&project["scenes"][1]["title"], &project["scenes"][1]["visualPrompt"]), (&json!("Mine"), &json!("A door")));
    app.finish().await;
}

#[tokio::test]
async fn scenes_are_added_moved_and_deleted_and_stay_in_order() {
    let app = TestApp::start().await;
    let project = app.client.project(&["A.", "B.", "C."]).await;
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    let scene = |at: usize| format!("/api/scenes/{}", project["scenes"][at]["id"].as_str().unwrap());
    let added = app.client.post(&format!("{path}/scenes"), json!({"position": 1, "narration": "N."})).await;
    assert!(added.header("location").unwrap().starts_with("/api/scenes/"));
    assert_eq!(added.expect(201)["position"], 1);
    assert_eq!(narrations(&app.client.get(&path).await.expect(200)), ["A.", "N.", "B.", "C."]);
    assert_eq!(app.client.patch(&scene(0), json!({"position": 2})).await.expect(200)["position"], 2);
    assert_eq!(narrations(&app.client.get(&path).await.expect(200)), ["N.", "B.", "A.", "C."]);
    app.client.delete(&scene(1)).await.expect(204);
    let left = app.client.get(&path).await.expect(200);
    assert_eq!(narrations(&left), ["N.", "A.", "C."]);
    assert_eq!(left["scenes"].as_array().unwrap().iter().map(|s| s["position"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 1, 2]);
    app.client.delete(&scene(1)).await.expect_error(404, ErrorCode::NotFound);
    app.client.patch(&scene(0), json!({"title": null})).await.expect_error(422, ErrorCode::ValidationFailed);
    app.finish().await;
}

#[tokio::test]
async fn a_scene_takes_its_place_in_one_statement_and_those_that_moved_are_told() {
    let app = TestApp::start().await;
    let project = app.client.project(&["0.", "1.", "2.", "3.", "4.", "5."]).await;
    let id = project["id"].as_str().unwrap();
    let ids: Vec<&str> = project["scenes"].as_array().unwrap().iter().map(|scene| scene["id"].as_str().unwrap()).collect();
    let written = "create table written (n serial);
         create function write_down() returns trigger language plpgsql as $$ begin insert into written default values; return null; end $$;
         create trigger write_down after update on scenes for each statement execute function write_down();";
    app.database.run(written).await;
    let mut order: Vec<usize> = (0..6).collect();
    let events = "select count(*) as n from events where kind = 'scene'";
    let (mut statements, mut told) = (0, app.database.count(events).await);
    for (from, to) in [(0, Some(5)), (5, Some(0)), (1, Some(4)), (4, Some(2)), (3, Some(99)), (2, None), (0, None), (3, None)] {
        let path = |number: usize| format!("/api/scenes/{}", ids[number]);
        let mut tags = Vec::new();
        for number in 0..ids.len() {
            tags.push(app.client.get(&path(number)).await.header("etag").map(str::to_owned));
        }
        let (before, moved) = (order.clone(), order.remove(from));
        match to {
            Some(to) => {
                order.insert(order.len().min(to), moved);
                app.client.patch(&path(moved), json!({"position": to})).await.expect(200);
            }
            None => drop(app.client.delete(&path(moved)).await.expect(204)),
        }
        let now = app.client.get(&format!("/api/projects/{id}")).await.expect(200);
        let wanted: Vec<_> = order.iter().map(|number| format!("{number}.")).collect();
        assert_eq!(narrations(&now), wanted, "{from} {to:?}");
        assert!(now["scenes"].as_array().unwrap().iter().zip(0..).all(|(scene, position)| scene["position"] == position), "{now}");
        let place = |order: &[usize], number: usize| order.iter().position(|one| *one == number);
        let other: Vec<usize> = (0..6).filter(|number| place(&before, *number) != place(&order, *number)).collect();
        for number in order.iter().copied() {
            let tag = app.client.get(&path(number)).await.header("etag").map(str::to_owned);
            assert_eq!(tag != tags[number], other.contains(&number), "{from} {to:?}: {number}");
        }
        let count = app.database.count(events).await;
        assert_eq!(count - told, i64::try_from(other.len()).unwrap(), "{from} {to:?}");
        told = count;
        // One for all places, and one for the scene's own change.
        let count = app.database.count("select count(*) as n from written").await;
        assert!(count - statements <= 2, "{} statements to move {from} to {to:?}", count - statements);
        statements = count;
    }
    app.finish().await;
}

#[tokio::test]
async fn a_project_is_read_as_it_is_at_one_moment() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    app.client.post_and_wait("/api/audio/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    app.client.post_and_wait("/api/image/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    app.until_idle().await;
    // Whoever reads narrations waits, between the scenes and their pictures, for whoever has that lock.
    let slow = "alter view audio_overview rename to audio_at_once;
         create view audio_overview as select * from audio_at_once where pg_advisory_xact_lock_shared(1) is not null;";
    app.database.run(slow).await;
    let mut other = PgConnection::establish(app.database.url()).unwrap();
    other.batch_execute("begin; select pg_advisory_xact_lock(1)").unwrap();
    let deleting = async {
        let waiting = "select count(*) as n from pg_stat_activity where datname = current_database() and wait_event = 'advisory'";
        app.until_counted(waiting, 1).await;
        other.batch_execute("delete from image_assets; commit").unwrap();
    };
    let (read, ()) = tokio::join!(app.client.get(&path), deleting);
    let read = read.expect(200);
    let scene = &read["scenes"][0];
    assert!(scene["selectedImageId"].is_string() && scene["selectedImageId"] == scene["image"]["id"], "{read}");
    assert_eq!(read["stages"]["image"], 1);
    let scene = &app.client.get(&path).await.expect(200)["scenes"][0];
    assert!(scene["selectedImageId"].is_null() && scene["image"].is_null(), "{scene}");
    app.finish().await;
}

#[tokio::test]
async fn what_is_written_later_has_the_later_time() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One."]).await;
    let scene = format!("/api/scenes/{}", project["scenes"][0]["id"].as_str().unwrap());
    // A change that begins first, and has to wait for one that begins after it.
    let mut other = PgConnection::establish(app.database.url()).unwrap();
    other.batch_execute("begin; select from projects for no key update").unwrap();
    let overtaking = async {
        let waiting = "select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        app.until_counted(waiting, 1).await;
        let second = "update scenes set title = 'Second'; create table second as select clock_timestamp() as moment; commit";
        other.batch_execute(second).unwrap();
    };
    let (last, ()) = tokio::join!(app.client.patch(&scene, json!({"title": "Last"})), overtaking);
    assert_eq!(last.expect(200)["title"], "Last");
    for table in ["projects", "scenes"] {
        let back = format!("select count(*) as n from {table}, second where updated_at < moment");
        assert_eq!(app.database.count(&back).await, 0, "{table}");
    }
    app.finish().await;
}

#[tokio::test]
async fn scenes_change_places_while_a_take_of_one_is_selected() {
    let app = TestApp::start().await;
    let project = app.client.project(&["One.", "Two.", "Three."]).await;
    let scene = |index: usize| project["scenes"][index]["id"].as_str().unwrap();
    let take = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": scene(1)})).await.expect(200);
    app.until_idle().await;
    // As whoever has made a take: the scene alone, and not its project.
    let mut other = PgConnection::establish(app.database.url()).unwrap();
    other.batch_execute(&format!("begin; select from scenes where id = '{}' for no key update", scene(1))).unwrap();
    let selecting = async {
        let waiting = "select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        app.until_counted(waiting, 1).await;
        let selected = format!("update scenes set selected_audio_id = '{}' where id = '{}'", take["id"].as_str().unwrap(), scene(1));
        // Taken away before: what changes nothing in an index is not looked at there.
        other.batch_execute(&format!("update scenes set selected_audio_id = null where id = '{}'; {selected}; commit", scene(1))).unwrap();
    };
    let last = format!("/api/scenes/{}", scene(2));
    let (moved, ()) = tokio::join!(app.client.patch(&last, json!({"position": 0})), selecting);
    assert_eq!(moved.expect(200)["position"], 0);
    let scenes = app.client.get(&format!("/api/projects/{}", project["id"].as_str().unwrap())).await.expect(200)["scenes"].take();
    let order: Vec<&str> = scenes.as_array().unwrap().iter().map(|scene| scene["id"].as_str().unwrap()).collect();
    assert_eq!(order, [scene(2), scene(0), scene(1)]);
    assert_eq!(scenes[2]["selectedAudioId"], take["id"]);
    app.finish().await;
}

#[tokio::test]
async fn a_project_has_at_most_two_hundred_scenes() {
    let app = TestApp::start().await;
    let scenes: Vec<Value> = (0..200).map(|n| json!({"narration": format!("{n}."), "title": "T", "visualPrompt": "V"})).collect();
    let project = app.client.post("/api/projects", json!({"title": "Long", "language": "en", "scenes": scenes})).await.expect(201);
    let path = format!("/api/projects/{}/scenes", project["id"].as_str().unwrap());
    app.client.post(&path, json!({"narration": "One too many."})).await.expect_error(409, ErrorCode::Conflict);
    app.finish().await;
}

#[tokio::test]
async fn a_duplicate_has_its_own_files() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words."]).await;
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    app.client.post_and_wait("/api/audio/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    app.client.post_and_wait("/api/image/generate-batch", json!({"projectId": project["id"]})).await.expect(200);
    let copy = app.client.post(&format!("{path}/duplicate"), json!({})).await.expect(201);
    assert_ne!(copy["id"], project["id"]);
    assert_eq!(copy["stages"], json!({"audio": 1, "image": 1, "video": 0}));
    app.client.delete(&path).await.expect(204);
    app.client.get(&path).await.expect_error(404, ErrorCode::NotFound);
    for url in [&copy["scenes"][0]["audio"]["url"], &copy["scenes"][0]["image"]["url"], &copy["scenes"][0]["image"]["thumbnailUrl"]] {
        assert_eq!(app.client.get(url.as_str().unwrap()).await.status, 200);
    }
    // The files of the deleted one are removed by a job of their own.
    app.until_idle().await;
    assert_eq!(app.media_files(), 3);
    app.finish().await;
}

#[tokio::test]
async fn no_transaction_waits_while_scenes_are_described() {
    let app = TestApp::start().await;
    let narration = "The old mill stands by the river, and its wheel turns slowly in the evening light. ".repeat(115);
    let scenes: Vec<Value> = (0..60).map(|_| json!({"narration": narration})).collect();
    let body = json!({"title": "Long", "language": "en", "scenes": scenes});
    let creating = app.client.post("/api/projects", body);
    let idle = "select coalesce(max(1000 * extract(epoch from clock_timestamp() - state_change)), 0)::bigint as n
                from pg_stat_activity where datname = current_database() and state = 'idle in transaction'";
    let longest = std::cell::Cell::new(0);
    let watching = async {
        loop {
            longest.set(longest.get().max(app.database.count(idle).await));
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        created = creating => drop(created.expect(201)),
        () = watching => {}
    }
    assert!(longest.get() < 500, "{} ms", longest.get());
    app.finish().await;
}

#[tokio::test]
async fn people_and_places_are_kept_with_their_project_and_go_with_its_copies() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Mara looks out."]).await;
    assert_eq!(project["visualBible"], json!([]));
    let path = format!("/api/projects/{}", project["id"].as_str().unwrap());
    let bible = json!([{"name": "Mara", "look": "a woman of sixty in a red coat"}, {"name": "The mill", "look": ""}]);
    let patched = app.client.patch(&path, json!({"visualBible": bible})).await.expect(200);
    assert_eq!((&patched["visualBible"], &patched["title"]), (&bible, &project["title"]));
    assert_eq!(app.client.post(&format!("{path}/duplicate"), json!({})).await.expect(201)["visualBible"], bible);
    let zip = app.client.get(&format!("{path}/export?format=zip")).await.bytes;
    let form = Form::new().part("file", Part::bytes(zip).file_name("a.zip"));
    let back = app.client.send(app.client.request(reqwest::Method::POST, "/api/projects/import").multipart(form)).await.expect(201);
    assert_eq!(back["visualBible"], bible);
    for (bad, path_of_it) in [
        (json!([{"name": " ", "look": ""}]), "visualBible[0].name"),
        (json!([{"name": "A"}]), "visualBible[0]"),
        (Value::Null, "visualBible"),
    ] {
        let error = app.client.patch(&path, json!({"visualBible": bad})).await.expect_error(422, ErrorCode::ValidationFailed);
        assert!(studio_tests::client::bad_paths(&error)[0].starts_with(path_of_it), "{error:?}");
    }
    assert_eq!(app.client.get(&path).await.expect(200)["visualBible"], bible);
    app.finish().await;
}
