//! What a media file is: its format by its first bytes, and its streams by ffprobe.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use serde::Deserialize;

use super::ffmpeg::{ToolError, Tools, add_input, run};
use super::sniff::id3_length;

/// What a file is by its content. The name plays no part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    Picture,
    Sound,
    /// A container that can hold sound, moving pictures or both.
    Container,
}

/// A format known by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sniffed {
    pub kind: MediaKind,
    /// ffmpeg's name for the demuxer to force.
    pub demuxer: &'static str,
}

/// What ffprobe tells of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaInfo {
    /// The demuxer's name.
    pub format: String,
    /// Seconds, as the container states them; 0 for a picture.
    pub duration_seconds: f64,
    pub video: Option<VideoStream>,
    pub audio: Option<AudioStream>,
    /// Subtitle tracks, by their language tag (`und` where there is none).
    pub subtitles: Vec<String>,
    /// How many chapters the container lists.
    pub chapters: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct VideoStream {
    pub codec: String,
    /// As it is seen: what a container says is to be turned has its sides the other way round in the file.
    pub width: u32,
    pub height: u32,
    pub fps: f64,
    /// ffmpeg's name, as `yuv420p`.
    pub pixel_format: String,
    /// As the container counts them; none where it does not.
    pub frames: Option<u64>,
    pub duration_seconds: Option<f64>,
    /// When it begins, after whatever in the file begins first.
    pub begins_seconds: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AudioStream {
    pub codec: String,
    pub sample_rate: u32,
    pub channels: u32,
    pub duration_seconds: Option<f64>,
}

/// Asks ffprobe, with the demuxer that the file's first bytes call for.
///
/// # Errors
/// [`ToolError::UnknownFormat`] for a file of no format read here, [`ToolError::Failed`] for a broken one.
pub async fn probe(tools: &Tools, path: &Path) -> Result<MediaInfo, ToolError> {
    let format = sniff(path).await?.ok_or(ToolError::UnknownFormat)?;
    let mut command = tools.ffprobe();
    command.args(["-show_format", "-show_streams", "-show_chapters", "-of", "json"]);
    add_input(&mut command, Some(format.demuxer), path);
    let answer = run("ffprobe", command).await?;
    let answer: Answer =
        serde_json::from_slice(&answer).map_err(|error| ToolError::Answer { tool: "ffprobe", message: error.to_string() })?;
    Ok(answer.into_info(format))
}

/// The format of a file by its first bytes; none where it is no format read here.
///
/// # Errors
/// When the file cannot be read.
pub async fn sniff(path: &Path) -> Result<Option<Sniffed>, ToolError> {
    let path = path.to_owned();
    let found = tokio::task::spawn_blocking(move || {
        let mut file = File::open(path)?;
        let mut head = Vec::with_capacity(64);
        file.by_ref().take(64).read_to_end(&mut head)?;
        // The tag says nothing of what follows.
        let flac = id3_length(&head).map_or(Ok(false), |tag| has_flac_behind(file, tag as u64))?;
        io::Result::Ok(sniff_bytes(if flac { FLAC } else { &head }))
    });
    Ok(found.await.map_err(io::Error::other)??)
}

/// What a FLAC begins with.
const FLAC: &[u8] = b"fLaC";

/// Whether a FLAC begins behind a tag of that length, and what zeros fill it up.
fn has_flac_behind(mut file: File, tag: u64) -> io::Result<bool> {
    const MOST_FILLING: u64 = 64 << 10;
    file.seek(SeekFrom::Start(tag))?;
    let body = BufReader::new(file.take(MOST_FILLING)).bytes().skip_while(|byte| matches!(byte, Ok(0)));
    let beginning = body.take(FLAC.len()).collect::<io::Result<Vec<u8>>>()?;
    Ok(beginning == FLAC)
}

/// The same on bytes in hand, without a look behind an ID3 tag: the first 12 suffice.
#[must_use]
pub fn sniff_bytes(head: &[u8]) -> Option<Sniffed> {
    use MediaKind::{Container, Picture, Sound};
    let at = |offset: usize, magic: &[u8]| head.get(offset..offset + magic.len()) == Some(magic);
    let (kind, demuxer) = if at(0, b"\x89PNG\r\n\x1a\n") {
        (Picture, "png_pipe")
    } else if at(0, b"\xff\xd8\xff") {
        (Picture, "jpeg_pipe")
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        (Picture, "webp_pipe")
    } else if (at(0, b"RIFF") || at(0, b"RF64")) && at(8, b"WAVE") {
        (Sound, "wav")
    } else if at(0, FLAC) {
        (Sound, "flac")
    } else if at(0, b"OggS") {
        (Sound, "ogg")
    } else if at(4, b"ftyp") {
        (Container, "mov")
    } else if at(0, b"\x1a\x45\xdf\xa3") {
        (Container, "matroska")
    } else if at(0, b"ID3") {
        (Sound, "mp3")
    } else if head.len() > 1 && head[0] == 0xff && head[1] & 0xf6 == 0xf0 {
        (Sound, "aac")
    } else if head.len() > 1 && head[0] == 0xff && head[1] & 0xe0 == 0xe0 && head[1] & 0x06 != 0 {
        (Sound, "mp3")
    } else {
        return None;
    };
    Some(Sniffed { kind, demuxer })
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
    #[serde(default)]
    chapters: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize, Default)]
struct Format {
    duration: Option<String>,
    start_time: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    #[serde(default)]
    codec_type: String,
    #[serde(default)]
    codec_name: String,
    #[serde(default)]
    width: u32,
    #[serde(default)]
    height: u32,
    #[serde(default)]
    pix_fmt: String,
    #[serde(default)]
    r_frame_rate: String,
    nb_frames: Option<String>,
    sample_rate: Option<String>,
    #[serde(default)]
    channels: u32,
    duration: Option<String>,
    start_time: Option<String>,
    #[serde(default)]
    tags: std::collections::HashMap<String, String>,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Deserialize)]
struct SideData {
    /// Degrees by which a player turns the picture.
    rotation: Option<f64>,
}

impl Stream {
    /// Whether it lies on its side until a player turns it, as what a phone films upright does.
    fn lies(&self) -> bool {
        let turned = self.side_data_list.iter().find_map(|data| data.rotation).unwrap_or(0.0);
        (turned.abs() % 180.0 - 90.0).abs() < 1.0
    }

    fn size(&self, turns: bool) -> (u32, u32) {
        if turns && self.lies() { (self.height, self.width) } else { (self.width, self.height) }
    }
}

impl Answer {
    fn into_info(self, format: Sniffed) -> MediaInfo {
        let of = |kind: &'static str| self.streams.iter().filter(move |stream| stream.codec_type == kind);
        let picture = format.kind == MediaKind::Picture;
        let begins = number(self.format.start_time.as_ref()).unwrap_or(0.0);
        MediaInfo {
            format: format.demuxer.to_owned(),
            duration_seconds: if picture { 0.0 } else { number(self.format.duration.as_ref()).unwrap_or(0.0) },
            video: of("video").next().map(|stream| {
                // A picture's orientation is for whoever decodes it: ffmpeg's versions differ in whether they know it.
                let (width, height) = stream.size(!picture);
                VideoStream {
                    codec: stream.codec_name.clone(),
                    width,
                    height,
                    fps: ratio(&stream.r_frame_rate),
                    pixel_format: stream.pix_fmt.clone(),
                    frames: stream.nb_frames.as_ref().and_then(|frames| frames.parse().ok()),
                    duration_seconds: number(stream.duration.as_ref()),
                    begins_seconds: number(stream.start_time.as_ref()).map_or(0.0, |at| (at - begins).max(0.0)),
                }
            }),
            audio: of("audio").next().map(|stream| AudioStream {
                codec: stream.codec_name.clone(),
                sample_rate: stream.sample_rate.as_ref().and_then(|rate| rate.parse().ok()).unwrap_or(0),
                channels: stream.channels,
                duration_seconds: number(stream.duration.as_ref()),
            }),
            subtitles: of("subtitle").map(|stream| stream.tags.get("language").cloned().unwrap_or_else(|| "und".to_owned())).collect(),
            chapters: self.chapters.len(),
        }
    }
}

fn number(text: Option<&String>) -> Option<f64> {
    text?.parse().ok()
}

fn ratio(text: &str) -> f64 {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    match (above.parse::<f64>(), below.parse::<f64>()) {
        (Ok(above), Ok(below)) if below > 0.0 => above / below,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demuxer(head: &[u8]) -> Option<&'static str> {
        sniff_bytes(head).map(|format| format.demuxer)
    }

    #[test]
    fn formats_are_known_by_their_content() {
        assert_eq!(demuxer(b"\x89PNG\r\n\x1a\n...."), Some("png_pipe"));
        assert_eq!(demuxer(b"RIFF\0\0\0\0WEBPVP8 "), Some("webp_pipe"));
        assert_eq!(demuxer(b"RIFF\0\0\0\0WAVEfmt "), Some("wav"));
        assert_eq!(demuxer(b"\0\0\0\x20ftypM4A "), Some("mov"));
        assert_eq!(demuxer(b"\xff\xfb\x90\x64"), Some("mp3"));
        assert_eq!(demuxer(b"\xff\xf1\x50\x80"), Some("aac"));
        assert_eq!(demuxer(b"#EXTM3U\nfile:///etc/passwd"), None);
        assert_eq!(demuxer(b"ffconcat version 1.0\n"), None);
        assert_eq!(demuxer(b""), None);
    }

    #[tokio::test]
    async fn probes_a_sound() {
        let tools = Tools::find().expect("ffmpeg is installed");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("odd name, with: 'marks'.dat");
        let mut command = tools.ffmpeg();
        command.args(["-f", "lavfi", "-i", "sine=d=0.5:r=22050", "-f", "wav"]).arg(&path);
        run("ffmpeg", command).await.expect("made");
        let info = probe(&tools, &path).await.expect("probed");
        assert_eq!(info.format, "wav");
        assert!((info.duration_seconds - 0.5).abs() < 1e-3);
        let audio = info.audio.expect("a sound stream");
        assert_eq!((audio.sample_rate, audio.channels), (22050, 1));
        assert!(info.video.is_none());
    }

    #[tokio::test]
    async fn a_flac_is_one_behind_a_tag_too() {
        let tools = Tools::find().expect("ffmpeg is installed");
        let folder = tempfile::tempdir().expect("a folder");
        let (plain, tagged) = (folder.path().join("plain"), folder.path().join("tagged"));
        let mut command = tools.ffmpeg();
        command.args(["-f", "lavfi", "-i", "sine=d=0.5:r=22050", "-f", "flac"]).arg(&plain);
        run("ffmpeg", command).await.expect("made");
        let sound = std::fs::read(&plain).expect("read");
        std::fs::write(&tagged, [&b"ID3\x04\0\0\0\0\x01\x02"[..], &[0; 130], &sound].concat()).expect("written");
        let info = probe(&tools, &tagged).await.expect("probed");
        assert_eq!(info.format, "flac");
        assert!((info.duration_seconds - 0.5).abs() < 1e-3, "{}", info.duration_seconds);
        std::fs::write(&tagged, [&b"ID3\x04\0\0\0\0\x01\x02"[..], &[0; 180], &sound].concat()).expect("written");
        assert_eq!(sniff(&tagged).await.expect("read").map(|format| format.demuxer), Some("flac"));
    }
}
