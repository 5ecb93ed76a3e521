//! The body of a request with a key, taken in before the request is answered: by its hash the request is known again.

use actix_web::{
    HttpMessage,
    dev::{Payload, ServiceRequest},
    error::PayloadError,
    web::BytesMut,
};
use futures_util::{TryStreamExt, stream};
use memchr::memmem::Finder;
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio::{fs::File, io::AsyncReadExt};

use crate::{
    api::http::{extract, upload},
    error::Result,
    services::{Ctx, import, settings},
};

/// What a form may have around its file.
const AROUND: u64 = 1 << 20;
/// How much of a form is read back at once.
const PIECE: usize = 64 << 10;

/// The hash of the body, and what it is read from now. A form, which may be as large as an archive, waits on the disk.
pub async fn take(ctx: &Ctx, request: &mut ServiceRequest) -> Result<(Vec<u8>, Payload)> {
    let payload = request.take_payload();
    let Some(boundary) = boundary(request) else {
        let body = extract::read_all(payload, extract::MOST_BYTES).await?;
        return Ok((Sha256::digest(&body).to_vec(), Payload::from(body)));
    };
    let most = match request.path() {
        "/api/projects/import" => import::MOST_ARCHIVE,
        _ => settings::upload_limits(ctx).await?.audio_bytes.saturating_mul(4),
    };
    let most = most.saturating_add(AROUND);
    let mut print = Fingerprint::new(&boundary);
    let form = payload.map_err(|error| upload::broken(error.into())).inspect_ok(|piece| print.add(piece));
    let file = upload::keep(ctx, form, most).await?;
    Ok((print.finish(), read(file)?))
}

/// The boundary of a form.
fn boundary(request: &ServiceRequest) -> Option<String> {
    let kind = request.mime_type().ok().flatten().filter(|kind| kind.type_() == mime::MULTIPART)?;
    let boundary = kind.get_param(mime::BOUNDARY)?.as_str();
    (!boundary.is_empty()).then(|| boundary.to_owned())
}

/// Reads a file back, which is gone when all is read.
fn read(file: NamedTempFile) -> Result<Payload> {
    let reader = File::from_std(file.reopen()?);
    let pieces = stream::try_unfold((reader, file), async |(mut reader, file)| {
        let mut piece = BytesMut::with_capacity(PIECE);
        let length = reader.read_buf(&mut piece).await?;
        Ok::<_, PayloadError>((length > 0).then(|| (piece.freeze(), (reader, file))))
    });
    Ok(Payload::Stream { payload: Box::pin(pieces) })
}

/// The hash of a form, piece by piece. Its boundary is chosen anew by every client each time; it is no part of what is sent.
struct Fingerprint {
    hasher: Sha256,
    boundary: Finder<'static>,
    /// The end of what came, which may be the beginning of a boundary.
    held: Vec<u8>,
}

impl Fingerprint {
    fn new(boundary: &str) -> Self {
        Self { hasher: Sha256::new(), boundary: Finder::new(boundary).into_owned(), held: Vec::new() }
    }

    fn add(&mut self, piece: &[u8]) {
        self.held.extend_from_slice(piece);
        let (mut from, length) = (0, self.boundary.needle().len());
        for at in self.boundary.find_iter(&self.held) {
            self.hasher.update(&self.held[from..at]);
            from = at + length;
        }
        let until = from.max((self.held.len() + 1).saturating_sub(length));
        self.hasher.update(&self.held[from..until]);
        self.held.drain(..until);
    }

    fn finish(mut self) -> Vec<u8> {
        self.hasher.update(&self.held);
        self.hasher.finalize().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_known_by_all_but_its_boundary_in_whatever_pieces_it_comes() {
        let form = |boundary: &str, text: &str| format!("--{boundary}\r\nname=\"a\"\r\n\r\n{text}\r\n--{boundary}--\r\n");
        let print = |boundary: &str, text: &str, size: usize| {
            let mut print = Fingerprint::new(boundary);
            form(boundary, text).as_bytes().chunks(size).for_each(|piece| print.add(piece));
            print.finish()
        };
        let whole = print("xyxz", "some xyx words", 1000);
        assert_eq!(whole, Sha256::digest(form("", "some xyx words")).to_vec());
        for size in 1..40 {
            assert_eq!(print("xyxz", "some xyx words", size), whole, "{size}");
            assert_eq!(print("another-boundary", "some xyx words", size), whole, "{size}");
            assert_ne!(print("xyxz", "other words", size), whole, "{size}");
        }
    }
}
