//! Not to be broken into: tokens, hosts, origins, headers, folders.

use reqwest::Method;
use shared::ErrorCode;
use studio_tests::TestApp;

const TOKEN: &str = "a-token-of-some-length";

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
    const FORM: &str = "application/x-www-form-urlencoded";
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
    for path in [
        "/media/audio/secret.txt",
        "/media/../secret.key",
        "/media/audio/%2e%2e%2f%2e%2e%2fsecret.key",
        "/media/audio/..%5c..%5csecret.key",
        "/media/work/x.wav",
        "/media//etc/passwd",
    ] {
        let answer = app.client.get(path).await;
        assert!(answer.status == 404 || !String::from_utf8_lossy(&answer.bytes).contains("secret"), "{path}: {}", answer.status);
    }
    app.finish().await;
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
