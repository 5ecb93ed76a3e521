//! A look-ahead limiter for stereo that minds the peaks between samples (true peak, ITU-R BS.1770).
//!
//! The gain is the smallest that any of the next 5 ms needs, averaged over those 5 ms: it is down
//! before a peak comes, and never steps.

use std::collections::VecDeque;
use std::f64::consts::PI;

/// Samples that the limiter looks ahead, and so delays: 5 ms at 48 kHz.
pub const LOOK_AHEAD: usize = 240;
/// Share of the way back to full gain for each sample: some 90 ms to recover by two thirds.
const RELEASE: f32 = 1.0 / (0.09 * 48_000.0);
/// Samples on either side that a value between samples is worked out from.
const REACH: usize = 6;
/// Values worked out between two samples.
const BETWEEN: usize = 3;

pub struct Limiter {
    ceiling: f32,
    taps: [[f32; 2 * REACH]; BETWEEN],
    /// The newest `2 × REACH` samples, newest last.
    recent: VecDeque<[f32; 2]>,
    /// Samples on their way through, oldest first.
    delayed: VecDeque<[f32; 2]>,
    /// Needed gains of the look-ahead that could still be its minimum, with their times.
    lowest: VecDeque<(u64, f32)>,
    time: u64,
    released: f32,
    window: VecDeque<f32>,
    sum: f64,
}

impl Limiter {
    /// `ceiling_db`: the highest true peak let through, in dBFS.
    #[must_use]
    pub fn new(ceiling_db: f64) -> Self {
        Self {
            ceiling: 10_f64.powf(ceiling_db / 20.0) as f32,
            taps: taps(),
            recent: VecDeque::from(vec![[0.0; 2]; 2 * REACH]),
            delayed: VecDeque::from(vec![[0.0; 2]; Self::delay()]),
            lowest: VecDeque::new(),
            time: 0,
            released: 1.0,
            window: VecDeque::from(vec![1.0; LOOK_AHEAD]),
            sum: LOOK_AHEAD as f64,
        }
    }

    /// Samples by which what comes out is behind what goes in.
    #[must_use]
    pub const fn delay() -> usize {
        LOOK_AHEAD + REACH
    }

    /// One sample in, one (of [`Limiter::delay`] samples ago) out.
    pub fn step(&mut self, sample: [f32; 2]) -> [f32; 2] {
        self.recent.pop_front();
        self.recent.push_back(sample);
        self.delayed.push_back(sample);
        let peak = self.peak();
        let needed = if peak > self.ceiling { self.ceiling / peak } else { 1.0 };
        while self.lowest.back().is_some_and(|(_, gain)| *gain >= needed) {
            self.lowest.pop_back();
        }
        self.lowest.push_back((self.time, needed));
        while self.lowest.front().is_some_and(|(time, _)| time + (LOOK_AHEAD as u64) < self.time) {
            self.lowest.pop_front();
        }
        self.time += 1;
        let lowest = self.lowest.front().map_or(1.0, |(_, gain)| *gain);
        self.released = lowest.min(self.released + (1.0 - self.released) * RELEASE);
        self.window.push_back(self.released);
        self.sum += f64::from(self.released) - f64::from(self.window.pop_front().unwrap_or(1.0));
        let gain = (self.sum / LOOK_AHEAD as f64) as f32;
        let [left, right] = self.delayed.pop_front().unwrap_or_default();
        [left * gain, right * gain]
    }

    /// The largest value at the sample `REACH` ago and between it and the next.
    fn peak(&self) -> f32 {
        let (front, back) = self.recent.as_slices();
        let samples = || front.iter().chain(back);
        let around = samples().fold(0.0_f32, |peak, [left, right]| peak.max(left.abs()).max(right.abs()));
        // Between samples a wave stands hardly ever twice as high as at them: the quiet rest is not worked out.
        if around * 2.0 < self.ceiling {
            return around;
        }
        let middle = self.recent[REACH - 1];
        let mut peak = middle[0].abs().max(middle[1].abs());
        for taps in &self.taps {
            let (mut left, mut right) = (0.0, 0.0);
            for (tap, sample) in taps.iter().zip(samples()) {
                left += tap * sample[0];
                right += tap * sample[1];
            }
            peak = peak.max(left.abs()).max(right.abs());
        }
        peak
    }
}

/// A windowed sinc at a quarter, a half and three quarters of the way to the next sample.
fn taps() -> [[f32; 2 * REACH]; BETWEEN] {
    let mut all = [[0.0; 2 * REACH]; BETWEEN];
    for (step, taps) in all.iter_mut().enumerate() {
        let fraction = (step + 1) as f64 / (BETWEEN + 1) as f64;
        for (index, tap) in taps.iter_mut().enumerate() {
            let x = index as f64 - (REACH as f64 - 1.0) - fraction;
            let sinc = if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) };
            let window = 0.5 + 0.5 * (PI * x / (REACH as f64 + 0.5)).cos();
            *tap = (sinc * window) as f32;
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_come_down_and_quiet_sound_passes_unchanged() {
        let mut limiter = Limiter::new(-1.5);
        // A sine at a quarter of the rate whose samples miss its crests: 3 dB more than they show.
        let wave = |n: u32| (f64::from(n) * PI / 2.0 + PI / 4.0).sin() as f32 * if n < 24_000 { 0.3 } else { 1.0 };
        let input: Vec<f32> = (0..48_000).map(wave).collect();
        let output: Vec<f32> = input.iter().map(|&s| limiter.step([s, -s])[0]).collect();
        for n in 1000..20_000 {
            assert!((output[n] - input[n - Limiter::delay()]).abs() < 1e-6);
        }
        let samples = output[25_000..].iter().fold(0.0_f32, |peak, s| peak.max(s.abs()));
        let true_peak = 20.0 * (f64::from(samples) * 2_f64.sqrt()).log10();
        assert!((-2.2..=-1.4).contains(&true_peak), "{true_peak}");
    }
}
