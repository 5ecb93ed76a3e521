//! A guess of the time that is left, once it can be believed.

use yew::prelude::*;

use crate::clock;

/// The guess, where it agrees with the one before on when the end will be; one that jumps says nothing.
#[hook]
pub fn use_steady(remaining: Option<f64>) -> Option<f64> {
    let before = use_mut_ref(|| f64::NAN);
    *use_memo(remaining, move |remaining| {
        let left = (*remaining)?;
        let end = clock::milliseconds() / 1000.0 + left;
        agrees(before.replace(end), end, left).then_some(left)
    })
}

/// Whether two ends are the same for somebody who has so many seconds to wait.
fn agrees(before: f64, end: f64, left: f64) -> bool {
    (end - before).abs() <= (left * 0.2).max(5.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_that_jumps_is_not_believed() {
        assert!(!agrees(f64::NAN, 100.0, 60.0), "the first one");
        assert!(agrees(110.0, 100.0, 60.0) && agrees(95.0, 100.0, 2.0));
        assert!(!agrees(100.0, 160.0, 90.0), "the end is put off");
        assert!(!agrees(160.0, 100.0, 30.0), "the end has come near");
    }
}
