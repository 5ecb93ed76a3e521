//! Randomness that never changes: the same seed gives the same card in every version of every library.

/// SplitMix64 (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    pub fn unit(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u32 << 24) as f32
    }

    /// In [from, to).
    pub fn between(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.unit()
    }

    /// In 0..count; 0 where count is 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.next() >> 32) as usize * count) >> 32
    }

    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    pub fn sign(&mut self) -> f32 {
        if self.chance(0.5) { 1.0 } else { -1.0 }
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        from.get(self.below(from.len())).copied()
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// FNV-1a: a seed from words.
pub(super) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3))
}

/// A smooth curve through random heights: fractal value noise, about −1 to 1, one unit long per bump.
pub(super) fn noise(seed: u64, x: f32, octaves: u32) -> f32 {
    let (mut sum, mut scale, mut total, mut x) = (0.0, 1.0, 0.0, x);
    for octave in 0..octaves {
        let cell = x.floor();
        let at = |offset: i64| {
            let key = seed ^ (cell as i64 + offset).wrapping_mul(0x5851_F42D_4C95_7F2D).cast_unsigned() ^ (u64::from(octave) << 56);
            Random::new(key).unit() * 2.0 - 1.0
        };
        let t = x - cell;
        let eased = t * t * (3.0 - 2.0 * t);
        sum += (at(0) + (at(1) - at(0)) * eased) * scale;
        total += scale;
        scale *= 0.5;
        x = x * 2.0 + 17.3;
    }
    sum / total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_stay() {
        let mut random = Random::new(1);
        assert_eq!(random.next(), 0x910A_2DEC_8902_5CC1);
        assert_eq!(hash("a"), 0xAF63_DC4C_8601_EC8C);
        assert!((0..1000).all(|_| random.below(7) < 7 && (0.0..1.0).contains(&random.unit())));
    }
}
