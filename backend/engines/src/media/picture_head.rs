//! What a picture's head says of it: its size, and whether it may be transparent. Nothing is decoded.

use std::path::Path;

use image::{ImageDecoder, ImageReader, Limits};

/// As it is stored, whichever way up it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureHead {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Whether its pixels say how much of each is seen.
    pub has_alpha: bool,
}

impl PictureHead {
    /// Reads it; none where the file is no picture that is known here.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let mut reader = ImageReader::open(path).ok()?.with_guessed_format().ok()?;
        // Nothing is decoded: there is nothing to limit.
        reader.limits(Limits::no_limits());
        let decoder = reader.into_decoder().ok()?;
        let (width, height) = decoder.dimensions();
        (width > 0 && height > 0).then(|| Self { width, height, has_alpha: decoder.color_type().has_alpha() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, GrayAlphaImage, GrayImage, RgbImage, RgbaImage};

    #[test]
    fn heads_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let pictures: [(&str, DynamicImage, bool); 6] = [
            ("a.png", RgbImage::new(31, 7).into(), false),
            ("b.png", RgbaImage::new(31, 7).into(), true),
            ("c.png", GrayAlphaImage::new(31, 7).into(), true),
            ("d.jpg", GrayImage::new(31, 7).into(), false),
            ("e.webp", RgbImage::new(31, 7).into(), false),
            ("f.webp", RgbaImage::new(31, 7).into(), true),
        ];
        for (name, picture, has_alpha) in pictures {
            let path = folder.path().join(name);
            picture.save(&path).expect("saved");
            // The name plays no part.
            let other = path.with_extension("dat");
            std::fs::rename(&path, &other).expect("renamed");
            assert_eq!(PictureHead::of(&other), Some(PictureHead { width: 31, height: 7, has_alpha }), "{name}");
        }
        std::fs::write(folder.path().join("list"), "ffconcat version 1.0\n").expect("written");
        assert_eq!(PictureHead::of(&folder.path().join("list")), None);
    }
}
