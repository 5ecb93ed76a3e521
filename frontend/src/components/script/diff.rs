//! What changed between two texts, word by word.

/// A run of words, and which of the texts has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run<'a> {
    /// Both.
    Same(&'a str),
    /// Only the older.
    Gone(&'a str),
    /// Only the newer.
    New(&'a str),
}

/// The longest common sequence of words, and what lies between: all that is gone from a place before all that is new.
pub fn diff<'a>(old: &'a str, new: &'a str) -> Vec<Run<'a>> {
    let (a, b) = (words(old), words(new));
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (inner_a, inner_b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut runs: Vec<_> = a[..head].iter().map(|word| Run::Same(word)).collect();
    runs.extend(middle(inner_a, inner_b));
    runs.extend(a[a.len() - tail..].iter().map(|word| Run::Same(word)));
    runs
}

fn middle<'a>(a: &[&'a str], b: &[&'a str]) -> Vec<Run<'a>> {
    let width = b.len() + 1;
    // How much both have in common from here on.
    let mut common = vec![0_u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i * width + j] = if a[i] == b[j] {
                common[(i + 1) * width + j + 1].saturating_add(1)
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut runs) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            runs.push(Run::Same(a[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && common[(i + 1) * width + j] >= common[i * width + j + 1]) {
            runs.push(Run::Gone(a[i]));
            i += 1;
        } else {
            runs.push(Run::New(b[j]));
            j += 1;
        }
    }
    runs
}

/// Each with the blanks behind it; a character is a word of its own where a script has no blanks.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let dense = |c: char| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}');
        if before.is_some_and(|before| (before.is_whitespace() && !c.is_whitespace()) || dense(before) || dense(c)) {
            words.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    if start < text.len() {
        words.push(&text[start..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_have_stays() {
        let runs = diff("Slow but steady wins the race.", "Slow and steady wins a race.");
        assert_eq!(
            runs,
            [
                Run::Same("Slow "),
                Run::Gone("but "),
                Run::New("and "),
                Run::Same("steady "),
                Run::Same("wins "),
                Run::Gone("the "),
                Run::New("a "),
                Run::Same("race.")
            ]
        );
    }

    #[test]
    fn both_texts_can_be_read_out_of_it() {
        let (old, new) = ("", "乌龟赢了 the race\n");
        let text = |pick: fn(&Run) -> bool| {
            let runs = diff(old, new);
            runs.iter()
                .filter(|run| pick(run))
                .map(|run| match run {
                    Run::Same(t) | Run::Gone(t) | Run::New(t) => *t,
                })
                .collect::<String>()
        };
        assert_eq!(text(|run| !matches!(run, Run::Gone(_))), new);
        assert_eq!(text(|run| !matches!(run, Run::New(_))), old);
    }
}
