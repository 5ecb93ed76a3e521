//! A picture that goes along with a request: what to animate, whom to resemble.

use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};

use engines::media::images;

use super::{Kind, ProviderError, ProviderResult};

/// The most bytes that one has: several vendors take no more than 8 MB, and base64 makes a third more of them.
const MOST_BYTES: usize = 6 << 20;
/// How long the longer side of one is that had more.
const LONGEST_SIDE: u32 = 2048;
/// The most pixels of one; no take has more.
const MOST_PIXELS: u64 = 67_108_864;

/// A picture as it is sent: PNG, JPEG or WebP, small enough for every vendor.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The type of its bytes.
    pub mime: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Attachment {
    /// Reads one of the studio's own pictures, for that provider.
    pub async fn read(provider: &str, file: &Path) -> ProviderResult<Self> {
        let broken = |message: String| ProviderError::new(provider, Kind::Internal, format!("a picture to send along: {message}"));
        let bytes = tokio::fs::read(file).await.map_err(|error| broken(error.to_string()))?;
        let small = tokio::task::spawn_blocking(move || small_enough(bytes)).await.map_err(|error| broken(error.to_string()))?;
        small.map_err(|error| broken(error.to_string()))
    }

    /// As standard base64.
    pub fn base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }

    /// As an address that holds the picture itself.
    pub fn data_uri(&self) -> String {
        format!("data:{};base64,{}", self.mime, self.base64())
    }

    /// How files of its type end.
    pub fn extension(&self) -> &'static str {
        self.mime.strip_prefix("image/").unwrap_or(self.mime)
    }
}

fn small_enough(bytes: Vec<u8>) -> Result<Attachment, images::ImageError> {
    if bytes.len() > MOST_BYTES {
        let small = images::thumbnail(&bytes, LONGEST_SIDE, MOST_PIXELS)?;
        return Ok(Attachment { mime: small.mime, bytes: small.bytes });
    }
    let mime = images::inspect(&bytes, MOST_PIXELS)?.format.mime();
    Ok(Attachment { mime, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_picture_goes_as_it_is_and_a_huge_one_smaller() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("picture");
        image::RgbImage::from_pixel(3, 2, image::Rgb([1, 2, 3])).save_with_format(&file, image::ImageFormat::Png).unwrap();
        let sent = Attachment::read("fal", &file).await.unwrap();
        assert_eq!((sent.mime, sent.extension()), ("image/png", "png"));
        assert_eq!(sent.bytes, std::fs::read(&file).unwrap());
        assert!(sent.data_uri().starts_with("data:image/png;base64,iVBORw0KGgo"));

        // Noise, which does not become small by being packed.
        let mut state = 1_u32;
        let noise = image::RgbImage::from_fn(2400, 1200, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            image::Rgb(state.to_le_bytes()[1..].try_into().unwrap())
        });
        noise.save_with_format(&file, image::ImageFormat::Png).unwrap();
        let sent = Attachment::read("fal", &file).await.unwrap();
        assert_eq!(sent.mime, "image/jpeg");
        assert!(sent.bytes.len() < MOST_BYTES, "{}", sent.bytes.len());
        assert_eq!(images::inspect(&sent.bytes, MOST_PIXELS).unwrap().width, LONGEST_SIDE);

        std::fs::write(&file, "no picture").unwrap();
        assert_eq!(Attachment::read("fal", &file).await.unwrap_err().kind, Kind::Internal);
    }
}
