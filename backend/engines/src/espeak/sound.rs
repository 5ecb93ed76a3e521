//! From espeak-ng's samples to a narration's file: even silences at both ends, a pleasant sound (`voicing.rs`), and WAV.

use std::io::Cursor;

use super::voicing;

/// The silence before the first sound and after the last, in seconds: enough that neither seems cut off. What else
/// belongs between two scenes, the film decides.
const LEAD: f64 = 0.05;
const TAIL: f64 = 0.15;

/// espeak-ng's volume (100 is its normal one): at 100 its loudest vowels are clipped (Mandarin: 0 dBFS).
pub const VOLUME: i32 = 80;

/// espeak-ng's pitch and how far it moves (50 is its normal one for both): a little lower and livelier than it comes, as
/// one tells a story.
pub const PITCH: i32 = 45;
pub const PITCH_RANGE: i32 = 62;

/// The longest narration, an hour: 160 MB. The longest text takes a quarter of that in a language that the voice knows;
/// in another it may be spelled out, letter by letter.
pub const MAX_SECONDS: usize = 3600;

/// A sound that begins or ends in the middle of a wave is faded over so many seconds, or it would click.
const FADE: f64 = 0.004;

/// A narration without its file.
pub struct Finished {
    /// The WAV file: 16 bits, one channel.
    pub wav: Vec<u8>,
    /// Its length in seconds.
    pub duration: f64,
    /// What to add to a time of the synthesis, in seconds, to have it in the file.
    pub shift: f64,
}

/// Makes the file. None where nothing can be heard.
///
/// # Errors
/// Where the sound is too long for a WAV file (4 GiB).
pub fn finish(samples: &[i16], sample_rate: u32) -> Result<Option<Finished>, hound::Error> {
    let peak = samples.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
    // Below −46 dB of the loudest it is silence, or the end of an echo; and what never gets beyond −44 dBFS is no speech.
    let audible = |sample: &i16| sample.unsigned_abs() > (peak / 200).max(16);
    let (Some(first), Some(last)) = (samples.iter().position(audible), samples.iter().rposition(audible)) else {
        return Ok(None);
    };
    if peak < 200 {
        return Ok(None);
    }
    let rate = f64::from(sample_rate);
    let (lead, tail) = (count(LEAD * rate), count(TAIL * rate));
    // Where espeak-ng itself left less silence than is wanted, there is more of it.
    let (missing_lead, start) = (lead.saturating_sub(first), first.saturating_sub(lead));
    let end = (last + 1 + tail).min(samples.len());
    let missing_tail = last + 1 + tail - end;

    let mut speech = voicing::polish(&samples[start..end], sample_rate);
    fade(&mut speech, count(FADE * rate));
    let spec = hound::WavSpec { channels: 1, sample_rate, bits_per_sample: 16, sample_format: hound::SampleFormat::Int };
    let mut wav = Cursor::new(Vec::with_capacity((missing_lead + end - start + missing_tail) * 2 + 44));
    let mut writer = hound::WavWriter::new(&mut wav, spec)?;
    let silence = |count| std::iter::repeat_n(0, count);
    let speech = speech.into_iter().map(to_sample);
    for sample in silence(missing_lead).chain(speech).chain(silence(missing_tail)) {
        writer.write_sample(sample)?;
    }
    let length = writer.duration();
    writer.finalize()?;
    let shift = (as_f64(missing_lead) - as_f64(start)) / rate;
    Ok(Some(Finished { wav: wav.into_inner(), duration: f64::from(length) / rate, shift }))
}

fn fade(speech: &mut [f64], over: usize) {
    let last = speech.len().saturating_sub(1);
    for i in 0..over.min(speech.len() / 2) {
        let gain = as_f64(i) / as_f64(over);
        speech[i] *= gain;
        speech[last - i] *= gain;
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the limiter keeps the loudest sample below full scale")]
fn to_sample(sample: f64) -> i16 {
    (sample * f64::from(i16::MAX)).round() as i16
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a second in samples")]
fn count(samples: f64) -> usize {
    samples.round() as usize
}

/// A count of samples as a number to reckon with.
#[expect(clippy::cast_precision_loss, reason = "samples of a clip: far below 2^52")]
pub fn as_f64(samples: usize) -> f64 {
    samples as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 22_050;

    /// Silence, a tone, silence, in samples.
    fn tone(before: usize, length: usize, after: usize, height: i16) -> Vec<i16> {
        let tone = (0..length).map(|index| if index / 50 % 2 == 0 { height } else { -height });
        std::iter::repeat_n(0, before).chain(tone).chain(std::iter::repeat_n(0, after)).collect()
    }

    #[test]
    fn silences_are_evened_out_at_both_ends() {
        for (before, after) in [(0, 0), (5_000, 300), (200, 40_000)] {
            let finished = finish(&tone(before, 22_050, after, 9_000), RATE).unwrap().unwrap();
            assert!((finished.duration - 1.2).abs() < 0.001, "{}", finished.duration);
            let begins = f64::from(u32::try_from(before).unwrap()) / f64::from(RATE);
            assert!((begins + finished.shift - LEAD).abs() < 0.001, "{}", finished.shift);
        }
    }

    #[test]
    fn soft_and_loud_have_one_level_and_nothing_is_clipped() {
        for height in [3_000, 10_000, i16::MAX] {
            let finished = finish(&tone(100, 22_050, 100, height), RATE).unwrap().unwrap();
            let mut reader = hound::WavReader::new(Cursor::new(finished.wav)).unwrap();
            assert_eq!((reader.spec().channels, reader.spec().sample_rate, reader.spec().bits_per_sample), (1, RATE, 16));
            let samples: Vec<f64> = reader.samples::<i16>().map(|sample| f64::from(sample.unwrap()) / 32_768.0).collect();
            assert!(samples.iter().all(|sample| sample.abs() <= voicing::CEILING + 0.001));
            let loudness = voicing::loudness(&samples, RATE).unwrap();
            assert!((loudness - voicing::LOUDNESS).abs() < 1.0, "{height}: {loudness}");
        }
    }

    #[test]
    fn silence_is_no_narration() {
        assert!(finish(&[], RATE).unwrap().is_none());
        assert!(finish(&[0; 1000], RATE).unwrap().is_none());
        assert!(finish(&tone(10, 1000, 10, 90), RATE).unwrap().is_none());
    }
}
