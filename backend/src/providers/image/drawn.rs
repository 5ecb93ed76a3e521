//! Pictures as they come back: in base64, or as files that an answer names. That they can be decoded to their end is
//! looked at by whoever keeps them; here only what needs no decoding.

use super::Call;
use crate::providers::{
    Kind, ProviderResult, encoding,
    http::{Api, Media},
};

/// The picture that a text in base64 holds.
pub fn decoded(api: &Api, text: &str) -> ProviderResult<Vec<u8>> {
    let broken = || api.error(Kind::BadResponse, format!("{} answered with a picture that is cut off or garbled.", api.name()));
    checked(api, encoding::decode(text).ok_or_else(broken)?)
}

/// The picture that an answer names by its address.
pub async fn fetched(api: &Api, url: &str, call: &Call<'_>) -> ProviderResult<Vec<u8>> {
    let file = call.workdir.join("drawn");
    api.download(url, &file, Media::Picture).await?;
    let bytes = tokio::fs::read(&file).await;
    bytes.map_err(|error| api.error(Kind::Internal, format!("a downloaded picture cannot be read: {error}")).ours())
}

/// Bytes that begin as a picture does.
pub fn checked(api: &Api, bytes: Vec<u8>) -> ProviderResult<Vec<u8>> {
    if bytes.is_empty() {
        return Err(api.lacks("a picture"));
    }
    if !Media::Picture.begins_with(&bytes) {
        return Err(api.error(Kind::BadResponse, format!("{} sends something else where a picture was expected.", api.name())));
    }
    Ok(bytes)
}
