//! One request and its answer: JSON both ways, and every failure an `ApiError` whose `message` a person can read.

use gloo_net::http::{Request, RequestBuilder, Response};
use gloo_timers::callback::Timeout;
use js_sys::Uint8Array;
use serde::{Serialize, de::DeserializeOwned};
use shared::{ApiError, ErrorCode, SceneId};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, ReadableStreamDefaultReader};

use crate::json;

const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";

/// What an operation gives.
pub type Answer<T> = Result<T, ApiError>;

/// How long an answer is waited for that a server has at once, or its next bytes: one that hangs would be waited for for ever.
const PATIENCE_MS: u32 = 30_000;

/// Reads a record or a list.
pub async fn get<T: DeserializeOwned>(path: &str) -> Answer<T> {
    parse(&get_text(path).await?)
}

/// Reads an answer as it came, for who reads it in parts. It may take as long as it likes on a slow line, where some of it
/// comes now and then.
pub async fn get_text(path: &str) -> Answer<String> {
    let mut limit = Limit::begin();
    let response = send(Request::get(path).header("Accept", "application/json").abort_signal(limit.signal().as_ref()).build()).await?;
    let Some(body) = response.body() else { return Ok(String::new()) };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        limit.begin_anew();
        let read = JsFuture::from(reader.read()).await.map_err(|_| broken_off())?;
        // Bytes, or nothing at the end.
        match js_sys::Reflect::get(&read, &JsValue::from_str("value")) {
            Ok(part) if part.is_object() => bytes.extend(part.unchecked_into::<Uint8Array>().to_vec()),
            _ => return String::from_utf8(bytes).map_err(|_| broken_off()),
        }
    }
}

/// Reads a file, unless it is not waited for any more.
pub async fn get_file(path: &str, gone: Option<&web_sys::AbortSignal>) -> Answer<web_sys::Blob> {
    let response: web_sys::Response = send(Request::get(path).abort_signal(gone).build()).await?.into();
    let bytes = response.blob().map_err(|_| broken_off())?;
    JsFuture::from(bytes).await.map(JsCast::unchecked_into).map_err(|_| broken_off())
}

/// Creates or starts something.
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    read(send(with_body(Request::post(path), JSON, body)?).await?).await
}

/// Adds a record.
pub async fn create<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    let limit = Limit::begin();
    read(send(with_body(Request::post(path).abort_signal(limit.signal().as_ref()), JSON, body)?).await?).await
}

/// Starts something without waiting for its end: the server answers as soon as it is written down.
pub async fn post_async<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    read(send(with_body(Request::post(path).header("Prefer", "respond-async"), JSON, body)?).await?).await
}

/// Does something to a record that takes no body: cancel, retry, duplicate.
pub async fn act<T: DeserializeOwned>(path: &str) -> Answer<T> {
    read(send(Request::post(path).header("Accept", "application/json").build()).await?).await
}

/// Sends a file, with what belongs to it.
pub async fn upload<T: DeserializeOwned>(path: &str, form: web_sys::FormData) -> Answer<T> {
    read(send(Request::post(path).header("Accept", "application/json").body(form)).await?).await
}

/// Changes some fields of a record.
pub async fn patch<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    let limit = Limit::begin();
    read(send(with_body(Request::patch(path).abort_signal(limit.signal().as_ref()), MERGE_PATCH, body)?).await?).await
}

/// A record, and what the server calls its present state.
pub struct Tagged<T> {
    /// The record.
    pub record: T,
    /// Its entity tag, for `If-Match`.
    pub tag: String,
}

/// Reads a record that is to be changed.
pub async fn get_tagged<T: DeserializeOwned>(path: &str) -> Answer<Tagged<T>> {
    let limit = Limit::begin();
    tagged(send(Request::get(path).header("Accept", "application/json").abort_signal(limit.signal().as_ref()).build()).await?).await
}

/// Changes some fields of a record, provided that it is still in that state.
pub async fn patch_matching<T: DeserializeOwned>(path: &str, body: &impl Serialize, tag: &str) -> Answer<Tagged<T>> {
    let limit = Limit::begin();
    let request = Request::patch(path).header("If-Match", tag).abort_signal(limit.signal().as_ref());
    tagged(send(with_body(request, MERGE_PATCH, body)?).await?).await
}

async fn tagged<T: DeserializeOwned>(response: Response) -> Answer<Tagged<T>> {
    // A record always has one; without it the next change is refused, and the record is read again.
    let tag = response.headers().get("ETag").unwrap_or_default();
    Ok(Tagged { record: read(response).await?, tag })
}

/// Removes a record; one that is gone already is removed.
pub async fn delete(path: &str) -> Answer<()> {
    let limit = Limit::begin();
    match send(Request::delete(path).abort_signal(limit.signal().as_ref()).build()).await {
        Err(error) if error.code == ErrorCode::NotFound => Ok(()),
        other => other.map(drop),
    }
}

/// Sends a last change while the page is being left: the browser finishes it without us, and nobody reads the answer.
/// `change` is a merge patch, and the tag of the state that it is for.
pub fn send_and_leave(method: &str, path: &str, change: Option<(&str, &str)>) {
    let Some(window) = web_sys::window() else { return };
    let init = web_sys::RequestInit::new();
    init.set_method(method);
    // Not in web-sys; `keepalive` is what lets the request outlive the page.
    let kept = js_sys::Reflect::set(&init, &JsValue::from_str("keepalive"), &JsValue::TRUE);
    if let Some((body, tag)) = change {
        init.set_body(&JsValue::from_str(body));
        if let Ok(headers) = web_sys::Headers::new() {
            // Constant names and values, and a tag that came in such a header, are always valid.
            let _ = headers.set("Content-Type", MERGE_PATCH);
            let _ = headers.set("If-Match", tag);
            init.set_headers(headers.unchecked_ref());
        }
    }
    if kept.is_ok() {
        // The draft stays in local storage until an answer was read, so a failure here loses nothing.
        let sent = JsFuture::from(window.fetch_with_str_and_init(path, &init));
        wasm_bindgen_futures::spawn_local(async move { drop(sent.await) });
    }
}

/// The form that the uploads of a scene take.
pub fn scene_form(scene: SceneId, file: &web_sys::Blob, name: &str) -> Answer<web_sys::FormData> {
    let form = web_sys::FormData::new().map_err(|_| unreadable())?;
    form.append_with_str("sceneId", &scene.to_string()).map_err(|_| unreadable())?;
    append_file(&form, file, name)?;
    Ok(form)
}

/// Adds a file to a form, as bytes: its type would be a guess of the browser by the file's name, and the server looks.
pub fn append_file(form: &web_sys::FormData, file: &web_sys::Blob, name: &str) -> Answer<()> {
    let bytes = file.slice().map_err(|_| unreadable())?;
    form.append_with_blob_and_filename("file", &bytes, name).map_err(|_| unreadable())
}

/// The browser does not hand a file over.
pub fn unreadable() -> ApiError {
    ApiError::new(ErrorCode::ValidationFailed, "The browser could not read this file.")
}

/// Ends a request that is not answered in time, until it is dropped.
struct Limit {
    controller: Option<AbortController>,
    end: Option<Timeout>,
}

impl Limit {
    fn begin() -> Self {
        let mut limit = Self { controller: AbortController::new().ok(), end: None };
        limit.begin_anew();
        limit
    }

    /// Gives it as much time again from now on.
    fn begin_anew(&mut self) {
        drop(self.end.take());
        self.end = self.controller.clone().map(|controller| Timeout::new(PATIENCE_MS, move || controller.abort()));
    }

    fn signal(&self) -> Option<AbortSignal> {
        self.controller.as_ref().map(AbortController::signal)
    }
}

/// Whether the server is there and well.
pub async fn answers() -> bool {
    get_text("/api/health").await.is_ok()
}

/// Whether trying the same again later may help: the server is away, stopping, or overloaded.
pub fn is_passing(error: &ApiError) -> bool {
    matches!(error.code, ErrorCode::Unavailable | ErrorCode::TooManyRequests | ErrorCode::Internal)
}

fn with_body(request: RequestBuilder, kind: &str, body: &impl Serialize) -> Answer<Result<Request, gloo_net::Error>> {
    let body = serde_json::to_string(body).map_err(|cause| internal(&cause.to_string()))?;
    Ok(request.header("Accept", "application/json").header("Content-Type", kind).body(body))
}

async fn send(request: Result<Request, gloo_net::Error>) -> Answer<Response> {
    let request = request.map_err(|cause| internal(&cause.to_string()))?;
    let Ok(response) = request.send().await else {
        return Err(ApiError::new(ErrorCode::Unavailable, "The studio does not answer. Is the server running?"));
    };
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    if status == 401
        && let Some(window) = web_sys::window()
    {
        // The server asks for its access token in place of this page, and leads back to it; what was typed is kept.
        // Where the page cannot be loaded anew, the error tells as much.
        let _ = window.location().reload();
    }
    // A proxy's page is not our error shape.
    let told = response.text().await.ok().and_then(|text| json::read(&text).ok());
    Err(told.unwrap_or_else(|| of_status(status)))
}

async fn read<T: DeserializeOwned>(response: Response) -> Answer<T> {
    parse(&text(response).await?)
}

async fn text(response: Response) -> Answer<String> {
    response.text().await.map_err(|_| broken_off())
}

fn broken_off() -> ApiError {
    ApiError::new(ErrorCode::Unavailable, "The answer broke off on its way.")
}

/// Reads a record from an answer's text.
pub fn parse<T: DeserializeOwned>(text: &str) -> Answer<T> {
    json::read(text).map_err(|cause| internal(&cause.to_string()))
}

fn of_status(status: u16) -> ApiError {
    let code = match status {
        401 => ErrorCode::Unauthorized,
        403 => ErrorCode::Forbidden,
        404 => ErrorCode::NotFound,
        413 => ErrorCode::PayloadTooLarge,
        429 => ErrorCode::TooManyRequests,
        502..=504 => ErrorCode::Unavailable,
        _ => ErrorCode::Internal,
    };
    ApiError::new(code, format!("The server answered with status {status}."))
}

fn internal(cause: &str) -> ApiError {
    ApiError::new(ErrorCode::Internal, format!("The server's answer could not be understood ({cause})."))
}

#[cfg(all(test, target_family = "wasm"))]
mod tests {
    use std::{pin::pin, time::Duration};

    use futures_util::{FutureExt, select_biased};
    use gloo_timers::future::sleep;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    /// The browser's own, until it is dropped: requests are answered by `answer`, and what takes half a minute takes half a
    /// second.
    struct World(js_sys::Function);

    impl World {
        fn answering(answer: &str) -> Self {
            let script = format!(
                "const [wait, reach] = [window.setTimeout, window.fetch];
                const bytes = text => new TextEncoder().encode(text);
                const body = (signal, begin) => new ReadableStream({{ start: out => {{
                    signal.addEventListener('abort', () => out.error(signal.reason));
                    begin(out);
                }} }});
                window.setTimeout = (run, ms, ...rest) => wait(run, ms >= 10000 ? ms / 60 : ms, ...rest);
                window.fetch = async ({{ signal }}) => {{ {answer} }};
                return () => [window.setTimeout, window.fetch] = [wait, reach];"
            );
            Self(js_sys::Function::new_no_args(&script).call0(&JsValue::NULL).unwrap().unchecked_into())
        }

        /// What the app makes of it, which it does in time.
        async fn read(self) -> Answer<String> {
            let (mut answer, mut late) = (pin!(get_text("/api/health").fuse()), pin!(sleep(Duration::from_secs(8)).fuse()));
            select_biased! {
                answer = answer => answer,
                () = late => panic!("it is waited for for ever"),
            }
        }
    }

    impl Drop for World {
        fn drop(&mut self) {
            self.0.call0(&JsValue::NULL).unwrap();
        }
    }

    #[wasm_bindgen_test]
    async fn an_answer_that_does_not_come_is_given_up() {
        let world = World::answering("return new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)));");
        assert_eq!(world.read().await.unwrap_err().code, ErrorCode::Unavailable);
    }

    #[wasm_bindgen_test]
    async fn an_answer_that_stops_on_its_way_is_given_up() {
        let world = World::answering("return new Response(body(signal, out => out.enqueue(bytes('Some '))));");
        assert_eq!(world.read().await.unwrap_err().code, ErrorCode::Unavailable);
    }

    #[wasm_bindgen_test]
    async fn a_slow_answer_is_read_to_its_end() {
        // Longer in all than is waited for its next words; and a letter is cut in two.
        let slow = "const parts = ['Some ', 'words ', 'of a ', 'slow ', 'fr', 'iend.'].map(bytes);
            parts.splice(4, 0, new Uint8Array([0xc3]), new Uint8Array([0xa9]));
            const next = out => { out.enqueue(parts.shift()); wait(() => parts.length ? next(out) : out.close(), 150); };
            return new Response(body(signal, next));";
        assert_eq!(World::answering(slow).read().await.unwrap(), "Some words of a slow \u{e9}friend.");
    }

    #[wasm_bindgen_test]
    async fn an_empty_answer_is_one() {
        assert_eq!(World::answering("return new Response(null, { status: 204 });").read().await.unwrap(), "");
    }
}
