//! Pictures that come from outside: are they what they claim, how large are they, and a small version of them. Decoded
//! with limits, so that a small file cannot fill the memory. Drawing pictures is not here.

use std::{collections::BTreeMap, io::Cursor};

use image::{
    DynamicImage, ImageDecoder, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, webp::WebPDecoder, webp::WebPEncoder},
    imageops::FilterType,
    metadata::Orientation,
};

use super::sniff::{self, ImageFormat};

/// A whole picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageInfo {
    /// Its format.
    pub format: ImageFormat,
    /// Its width as it is seen, in pixels.
    pub width: u32,
    /// Its height as it is seen, in pixels.
    pub height: u32,
    /// Whether it is stored as it is seen. A camera held sideways stores what its sensor saw, and a note (EXIF) how to
    /// turn it; not every program heeds it: see [`look`].
    pub upright: bool,
}

/// A small version of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// A JPEG file, or a WebP one where it is transparent in places.
    pub bytes: Vec<u8>,
    /// Their media type.
    pub mime: &'static str,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Why bytes are not taken as a picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// Nothing that is known to be one.
    #[error("this is not a picture: upload a PNG, JPEG or WebP file")]
    NotAnImage,
    /// A picture in another format.
    #[error("this is {found}: save it as PNG, JPEG or WebP, and upload that")]
    Unsupported {
        /// What it is: `a GIF`.
        found: &'static str,
    },
    /// More pixels than are allowed. Not decoded.
    #[error("the picture has {:.1} megapixels, and {:.1} are allowed: make it smaller", megapixels(*pixels), megapixels(*max))]
    TooLarge {
        /// How many it has.
        pixels: u64,
        /// How many it may have.
        max: u64,
    },
    /// It begins as a picture, but cannot be decoded to its end.
    #[error("the picture is damaged or incomplete: {0}")]
    Broken(String),
}

/// Looks at a picture, and decodes it to see that it is whole.
///
/// # Errors
/// See [`ImageError`].
pub fn inspect(bytes: &[u8], max_pixels: u64) -> Result<ImageInfo, ImageError> {
    decode(bytes, max_pixels).map(|decoded| decoded.info)
}

/// Makes a small version: upright, at most `max_side` pixels wide and high, never larger than the picture.
///
/// # Errors
/// See [`ImageError`].
pub fn thumbnail(bytes: &[u8], max_side: u32, max_pixels: u64) -> Result<Thumbnail, ImageError> {
    small_version(decode(bytes, max_pixels)?.upright(), max_side)
}

fn small_version(picture: DynamicImage, max_side: u32) -> Result<Thumbnail, ImageError> {
    let small = shrunk(picture, max_side.max(1));
    let mut bytes = Vec::new();
    let (mime, encoded) = if is_transparent(&small) {
        ("image/webp", small.to_rgba8().write_with_encoder(WebPEncoder::new_lossless(&mut bytes)))
    } else {
        ("image/jpeg", small.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 82)))
    };
    encoded.map_err(|error| ImageError::Broken(error.to_string()))?;
    Ok(Thumbnail { bytes, mime, width: small.width(), height: small.height() })
}

/// A picture that somebody brought: what is known of it, and what is made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// What it is, once it is stored as it is seen.
    pub info: ImageInfo,
    /// It stored as it is seen, for programs that do not heed its note on turning; none where there is nothing to turn. A
    /// JPEG stays one (at quality 92), the others become PNG.
    pub turned: Option<Vec<u8>>,
    /// A small version of it.
    pub thumbnail: Thumbnail,
}

/// All of that by decoding it once: a large picture takes its time, and hundreds of megabytes.
///
/// # Errors
/// See [`ImageError`].
pub fn look(bytes: &[u8], thumbnail_side: u32, max_pixels: u64) -> Result<Look, ImageError> {
    let decoded = decode(bytes, max_pixels)?;
    let info = decoded.info;
    let picture = decoded.upright();
    if info.upright {
        return Ok(Look { info, turned: None, thumbnail: small_version(picture, thumbnail_side)? });
    }
    let format = if info.format == ImageFormat::Jpeg { ImageFormat::Jpeg } else { ImageFormat::Png };
    let mut turned = Vec::new();
    let encoded = if format == ImageFormat::Jpeg {
        picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut turned, 92))
    } else {
        picture.write_to(&mut Cursor::new(&mut turned), image::ImageFormat::Png)
    };
    encoded.map_err(broken)?;
    let info = ImageInfo { format, upright: true, ..info };
    Ok(Look { info, turned: Some(turned), thumbnail: small_version(picture, thumbnail_side)? })
}

/// The colours (sRGB) that there is most of in a picture, at most `most`: the first is that of most of it, and each is
/// clearly another than those before it.
///
/// # Errors
/// See [`ImageError`].
pub fn leading_colours(bytes: &[u8], most: usize, max_pixels: u64) -> Result<Vec<[u8; 3]>, ImageError> {
    const SIDE: u32 = 64;
    /// How far apart two are, of the 441 from black to white.
    const APART: f64 = 70.0;
    let small = decode(bytes, max_pixels)?.picture.thumbnail(SIDE, SIDE).to_rgb8();
    // Those that are nearly the same are counted as one: eight steps a channel.
    let mut counted: BTreeMap<[u8; 3], (u32, [u32; 3])> = BTreeMap::new();
    for pixel in small.pixels() {
        let (count, sums) = counted.entry(pixel.0.map(|channel| channel >> 5)).or_default();
        *count += 1;
        sums.iter_mut().zip(pixel.0).for_each(|(sum, channel)| *sum += u32::from(channel));
    }
    let mut by_count: Vec<_> = counted.into_values().collect();
    by_count.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let mut leading: Vec<[u8; 3]> = Vec::new();
    for (count, sums) in by_count.into_iter().filter(|(count, _)| count * 100 >= small.width() * small.height()) {
        let mean = sums.map(|sum| u8::try_from(sum / count).unwrap_or(u8::MAX));
        let distance = |other: &[u8; 3]| mean.iter().zip(other).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum::<f64>().sqrt();
        if leading.len() < most && leading.iter().all(|other| distance(other) >= APART) {
            leading.push(mean);
        }
    }
    Ok(leading)
}

struct Decoded {
    /// As it is stored.
    picture: DynamicImage,
    orientation: Orientation,
    info: ImageInfo,
}

impl Decoded {
    fn upright(mut self) -> DynamicImage {
        self.picture.apply_orientation(self.orientation);
        self.picture
    }
}

fn decode(bytes: &[u8], max_pixels: u64) -> Result<Decoded, ImageError> {
    let format = sniff::image(bytes)
        .ok_or_else(|| sniff::other_image(bytes).map_or(ImageError::NotAnImage, |found| ImageError::Unsupported { found }))?;
    let kind = match format {
        ImageFormat::Png => image::ImageFormat::Png,
        ImageFormat::Jpeg => image::ImageFormat::Jpeg,
        ImageFormat::Webp => image::ImageFormat::WebP,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), kind);
    // Eight bytes a pixel, the most there are (16 bits a channel), and something for the decoder itself.
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(max_pixels.saturating_mul(8).saturating_add(64 << 20));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;

    // From the header alone: nothing has been decoded yet.
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > max_pixels {
        return Err(ImageError::TooLarge { pixels, max: max_pixels });
    }
    if format == ImageFormat::Webp && is_animated(bytes) {
        // Its first picture could be shown, but is seldom the one that is meant; ffmpeg does not read these at all.
        return Err(ImageError::Unsupported { found: "an animated WebP picture" });
    }
    if format == ImageFormat::Jpeg && !jpeg_ends(bytes) {
        // Its decoder would fill what is missing with grey.
        return Err(ImageError::Broken("the end of the file is missing".into()));
    }
    let orientation = decoder.orientation().map_err(broken)?;
    let picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    let lies =
        matches!(orientation, Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH);
    let (width, height) = if lies { (height, width) } else { (width, height) };
    let info = ImageInfo { format, width, height, upright: orientation == Orientation::NoTransforms };
    Ok(Decoded { picture, orientation, info })
}

fn broken(error: image::ImageError) -> ImageError {
    match error {
        image::ImageError::Decoding(error) => {
            ImageError::Broken(std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string))
        }
        error => ImageError::Broken(error.to_string()),
    }
}

fn is_animated(webp: &[u8]) -> bool {
    WebPDecoder::new(Cursor::new(webp)).is_ok_and(|decoder| decoder.has_animation())
}

/// Whether a JPEG's data come to their end. The marker cannot stand within the data; before them it can (the thumbnail
/// in its EXIF), in what is skipped by its length, and after them there may be anything (a telephone's moving picture).
fn jpeg_ends(jpeg: &[u8]) -> bool {
    const END_OF_IMAGE: u8 = 0xd9;
    // Those with nothing of their own behind them: stuffed and filling bytes, restarts within the data, the start of the image.
    let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 1 | 0xd0..=0xd8 | 0xff);
    let mut rest = jpeg;
    while let Some(at) = rest.windows(2).position(is_marker) {
        if rest[at + 1] == END_OF_IMAGE {
            return true;
        }
        let Some(length) = rest[at + 2..].first_chunk() else { return false };
        let Some(behind) = rest.get(at + 2 + usize::from(u16::from_be_bytes(*length))..) else { return false };
        rest = behind;
    }
    false
}

/// At most `side` pixels wide and high.
fn shrunk(picture: DynamicImage, side: u32) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let longer = width.max(height);
    if longer <= side {
        return picture;
    }
    let part = |length: u32, side: u32| {
        let scaled = (u64::from(length) * u64::from(side) + u64::from(longer) / 2) / u64::from(longer);
        u32::try_from(scaled).unwrap_or(u32::MAX).max(1)
    };
    // A picture of many megapixels quickly to twice the size, and then well to the size itself.
    let coarse = side.saturating_mul(2);
    let picture = if longer > coarse { picture.thumbnail_exact(part(width, coarse), part(height, coarse)) } else { picture };
    picture.resize_exact(part(width, side), part(height, side), FilterType::Lanczos3)
}

fn is_transparent(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255)
}

fn megapixels(pixels: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "for people, with one decimal")]
    let pixels = pixels as f64;
    pixels / 1e6
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    const MAX: u64 = 50_000_000;

    /// Red above, blue below.
    fn flag(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |_, y| if y < height / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) })
    }

    fn encoded(picture: impl Into<DynamicImage>, format: image::ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture.into().write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    /// A JPEG whose EXIF says how to turn it.
    fn jpeg_turned(orientation: u8) -> Vec<u8> {
        let plain = encoded(flag(120, 80), image::ImageFormat::Jpeg);
        let exif = [&b"Exif\0\0II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"[..], &[orientation, 0, 0, 0, 0, 0, 0, 0]].concat();
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat()
    }

    /// A PNG of nothing but a header with this size, and its check sum.
    fn png_header(width: u32, height: u32) -> Vec<u8> {
        let mut header = b"IHDR".to_vec();
        header.extend(width.to_be_bytes());
        header.extend(height.to_be_bytes());
        header.extend([8, 6, 0, 0, 0]);
        let crc = !header.iter().fold(u32::MAX, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        });
        [&b"\x89PNG\r\n\x1a\n\0\0\0\x0d"[..], &header, &crc.to_be_bytes(), b"\0\0\0\0IDAT\x35\xaf\x06\x1e"].concat()
    }

    /// A WebP with the flag of animation and one frame.
    fn animated_webp() -> Vec<u8> {
        let still = encoded(flag(16, 16), image::ImageFormat::WebP);
        let picture = &still[12..];
        let chunk = |name: &[u8; 4], body: &[u8]| [&name[..], &u32::try_from(body.len()).unwrap().to_le_bytes(), body].concat();
        let frame = [&[0, 0, 0, 0, 0, 0, 15, 0, 0, 15, 0, 0, 100, 0, 0, 0][..], picture].concat();
        let chunks =
            [chunk(b"VP8X", &[0x02, 0, 0, 0, 15, 0, 0, 15, 0, 0]), chunk(b"ANIM", &[0; 6]), chunk(b"ANMF", &frame), chunk(b"ANMF", &frame)]
                .concat();
        [&b"RIFF"[..], &u32::try_from(chunks.len() + 4).unwrap().to_le_bytes(), b"WEBP", &chunks].concat()
    }

    #[test]
    fn pictures_are_measured() {
        for (kind, format) in [
            (image::ImageFormat::Png, ImageFormat::Png),
            (image::ImageFormat::Jpeg, ImageFormat::Jpeg),
            (image::ImageFormat::WebP, ImageFormat::Webp),
        ] {
            let info = inspect(&encoded(flag(120, 80), kind), MAX).unwrap();
            assert_eq!(info, ImageInfo { format, width: 120, height: 80, upright: true });
        }
    }

    #[test]
    fn pixel_bombs_are_refused_by_their_header() {
        let error = inspect(&png_header(60_000, 60_000), MAX).unwrap_err();
        assert_eq!(error, ImageError::TooLarge { pixels: 3_600_000_000, max: MAX });
        assert_eq!(error.to_string(), "the picture has 3600.0 megapixels, and 50.0 are allowed: make it smaller");
        // So large that the decoder itself gives up.
        assert!(thumbnail(&png_header(u32::MAX >> 1, u32::MAX >> 1), 480, MAX).is_err());
        // Within the limit, but there is nothing behind the header.
        assert!(matches!(inspect(&png_header(5_000, 5_000), MAX), Err(ImageError::Broken(_))));
        let picture = encoded(flag(101, 100), image::ImageFormat::Jpeg);
        assert!(matches!(inspect(&picture, 10_000), Err(ImageError::TooLarge { pixels: 10_100, .. })));
    }

    #[test]
    fn truncated_files_are_broken() {
        for format in [image::ImageFormat::Png, image::ImageFormat::Jpeg, image::ImageFormat::WebP] {
            let noise = RgbImage::from_fn(200, 200, |x, y| Rgb([(x * 7 + y * 13) as u8, (x * y) as u8, (x ^ y) as u8]));
            let whole = encoded(noise, format);
            assert!(inspect(&whole, MAX).is_ok());
            for part in [20, whole.len() / 3, whole.len() / 2, whole.len() - 30] {
                let error = inspect(&whole[..part], MAX).unwrap_err();
                assert!(matches!(error, ImageError::Broken(_)), "{format:?} cut at {part}: {error:?}");
            }
        }
    }

    #[test]
    fn only_the_end_of_the_picture_itself_is_its_end() {
        let plain = encoded(flag(120, 80), image::ImageFormat::Jpeg);
        let thumbnail = encoded(flag(12, 8), image::ImageFormat::Jpeg);
        let exif = [&b"Exif\0\0II\x2a\0\x08\0\0\0\0\0\0\0\0\0"[..], &thumbnail].concat();
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let whole = [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat();
        assert!(inspect(&whole, MAX).is_ok());
        // A moving picture behind it, in which any two bytes may stand.
        assert!(inspect(&[&whole[..], b"\0\0\0\x18ftypmp42\xff\xda\0"].concat(), MAX).is_ok());
        for cut in [whole.len() - 2, whole.len() - plain.len() + 2] {
            assert!(matches!(inspect(&whole[..cut], MAX), Err(ImageError::Broken(_))), "cut at {cut}");
        }
    }

    #[test]
    fn what_is_no_picture_is_told_from_what_is_another_kind() {
        assert_eq!(inspect(b"A text that is called picture.png.", MAX), Err(ImageError::NotAnImage));
        assert_eq!(inspect(b"", MAX), Err(ImageError::NotAnImage));
        let unsupported = |bytes: &[u8]| inspect(bytes, MAX).unwrap_err().to_string();
        assert_eq!(unsupported(b"GIF89a\x01\0\x01\0\0\0\0;"), "this is a GIF: save it as PNG, JPEG or WebP, and upload that");
        let svg = "<svg xmlns='http://www.w3.org/2000/svg'/>";
        assert!(unsupported(svg.as_bytes()).starts_with("this is an SVG drawing:"));
        assert!(unsupported(&animated_webp()).starts_with("this is an animated WebP picture:"));
    }

    #[test]
    fn thumbnails_fit_and_keep_the_picture() {
        let cases = [((1920, 1080), (480, 270)), ((1080, 1920), (270, 480)), ((300, 200), (300, 200)), ((5000, 3), (480, 1))];
        for ((width, height), expected) in cases {
            let thumbnail = thumbnail(&encoded(flag(width, height), image::ImageFormat::Png), 480, MAX).unwrap();
            assert_eq!((thumbnail.width, thumbnail.height), expected);
            assert_eq!((thumbnail.mime, sniff::image(&thumbnail.bytes)), ("image/jpeg", Some(ImageFormat::Jpeg)));
            let info = inspect(&thumbnail.bytes, MAX).unwrap();
            assert_eq!((info.width, info.height), expected);
        }
        let made = thumbnail(&encoded(flag(1920, 1080), image::ImageFormat::Jpeg), 480, MAX).unwrap();
        let seen = image::load_from_memory(&made.bytes).unwrap().to_rgb8();
        assert!(seen.get_pixel(240, 20)[0] > 200 && seen.get_pixel(240, 250)[2] > 200);
    }

    #[test]
    fn transparency_is_kept() {
        let glass = RgbaImage::from_fn(1000, 500, |x, _| if x < 500 { Rgba([255, 0, 0, 0]) } else { Rgba([0, 255, 0, 255]) });
        let made = thumbnail(&encoded(glass, image::ImageFormat::Png), 480, MAX).unwrap();
        assert_eq!(made.mime, "image/webp");
        let seen = image::load_from_memory(&made.bytes).unwrap().to_rgba8();
        assert_eq!((seen.get_pixel(50, 50)[3], seen.get_pixel(400, 50).0), (0, [0, 255, 0, 255]));
        let opaque = RgbaImage::from_pixel(1000, 500, Rgba([1, 2, 3, 255]));
        assert_eq!(thumbnail(&encoded(opaque, image::ImageFormat::Png), 480, MAX).unwrap().mime, "image/jpeg");
    }

    #[test]
    fn a_camera_held_sideways_is_turned() {
        // 6: to be turned by a quarter to the right. What is stored above is seen on the right.
        let sideways = jpeg_turned(6);
        let info = inspect(&sideways, MAX).unwrap();
        assert_eq!((info.width, info.height, info.upright), (80, 120, false));
        let seen = look(&sideways, 480, MAX).unwrap();
        let turned = seen.turned.unwrap();
        assert_eq!(seen.info, ImageInfo { upright: true, ..info });
        assert_eq!(inspect(&turned, MAX).unwrap(), seen.info);
        assert_eq!(seen.thumbnail, thumbnail(&sideways, 480, MAX).unwrap());
        for bytes in [seen.thumbnail.bytes, turned] {
            let seen = image::load_from_memory(&bytes).unwrap().to_rgb8();
            assert_eq!(seen.dimensions(), (80, 120));
            assert!(seen.get_pixel(70, 60)[0] > 180 && seen.get_pixel(10, 60)[2] > 180);
        }
        assert_eq!(look(&jpeg_turned(1), 480, MAX).unwrap().turned, None);
        assert!(inspect(&jpeg_turned(99), MAX).unwrap().upright);
    }
}
