//! WAV files of 16-bit samples. They are read leniently, since a server that streams does not know how long the sound
//! will be when it writes the head; and written as they should be.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// The longest silence at an end of a sound that is looked for, in seconds.
const LOOKED_AT: f64 = 2.0;
/// What is no louder is silence: −46 dBFS.
const SILENT: u16 = 164;

/// The samples of a sound, in a file: 16 bits, little-endian, channels interleaved.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    file: PathBuf,
    /// Where they begin, and how many bytes they are.
    begin: u64,
    bytes: u64,
    /// Samples a second, of each channel.
    pub rate: u32,
    /// How many channels.
    pub channels: u16,
    /// Whether there are as many as the head says.
    whole: bool,
}

impl Samples {
    /// Those of a WAV file; none where it is no WAV, or its samples are not of 16 bits. A length that cannot be is the end
    /// of the file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of_wav(path: &Path) -> io::Result<Option<Self>> {
        let mut file = BufReader::new(File::open(path)?);
        let end = file.get_ref().metadata()?.len();
        let mut head = [0_u8; 12];
        if file.read_exact(&mut head).is_err() || &head[..4] != b"RIFF" || &head[8..] != b"WAVE" {
            return Ok(None);
        }
        let (mut at, mut format) = (12, None);
        while at + 8 <= end {
            file.seek(SeekFrom::Start(at))?;
            let mut chunk = [0_u8; 8];
            file.read_exact(&mut chunk)?;
            let length = u64::from(u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]));
            let begin = at + 8;
            match (&chunk[..4], format) {
                (b"fmt ", _) => format = read_format(&mut file)?,
                (b"data", Some((rate, channels))) => {
                    // 0 and 2^32 − 1 are what streaming servers write.
                    let whole = length > 0 && begin + length <= end;
                    let bytes = if whole { length } else { end - begin };
                    return Ok(Some(Self { whole, ..Self::new(path, begin, bytes, rate, channels) }));
                }
                (b"data", None) => return Ok(None),
                _ => {}
            }
            at = begin + length + length % 2;
        }
        Ok(None)
    }

    /// Raw ones, which are a whole file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of_raw(path: &Path, rate: u32, channels: u16) -> io::Result<Self> {
        Ok(Self::new(path, 0, std::fs::metadata(path)?.len(), rate, channels))
    }

    fn new(path: &Path, begin: u64, bytes: u64, rate: u32, channels: u16) -> Self {
        let frame = u64::from(channels) * 2;
        Self { file: path.to_owned(), begin, bytes: bytes - bytes % frame, rate, channels, whole: true }
    }

    /// Whether there are as many as the file's head promised.
    #[must_use]
    pub fn whole(&self) -> bool {
        self.whole
    }

    /// How long they last.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let frames = self.bytes / (u64::from(self.channels) * 2);
        #[expect(clippy::cast_precision_loss, reason = "no sound is so long")]
        let frames = frames as f64;
        frames / f64::from(self.rate)
    }

    /// The silence at the beginning and at the end, in seconds; two of them at most.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn silences(&self) -> io::Result<(f64, f64)> {
        let window = self.bytes_of(LOOKED_AT).min(self.bytes);
        let quiet = |bytes: &[u8]| u16::from_le_bytes([bytes[0], bytes[1]]).cast_signed().unsigned_abs() <= SILENT;
        let first = self.read(self.begin, window)?;
        let last = self.read(self.begin + self.bytes - window, window)?;
        let lead = first.chunks_exact(2).take_while(|bytes| quiet(bytes)).count();
        let tail = last.chunks_exact(2).rev().take_while(|bytes| quiet(bytes)).count();
        #[expect(clippy::cast_precision_loss, reason = "two seconds of samples")]
        let seconds = |samples: usize| samples as f64 / f64::from(self.channels) / f64::from(self.rate);
        Ok((seconds(lead), seconds(tail)))
    }

    fn read(&self, from: u64, bytes: u64) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.file)?;
        file.seek(SeekFrom::Start(from))?;
        let mut read = Vec::new();
        file.take(bytes).read_to_end(&mut read)?;
        Ok(read)
    }

    /// So many seconds in bytes, whole frames.
    fn bytes_of(&self, seconds: f64) -> u64 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds of samples")]
        let frames = (seconds.max(0.0) * f64::from(self.rate)).round() as u64;
        frames * u64::from(self.channels) * 2
    }
}

/// The rate and the channels of 16-bit samples; none of others.
fn read_format(file: &mut impl Read) -> io::Result<Option<(u32, u16)>> {
    let mut format = [0_u8; 16];
    match file.read_exact(&mut format) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let word = |at: usize| u16::from_le_bytes([format[at], format[at + 1]]);
    let rate = u32::from_le_bytes([format[4], format[5], format[6], format[7]]);
    // Plain samples; or "extensible", which says so further on and is the same where there are no more than two channels.
    let plain = matches!(word(0), 1 | 0xfffe) && word(14) == 16;
    Ok((plain && (1..=2).contains(&word(2)) && (4000..=192_000).contains(&rate)).then(|| (rate, word(2))))
}

/// Writes a file of sounds one after the other, with so many seconds of silence after each but the last. Answers how long
/// each is with its silence; none where they are not all of one rate and as many channels.
///
/// # Errors
/// When a file cannot be read or written.
pub fn join(sounds: &[Samples], pauses: &[f64], to: &Path) -> io::Result<Option<Vec<f64>>> {
    let Some(first) = sounds.first() else { return Ok(None) };
    if sounds.iter().any(|sound| (sound.rate, sound.channels) != (first.rate, first.channels)) {
        return Ok(None);
    }
    let pause = |index: usize| if index + 1 < sounds.len() { pauses.get(index).copied().unwrap_or_default() } else { 0.0 };
    let silences: Vec<u64> = (0..sounds.len()).map(|index| first.bytes_of(pause(index))).collect();
    let bytes = sounds.iter().map(|sound| sound.bytes).chain(silences.iter().copied()).sum::<u64>();
    let bytes = u32::try_from(bytes).ok().filter(|bytes| bytes.checked_add(36).is_some());
    let Some(bytes) = bytes else { return Err(io::Error::other("longer than a WAV file can be")) };
    let mut out = BufWriter::new(File::create(to)?);
    out.write_all(&head(first.rate, first.channels, bytes))?;
    for (sound, silence) in sounds.iter().zip(&silences) {
        let mut file = File::open(&sound.file)?;
        file.seek(SeekFrom::Start(sound.begin))?;
        io::copy(&mut file.take(sound.bytes), &mut out)?;
        io::copy(&mut io::repeat(0).take(*silence), &mut out)?;
    }
    out.flush()?;
    Ok(Some((0..sounds.len()).map(|index| sounds[index].seconds() + pause(index)).collect()))
}

fn head(rate: u32, channels: u16, bytes: u32) -> [u8; 44] {
    let mut head = *b"RIFF    WAVEfmt \x10\0\0\0\x01\0            \x10\0data    ";
    head[4..8].copy_from_slice(&(bytes + 36).to_le_bytes());
    head[22..24].copy_from_slice(&channels.to_le_bytes());
    head[24..28].copy_from_slice(&rate.to_le_bytes());
    head[28..32].copy_from_slice(&(rate * u32::from(channels) * 2).to_le_bytes());
    head[32..34].copy_from_slice(&(channels * 2).to_le_bytes());
    head[40..44].copy_from_slice(&bytes.to_le_bytes());
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone with silence around it, as raw samples of one channel at 8 kHz.
    fn raw(lead: usize, tone: usize, tail: usize) -> Vec<u8> {
        let quiet = |count| std::iter::repeat_n(0_i16, count);
        let tone = (0..tone).map(|index| if index % 40 < 20 { 9000 } else { -9000 });
        quiet(lead).chain(tone).chain(quiet(tail)).flat_map(i16::to_le_bytes).collect()
    }

    fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    #[test]
    fn what_a_streaming_server_writes_becomes_a_file_as_it_should_be() {
        let folder = tempfile::tempdir().unwrap();
        let samples = raw(0, 8000, 0);
        for length in [0, u32::MAX, u32::MAX - 36] {
            let mut wav = head(8000, 1, 16_000).to_vec();
            wav[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
            wav[40..44].copy_from_slice(&length.to_le_bytes());
            // A chunk that says who made it, before the samples.
            wav.splice(36..36, b"LIST\x04\0\0\0INFO".iter().copied());
            wav.extend_from_slice(&samples);
            let read = Samples::of_wav(&written(folder.path(), "streamed.wav", &wav)).unwrap().unwrap();
            assert!((read.seconds() - 1.0).abs() < 1e-9 && !read.whole(), "{read:?}");
            let to = folder.path().join("whole.wav");
            join(&[read], &[], &to).unwrap().unwrap();
            assert!(Samples::of_wav(&to).unwrap().unwrap().whole());
            let reader = hound::WavReader::open(&to).unwrap();
            assert_eq!((reader.duration(), reader.spec().sample_rate, reader.spec().channels), (8000, 8000, 1));
        }
    }

    #[test]
    fn sounds_are_joined_with_the_silence_that_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let one = Samples::of_raw(&written(folder.path(), "one", &raw(800, 4000, 1600)), 8000, 1).unwrap();
        let (lead, tail) = one.silences().unwrap();
        assert!((lead - 0.1).abs() < 1e-9 && (tail - 0.2).abs() < 1e-9, "{lead} {tail}");
        let to = folder.path().join("both.wav");
        let lengths = join(&[one.clone(), one.clone()], &[0.25], &to).unwrap().unwrap();
        assert_eq!(lengths, [0.8 + 0.25, 0.8]);
        assert_eq!(hound::WavReader::open(&to).unwrap().duration(), 12_800 + 2000);
        let other = Samples { rate: 16_000, ..one.clone() };
        assert_eq!(join(&[one, other], &[0.0], &to).unwrap(), None);
    }

    #[test]
    fn what_is_no_wav_of_16_bits_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mut eight_bits = head(8000, 1, 4).to_vec();
        eight_bits[34] = 8;
        for bytes in [&b"RIFF"[..], b"ID3\x04", &eight_bits, &head(8000, 1, 4)[..30]] {
            let read = Samples::of_wav(&written(folder.path(), "other", bytes));
            assert!(!matches!(read, Ok(Some(_))), "{read:?}");
        }
    }
}
