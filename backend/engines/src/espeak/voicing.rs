//! Makes espeak-ng's sound pleasant: an equaliser that takes off its buzz and gives it some body, a light compressor, and
//! a level that is the same for every narration, with a limiter so that nothing is clipped.
//!
//! The figures were set beside espeak-ng 1.51's default English, German, French and Mandarin: its formants are strong
//! from 2 to 5 kHz, and its crest is some 16 dB.

use std::f64::consts::PI;

use ebur128::{EbuR128, Mode};

/// The loudness of a narration, in LUFS, measured as one channel.
pub const LOUDNESS: f64 = -15.0;
/// The highest sample, −2 dBFS, so that between the samples and after an encoder it stays below −1 dBTP.
pub const CEILING: f64 = 0.79;

/// The compressor: above this (dBFS, of a sound that was first brought to [`LOUDNESS`]) …
const THRESHOLD: f64 = -20.0;
/// … so many decibels become one, …
const RATIO: f64 = 2.2;
/// … with a knee this wide around it.
const KNEE: f64 = 8.0;
const ATTACK: f64 = 0.006;
const RELEASE: f64 = 0.14;
/// How far the limiter looks ahead, and how slowly it lets go, in seconds.
const LOOK_AHEAD: f64 = 0.004;
const LET_GO: f64 = 0.08;
/// The most that a sound is raised in all, 15 dB: what is softer is no speech.
const MOST_GAIN: f64 = 5.6;

/// The sound made pleasant, from −1 to 1, as long as it was and with nothing shifted.
pub fn polish(samples: &[i16], rate: u32) -> Vec<f64> {
    let mut sound: Vec<f64> = samples.iter().map(|&sample| f64::from(sample) / 32_768.0).collect();
    let hertz = f64::from(rate);
    for filter in [
        // Below a voice there is only rumble.
        Biquad::high_pass(70.0, 0.707, hertz),
        Biquad::peak(190.0, 0.9, 2.0, hertz),
        // The box, the buzz and the hiss.
        Biquad::peak(480.0, 1.1, -1.5, hertz),
        Biquad::peak(3_100.0, 0.8, -3.5, hertz),
        Biquad::high_shelf(6_500.0, -3.0, hertz),
    ] {
        filter.run(&mut sound);
    }
    to_loudness(&mut sound, rate);
    compress(&mut sound, hertz);
    // What the limiter takes, a second round gives back.
    for _ in 0..2 {
        to_loudness(&mut sound, rate);
        limit(&mut sound, hertz);
    }
    sound
}

/// Brings it to [`LOUDNESS`]; what is too short to be measured (under 0.4 s) by its mean power.
fn to_loudness(sound: &mut [f64], rate: u32) {
    let Some(loudness) = loudness(sound, rate) else { return };
    let gain = 10_f64.powf((LOUDNESS - loudness) / 20.0).min(MOST_GAIN);
    for sample in sound {
        *sample *= gain;
    }
}

/// Loudness in LUFS; None of silence.
pub fn loudness(sound: &[f64], rate: u32) -> Option<f64> {
    let measured = EbuR128::new(1, rate, Mode::I).ok().and_then(|mut meter| {
        meter.add_frames_f64(sound).ok()?;
        meter.loudness_global().ok()
    });
    measured.filter(|loudness| loudness.is_finite()).or_else(|| {
        let loud: Vec<f64> = sound.iter().map(|sample| sample * sample).filter(|power| *power > 1e-6).collect();
        let count = super::sound::as_f64(loud.len());
        (count > 0.0).then(|| 10.0 * (loud.iter().sum::<f64>() / count).log10() - 0.7)
    })
}

/// Makes loud syllables softer, so that soft ones are heard beside them.
fn compress(sound: &mut [f64], hertz: f64) {
    let (attack, release) = (smoothing(ATTACK, hertz), smoothing(RELEASE, hertz));
    let mut level = 0.0_f64;
    for sample in sound {
        let power = *sample * *sample;
        let slow = if power > level { attack } else { release };
        level = slow * level + (1.0 - slow) * power;
        let decibels = 10.0 * level.max(1e-10).log10();
        *sample *= 10_f64.powf(reduction(decibels) / 20.0);
    }
}

/// What a level is lowered by, in decibels (0 or less).
fn reduction(decibels: f64) -> f64 {
    let over = decibels - THRESHOLD;
    let slope = 1.0 / RATIO - 1.0;
    if over <= -KNEE / 2.0 {
        0.0
    } else if over < KNEE / 2.0 {
        slope * (over + KNEE / 2.0).powi(2) / (2.0 * KNEE)
    } else {
        slope * over
    }
}

/// Keeps every sample below [`CEILING`]: the gain falls before a peak comes, and rises slowly after it.
fn limit(sound: &mut [f64], hertz: f64) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundred samples")]
    let ahead = (LOOK_AHEAD * hertz).round().max(1.0) as usize;
    let wanted: Vec<f64> = sound.iter().map(|sample| (CEILING / sample.abs().max(1e-9)).min(1.0)).collect();
    let let_go = smoothing(LET_GO, hertz);
    // The lowest of what is wanted within the look-ahead, with a ramp down to it: linear, so that it is there in time.
    let mut gain = 1.0_f64;
    let mut lowest: std::collections::VecDeque<usize> = std::collections::VecDeque::new();
    let mut next = 0;
    for i in 0..sound.len() {
        while next < sound.len() && next <= i + ahead {
            while lowest.back().is_some_and(|&last| wanted[last] >= wanted[next]) {
                lowest.pop_back();
            }
            lowest.push_back(next);
            next += 1;
        }
        while lowest.front().is_some_and(|&first| first < i) {
            lowest.pop_front();
        }
        let (target, left) = lowest.front().map_or((1.0, 1), |&at| (wanted[at], at - i));
        if target < gain {
            gain -= (gain - target) / super::sound::as_f64(left + 1);
        } else {
            gain = let_go * gain + (1.0 - let_go) * target;
        }
        // The ramp is aimed at the lowest; one that is nearer and higher still holds.
        gain = gain.min(wanted[i]);
        sound[i] *= gain;
    }
}

fn smoothing(seconds: f64, hertz: f64) -> f64 {
    (-1.0 / (seconds * hertz)).exp()
}

/// A filter of second order, by R. Bristow-Johnson's cookbook.
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
}

impl Biquad {
    fn new(b: [f64; 3], a: [f64; 3]) -> Self {
        Self { b: b.map(|b| b / a[0]), a: [a[1] / a[0], a[2] / a[0]] }
    }

    fn high_pass(at: f64, q: f64, hertz: f64) -> Self {
        let (cos, alpha) = angle(at, q, hertz);
        let edge = f64::midpoint(1.0, cos);
        Self::new([edge, -(1.0 + cos), edge], [1.0 + alpha, -2.0 * cos, 1.0 - alpha])
    }

    fn peak(at: f64, q: f64, decibels: f64, hertz: f64) -> Self {
        let (cos, alpha) = angle(at, q, hertz);
        let amount = 10_f64.powf(decibels / 40.0);
        Self::new([1.0 + alpha * amount, -2.0 * cos, 1.0 - alpha * amount], [1.0 + alpha / amount, -2.0 * cos, 1.0 - alpha / amount])
    }

    fn high_shelf(at: f64, decibels: f64, hertz: f64) -> Self {
        let (cos, alpha) = angle(at, 0.707, hertz);
        let a = 10_f64.powf(decibels / 40.0);
        let root = 2.0 * a.sqrt() * alpha;
        let (up, down) = (a + 1.0, a - 1.0);
        Self::new(
            [a * (up + down * cos + root), -2.0 * a * (down + up * cos), a * (up + down * cos - root)],
            [up - down * cos + root, 2.0 * (down - up * cos), up - down * cos - root],
        )
    }

    fn run(&self, sound: &mut [f64]) {
        let (mut one, mut two) = (0.0, 0.0);
        for sample in sound {
            let out = self.b[0] * *sample + one;
            one = self.b[1] * *sample - self.a[0] * out + two;
            two = self.b[2] * *sample - self.a[1] * out;
            *sample = out;
        }
    }
}

fn angle(at: f64, q: f64, hertz: f64) -> (f64, f64) {
    // A voice of a low rate has no such height: the filter moves below its end.
    let turn = 2.0 * PI * at.min(hertz * 0.45) / hertz;
    (turn.cos(), turn.sin() / (2.0 * q))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 22_050;

    fn tone(hertz: f64, seconds: f64, height: f64) -> Vec<i16> {
        let count = (seconds * f64::from(RATE)) as usize;
        (0..count).map(|i| (height * 32_767.0 * (2.0 * PI * hertz * i as f64 / f64::from(RATE)).sin()) as i16).collect()
    }

    #[test]
    fn loud_and_soft_come_out_at_one_level() {
        for height in [0.15, 0.4, 0.95] {
            let sound = polish(&tone(220.0, 2.0, height), RATE);
            let loudness = loudness(&sound, RATE).unwrap();
            assert!((loudness - LOUDNESS).abs() < 0.5, "{height}: {loudness}");
        }
    }

    #[test]
    fn no_sample_is_above_the_ceiling_and_none_jumps() {
        // Soft speech with one loud click of a syllable in it.
        let mut samples = tone(200.0, 1.0, 0.08);
        samples.extend(tone(200.0, 0.03, 1.0));
        samples.extend(tone(200.0, 1.0, 0.08));
        let sound = polish(&samples, RATE);
        assert_eq!(sound.len(), samples.len());
        assert!(sound.iter().all(|sample| sample.abs() <= CEILING + 1e-9));
        let steepest = sound.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max);
        assert!(steepest < 0.12, "{steepest}: a click");
    }

    #[test]
    fn silence_stays_silent() {
        assert!(polish(&[0; 4000], RATE).iter().all(|sample| sample.abs() < 1e-9));
        assert!(polish(&[], RATE).is_empty());
    }

    #[test]
    fn it_takes_off_the_buzz_and_keeps_the_voice() {
        let through = |hertz: f64| {
            let mut sound: Vec<f64> = tone(hertz, 0.5, 0.5).iter().map(|&s| f64::from(s) / 32_768.0).collect();
            Biquad::peak(3_100.0, 0.8, -3.5, 22_050.0).run(&mut sound);
            sound[5000..].iter().map(|sample| sample.abs()).fold(0.0, f64::max) / 0.5
        };
        assert!((through(3_100.0) - 0.668).abs() < 0.02, "{}", through(3_100.0));
        assert!((through(200.0) - 1.0).abs() < 0.02, "{}", through(200.0));
    }
}
