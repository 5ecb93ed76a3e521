//! How tall libass takes a font to be: it sizes captions by that, and fonts differ by a factor of two.

/// Height of a font's line, in ems: `usWinAscent` and `usWinDescent` of its `OS/2` table together, as
/// libass measures it. `face` is the face's index in a collection. None where the font cannot be read.
#[must_use]
pub fn line_height(font: &[u8], face: u32) -> Option<f64> {
    let start = if font.get(..4)? == b"ttcf" { long(font, 12 + 4 * face as usize)? as usize } else { 0 };
    let table = |name: &[u8; 4]| {
        let count = usize::from(short(font, start + 4)?);
        let mut entries = (0..count).map(|index| start + 12 + 16 * index);
        let entry = entries.find(|&entry| font.get(entry..entry + 4) == Some(name))?;
        Some(long(font, entry + 8)? as usize)
    };
    let (head, os2) = (table(b"head")?, table(b"OS/2")?);
    let units = f64::from(short(font, head + 18)?);
    let height = f64::from(short(font, os2 + 74)?) + f64::from(short(font, os2 + 76)?);
    Some(height / units).filter(|height| (0.5..5.0).contains(height))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_table_and_survives_rubbish() {
        let mut font = vec![0_u8; 200];
        font[5] = 2;
        font[12..16].copy_from_slice(b"head");
        font[20..24].copy_from_slice(&50_u32.to_be_bytes());
        font[28..32].copy_from_slice(b"OS/2");
        font[36..40].copy_from_slice(&100_u32.to_be_bytes());
        font[68..70].copy_from_slice(&1000_u16.to_be_bytes());
        font[174..176].copy_from_slice(&1100_u16.to_be_bytes());
        font[176..178].copy_from_slice(&250_u16.to_be_bytes());
        assert_eq!(line_height(&font, 0), Some(1.35));
        assert_eq!(line_height(&font[..120], 0), None);
        assert_eq!(line_height(b"ttcf", 3), None);
    }
}
