//! Bytes within JSON: base64 as vendors send it.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// Padded or not, as it comes.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// The bytes that a text in base64 holds, of either alphabet; some put it into a `data:` address. None where it holds none.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let text = if text.starts_with("data:") { text.split_once(',').map_or("", |(_, data)| data) } else { text };
    let engine = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    engine.decode(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn both_alphabets_are_read_with_padding_or_without() {
        assert_eq!(decode("+/+/").unwrap(), decode("-_-_").unwrap());
        assert_eq!(decode("YQ").unwrap(), decode("YQ==\n").unwrap());
        assert_eq!(decode("data:image/png;base64,YQ==").unwrap(), b"a");
        assert_eq!((decode("<html>"), decode("")), (None, Some(Vec::new())));
    }
}
