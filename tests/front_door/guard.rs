//! Not to be broken into: tokens, hosts, origins, headers, folders.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use reqwest::Method;
use shared::ErrorCode;
use studio_tests::{Client, Database, TestApp, process::Process};

const TOKEN: &str = "a-token-of-some-length";
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn with_a_token_nobody_reads_without_it() {
    let app = TestApp::configured(|config| studio::config::Config { token: Some(TOKEN.to_owned()), ..config }).await;
    let stranger = app.client.stranger();
    for path in [
        "/api/projects",
        "/api/events",
        "/api/openapi.json",
        "/api/docs/",
        "/media/audio/x.wav",
        "/metrics",
        "/api/nothing",
        // As the router reads them, they are the same.
        "/%61pi/openapi.json",
        "/%6dedia/x",
    ] {
        stranger.get(path).await.expect_error(401, ErrorCode::Unauthorized);
    }
    stranger.get("/api/health").await.expect(200);
    let wrong = stranger.request(Method::GET, "/api/projects").bearer_auth("wrong");
    stranger.send(wrong).await.expect_error(401, ErrorCode::Unauthorized);
    app.client.get("/api/projects").await.expect(200);

    // The printed address turns the token into a cookie, and takes it out of the address.
    let entered = stranger.get(&format!("/?token={TOKEN}")).await;
    assert_eq!((entered.status, entered.header("location")), (303, Some("/")));
    let cookie = entered.header("set-cookie").unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let pair = cookie.split(';').next().unwrap();
    stranger.send(stranger.request(Method::GET, "/api/projects").header("cookie", pair)).await.expect(200);
    assert!(stranger.get("/?token=wrong").await.header("set-cookie").is_none());

    // A page asks for it, and the form leads back to the page; files of the app are open.
    let page = "/projects/01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81/audio";
    let asked = stranger.get(page).await;
    assert_eq!((asked.status, asked.header("content-type")), (401, Some("text/html; charset=utf-8")));
    assert!(String::from_utf8_lossy(&asked.bytes).contains("<form method=\"post\">"));
    let post = |path: &str, body: String| stranger.request(Method::POST, path).header("content-type", FORM).body(body);
    let enter = |token: &str| stranger.send(post(page, format!("token={token}")));
    let entered = enter(TOKEN).await;
    assert_eq!((entered.status, entered.header("location"), entered.header("set-cookie")), (303, Some(page), Some(cookie.as_str())));
    for wrong in [enter("wrong").await, stranger.send(stranger.request(Method::POST, "/").body("no form")).await] {
        assert!(wrong.status == 401 && wrong.header("set-cookie").is_none());
        assert!(String::from_utf8_lossy(&wrong.bytes).contains("not the access token"));
    }
    let elsewhere = stranger.send(post("/", format!("token={TOKEN}")).header("origin", "https://evil.example")).await;
    elsewhere.expect_error(403, ErrorCode::Forbidden);
    stranger.get("/theme.js").await.expect_text(200);
    stranger.send(stranger.request(Method::GET, page).header("cookie", pair)).await.expect_text(200);
    app.finish().await;
}

#[tokio::test]
async fn a_token_of_any_characters_lets_a_browser_in() {
    for token in ["p%41ss;word-long-enough", "with, blanks and \"quotes\"", "Schlüssel für das Atelier"] {
        let app = TestApp::configured(|config| studio::config::Config { token: Some(token.to_owned()), ..config }).await;
        let stranger = app.client.stranger();
        let form: String = token.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let request = stranger.request(Method::POST, "/").header("content-type", FORM).body(format!("token={form}"));
        let entered = stranger.send(request).await;
        assert_eq!(entered.status, 303, "{token}");
        let pair = entered.header("set-cookie").unwrap().split(';').next().unwrap();
        stranger.send(stranger.request(Method::GET, "/api/projects").header("cookie", pair)).await.expect(200);
        app.finish().await;
    }
}

#[tokio::test]
async fn blanks_around_a_token_are_none_of_it() {
    let (database, folder) = (Database::create().await, tempfile::tempdir().expect("a folder"));
    let server = Process::start_in(&[("STUDIO_TOKEN", &format!(" {TOKEN} "))], &database, folder.path());
    let stranger = server.client.stranger();
    stranger.send(stranger.request(Method::GET, "/api/projects").bearer_auth(TOKEN)).await.expect(200);
    stranger.get("/api/projects").await.expect_error(401, ErrorCode::Unauthorized);
}

#[tokio::test]
async fn other_sites_and_rebound_names_are_refused() {
    let app = TestApp::start().await;
    let send = |name: &'static str, value: &str| app.client.send(app.client.request(Method::GET, "/api/projects").header(name, value));
    send("host", "evil.example").await.expect_error(403, ErrorCode::Forbidden);
    send("origin", "https://evil.example").await.expect_error(403, ErrorCode::Forbidden);
    send("origin", "null").await.expect_error(403, ErrorCode::Forbidden);
    send("origin", app.client.base()).await.expect(200);
    app.finish().await;
}

#[tokio::test]
async fn every_answer_has_the_headers_that_protect_a_browser() {
    let app = TestApp::start().await;
    for path in ["/", "/api/projects", "/api/nothing", "/script/x"] {
        let answer = app.client.get(path).await;
        let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{path} has no policy"));
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert!(answer.header("access-control-allow-origin").is_none());
    }
    app.finish().await;
}

#[tokio::test]
async fn media_paths_do_not_leave_their_folder() {
    let app = TestApp::start().await;
    std::fs::write(app.data_dir().join("media").join("audio").join("secret.txt"), "secret").unwrap();
    assert!(app.data_dir().join("secret.key").is_file());
    for path in [
        "/media/audio/secret.txt",
        "/media/../secret.key",
        "/media/audio/../../secret.key",
        "/media/audio/%2e%2e%2f%2e%2e%2fsecret.key",
        "/media/audio/..%5c..%5csecret.key",
        "/media/work/x.wav",
        "/media//etc/passwd",
    ] {
        app.client.get(path).await.expect_error(404, ErrorCode::NotFound);
        let answer = as_it_is(&app.client, path).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
    }
    app.finish().await;
}

/// What is answered to a path that no client has put in order before.
async fn as_it_is(client: &Client, path: &str) -> String {
    let host = client.base().trim_start_matches("http://").to_owned();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let ask = move || {
        let mut connection = TcpStream::connect(&host).expect("the server answers");
        connection.write_all(request.as_bytes()).expect("it is asked");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("the answer is whole");
        answer
    };
    tokio::task::spawn_blocking(ask).await.expect("it ends")
}

#[tokio::test]
async fn the_documents_are_browsable_without_any_other_host() {
    let app = TestApp::start().await;
    let page = app.client.get("/api/docs/").await;
    assert_eq!(page.status, 200);
    let html = String::from_utf8_lossy(&page.bytes).into_owned();
    assert!(!html.contains("https://") && !html.contains("//cdn"), "{html}");
    assert_eq!(app.client.get("/api/docs/swagger-ui-bundle.js").await.status, 200);
    app.finish().await;
}
