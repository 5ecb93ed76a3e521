//! What is not the API: the app itself, and whatever no route took.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{self, AcceptEncoding, Encoding, Header},
    },
    web,
};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::http::{extract::tags, method};
use crate::error::{AppError, Result};
use shared::ErrorCode;

/// The app as it was built; `scripts/build-app` builds it.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../frontend/dist"]
#[allow_missing = true]
struct App;

/// Everything that no route took: a wrong method or an unknown route of the API, a file of the app, or a page of it.
pub async fn fallback(request: HttpRequest) -> Result<HttpResponse> {
    let path = request.path();
    if let Some(answer) = method::other(request.method(), path) {
        return answer;
    }
    if path == "/api" || path.starts_with("/api/") || path.starts_with("/media/") {
        let message = format!("There is no {path} here; the API is described at /api/docs.");
        return Err(AppError::api(ErrorCode::NotFound, message));
    }
    if request.method() != Method::GET {
        return method::other_of_page(request.method());
    }
    let name = path.trim_start_matches('/');
    if let Some(file) = App::get(name).filter(|_| !name.is_empty()) {
        return Ok(serve(&request, name, file));
    }
    if name.contains('.') {
        return Err(AppError::not_found("file"));
    }
    match App::get("index.html") {
        Some(page) => Ok(serve(&request, "index.html", page)),
        None => Ok(HttpResponse::NotFound()
            .content_type("text/plain; charset=utf-8")
            .body("The app was not built into this server; the API is at /api/docs. `make run` builds both.\n")),
    }
}

fn serve(request: &HttpRequest, name: &str, file: EmbeddedFile) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    // trunk puts a hash of the content into the names of what the page loads.
    let lasting = name != "index.html" && name.contains('-');
    response.insert_header((header::CACHE_CONTROL, if lasting { "public, max-age=31536000, immutable" } else { "no-cache" }));
    response.insert_header((header::VARY, "Accept-Encoding"));
    let (encoding, file) = packed(request, name).unwrap_or((Encoding::identity(), file));
    // Of what is sent: packed, it has a tag of its own (RFC 9110, 8.8.3.3).
    let tag = hex::encode(&file.metadata.sha256_hash()[..16]);
    response.insert_header((header::ETAG, format!("\"{tag}\"")));
    if tags(request, &header::IF_NONE_MATCH).is_some_and(|known| known.has(&tag)) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.content_type(app_type(name));
    if encoding != Encoding::identity() {
        response.insert_header((header::CONTENT_ENCODING, encoding.to_string()));
    }
    response.body(body(file))
}

/// The precompressed twin of a file, where the client would rather have one.
fn packed(request: &HttpRequest, name: &str) -> Option<(Encoding, EmbeddedFile)> {
    let twins = [(Encoding::brotli(), "br"), (Encoding::gzip(), "gz")];
    let twins: Vec<_> =
        twins.into_iter().filter_map(|(encoding, ending)| Some((encoding, App::get(&format!("{name}.{ending}"))?))).collect();
    let plain = Encoding::identity();
    let wanted = AcceptEncoding::parse(request).ok()?.negotiate(twins.iter().map(|(encoding, _)| encoding).chain([&plain]))?;
    twins.into_iter().find(|(encoding, _)| *encoding == wanted)
}

fn body(file: EmbeddedFile) -> web::Bytes {
    match file.data {
        Cow::Borrowed(bytes) => web::Bytes::from_static(bytes),
        Cow::Owned(bytes) => web::Bytes::from(bytes),
    }
}

fn app_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "json" | "webmanifest" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
