//! Pictures to resemble, as they are sent along: several in one request, so that each has to be small.

use std::path::Path;

use engines::media::images;

use crate::providers::{Attachment, Kind, ProviderError, ProviderResult};

/// The most bytes of one. Gemini takes 20 MB in one request, base64 included, and up to 14 pictures.
const MOST_BYTES: usize = 1 << 20;
/// How long the longer side of one is that had more; enough to know a face by.
const LONGEST_SIDE: u32 = 1280;
/// The most pixels of one; no take has more.
pub(super) const MOST_PIXELS: u64 = 67_108_864;

/// Reads one of the studio's own pictures, for that provider.
pub async fn read(provider: &str, file: &Path) -> ProviderResult<Attachment> {
    let broken = |message: String| ProviderError::new(provider, Kind::Internal, format!("a picture to resemble: {message}"));
    let bytes = tokio::fs::read(file).await.map_err(|error| broken(error.to_string()))?;
    let small = tokio::task::spawn_blocking(move || small_enough(bytes)).await.map_err(|error| broken(error.to_string()))?;
    small.map_err(|error| broken(error.to_string()))
}

fn small_enough(bytes: Vec<u8>) -> Result<Attachment, images::ImageError> {
    if bytes.len() <= MOST_BYTES {
        let mime = images::inspect(&bytes, MOST_PIXELS)?.format.mime();
        return Ok(Attachment { mime, bytes });
    }
    let small = images::thumbnail(&bytes, LONGEST_SIDE, MOST_PIXELS)?;
    Ok(Attachment { mime: small.mime, bytes: small.bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_small_picture_goes_as_it_is_and_a_large_one_smaller() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("picture");
        image::RgbImage::from_pixel(3, 2, image::Rgb([1, 2, 3])).save_with_format(&file, image::ImageFormat::Png).unwrap();
        let sent = read("gemini", &file).await.unwrap();
        assert_eq!((sent.mime, &sent.bytes), ("image/png", &std::fs::read(&file).unwrap()));

        // Noise, which does not become small by being packed.
        let mut state = 1_u32;
        let noise = image::RgbImage::from_fn(1600, 800, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image::Rgb(state.to_le_bytes()[1..].try_into().unwrap())
        });
        noise.save_with_format(&file, image::ImageFormat::Png).unwrap();
        let sent = read("gemini", &file).await.unwrap();
        assert_eq!((sent.mime, images::inspect(&sent.bytes, MOST_PIXELS).unwrap().width), ("image/jpeg", LONGEST_SIDE));

        std::fs::write(&file, "no picture").unwrap();
        assert_eq!(read("gemini", &file).await.unwrap_err().kind, Kind::Internal);
    }
}
