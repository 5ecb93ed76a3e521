//! Fetching media that a provider's answer names: straight to a file, checked by what stands in it.

use std::path::Path;

use engines::media::sniff;
use reqwest::{
    Method, Url,
    header::{self, HeaderMap},
};
use tokio::io::AsyncWriteExt;

use super::{Answer, Api, answer::page, reach, refusal};
use crate::{
    error::DISK_FULL,
    providers::{Kind, ProviderError, ProviderResult},
};

/// How many redirects are followed.
const MOST_HOPS: usize = 5;
/// How much of a file tells what it is.
const HEAD: usize = 8192;

/// What a file must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// A picture.
    Picture,
    /// A sound.
    Sound,
    /// Raw samples, which nothing can be told of by their content but that they are no page.
    Samples,
    /// A film.
    Film,
}

impl Media {
    /// The most bytes that one may have.
    pub fn cap(self) -> u64 {
        match self {
            Self::Picture => 64 << 20,
            Self::Sound | Self::Samples => 256 << 20,
            Self::Film => 1 << 30,
        }
    }

    /// Whether bytes that begin like this may be one.
    pub fn begins_with(self, head: &[u8]) -> bool {
        let text = head.iter().find(|byte| !byte.is_ascii_whitespace()).is_none_or(|byte| matches!(byte, b'<' | b'{'));
        match self {
            Self::Picture => sniff::image(head).is_some(),
            Self::Sound => sniff::audio(head).is_some(),
            Self::Samples => !text,
            // MP4 and QuickTime; WebM and Matroska.
            Self::Film => head.get(4..8) == Some(b"ftyp") || head.starts_with(b"\x1a\x45\xdf\xa3"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Picture => "a picture",
            Self::Sound | Self::Samples => "a sound",
            Self::Film => "a film",
        }
    }
}

impl Api {
    /// Fetches what an answer of the provider names, into a file. The provider's own address is asked with the key; any
    /// other must be public and https, on every hop, and never sees the key.
    pub async fn download(&self, url: &str, file: &Path, media: Media) -> ProviderResult<()> {
        let mut url = Url::parse(url).map_err(|_| self.named_badly())?;
        for _ in 0..=MOST_HOPS {
            let answer = self.fetch(&url).await?;
            if let Some(refusal) = self.refused_by_store(answer.status().as_u16(), answer.headers(), self.is_own(&url)) {
                return Err(refusal);
            }
            if !answer.status().is_redirection() {
                return answer.accepted().await?.save(file, media).await;
            }
            let next = answer.header(header::LOCATION.as_str()).ok_or_else(|| self.named_badly())?;
            url = url.join(next).map_err(|_| self.named_badly())?;
        }
        Err(self.error(Kind::BadResponse, format!("{} sends a download from one address to the next without end.", self.who.name)))
    }

    async fn fetch(&self, url: &Url) -> ProviderResult<Answer<'_>> {
        if self.is_own(url) {
            return self.ask_at(Method::GET, url.clone()).send_unjudged().await;
        }
        if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() || !reach::host_may_be_public(url) {
            let message = format!("{} names an address for its result that is not a public https one; it is not fetched.", self.who.name);
            return Err(self.error(Kind::BadResponse, message));
        }
        self.ask_elsewhere(url.clone()).send_unjudged().await
    }

    /// What it means that a store of files does not hand out what it was asked for, where that is for the store to say: it
    /// knows nothing of the key, nor of the model. One at the provider's own address may ask for the key, and says the same of
    /// what is there no more.
    pub(super) fn refused_by_store(&self, status: u16, headers: &HeaderMap, is_own: bool) -> Option<ProviderError> {
        match status {
            403 | 404 | 410 => {}
            // It still has it, and it is not the provider who wants to be left alone.
            408 | 425 | 429 if !is_own => {
                let message = format!("{} keeps its result where it cannot be fetched at the moment (status {status}).", self.who.name);
                let busy = self.error(Kind::Unavailable, message).with("status", status);
                return Some(ProviderError { retry_after: refusal::asked_to_wait(headers), ..busy });
            }
            400..=499 if !is_own => {}
            _ => return None,
        }
        let message = format!("{} names an address for its result that no longer has it (status {status}).", self.who.name);
        Some(self.error(Kind::BadResponse, message))
    }

    fn named_badly(&self) -> ProviderError {
        self.error(Kind::BadResponse, format!("{} names an address for its result that is none.", self.who.name))
    }
}

impl Answer<'_> {
    /// Writes the body to a file as it comes. A file that is not what was asked for does not stay.
    pub async fn save(self, file: &Path, media: Media) -> ProviderResult<()> {
        let saved = self.stream_to(file, media).await;
        if saved.is_err()
            && let Err(error) = tokio::fs::remove_file(file).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::debug!(%error, "a half download stays in its work folder");
        }
        saved
    }

    async fn stream_to(mut self, file: &Path, media: Media) -> ProviderResult<()> {
        if self.is_page() {
            return Err(page(self.api()));
        }
        let mut out = tokio::fs::File::create(file).await.map_err(|error| self.disk(&error))?;
        let (mut head, mut size) = (Vec::new(), 0_u64);
        while let Some(bytes) = self.chunk().await? {
            size += bytes.len() as u64;
            if size > media.cap() {
                let message = format!("{} sends more than {} MB for {}.", self.name(), media.cap() >> 20, media.name());
                return Err(self.error(Kind::BadResponse, message));
            }
            if head.len() < HEAD {
                head.extend_from_slice(&bytes[..bytes.len().min(HEAD - head.len())]);
                if head.len() == HEAD && !media.begins_with(&head) {
                    break;
                }
            }
            out.write_all(&bytes).await.map_err(|error| self.disk(&error))?;
        }
        out.flush().await.map_err(|error| self.disk(&error))?;
        if head.is_empty() {
            return Err(self.error(Kind::BadResponse, format!("{} sends nothing where {} was expected.", self.name(), media.name())));
        }
        if !media.begins_with(&head) {
            let message = format!("{} sends something else where {} was expected.", self.name(), media.name());
            return Err(self.error(Kind::BadResponse, message));
        }
        Ok(())
    }

    fn disk(&self, error: &std::io::Error) -> ProviderError {
        if error.kind() == std::io::ErrorKind::StorageFull {
            self.error(Kind::DiskFull, DISK_FULL)
        } else {
            self.error(Kind::Internal, format!("a download could not be written: {error}")).ours()
        }
    }
}
