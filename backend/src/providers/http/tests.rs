//! The limits, against servers that keep none of them.

use std::{net::SocketAddr, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::providers::{Secret, vendors::compatible::VENDOR};

const KEY: &str = "MARKED-key-0123456789";
const OK: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n";

/// A server that says that, byte for byte, to each that asks; it tells what it was asked.
async fn server(answers: Vec<String>) -> (SocketAddr, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (asked, heard) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            while !request.windows(4).any(|window| window == b"\r\n\r\n") {
                let read = stream.read(&mut buffer).await.unwrap();
                request.extend_from_slice(&buffer[..read]);
            }
            asked.send(String::from_utf8_lossy(&request).into_owned()).unwrap();
            let (answer, waits) = answer.strip_suffix("…").map_or((answer.as_str(), false), |answer| (answer, true));
            stream.write_all(answer.as_bytes()).await.unwrap();
            if waits {
                std::future::pending().await
            }
        }
    });
    (address, heard)
}

fn api(address: SocketAddr, limit: Duration) -> Api {
    api_within(address, Limits { total: limit * 3, ..Limits::glance(limit) })
}

fn api_within(address: SocketAddr, limits: Limits) -> Api {
    let access = Access {
        provider: "local".to_owned(),
        name: "Local".to_owned(),
        key: Some(Secret::new(KEY)),
        base_url: Some(format!("http://{address}/v1")),
        ..Access::default()
    };
    Http::new().api_within(&VENDOR, limits, &access).unwrap()
}

async fn answered(answer: &str) -> ProviderResult<Value> {
    let (address, _heard) = server(vec![answer.to_owned()]).await;
    api(address, Duration::from_secs(20)).get_json("/x").await
}

#[tokio::test]
async fn json_is_read_and_the_key_is_sent() {
    let (address, mut heard) = server(vec![format!("{OK}{{\"a\": 1}}")]).await;
    let answer: Value = api(address, Duration::from_secs(20)).post_json("/x", &json!({"b": 2})).await.unwrap();
    assert_eq!(answer, json!({"a": 1}));
    let request = heard.recv().await.unwrap();
    assert!(request.starts_with("POST /v1/x HTTP/1.1\r\n"), "{request}");
    assert!(request.contains(&format!("authorization: Bearer {KEY}\r\n")), "{request}");
}

#[tokio::test]
async fn a_success_that_is_none_is_a_bad_response() {
    for (answer, told) in [
        (OK.to_owned(), "Local answered without anything."),
        (format!("{OK}<html>"), "Local answered with a web page; check its address in the settings."),
        (OK.replace("application/json", "text/html") + "{}", "Local answered with a web page; check its address in the settings."),
        (format!("{OK}{{\"a\""), "Local answered in a shape that is not the documented one."),
        (
            "HTTP/1.1 302 Found\r\nconnection: close\r\nlocation: http://127.0.0.1:1/\r\n\r\n".to_owned(),
            "Local sends requests on to another address, which is not followed; check its address in the settings.",
        ),
    ] {
        let error = answered(&answer).await.unwrap_err();
        assert_eq!((error.kind, error.message.as_str(), error.is_unreadable), (Kind::BadResponse, told, true), "{answer}");
    }
}

#[tokio::test]
async fn who_says_nothing_or_nothing_more_is_not_waited_for() {
    let (brief, long) = (Duration::from_millis(200), Limits::glance(Duration::from_secs(60)));
    for (answer, told, limits) in [
        ("…", "Local did not answer within 0.2 s.", Limits { first_byte: brief, ..long }),
        (&*format!("{OK}{{…"), "Local said nothing more for 0.2 s.", Limits { idle: brief, ..long }),
    ] {
        let (address, _heard) = server(vec![answer.to_owned(), answer.to_owned()]).await;
        let api = api_within(address, limits);
        let error = api.get_json::<Value>("/x").await.unwrap_err();
        assert_eq!((error.kind, error.message.as_str(), error.out_of_time), (Kind::Timeout, told, false));
        assert!(api.pause(Duration::from_secs(100)).await.unwrap_err().out_of_time);
    }
    // Silent for as long as the whole work may take.
    let (address, _heard) = server(vec!["…".to_owned()]).await;
    let slow = Api { deadline: Instant::now() + Duration::from_millis(200), ..api(address, Duration::from_secs(20)) };
    let error = slow.get_json::<Value>("/x").await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str(), error.out_of_time), (Kind::Timeout, "Local took longer than 60 s in all.", true));
}

#[tokio::test]
async fn a_lost_answer_to_a_paid_call_is_not_asked_for_again() {
    for answer in ["", "…", &*format!("{OK}…")] {
        let (address, _heard) = server(vec![answer.to_owned()]).await;
        let api = api(address, Duration::from_millis(200));
        let made = async { api.post("/make").json(&json!({})).creates().send().await?.json::<Value>().await };
        let error = made.await.unwrap_err();
        assert!(error.lost && !error.is_passing(), "{answer:?}: {}", error.message);
        let (address, _heard) = server(vec![String::new()]).await;
        let error = super::tests::api(address, Duration::from_millis(200)).get_json::<Value>("/x").await.unwrap_err();
        assert!(error.is_passing(), "a call that makes nothing may be repeated");
    }
    // Nobody was there: nothing can have been made.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = api(address, Duration::from_secs(5)).post("/make").creates().send().await.err().unwrap();
    assert_eq!(error.kind, Kind::Unavailable);
    assert_eq!(error.message, "Local could not be reached: Connection refused. Is it running?");
}

#[tokio::test]
async fn what_a_provider_says_is_shown_without_the_key() {
    let said = format!("HTTP/1.1 401 No\r\nconnection: close\r\n\r\n{{\"error\": {{\"message\": \"Incorrect API key provided: {KEY}\"}}}}");
    let error = answered(&said).await.unwrap_err();
    assert_eq!(error.message, "Local refused the key: Incorrect API key provided: ***. Check it in the settings.");
    assert!(!format!("{error:?}").contains("MARKED"));
}

#[tokio::test]
async fn a_stream_of_events_is_read_whatever_comes() {
    let events = |answer: String| async move {
        let (address, _heard) = server(vec![answer]).await;
        let api = api(address, Duration::from_secs(20));
        let mut events = api.get("/x").send().await?.events().await?;
        let mut data = Vec::new();
        while let Some(event) = events.next().await? {
            data.push(event.data);
        }
        ProviderResult::Ok(data)
    };
    let stream = OK.replace("application/json", "text/event-stream");
    assert_eq!(events(format!("{stream}data: 1\r\n\r\ndata: 2\r\n\r\n")).await.unwrap(), ["1", "2"]);
    assert_eq!(events(format!("{OK}{{\"whole\": true}}")).await.unwrap(), ["{\"whole\": true}"]);
    // The header may say the one of the other.
    assert_eq!(events(format!("{OK}\r\ndata: 1\r\n\r\ndata: 2")).await.unwrap(), ["1", "2"]);
    assert_eq!(events(format!("{stream}\u{feff}\n {{\"whole\": true}}")).await.unwrap(), ["\n {\"whole\": true}"]);
    let page = events(OK.replace("application/json", "text/html; charset=utf-8") + "<html>").await;
    assert_eq!(page.unwrap_err().kind, Kind::BadResponse);
}

#[tokio::test]
async fn results_are_fetched_from_home_with_the_key_and_from_nowhere_private() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x");
    let png = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "\u{1}");
    let sound = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nRIFF\0\0\0\0WAVEfmt ".to_owned();
    let (address, mut heard) = server(vec![sound, png, String::new()]).await;
    let api = api(address, Duration::from_secs(20));
    api.download(&format!("http://{address}/files/1"), &file, Media::Sound).await.unwrap();
    assert!(tokio::fs::read(&file).await.unwrap().starts_with(b"RIFF"));
    assert!(heard.recv().await.unwrap().contains(KEY));
    let error = api.download(&format!("http://{address}/files/2"), &file, Media::Picture).await.unwrap_err();
    assert_eq!(error.message, "Local sends something else where a picture was expected.");
    assert!(!file.exists(), "what is not what it should be does not stay");
    let (elsewhere, mut untouched) = server(vec![OK.to_owned()]).await;
    for url in [
        format!("http://{elsewhere}/"),
        format!("https://{elsewhere}/"),
        format!("https://localhost:{}/", elsewhere.port()),
        format!("https://user@{address}/"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "file:///etc/passwd".to_owned(),
        "no address".to_owned(),
    ] {
        let error = api.download(&url, &file, Media::Picture).await.unwrap_err();
        assert_eq!(error.kind, Kind::BadResponse, "{url}: {}", error.message);
        assert!(!error.message.contains("169.254") && !error.message.contains("passwd"), "{}", error.message);
        assert!(api.follow(Method::GET, &url).is_err(), "{url}");
    }
    assert!(untouched.try_recv().is_err(), "nobody was asked");
}

#[tokio::test]
async fn a_redirect_of_a_download_is_judged_like_its_first_address() {
    let folder = tempfile::tempdir().unwrap();
    let redirect = |to: &str| format!("HTTP/1.1 302 Found\r\nconnection: close\r\nlocation: {to}\r\n\r\n");
    let sound = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nRIFF\0\0\0\0WAVEfmt ".to_owned();
    let (address, _heard) = server(vec![redirect("/there"), sound, redirect("https://127.0.0.1:1/secret")]).await;
    let api = api(address, Duration::from_secs(20));
    let file = folder.path().join("x");
    api.download(&format!("http://{address}/a"), &file, Media::Sound).await.unwrap();
    let error = api.download(&format!("http://{address}/b"), &file, Media::Sound).await.unwrap_err();
    assert_eq!(error.kind, Kind::BadResponse, "{}", error.message);
}

#[test]
fn a_store_that_is_asked_too_much_still_has_what_it_keeps() {
    let api = api(([127, 0, 0, 1], 9).into(), Duration::from_secs(1));
    let headers = HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static("60"))]);
    for status in [408, 425, 429] {
        let busy = api.refused_by_store(status, &headers, false).unwrap();
        assert_eq!((busy.kind, busy.retry_after), (Kind::Unavailable, Some(Duration::from_secs(60))), "{status}");
        assert!(api.refused_by_store(status, &headers, true).is_none(), "{status}: the provider itself says so");
    }
    for (status, is_own) in [(403, true), (404, true), (410, true), (403, false), (400, false)] {
        assert_eq!(api.refused_by_store(status, &headers, is_own).unwrap().kind, Kind::BadResponse, "{status}");
    }
    assert!(api.refused_by_store(503, &headers, false).is_none() && api.refused_by_store(400, &headers, true).is_none());
}

#[test]
fn an_address_is_checked_before_it_is_used() {
    for url in ["", "ftp://x/", "http://user:pass@x/", "https://x/?key=1", "https://"] {
        let access = Access { base_url: Some(url.to_owned()), ..Access::default() };
        let error = Http::new().api(&VENDOR, ProviderKind::Script, &access).err().unwrap();
        assert_eq!(error.kind, Kind::NotConfigured, "{url}");
    }
    assert_eq!(segment("meta/llama 3.1:8b?x#y"), "meta%2Fllama%203.1%3A8b%3Fx%23y");
}
