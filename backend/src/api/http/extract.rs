//! Extractors: bodies and queries are read strictly, and everything wrong with them is told at once.

use std::{future::Future, pin::Pin, sync::Arc};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use futures_util::StreamExt;
use garde::Validate;
use serde::de::DeserializeOwned;

use super::{method, read, read::Read};
use crate::{
    api::openapi,
    error::{AppError, blocking},
    services::{Ctx, EntityTags, IfMatch, meaning::Meaning},
};
use shared::{ApiError, ErrorCode, page::PageQuery};

/// The most that a JSON body may have: a long prompt in a script that takes four bytes a character, and room around it.
pub const MOST_BYTES: usize = 4 << 20;

/// A JSON body that keeps its own rules.
pub struct Body<T>(pub T);

/// A query that keeps its own rules; a parameter that nobody knows is refused.
pub struct Query<T>(pub T);

/// Which page of a list, and where it begins: a cursor that is none of this list's is told with all else that is wrong.
pub struct PageOf<C>(pub PageQuery, pub Option<C>);

/// An id in the path; one that is none names nothing.
pub struct Id<T>(pub T);

/// `If-Match`, where it was sent.
pub struct Expected(pub Option<IfMatch>);

/// `Prefer` (RFC 7240): what the client would like.
#[derive(Clone, Copy, Debug, Default)]
pub struct Prefer {
    /// How long it would wait for the work to finish, in seconds.
    pub wait: Option<u64>,
    /// Whether it would not wait at all.
    pub respond_async: bool,
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, AppError>>>>;

impl<T: DeserializeOwned + Validate<Context = ()> + Meaning + Send + 'static> FromRequest for Body<T> {
    type Error = AppError;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            check_type(&request)?;
            let bytes = read_all(payload, MOST_BYTES).await?;
            // A thread that serves requests is not held by one that takes long to read.
            let read = if bytes.len() > read::LARGE { blocking(move || read::json(&bytes)).await? } else { read::json(&bytes)? };
            Ok(Self(understood(context(&request)?, read).await?))
        })
    }
}

/// What was read, where nothing is wrong with it; else all that is: what it names too, as far as that can be told.
pub async fn understood<T: Meaning>(ctx: &Arc<Ctx>, Read { value, mut faults }: Read<T>) -> Result<T, AppError> {
    match value {
        Some(value) if faults.is_empty() => Ok(value),
        Some(value) => {
            // Another failure than faults says nothing that the client needs before it has mended these.
            drop(faults.keep(value.check(ctx).await));
            Err(faults.into_error())
        }
        None => Err(faults.into_error()),
    }
}

fn context(request: &HttpRequest) -> Result<&Arc<Ctx>, AppError> {
    request.app_data::<web::Data<Arc<Ctx>>>().map(|ctx| ctx.get_ref()).ok_or_else(|| AppError::internal("no context"))
}

/// `application/json`, or `application/merge-patch+json` for a patch, or any type that ends in `+json`: but for JSON Patch
/// (RFC 6902), which is a list of steps.
pub fn check_type(request: &HttpRequest) -> Result<(), AppError> {
    let mime = request.mime_type().ok().flatten();
    let json = mime.is_some_and(|mime| {
        let unicode = mime.get_param(mime::CHARSET).is_none_or(|charset| charset == mime::UTF_8 || charset == "utf8");
        let other = mime.essence_str() == "application/json-patch+json";
        unicode && !other && (mime.subtype() == mime::JSON || mime.suffix() == Some(mime::JSON))
    });
    if json { Ok(()) } else { Err(AppError::api(ErrorCode::UnsupportedMediaType, "Send JSON, with `Content-Type: application/json`.")) }
}

/// Reads a whole body, up to a limit.
pub async fn read_all(mut payload: Payload, most: usize) -> Result<web::Bytes, AppError> {
    let mut bytes = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| AppError::api(ErrorCode::InvalidJson, "The body broke off before its end."))?;
        if bytes.len() + chunk.len() > most {
            return Err(too_large(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// The body is larger than that.
pub fn too_large(most: usize) -> AppError {
    AppError::Api(ApiError::new(ErrorCode::PayloadTooLarge, format!("The body is larger than {most} bytes.")).with("maxBytes", most))
}

impl<T: DeserializeOwned + Validate<Context = ()> + 'static> FromRequest for Query<T> {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(read::query(request.query_string()).map(Self))
    }
}

impl<C: std::str::FromStr + 'static> FromRequest for PageOf<C> {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let fault = |name: &str, value: &str| (name == "cursor" && value.parse::<C>().is_err()).then_some("not a cursor of this list");
        let query: Result<PageQuery, AppError> = read::query_with(request.query_string(), fault);
        std::future::ready(query.map(|query| {
            let after = query.cursor.as_deref().and_then(|cursor| cursor.parse().ok());
            Self(query, after)
        }))
    }
}

impl<T: std::str::FromStr + 'static> FromRequest for Id<T> {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.match_info().iter().next().map(|(_, value)| value).unwrap_or_default();
        // What is no id may be the name of another route, that has other methods.
        let refused = || match method::other(request.method(), request.path()) {
            Some(Err(error)) if !openapi::methods_of(request.path()).iter().any(|known| known == request.method().as_str()) => error,
            _ => AppError::not_found("record"),
        };
        // Nothing is called that: PostgreSQL has no such text.
        let parsed = if text.contains('\0') { None } else { text.parse().ok() };
        std::future::ready(parsed.map(Self).ok_or_else(refused))
    }
}

impl FromRequest for Expected {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self(tags(request, &header::IF_MATCH).map(IfMatch))))
    }
}

/// The entity tags of a header, where it was sent; what is none in it is like no tag. The mark of a weak one is left out for
/// `If-Match` too: a proxy that packs answers weakens their tags on the way, and the client can send back only what it got.
pub fn tags(request: &HttpRequest, name: &header::HeaderName) -> Option<EntityTags> {
    let values: Vec<_> = request.headers().get_all(name).map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    if values.is_empty() {
        return None;
    }
    if values.iter().any(|value| value.trim() == "*") {
        return Some(EntityTags::Any);
    }
    let tags = values.iter().flat_map(|value| value.split(','));
    Some(EntityTags::Of(tags.map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned()).collect()))
}

impl Prefer {
    /// What a request would like. Of a preference that comes more than once the first counts, and one that cannot be
    /// understood is ignored (RFC 7240, 2).
    pub fn of(request: &HttpRequest) -> Self {
        let mut prefer = Self::default();
        let mut waits = None;
        let values = request.headers().get_all("prefer").filter_map(|value| value.to_str().ok());
        // What follows a `;` is about that preference, and none itself.
        for preference in values.flat_map(|value| value.split(',')).filter_map(|preference| preference.split(';').next()).map(str::trim) {
            match preference.split_once('=').map(|(name, value)| (name.trim(), value.trim().trim_matches('"'))) {
                Some((name, value)) if name.eq_ignore_ascii_case("wait") => _ = waits.get_or_insert_with(|| value.parse::<u64>().ok()),
                None if preference.eq_ignore_ascii_case("respond-async") => prefer.respond_async = true,
                _ => {}
            }
        }
        prefer.wait = waits.flatten().map(|wait| wait.min(300));
        prefer
    }

    /// What `Preference-Applied` says of it.
    pub fn applied(self) -> Option<String> {
        let wait = self.wait.map(|seconds| format!("wait={seconds}"));
        wait.or_else(|| self.respond_async.then(|| "respond-async".to_owned()))
    }
}

impl FromRequest for Prefer {
    type Error = AppError;
    type Future = std::future::Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self::of(request)))
    }
}
