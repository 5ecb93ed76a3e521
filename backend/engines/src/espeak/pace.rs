//! How fast: from the studio's speed (1 is a narrator's pace) to espeak-ng's own settings.
//!
//! espeak-ng's rate is called words a minute but is not (at 175 it says 200 English words), and one rate is another pace
//! in each language. The narrator here is the calm one whose pace the studio's estimates of length assume: about 150
//! English words a minute, pauses included. All figures were measured with espeak-ng 1.51.

/// espeak-ng's settings for a pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Its rate.
    pub rate: i32,
    /// Its gap between words, in 10 ms at its normal rate.
    pub gap: i32,
}

/// The settings for `speed` (0.5 to 2; beyond is cut off) in the language of a voice (`en-us`, `cmn`).
pub fn pace(voice: &str, speed: f64) -> Pace {
    let speed = if speed.is_finite() { speed.clamp(0.5, 2.0) } else { 1.0 };
    let pace = speed * narrator(voice);
    let (slowest, fastest) = (CURVE[0], CURVE[CURVE.len() - 1]);
    if pace < slowest.1 {
        // It speaks no slower than this: longer gaps do the rest, each some 0.02 of the pace.
        return Pace { rate: slowest.0, gap: round((slowest.1 - 0.02 - pace) / 0.02).clamp(0, 8) };
    }
    let rate = match CURVE.windows(2).find(|pair| pace <= pair[1].1) {
        Some(pair) => {
            let (low, high) = (pair[0], pair[1]);
            f64::from(low.0) + f64::from(high.0 - low.0) * (pace - low.1) / (high.1 - low.1)
        }
        // From here on espeak-ng speaks at a fixed pace and has its sound sped up: the rate is in proportion.
        None => f64::from(fastest.0) * pace / fastest.1,
    };
    Pace { rate: round(rate), gap: 0 }
}

/// (rate, how many times as fast as at 140), the mean of 14 languages, which differ little.
const CURVE: &[(i32, f64)] = &[
    (80, 0.595),
    (90, 0.64),
    (100, 0.705),
    (110, 0.775),
    (120, 0.85),
    (130, 0.925),
    (140, 1.0),
    (150, 1.07),
    (160, 1.145),
    (175, 1.255),
    (200, 1.435),
    (225, 1.61),
    (250, 1.78),
    (300, 2.10),
    (350, 2.42),
    (400, 2.72),
    (450, 3.17),
];

/// How many times as fast as its rate of 140 a voice has to speak for a narrator's pace.
///
/// The first article of the Universal Declaration of Human Rights in each language, against the studio's estimate of
/// its length. Languages not named here were within a tenth, or were not measured.
fn narrator(voice: &str) -> f64 {
    match voice.split('-').next().unwrap_or_default() {
        "th" => 1.45,
        // Every syllable is spoken on its own, with a whole tone.
        "cmn" => 1.4,
        "tr" => 1.25,
        "yue" | "ko" | "ja" | "fi" | "pl" => 1.2,
        "bn" => 1.15,
        "pt" | "sv" | "nl" => 1.1,
        "fr" => 0.87,
        _ => 0.98,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a rate or a gap of at most four digits")]
fn round(value: f64) -> i32 {
    value.round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faster_is_a_higher_rate_and_slower_a_lower_one() {
        for voice in ["en-us", "cmn", "fr-fr", "tr"] {
            let rates: Vec<_> = (10..=40).map(|step| pace(voice, f64::from(step) / 20.0)).collect();
            assert!(rates.is_sorted_by(|a, b| (a.rate, -a.gap) <= (b.rate, -b.gap)), "{voice}: {rates:?}");
        }
        assert_eq!(pace("en-us", 1.0), Pace { rate: 137, gap: 0 });
        assert!(pace("cmn", 2.0).rate > 350);
    }

    #[test]
    fn beyond_the_limits_and_nonsense_are_cut_off() {
        assert_eq!(pace("de", 9.0), pace("de", 2.0));
        assert_eq!(pace("de", 0.0), pace("de", 0.5));
        assert_eq!(pace("de", f64::NAN), pace("de", 1.0));
        assert!(pace("de", 0.5).gap > 0);
    }
}
