//! Which way up a picture is meant: cameras write it beside the pixels (EXIF) instead of turning them.

use std::io::BufReader;
use std::path::PathBuf;

/// The EXIF orientation, 1 (as it is) to 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orientation(u32);

impl Orientation {
    /// Reads it from a JPEG, PNG or WebP; a picture that says nothing is as it is.
    pub async fn of(path: PathBuf) -> Self {
        let read = tokio::task::spawn_blocking(move || {
            let mut file = BufReader::new(std::fs::File::open(path).ok()?);
            let exif = exif::Reader::new().read_from_container(&mut file).ok()?;
            exif.get_field(exif::Tag::Orientation, exif::In::PRIMARY)?.value.get_uint(0)
        });
        Self(read.await.ok().flatten().filter(|value| (1..=8).contains(value)).unwrap_or(1))
    }

    /// Whether width and height change places.
    #[must_use]
    pub fn lies(self) -> bool {
        self.0 >= 5
    }

    /// The filters that turn the picture upright, each with a comma after it.
    #[must_use]
    pub fn filters(self) -> &'static str {
        match self.0 {
            2 => "hflip,",
            3 => "hflip,vflip,",
            4 => "vflip,",
            5 => "transpose=0,",
            6 => "transpose=1,",
            7 => "transpose=3,",
            8 => "transpose=2,",
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_turned_photograph_is_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("photo.jpg");
        // A JPEG of nothing but an EXIF segment with one entry: orientation 6.
        let tiff = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let mut jpeg = b"\xff\xd8\xff\xe1\0\x22Exif\0\0".to_vec();
        jpeg.extend_from_slice(tiff);
        jpeg.extend_from_slice(b"\xff\xd9");
        std::fs::write(&path, jpeg).expect("written");
        assert_eq!(Orientation::of(path).await, Orientation(6));
        assert_eq!(Orientation::of(folder.path().join("none.png")).await, Orientation(1));
    }
}
