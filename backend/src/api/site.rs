//! What is not the API: the app itself, and the media.

use std::{borrow::Cow, sync::Arc};

use actix_files::NamedFile;
use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
    route,
    web::{self, Data},
};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::openapi;
use crate::{
    error::{AppError, Result},
    services::Ctx,
};
use shared::{ApiError, ErrorCode};

/// The app as it was built; `make app` builds it.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../frontend/dist"]
#[allow_missing = true]
struct App;

/// The bytes of a take: they never change, so that they may be kept for ever.
#[route("/media/{shelf}/{file}", method = "GET", method = "HEAD")]
pub async fn media(ctx: Data<Arc<Ctx>>, request: HttpRequest, path: web::Path<(String, String)>) -> Result<HttpResponse> {
    let (shelf, file) = path.into_inner();
    let key = format!("{shelf}/{file}");
    let path = ctx.storage.path(&key).ok_or_else(|| AppError::not_found("file"))?;
    let file = NamedFile::open_async(path).await.map_err(|_| AppError::not_found("file"))?;
    let kind = content_type(&key);
    let mut response = file.use_last_modified(true).set_content_type(kind).into_response(&request);
    // The guard stands before this: a shared cache would not ask it.
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("private, max-age=31536000, immutable"));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, header::HeaderValue::from_static("inline"));
    Ok(response)
}

fn content_type(key: &str) -> mime::Mime {
    let kind = match key.rsplit('.').next().unwrap_or_default() {
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" => "audio/ogg",
        "flac" => "audio/flac",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "mp4" => "video/mp4",
        "vtt" => "text/vtt; charset=utf-8",
        _ => "application/octet-stream",
    };
    kind.parse().unwrap_or(mime::APPLICATION_OCTET_STREAM)
}

/// Everything that no route took: a wrong method or an unknown route of the API, a file of the app, or a page of it.
pub async fn fallback(request: HttpRequest) -> Result<HttpResponse> {
    let path = request.path();
    if path == "/api" || path.starts_with("/api/") || path.starts_with("/media/") {
        return Err(no_route(&request));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(not_allowed("GET, HEAD"));
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
    response.content_type(app_type(name));
    // trunk puts a hash of the content into the names of what the page loads.
    let lasting = name != "index.html" && name.contains('-');
    response.insert_header((header::CACHE_CONTROL, if lasting { "public, max-age=31536000, immutable" } else { "no-cache" }));
    response.insert_header((header::VARY, "Accept-Encoding"));
    let tag: String = file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish();
    }
    response.insert_header((header::ETAG, tag));
    if let Some((encoding, packed)) = packed(request, name) {
        response.insert_header((header::CONTENT_ENCODING, encoding));
        return response.body(body(packed));
    }
    response.body(body(file))
}

/// The precompressed twin of a file, where the client takes one.
fn packed(request: &HttpRequest, name: &str) -> Option<(&'static str, EmbeddedFile)> {
    let accepts = request.headers().get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    [("br", "br"), ("gzip", "gz")]
        .into_iter()
        .filter(|(encoding, _)| accepts.contains(encoding))
        .find_map(|(encoding, ending)| Some((encoding, App::get(&format!("{name}.{ending}"))?)))
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

fn no_route(request: &HttpRequest) -> AppError {
    let allowed = openapi::methods_of(request.path());
    if allowed.is_empty() {
        return AppError::Api(ApiError::new(
            ErrorCode::NotFound,
            format!("There is no {} here; the API is described at /api/docs.", request.path()),
        ));
    }
    AppError::Api(
        ApiError::new(ErrorCode::MethodNotAllowed, format!("{} is not allowed here; use {}.", request.method(), allowed.join(" or ")))
            .with("allow", allowed.join(", ")),
    )
}

fn not_allowed(allow: &str) -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header((header::ALLOW, allow))
        .json(ApiError::new(ErrorCode::MethodNotAllowed, format!("Use {allow} here.")))
}
