//! Pexels: photographs, with their photographers' names.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use studio_tests::{
    Reply, TestApp, VendorServer,
    pictures::{assert_failed, assert_secret, drawn, drawn_for, png, scene, studio},
};

const KEY: &str = "pexels-MARKED-0123456789";

async fn app(vendor: &VendorServer, attempts: u32) -> TestApp {
    studio(&[("PEXELS_BASE_URL", &vendor.url()), ("PEXELS_API_KEY", KEY)], attempts).await
}

fn photo(vendor: &VendorServer, id: u32) -> Value {
    json!({
        "id": id, "width": 3000, "height": 2000, "url": format!("https://www.pexels.com/photo/{id}/"), "photographer": format!("Joey {id}"),
        "photographer_url": format!("https://www.pexels.com/@joey{id}"), "photographer_id": 680_589, "avg_color": "#978E82",
        "src": {"original": format!("{}/files/{id}.png", vendor.url()), "large2x": format!("{}/files/{id}.png?h=650&w=940&dpr=2", vendor.url())},
        "liked": false, "alt": "A hill"
    })
}

fn found(photos: &[Value]) -> Value {
    json!({"total_results": photos.len(), "page": 1, "per_page": 15, "photos": photos})
}

#[tokio::test]
async fn a_photograph_is_found_and_its_photographer_is_named() {
    let vendor = VendorServer::start().await;
    vendor.on_json("GET", "/v1/search", found(&[photo(&vendor, 1), photo(&vendor, 2), photo(&vendor, 3)]));
    vendor.on("GET", "/files/*", |_, _| Reply::bytes("image/png", png(640, 360)));
    let app = app(&vendor, 5).await;
    let scene = scene(&app.client, "Wide shot of an old wooden windmill on a green hill at dawn").await;
    let picture = drawn_for(&app.client, &scene, json!({"provider": "pexels", "seed": 4})).await;
    assert_eq!((&picture["status"], &picture["costUsd"]), (&json!("ready"), &json!(0.0)), "{picture}");
    let credit = json!({
        "author": "Joey 2", "authorUrl": "https://www.pexels.com/@joey2", "source": "Pexels", "sourceUrl": "https://www.pexels.com/photo/2/"
    });
    assert_eq!(picture["credit"], credit);
    let asked = vendor.asked();
    assert_eq!(asked[0].query, "query=old+wooden+windmill+green+hill+dawn&orientation=landscape&per_page=15");
    assert_eq!((asked[1].path.as_str(), asked[1].query.as_str()), ("/files/2.png", "h=650&w=940&dpr=2"));
    assert_secret(&vendor, KEY, "authorization", KEY, &[&picture]);

    // A copy of the project, and one that was exported and comes back, name the photographer too.
    let project = format!("/api/projects/{}", scene["projectId"].as_str().unwrap());
    let copy = app.client.post(&format!("{project}/duplicate"), json!({})).await.expect(201);
    let copy = app.client.get(&format!("/api/projects/{}", copy["id"].as_str().unwrap())).await.expect(200);
    assert_eq!(copy["scenes"][0]["image"]["credit"], credit);
    let archive = app.client.get(&format!("{project}/export?format=zip")).await.bytes;
    let form = reqwest::multipart::Form::new().part("file", reqwest::multipart::Part::bytes(archive).file_name("project.zip"));
    let import = app.client.request(reqwest::Method::POST, "/api/projects/import").multipart(form);
    let imported = app.client.send(import).await.expect(201);
    assert_eq!(imported["scenes"][0]["image"]["credit"], credit);
    vendor.on_json("GET", "/videos/search", json!({"videos": []}));
    let test = app.client.post("/api/settings/providers/pexels/test", json!({})).await.expect(200);
    assert_eq!(test["ok"], true, "{test}");
    app.finish().await;
}

#[tokio::test]
async fn fewer_words_are_tried_before_it_gives_up() {
    let vendor = VendorServer::start().await;
    let some = found(&[photo(&vendor, 1)]);
    vendor.on("GET", "/v1/search", move |asked, _| {
        Reply::json(&if asked.query.contains("lighthouse") { some.clone() } else { json!({"photos": []}) })
    });
    vendor.on("GET", "/files/*", |_, _| Reply::bytes("image/png", png(360, 640)));
    let app = app(&vendor, 5).await;
    let body = json!({"title": "T", "language": "de", "aspectRatio": "9:16", "scenes": [
        {"title": "lighthouse", "narration": "Worte.", "visualPrompt": "Ein alter Wärter steigt die vielen Stufen hinauf, bis unter das Dach, wo die Lampe steht"}
    ]});
    let project = app.client.post("/api/projects", body).await.expect(201);
    let picture = drawn_for(&app.client, &project["scenes"][0], json!({"provider": "pexels"})).await;
    assert_eq!(picture["status"], "ready", "{picture}");
    let searches = vendor.asked_at("GET", "/v1/search");
    assert_eq!(searches.len(), 3);
    assert!(searches.iter().all(|asked| asked.query.contains("orientation=portrait")));
    assert!(searches[0].query.ends_with("&locale=de-DE"), "{}", searches[0].query);

    vendor.on_json("GET", "/v1/search", json!({"photos": []}));
    let picture = drawn(&app.client, json!({"provider": "pexels"})).await;
    assert_failed(&picture, "provider_rejected", "no photograph of “hill sun”");
    app.finish().await;
}

#[tokio::test]
async fn each_search_takes_one_of_the_requests_of_a_minute() {
    let vendor = VendorServer::start().await;
    vendor.on_json("GET", "/v1/search", json!({"photos": []}));
    let app = app(&vendor, 1).await;
    app.client.patch("/api/settings", json!({"limits": {"pexels": {"atOnce": 1, "perMinute": 60}}})).await.expect(200);
    let begun = Instant::now();
    let scene = scene(&app.client, "Wide shot of an old wooden windmill on a green hill at dawn").await;
    let picture = drawn_for(&app.client, &scene, json!({"provider": "pexels"})).await;
    assert_failed(&picture, "provider_rejected", "no photograph");
    let searches = vendor.asked_at("GET", "/v1/search");
    assert!(searches.len() > 1, "{searches:?}");
    let early = searches.iter().zip(0..).find(|(asked, turn)| asked.at - begun < Duration::from_millis(950) * *turn);
    assert!(early.is_none(), "{early:?} of {searches:?}, begun {begun:?}");
    app.finish().await;
}

#[tokio::test]
async fn what_goes_wrong_is_said() {
    for (status, body, code, words) in [
        (401, json!({"status": 401, "code": "Unauthorized"}), "provider_auth_failed", "refused the key"),
        (429, json!({"error": "Rate limit exceeded"}), "provider_rate_limited", "fewer requests"),
        (500, json!({}), "provider_unavailable", "HTTP 500"),
        (200, json!({"pictures": []}), "provider_bad_response", "not the documented one"),
    ] {
        let vendor = VendorServer::start().await;
        vendor.on("GET", "/v1/search", move |_, _| Reply::json(&body).status(status));
        let app = app(&vendor, 1).await;
        let picture = drawn(&app.client, json!({"provider": "pexels"})).await;
        assert_failed(&picture, code, words);
        assert_secret(&vendor, KEY, "authorization", KEY, &[&picture]);
        app.finish().await;
    }
    // What it names is fetched only from itself, or from a public https address.
    let vendor = VendorServer::start().await;
    let mut elsewhere = photo(&vendor, 1);
    for (url, words) in [
        ("http://169.254.169.254/latest", "not a public https one"),
        ("https://localhost/x.png", "not public"),
        ("nonsense", "that is none"),
    ] {
        elsewhere["src"]["large2x"] = json!(url);
        vendor.on_json("GET", "/v1/search", found(&[elsewhere.clone()]));
        let app = app(&vendor, 1).await;
        assert_failed(&drawn(&app.client, json!({"provider": "pexels"})).await, "provider_bad_response", words);
        app.finish().await;
    }
    vendor.on_json("GET", "/v1/search", found(&[photo(&vendor, 1)]));
    vendor.on("GET", "/files/*", |_, _| Reply::bytes("image/png", "<html>gone</html>"));
    let app = app(&vendor, 1).await;
    assert_failed(&drawn(&app.client, json!({"provider": "pexels"})).await, "provider_bad_response", "something else");
    app.finish().await;
}

#[tokio::test]
async fn too_many_requests_are_waited_out_and_what_broke_is_asked_again() {
    let vendor = VendorServer::start().await;
    let busy = Reply::json(&json!({"error": "Rate limit exceeded"})).status(429).header("retry-after-ms", "10");
    vendor.on_each("GET", "/v1/search", [busy, Reply::hang_up(), Reply::json(&found(&[photo(&vendor, 1)]))]);
    vendor.on("GET", "/files/*", |_, _| Reply::bytes("image/png", png(640, 360)));
    let app = app(&vendor, 5).await;
    let picture = drawn(&app.client, json!({"provider": "pexels"})).await;
    assert_eq!((&picture["status"], &picture["attempts"]), (&json!("ready"), &json!(3)), "{picture}");
    app.finish().await;
}
