//! Sets the pieces of each scene as a narration, with the headings at its beginning as its title.

use std::ops::Range;

use super::pieces::Piece;

/// A scene before it has a title of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The heading that the text itself gives it, which its narration does not repeat.
    pub heading: Option<String>,
    pub narration: String,
}

/// Longest title, in characters, that is made of several headings ("Part One: The River").
const LONGEST_HEADINGS: usize = 100;

/// The scenes that `cuts` makes of `pieces`.
pub fn set(pieces: &[Piece], cuts: &[Range<usize>]) -> Vec<Draft> {
    cuts.iter().map(|cut| draft(&pieces[cut.clone()])).collect()
}

fn draft(pieces: &[Piece]) -> Draft {
    let headings = pieces.iter().take_while(|piece| piece.is_heading).count();
    // A heading without text under it is all that there is to say.
    if headings == 0 || headings == pieces.len() {
        return Draft { heading: None, narration: narration(pieces) };
    }
    let mut heading = pieces[0].text.clone();
    let mut used = 1;
    for piece in &pieces[1..headings] {
        let joined = format!("{}: {}", heading.trim_end_matches([':', '.']), piece.text);
        if joined.chars().count() > LONGEST_HEADINGS {
            break;
        }
        heading = joined;
        used += 1;
    }
    Draft { heading: Some(heading), narration: narration(&pieces[used..]) }
}

fn narration(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        if !text.is_empty() {
            text.push_str(piece.before.joint.as_str());
        }
        text.push_str(&piece.text);
    }
    text
}
