//! What bytes are, by what stands in them: never by a name or by what a header says. Not a proof that they are whole:
//! that takes decoding them.

/// What a client says that bytes are: the media type beside them, where it says anything.
#[derive(Clone, Debug, Default)]
pub struct Claim(Option<String>);

impl Claim {
    /// What that media type claims, without its parameters; `application/octet-stream` claims nothing.
    pub fn of(essence: Option<&str>) -> Self {
        Self(essence.filter(|essence| *essence != "application/octet-stream").map(str::to_lowercase))
    }

    /// Says what is wrong, where bytes of that media type are not what was claimed.
    pub fn fault(&self, found: &str) -> Option<String> {
        let claimed = self.0.as_deref()?;
        (usual_name(claimed) != found).then(|| format!("sent as {claimed}, but it is {found}"))
    }
}

/// The name by which the studio calls a media type that has several.
fn usual_name(essence: &str) -> &str {
    match essence {
        "image/jpg" | "image/pjpeg" => "image/jpeg",
        "image/x-png" => "image/png",
        "audio/x-wav" | "audio/wave" | "audio/vnd.wave" | "audio/x-pn-wav" => "audio/wav",
        "audio/mp3" | "audio/mpeg3" | "audio/x-mp3" | "audio/x-mpeg" | "audio/x-mpeg-3" => "audio/mpeg",
        "audio/m4a" | "audio/x-m4a" | "audio/aac" | "audio/mp4a-latm" | "video/mp4" => "audio/mp4",
        "application/ogg" | "video/ogg" | "audio/opus" | "audio/vorbis" | "audio/x-vorbis+ogg" | "audio/x-ogg" => "audio/ogg",
        "audio/x-flac" => "audio/flac",
        "video/webm" => "audio/webm",
        "application/x-zip-compressed" | "application/x-zip" => "application/zip",
        other => other,
    }
}

/// The formats of pictures that the studio takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImageFormat {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
}

impl ImageFormat {
    /// Its media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// What the names of its files end in, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }
}

/// The formats of sound that the studio takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AudioFormat {
    /// WAV.
    Wav,
    /// MPEG audio, layer III.
    Mp3,
    /// MP4 with sound.
    M4a,
    /// Ogg with Opus, Vorbis, Speex or FLAC.
    Ogg,
    /// FLAC.
    Flac,
}

impl AudioFormat {
    /// Its media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Ogg => "audio/ogg",
            Self::Flac => "audio/flac",
        }
    }

    /// What the names of its files end in, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Ogg => "ogg",
            Self::Flac => "flac",
        }
    }
}

/// The format of a picture; None for what is no picture, or one in another format ([`other_image`] names those).
pub fn image(bytes: &[u8]) -> Option<ImageFormat> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(ImageFormat::Png)
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        Some(ImageFormat::Jpeg)
    } else if riff(bytes) == Some(b"WEBP") {
        Some(ImageFormat::Webp)
    } else {
        None
    }
}

/// The name of a format of pictures or documents that the studio does not take, for telling people.
pub fn other_image(bytes: &[u8]) -> Option<&'static str> {
    let found = match bytes {
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => "a GIF",
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => "a BMP picture",
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => "a TIFF or raw picture",
        [0, 0, 1, 0, _, 0, ..] => "an icon",
        [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => "a JPEG XL picture",
        [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] => "a JPEG 2000 picture",
        [b'8', b'B', b'P', b'S', ..] => "a Photoshop document",
        [b'%', b'P', b'D', b'F', ..] => "a PDF",
        _ if is_svg(bytes) => "an SVG drawing",
        _ => match brands(bytes)?.next()? {
            b"avif" | b"avis" => "an AVIF picture",
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => "a HEIC picture",
            _ => return None,
        },
    };
    Some(found)
}

/// The format of a sound, by the beginning of its file: 4 KiB are enough, 64 KiB better.
///
/// An MP4 may hold pictures besides its sound, or instead of it; only its content tells, which is further on: probe
/// it.
pub fn audio(head: &[u8]) -> Option<AudioFormat> {
    if riff(head) == Some(b"WAVE") {
        return Some(AudioFormat::Wav);
    }
    if head.starts_with(b"fLaC") {
        return Some(AudioFormat::Flac);
    }
    if head.starts_with(b"OggS") {
        return ogg_sound(head).then_some(AudioFormat::Ogg);
    }
    if let Some(mut brands) = brands(head) {
        return brands.any(|brand| SOUND_BRANDS.contains(&brand)).then_some(AudioFormat::M4a);
    }
    let Some(tag) = id3_length(head) else {
        return is_mp3(head).then_some(AudioFormat::Mp3);
    };
    // The tag says nothing of what follows. A cover may be larger than what was read: then MP3, by far the likeliest.
    let body = behind_zeros(head.get(tag..).unwrap_or_default());
    if body.starts_with(b"fLaC") {
        Some(AudioFormat::Flac)
    } else if body.len() < 4 || is_mp3(body) {
        Some(AudioFormat::Mp3)
    } else {
        None
    }
}

/// Brands of MP4 that sound comes in: Apple's for sound alone, and those that encoders and telephones write for any MP4.
/// Not those of pictures (`avif`, `heic`), of video alone (`M4V`) or of QuickTime.
const SOUND_BRANDS: &[&[u8; 4]] =
    &[b"M4A ", b"M4B ", b"M4P ", b"mp41", b"mp42", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"dash", b"3gp4", b"3gp5", b"3gp6"];

/// The kind of a RIFF file: `WAVE`, `WEBP`.
fn riff(bytes: &[u8]) -> Option<&[u8; 4]> {
    bytes.strip_prefix(b"RIFF")?.get(4..)?.first_chunk()
}

/// The brands of a file of the MP4 family: its own, then those that it can be read as.
fn brands(bytes: &[u8]) -> Option<impl Iterator<Item = &[u8; 4]>> {
    let (size, rest) = bytes.split_first_chunk::<4>()?;
    let size = usize::try_from(u32::from_be_bytes(*size)).ok()?;
    let rest = rest.strip_prefix(b"ftyp")?;
    let list = &rest[..size.saturating_sub(8).min(rest.len())];
    // Between its own and the others stands a version.
    let others = list.get(8..).unwrap_or_default().as_chunks().0;
    Some(list.first_chunk().into_iter().chain(others))
}

/// Whether the first stream of an Ogg file is sound.
fn ogg_sound(head: &[u8]) -> bool {
    [OPUS, b"\x01vorbis", b"Speex   ", b"\x7fFLAC"].iter().any(|codec| ogg_packet(head).starts_with(codec))
}

/// What Opus in Ogg begins with.
const OPUS: &[u8] = b"OpusHead";

/// Whether it is an Ogg file whose first stream is Opus.
pub(super) fn is_opus(head: &[u8]) -> bool {
    head.starts_with(b"OggS") && ogg_packet(head).starts_with(OPUS)
}

/// What stands in the first page of an Ogg file, which says which codec its first stream is of.
fn ogg_packet(head: &[u8]) -> &[u8] {
    let Some(&segments) = head.get(26) else { return &[] };
    head.get(27 + usize::from(segments)..).unwrap_or_default()
}

/// The length of the ID3 tag at the beginning, in bytes; none where there is no tag.
#[must_use]
pub fn id3_length(head: &[u8]) -> Option<usize> {
    let [b'I', b'D', b'3', 2..=4, _, flags, a, b, c, d, ..] = *head else { return None };
    let size = [a, b, c, d];
    // Seven bits in each byte, so that no byte looks like the beginning of a frame.
    if size.iter().any(|&byte| byte > 0x7f) {
        return None;
    }
    let footer = if flags & 0x10 == 0 { 0 } else { 10 };
    Some(size.iter().fold(0, |sum, &byte| sum << 7 | usize::from(byte)) + 10 + footer)
}

/// Whether MPEG audio of layer III begins here: a frame, and another one after it where that far was read. One frame alone
/// is eleven bits that stand in many files.
fn is_mp3(bytes: &[u8]) -> bool {
    let Some(first) = mp3_frame(bytes) else { return false };
    match bytes.get(first.length..) {
        Some(rest) if rest.len() >= 4 => mp3_frame(rest).is_some_and(|next| next.kind == first.kind),
        // The tag of 128 bytes that may end a file, or the end.
        _ => true,
    }
}

/// How long an MP3 says that it is, by the count of frames that most encoders write into the first one (`Xing`, or `Info`
/// where the bit rate is constant): in seconds. None where it says nothing of it. `body` begins behind an ID3 tag, and 64 bytes
/// are enough behind what zeros fill that up.
#[must_use]
pub fn mp3_seconds(body: &[u8]) -> Option<f64> {
    let frame = behind_zeros(body);
    let Mp3Frame { hertz, samples, side, .. } = mp3_frame(frame)?;
    let told = frame.get(4 + side..)?;
    let told = told.strip_prefix(b"Xing").or_else(|| told.strip_prefix(b"Info"))?;
    let (flags, rest) = told.split_first_chunk::<4>()?;
    let frames = u32::from_be_bytes(*rest.first_chunk()?);
    let is_told = u32::from_be_bytes(*flags) & 1 == 1 && frames > 0;
    is_told.then(|| f64::from(frames) * f64::from(samples) / f64::from(hertz))
}

/// What follows zeros, with which tags are filled up.
fn behind_zeros(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.iter().take_while(|&&byte| byte == 0).count()..]
}

struct Mp3Frame {
    /// What stays the same in one file: version and sample rate.
    kind: (u8, u8),
    /// In bytes, its header included.
    length: usize,
    /// Samples a second.
    hertz: u32,
    /// How many samples it has of each channel.
    samples: u32,
    /// How many bytes stand between its header and its sound.
    side: usize,
}

/// Reads the header of a frame (ISO/IEC 11172-3, 2.4.1.3; the lower sample rates: 13818-3 and MPEG 2.5).
fn mp3_frame(bytes: &[u8]) -> Option<Mp3Frame> {
    let [0xff, second, third, fourth, ..] = *bytes else { return None };
    let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
    let (bitrate, sample_rate, padding) = (usize::from(third >> 4), third >> 2 & 3, usize::from(third >> 1 & 1));
    if second >> 5 != 7 || version == 1 || layer != 1 || bitrate == 0 || bitrate == 15 || sample_rate == 3 {
        return None;
    }
    let mpeg1 = version == 3;
    let kilobits = if mpeg1 { MPEG1_KILOBITS } else { MPEG2_KILOBITS }[bitrate - 1];
    let hertz = [44_100, 48_000, 32_000][usize::from(sample_rate)] / [4, 1, 2, 1][usize::from(version)];
    let length = if mpeg1 { 144_000 } else { 72_000 } * kilobits / hertz as usize + padding;
    let mono = fourth >> 6 == 3;
    let side = match (mpeg1, mono) {
        (true, false) => 32,
        (true, true) | (false, false) => 17,
        (false, true) => 9,
    };
    Some(Mp3Frame { kind: (version, sample_rate), length, hertz, samples: if mpeg1 { 1152 } else { 576 }, side })
}

const MPEG1_KILOBITS: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_KILOBITS: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/// Whether it is XML with an `svg` element near its beginning.
fn is_svg(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
    head.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with('<') && head.contains("<svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mp3(frames: usize) -> Vec<u8> {
        // MPEG 1, layer III, 128 kbit/s, 44.1 kHz: 417 bytes.
        let mut frame = vec![0xff, 0xfb, 0x90, 0x64];
        frame.resize(417, 0);
        frame.repeat(frames)
    }

    fn mp4(brands: &[u8]) -> Vec<u8> {
        let size = u32::try_from(brands.len() + 8).unwrap().to_be_bytes();
        [&size, &b"ftyp"[..], brands, b"\0\0\0\x08free"].concat()
    }

    fn ogg(packet: &[u8]) -> Vec<u8> {
        let length = u8::try_from(packet.len()).unwrap();
        [&b"OggS\0\x02"[..], &[0; 20], &[1, length], packet].concat()
    }

    #[test]
    fn pictures_are_known_by_their_content() {
        assert_eq!(image(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some(ImageFormat::Png));
        assert_eq!(image(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some(ImageFormat::Jpeg));
        assert_eq!(image(b"RIFF\x24\0\0\0WEBPVP8 "), Some(ImageFormat::Webp));
        for other in [&b""[..], b"\x89PNG", b"RIFF\x24\0\0\0WAVEfmt ", b"GIF89a", b"hello", b"\xff\xd8"] {
            assert_eq!(image(other), None, "{other:?}");
        }
    }

    #[test]
    fn other_formats_are_named() {
        assert_eq!(other_image(b"GIF89a\x01\0"), Some("a GIF"));
        assert_eq!(other_image(b"<?xml version=\"1.0\"?>\n<svg xmlns=\"\">"), Some("an SVG drawing"));
        assert_eq!(other_image(&mp4(b"heic\0\0\0\0mif1")), Some("a HEIC picture"));
        assert_eq!(other_image(&mp4(b"isom\0\0\0\0mp41")), None);
        assert_eq!(other_image(b"just a text <svg"), None);
        assert_eq!(other_image(b""), None);
    }

    #[test]
    fn sounds_are_known_by_their_content() {
        assert_eq!(audio(b"RIFF\x24\0\0\0WAVEfmt "), Some(AudioFormat::Wav));
        assert_eq!(audio(b"fLaC\0\0\0\x22"), Some(AudioFormat::Flac));
        assert_eq!(audio(&ogg(b"OpusHead\x01\x02")), Some(AudioFormat::Ogg));
        assert_eq!(audio(&ogg(b"\x01vorbis\0")), Some(AudioFormat::Ogg));
        assert_eq!(audio(&ogg(b"\x80theora")), None);
        assert_eq!(audio(&mp4(b"M4A \0\0\x02\0M4A isomiso2")), Some(AudioFormat::M4a));
        assert_eq!(audio(&mp4(b"mp42\0\0\0\0mp42isom")), Some(AudioFormat::M4a));
        assert_eq!(audio(&mp4(b"heic\0\0\0\0mif1heic")), None);
        assert_eq!(audio(&mp4(b"qt  \0\0\0\0qt  ")), None);
    }

    #[test]
    fn mp3_is_known_with_and_without_a_tag() {
        assert_eq!(audio(&mp3(3)), Some(AudioFormat::Mp3));
        assert_eq!(audio(&mp3(1)), Some(AudioFormat::Mp3));
        let tagged = |body: &[u8]| [&b"ID3\x04\0\0\0\0\x01\x02"[..], &[b'x'; 130], body].concat();
        assert_eq!(audio(&tagged(&mp3(2))), Some(AudioFormat::Mp3));
        assert_eq!(audio(&tagged(&[&[0; 50][..], &mp3(2)].concat())), Some(AudioFormat::Mp3));
        assert_eq!(audio(&tagged(b"fLaC\0\0\0\x22")), Some(AudioFormat::Flac));
        assert_eq!(audio(&tagged(b"something else")), None);
        // The cover goes on beyond what was read.
        assert_eq!(audio(b"ID3\x03\0\0\0\x7f\x7f\x7fAPIC"), Some(AudioFormat::Mp3));
    }

    #[test]
    fn an_mp3_may_say_how_long_it_is() {
        let told = |mode: u8, side: usize, name: &[u8], flags: u32, frames: u32| {
            let mut frame = mp3(2);
            frame[3] = mode;
            let words = [name, &flags.to_be_bytes(), &frames.to_be_bytes()].concat();
            frame[4 + side..4 + side + words.len()].copy_from_slice(&words);
            mp3_seconds(&[&[0; 10][..], &frame].concat())
        };
        let of = |frames: u32| Some(f64::from(frames) * 1152.0 / 44_100.0);
        assert_eq!(told(0x64, 32, b"Xing", 0xf, 78), of(78));
        assert_eq!(told(0xc4, 17, b"Info", 0x1, 3), of(3));
        for (side, name, flags, frames) in [(17, b"Xing", 1, 3), (32, b"Xong", 1, 3), (32, b"Xing", 2, 3), (32, b"Info", 1, 0)] {
            assert_eq!(told(0x64, side, name, flags, frames), None, "{side} {flags} {frames}");
        }
        assert_eq!((mp3_seconds(&mp3(2)), mp3_seconds(b""), mp3_seconds(b"fLaC")), (None, None, None));
        let whole = mp3(1);
        (0..whole.len()).for_each(|end| _ = mp3_seconds(&whole[..end]));
    }

    #[test]
    fn what_only_looks_like_mp3_is_not() {
        let aac = [0xff, 0xf1, 0x50, 0x80, 0x02, 0x1f, 0xfc, 0xde];
        let layer_two = [0xff, 0xfd, 0x84, 0x04, 0, 0, 0, 0];
        let utf16 = b"\xff\xfeh\0e\0l\0l\0o\0";
        let mut one_frame_only = mp3(1);
        one_frame_only.extend(b"and then anything at all");
        for bytes in [&aac[..], &layer_two, utf16, &one_frame_only, b"\xff\xd8\xff\xe0", b"", b"\xff", b"hello", b"ID3 is a tag"] {
            assert_eq!(audio(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn any_beginning_of_anything_is_safe_to_look_at() {
        for whole in [mp3(2), mp4(b"M4A \0\0\0\0M4A "), ogg(b"OpusHead"), b"ID3\x04\0\0\0\0\x01\x02xx".to_vec(), b"\0\0\0\x02ftyp".to_vec()]
        {
            for end in 0..whole.len() {
                let _ = (audio(&whole[..end]), image(&whole[..end]), other_image(&whole[..end]));
            }
        }
    }
}
