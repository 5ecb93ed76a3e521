//! `/media`: the bytes of the takes, whole or in ranges (RFC 9110, 13 and 14); and other files that are served as they are.

mod range;

use std::{
    io::{ErrorKind, SeekFrom},
    sync::Arc,
    time::{Duration, SystemTime},
};

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    get,
    http::{
        StatusCode,
        header::{self, HttpDate},
    },
    web::{Bytes, Data},
};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
};
use uuid::Uuid;

use self::range::{Asked, Span};
use super::http::extract::tags;
use crate::{
    error::{AppError, Result},
    services::Ctx,
    storage::media_key,
};
use shared::ErrorCode;

/// How much is read at once.
const CHUNK: u64 = 64 << 10;

/// A file of a take. It never changes, so that it may be kept for ever, and its name is its entity tag.
#[get("/media/{shelf}/{file}")]
pub async fn media(ctx: Data<Arc<Ctx>>, request: HttpRequest) -> Result<HttpResponse> {
    let key = media_key(request.path()).unwrap_or_default();
    let path = ctx.storage.path(key).ok_or_else(|| AppError::not_found("file"))?;
    let file = File::open(&path).await.map_err(|error| match error.kind() {
        ErrorKind::NotFound => AppError::not_found("file"),
        _ => AppError::Io(error),
    })?;
    let about = file.metadata().await?;
    // Dates on the wire have whole seconds.
    let changed = about.modified().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok()).map_or(0, |age| age.as_secs());
    let media = Media {
        tag: key.rsplit('/').next().unwrap_or(key).to_owned(),
        changed: Some(HttpDate::from(SystemTime::UNIX_EPOCH + Duration::from_secs(changed))),
        kind: content_type(key),
        length: about.len(),
        // The guard stands before this: a shared cache would not ask it.
        cache: "private, max-age=31536000, immutable",
    };
    media.answer(&request, file)
}

/// Serves what another file may take the place of by the next request, which then has another tag.
pub async fn changing(request: &HttpRequest, file: File, tag: String, kind: &'static str) -> Result<HttpResponse> {
    let length = file.metadata().await?.len();
    Media { tag, changed: None, kind, length, cache: "private, no-cache" }.answer(request, file)
}

/// What is known of a file before it is read.
struct Media {
    tag: String,
    /// When it was made, where that tells it from others.
    changed: Option<HttpDate>,
    kind: &'static str,
    length: u64,
    /// How long it may be kept, and by whom.
    cache: &'static str,
}

impl Media {
    fn answer(&self, request: &HttpRequest, file: File) -> Result<HttpResponse> {
        if tags(request, &header::IF_MATCH).is_some_and(|wanted| !wanted.has(&self.tag)) {
            return Err(AppError::api(ErrorCode::PreconditionFailed, "The file is not the one that `If-Match` names."));
        }
        if self.is_known(request) {
            return Ok(self.headers(StatusCode::NOT_MODIFIED).finish());
        }
        match range::asked(self.range(request), self.length) {
            Asked::None if self.changed.is_some() => {
                let mut response = self.headers(StatusCode::RANGE_NOT_SATISFIABLE);
                Ok(response.insert_header((header::CONTENT_RANGE, format!("bytes */{}", self.length))).finish())
            }
            // What may have changed since is sent whole where it has no such bytes (RFC 9110, 14.2: a range may be ignored).
            Asked::All | Asked::None => {
                let whole = Span { first: 0, last: self.length.saturating_sub(1) };
                let mut response = self.headers(StatusCode::OK);
                response.content_type(self.kind);
                if self.length == 0 {
                    return Ok(response.finish());
                }
                Ok(response.body(SizedStream::new(self.length, read(file, whole))))
            }
            Asked::One(span) => {
                let mut response = self.headers(StatusCode::PARTIAL_CONTENT);
                response.content_type(self.kind).insert_header((header::CONTENT_RANGE, span.header(self.length)));
                Ok(response.body(SizedStream::new(span.length(), read(file, span))))
            }
            Asked::Several(spans) => Ok(self.parts(file, &spans)),
        }
    }

    /// Whether the client has it already.
    fn is_known(&self, request: &HttpRequest) -> bool {
        if let Some(known) = tags(request, &header::IF_NONE_MATCH) {
            return known.has(&self.tag);
        }
        let since = request.headers().get(header::IF_MODIFIED_SINCE).and_then(date);
        since.zip(self.changed).is_some_and(|(since, changed)| changed <= since)
    }

    /// The ranges that are asked for, unless only of another file (`If-Range`).
    fn range<'a>(&self, request: &'a HttpRequest) -> Option<&'a str> {
        let asked = request.headers().get(header::RANGE)?.to_str().ok()?;
        let Some(condition) = request.headers().get(header::IF_RANGE) else { return Some(asked) };
        let same = condition.to_str().is_ok_and(|tag| tag.trim() == format!("\"{}\"", self.tag))
            || (self.changed.is_some() && date(condition) == self.changed);
        same.then_some(asked)
    }

    fn headers(&self, status: StatusCode) -> HttpResponseBuilder {
        let mut response = HttpResponseBuilder::new(status);
        response
            .insert_header((header::ETAG, format!("\"{}\"", self.tag)))
            .insert_header((header::ACCEPT_RANGES, "bytes"))
            .insert_header((header::CACHE_CONTROL, self.cache))
            .insert_header((header::CONTENT_DISPOSITION, "inline"));
        if let Some(changed) = self.changed {
            response.insert_header((header::LAST_MODIFIED, changed));
        }
        response
    }

    /// Several ranges, each a part of a multipart body (RFC 9110, 14.6).
    fn parts(&self, file: File, spans: &[Span]) -> HttpResponse {
        let boundary = Uuid::now_v7().simple().to_string();
        let mut parts: Vec<(Bytes, Option<Span>)> = Vec::new();
        for span in spans {
            let range = span.header(self.length);
            let head = format!("\r\n--{boundary}\r\nContent-Type: {}\r\nContent-Range: {range}\r\n\r\n", self.kind);
            parts.push((head.into(), Some(*span)));
        }
        parts.push((format!("\r\n--{boundary}--\r\n").into(), None));
        let length = parts.iter().map(|(head, span)| head.len() as u64 + span.map_or(0, Span::length)).sum();
        let file = Arc::new(file);
        let body = stream::iter(parts).then(move |(head, span)| {
            let file = Arc::clone(&file);
            async move {
                let head = stream::iter([Ok(head)]);
                let bytes = match span {
                    // They share a place in the file: each is read to its end before the next is sought.
                    Some(span) => read(file.try_clone().await?, span).left_stream(),
                    None => stream::empty().right_stream(),
                };
                Ok::<_, std::io::Error>(head.chain(bytes))
            }
        });
        let kind = format!("multipart/byteranges; boundary={boundary}");
        self.headers(StatusCode::PARTIAL_CONTENT).content_type(kind).body(SizedStream::new(length, Box::pin(body.try_flatten())))
    }
}

fn date(value: &header::HeaderValue) -> Option<HttpDate> {
    value.to_str().ok()?.trim().parse().ok()
}

/// All of a file.
pub async fn whole(file: File) -> Result<SizedStream<impl Stream<Item = std::io::Result<Bytes>> + Unpin>> {
    let length = file.metadata().await?.len();
    Ok(SizedStream::new(length, read(file, Span { first: 0, last: length.saturating_sub(1) })))
}

/// A span of a file, a piece at a time.
fn read(file: File, span: Span) -> impl Stream<Item = std::io::Result<Bytes>> + Unpin + 'static {
    let begin = (file, span.first, false);
    Box::pin(stream::try_unfold(begin, move |(mut file, at, is_placed)| async move {
        if at > span.last {
            return Ok(None);
        }
        if !is_placed {
            file.seek(SeekFrom::Start(at)).await?;
        }
        let mut piece = Vec::new();
        (&mut file).take(CHUNK.min(span.last + 1 - at)).read_to_end(&mut piece).await?;
        if piece.is_empty() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let next = at + piece.len() as u64;
        Ok(Some((Bytes::from(piece), (file, next, true))))
    }))
}

fn content_type(key: &str) -> &'static str {
    match key.rsplit('.').next().unwrap_or_default() {
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
    }
}
