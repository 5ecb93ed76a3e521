//! Media: whole, in ranges, conditionally.

use reqwest::Method;
use serde_json::json;
use shared::ErrorCode;
use studio_tests::{Answer, Client, TestApp};

async fn get(client: &Client, url: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers.iter().fold(client.request(Method::GET, url), |request, (name, value)| request.header(*name, *value));
    client.send(request).await
}

#[tokio::test]
async fn a_file_is_served_whole_and_in_ranges() {
    let app = TestApp::start().await;
    let project = app.client.project(&["Some words to be spoken."]).await;
    let clip = app.client.post_and_wait("/api/audio/generate", json!({"sceneId": project["scenes"][0]["id"]})).await.expect(200);
    let url = clip["url"].as_str().unwrap();
    let client = &app.client;
    let whole = client.get(url).await;
    let bytes = &whole.bytes;
    let length = bytes.len();
    assert_eq!((whole.status, whole.header("content-type"), whole.header("accept-ranges")), (200, Some("audio/wav"), Some("bytes")));
    let tag = whole.header("etag").unwrap().to_owned();
    let changed = whole.header("last-modified").unwrap().to_owned();

    let one = get(client, url, &[("range", "bytes=10-19")]).await;
    assert_eq!((one.status, one.header("content-range")), (206, Some(format!("bytes 10-19/{length}").as_str())));
    assert_eq!(one.bytes, &bytes[10..20]);
    assert_eq!(get(client, url, &[("range", "bytes=-5")]).await.bytes, &bytes[length - 5..]);
    assert_eq!(get(client, url, &[("range", "bytes=100-")]).await.bytes, &bytes[100..]);
    let past = get(client, url, &[("range", "bytes=99999999-")]).await;
    assert_eq!((past.status, past.header("content-range")), (416, Some(format!("bytes */{length}").as_str())));

    // Several ranges are parts, in the order in which they were asked for.
    let several = get(client, url, &[("range", "bytes=2000-2009, 0-3")]).await;
    assert_eq!(several.status, 206);
    let boundary = several.header("content-type").unwrap().strip_prefix("multipart/byteranges; boundary=").expect("parts").to_owned();
    assert_eq!(several.header("content-length"), Some(several.bytes.len().to_string().as_str()));
    let mut wanted = Vec::new();
    for (first, last) in [(2000, 2009), (0, 3)] {
        wanted.extend(
            format!("\r\n--{boundary}\r\nContent-Type: audio/wav\r\nContent-Range: bytes {first}-{last}/{length}\r\n\r\n").into_bytes(),
        );
        wanted.extend(&bytes[first..=last]);
    }
    wanted.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    assert_eq!(several.bytes, wanted);

    // If-Range: the range of this file, or the whole of another.
    for (condition, status) in
        [(tag.as_str(), 206), (changed.as_str(), 206), ("\"another\"", 200), ("Thu, 01 Jan 1970 00:00:00 GMT", 200), ("W/\"x\"", 200)]
    {
        let answer = get(client, url, &[("range", "bytes=0-3"), ("if-range", condition)]).await;
        assert_eq!((answer.status, answer.bytes.len()), (status, if status == 206 { 4 } else { length }), "{condition}");
    }
    for (name, value, status) in [
        ("if-none-match", tag.as_str(), 304),
        ("if-none-match", "\"another\"", 200),
        ("if-none-match", "*", 304),
        ("if-none-match", "\"*\"", 200),
        ("if-modified-since", changed.as_str(), 304),
        ("if-match", "\"another\"", 412),
        ("if-match", "\"\"", 412),
        ("if-match", tag.as_str(), 200),
    ] {
        assert_eq!(get(client, url, &[(name, value)]).await.status, status, "{name}: {value}");
    }
    let head = client.send(client.request(Method::HEAD, url).header("range", "bytes=0-3")).await;
    assert_eq!((head.status, head.bytes.len(), head.header("content-length")), (200, 0, Some(length.to_string().as_str())));
    app.finish().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_not_said_to_be_none() {
    let app = TestApp::start().await;
    let url = "/media/image/01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81.png";
    app.client.get(url).await.expect_error(404, ErrorCode::NotFound);
    let file = app.data_dir().join(&url[1..]);
    std::os::unix::fs::symlink(&file, &file).unwrap();
    app.client.get(url).await.expect_error(500, ErrorCode::Internal);
    app.finish().await;
}
