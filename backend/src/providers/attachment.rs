//! A picture that goes along with a request: what to animate, whom to resemble.

use std::path::Path;

use base64::{Engine, engine::general_purpose::STANDARD};

use engines::media::images;

use super::{Kind, ProviderError, ProviderResult, image::MOST_PIXELS};

/// How large a picture is that goes along.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// The most bytes that it has.
    pub bytes: usize,
    /// How long the longer side of one is that had more.
    pub side: u32,
}

/// One alone: several vendors take no more than 8 MB, and base64 makes a third more of them.
const ALONE: Most = Most { bytes: 6 << 20, side: 2048 };

/// A picture as it is sent: PNG, JPEG or WebP, small enough for every vendor.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// The type of its bytes.
    pub mime: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Attachment {
    /// Reads one of the studio's own pictures, which goes along alone, for that provider.
    pub async fn read(provider: &str, file: &Path) -> ProviderResult<Self> {
        Self::read_within(provider, file, ALONE).await
    }

    /// Reads one of the studio's own pictures, no larger than that.
    pub async fn read_within(provider: &str, file: &Path, most: Most) -> ProviderResult<Self> {
        let broken = |message: String| ProviderError::new(provider, Kind::Internal, format!("a picture to send along: {message}"));
        let bytes = tokio::fs::read(file).await.map_err(|error| broken(error.to_string()))?;
        let small = tokio::task::spawn_blocking(move || small_enough(bytes, most)).await.map_err(|error| broken(error.to_string()))?;
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

fn small_enough(bytes: Vec<u8>, most: Most) -> Result<Attachment, images::ImageError> {
    if bytes.len() > most.bytes {
        let small = images::thumbnail(&bytes, most.side, MOST_PIXELS)?;
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
        for most in [ALONE, Most { bytes: 1 << 20, side: 1280 }] {
            let sent = Attachment::read_within("fal", &file, most).await.unwrap();
            assert_eq!(sent.mime, "image/jpeg");
            assert!(sent.bytes.len() < most.bytes, "{}", sent.bytes.len());
            assert_eq!(images::inspect(&sent.bytes, MOST_PIXELS).unwrap().width, most.side);
        }

        std::fs::write(&file, "no picture").unwrap();
        assert_eq!(Attachment::read("fal", &file).await.unwrap_err().kind, Kind::Internal);
    }
}
