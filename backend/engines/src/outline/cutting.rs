//! Cuts a row of pieces into scenes so that the whole costs least: lengths near their aim, cuts where the text itself
//! pauses. Dynamic programming over the places between pieces; greedy filling would end on a scrap, or in the middle
//! of a thought because the one before was short.

use std::ops::Range;

use super::pieces::{LONGEST, Piece, SHORTEST};

/// What a film's scenes should be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aim {
    /// So many, at most as many as there are pieces, and about as long as each other.
    Count(usize),
    /// Each about so many seconds long.
    Seconds(f64),
}

/// Scenes between these lengths, in seconds of speech, read well.
pub const COMFORTABLE: Range<f64> = 6.0..15.0;

/// The scenes of `pieces`, as ranges that cover them without gaps.
pub fn cut(pieces: &[Piece], aim: Aim) -> Vec<Range<usize>> {
    let row = Row::of(pieces);
    let starts = match aim {
        Aim::Count(count) => {
            let count = count.clamp(1, pieces.len().max(1));
            exactly(&row, count, NEAR).or_else(|| exactly(&row, count, FAR)).unwrap_or_else(|| vec![0])
        }
        Aim::Seconds(seconds) => freely(&row, seconds),
    };
    let ends = starts.iter().copied().skip(1).chain([pieces.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// The row in sums, so that any stretch of it is priced by a few additions.
struct Row {
    /// Seconds at which a scene begins that begins with each piece. Headings that it begins with are its title, not
    /// spoken, so that it begins after them.
    begin: Vec<f64>,
    /// Seconds at which a scene ends that ends before each piece: the pause after its last word is not its own.
    end: Vec<f64>,
    /// What it costs to cut before each piece, less the costs of keeping all places up to there …
    cut: Vec<f64>,
    /// … and the costs of keeping all places before each piece, so that their sum is what a scene's places cost.
    kept: Vec<f64>,
}

impl Row {
    fn of(pieces: &[Piece]) -> Self {
        let n = pieces.len();
        let (mut begin, mut end, mut cut, mut kept) = (vec![0.0; n + 1], vec![0.0; n + 1], vec![0.0; n + 1], vec![0.0; n + 1]);
        let mut seconds = 0.0;
        for (i, piece) in pieces.iter().enumerate() {
            begin[i] = seconds;
            seconds += piece.seconds + piece.pause;
            end[i + 1] = seconds - piece.pause;
            kept[i + 1] = kept[i] + piece.before.keep;
            cut[i] = if i == 0 { 0.0 } else { piece.before.cut - kept[i + 1] };
        }
        begin[n] = seconds;
        for i in (0..n).rev().filter(|&i| pieces[i].is_heading) {
            begin[i] = begin[i + 1];
        }
        Self { begin, end, cut, kept }
    }

    fn len(&self) -> usize {
        self.end.len() - 1
    }

    /// Seconds of a scene.
    fn length(&self, from: usize, to: usize) -> f64 {
        (self.end[to] - self.begin[from]).max(0.0)
    }

    /// What the places cost that a scene cuts (before it) and keeps (inside it).
    fn places(&self, from: usize, to: usize) -> f64 {
        self.cut[from] + self.kept[to]
    }
}

/// Scenes of about `aim` seconds, as many as it takes: where each begins.
fn freely(row: &Row, aim: f64) -> Vec<usize> {
    let n = row.len();
    let mut best = vec![f64::INFINITY; n + 1];
    let mut start = vec![0; n + 1];
    best[0] = 0.0;
    for to in 1..=n {
        for from in (0..to).rev() {
            let seconds = row.length(from, to);
            if seconds > 2.0 * LONGEST && from + 1 < to {
                break;
            }
            let cost = best[from] + row.places(from, to) + free_length_cost(seconds, aim);
            if cost < best[to] {
                best[to] = cost;
                start[to] = from;
            }
        }
    }
    trace(n, |to| start[to])
}

/// How far the search for an exact count looks, in mean lengths of a scene: what keeps long texts fast.
#[derive(Clone, Copy)]
struct Reach {
    /// The longest scene, unless it is one piece.
    scene: f64,
    /// How far a scene may stand from where it would if all were equally long.
    drift: f64,
}

const NEAR: Reach = Reach { scene: 3.0, drift: 6.0 };
const FAR: Reach = Reach { scene: f64::INFINITY, drift: f64::INFINITY };

/// Exactly `count` scenes (at most as many as pieces): where each begins. None where the reach was too short, as it may
/// be where one piece is longer than many scenes.
fn exactly(row: &Row, count: usize, reach: Reach) -> Option<Vec<usize>> {
    let n = row.len();
    #[expect(clippy::cast_precision_loss, reason = "at most a few hundred scenes")]
    let (aim, drift) = (row.length(0, n) / count as f64, reach.drift);
    let bounded = (SHORTEST * 1.2..LONGEST * 0.9).contains(&aim);
    let mut best = vec![f64::INFINITY; n + 1];
    best[0] = 0.0;
    let mut starts: Vec<Vec<u32>> = Vec::with_capacity(count);
    let mut ends = (0, 0);
    for scene in 1..=count {
        #[expect(clippy::cast_precision_loss, reason = "at most a few hundred scenes")]
        let place = scene as f64;
        let near = |seconds: f64| (seconds / aim - place).abs() <= drift || scene == count;
        let mut next = vec![f64::INFINITY; n + 1];
        let mut start = vec![u32::MAX; n + 1];
        let before = ends;
        ends = (n, scene);
        for to in (scene.max(before.0 + 1)..=n - (count - scene)).filter(|&to| near(row.end[to])) {
            for from in (before.0.max(scene - 1)..to.min(before.1 + 1)).rev() {
                let seconds = row.length(from, to);
                if seconds > reach.scene * aim && from + 1 < to {
                    break;
                }
                let cost = best[from] + row.places(from, to) + exact_length_cost(seconds, aim, bounded);
                if cost < next[to] {
                    next[to] = cost;
                    start[to] = u32::try_from(from).ok()?;
                }
            }
            ends = (ends.0.min(to), ends.1.max(to));
        }
        best = next;
        starts.push(start);
    }
    if !best[n].is_finite() {
        return None;
    }
    let mut scene = count;
    Some(trace(n, |to| {
        scene -= 1;
        starts[scene][to] as usize
    }))
}

fn trace(n: usize, mut start_of: impl FnMut(usize) -> usize) -> Vec<usize> {
    let mut begins = Vec::new();
    let mut to = n;
    while to > 0 {
        to = start_of(to);
        begins.push(to);
    }
    begins.reverse();
    begins
}

fn free_length_cost(seconds: f64, aim: f64) -> f64 {
    let over = (seconds - COMFORTABLE.end).max(0.0) / 2.5;
    let under = (COMFORTABLE.start - seconds).max(0.0) / 3.0;
    ((seconds - aim) / aim).powi(2) + over.powi(2) + under.powi(2) + out_of_bounds(seconds)
}

/// Far from the comfortable lengths (not `bounded`) the asked number of scenes has decided, and bounds would only
/// distort.
fn exact_length_cost(seconds: f64, aim: f64, bounded: bool) -> f64 {
    let bounds = if bounded { out_of_bounds(seconds) } else { 0.0 };
    let off = (seconds - aim) / aim.max(0.01);
    2.5 * off * off + bounds
}

fn out_of_bounds(seconds: f64) -> f64 {
    let too_long = if seconds > LONGEST { 12.0 + seconds - LONGEST } else { 0.0 };
    let too_short = if seconds < SHORTEST { 8.0 } else { 0.0 };
    too_long + too_short
}

#[cfg(test)]
mod tests {
    use super::{
        super::pieces::{Boundary, Joint},
        *,
    };

    fn row(seconds: &[f64]) -> Vec<Piece> {
        let before = Boundary { cut: 0.35, keep: 0.0, quoted: false, joint: Joint::Space };
        seconds.iter().map(|&seconds| Piece { text: "x".into(), seconds, pause: 0.0, is_heading: false, before }).collect()
    }

    #[test]
    fn no_scrap_is_left_at_the_end() {
        // Greedy filling up to 15 s would leave the last one alone.
        let scenes = cut(&row(&[5.0, 5.0, 5.0, 5.0, 2.5]), Aim::Seconds(10.0));
        assert_eq!(scenes, [0..2, 2..5]);
    }

    #[test]
    fn a_paragraph_is_a_better_place_than_a_sentence() {
        let mut pieces = row(&[4.0, 4.0, 4.0, 4.0, 4.0]);
        pieces[3].before = Boundary { cut: 0.0, keep: 0.3, quoted: false, joint: Joint::Paragraph };
        assert_eq!(cut(&pieces, Aim::Seconds(10.0)), [0..3, 3..5]);
    }

    #[test]
    fn a_count_is_met_wherever_there_are_pieces() {
        let seconds: Vec<f64> = (0..40).map(|i| f64::from(i * 7919 % 23) + 0.2).collect();
        for count in 1..=40 {
            let scenes = cut(&row(&seconds), Aim::Count(count));
            assert_eq!(scenes.len(), count);
            assert_eq!(scenes.iter().map(ExactSizeIterator::len).sum::<usize>(), 40);
        }
        assert_eq!(cut(&row(&[1.0, 1.0]), Aim::Count(60)).len(), 2);
        assert_eq!(cut(&row(&[100.0, 0.1, 0.1, 0.1]), Aim::Count(3)).len(), 3);
    }

    #[test]
    fn one_piece_that_is_too_long_stays_one() {
        assert_eq!(cut(&row(&[90.0]), Aim::Seconds(10.0)).len(), 1);
        assert_eq!(cut(&row(&[90.0, 9.0]), Aim::Seconds(10.0)), [0..1, 1..2]);
    }
}
