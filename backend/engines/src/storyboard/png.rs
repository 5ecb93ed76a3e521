//! A canvas as a PNG file: 8-bit RGB, encoded for speed.

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};

use super::canvas::Canvas;

/// Encodes. Adaptive filters cost more time than they save here: grain is the same to all of them.
pub(super) fn encode(canvas: &Canvas) -> Result<Vec<u8>, EncodingError> {
    let pixmap = &canvas.pixmap;
    let rgb: Vec<u8> = pixmap.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let mut file = Vec::with_capacity(rgb.len() / 2);
    let mut encoder = Encoder::new(&mut file, pixmap.width(), pixmap.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_filter(Filter::Up);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(file)
}
