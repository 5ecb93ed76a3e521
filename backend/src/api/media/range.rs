//! `Range`: which bytes are asked for (RFC 9110, 14.1 and 14.2).

/// How many ranges are served apart; whoever asks for more is served the whole.
const MOST_APART: usize = 16;
/// Ranges with less between them are served as one: the head of another part would be longer.
const CLOSE: u64 = 128;

/// What is to be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Everything: nothing else was asked for, or nothing that can be understood.
    All,
    /// One range.
    One(Span),
    /// Several, in the order in which they were asked for.
    Several(Vec<Span>),
    /// Nothing that there is.
    None,
}

/// Some bytes, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub first: u64,
    /// The last.
    pub last: u64,
}

impl Span {
    /// How many.
    pub fn length(self) -> u64 {
        self.last + 1 - self.first
    }

    /// As `Content-Range` says it.
    pub fn header(self, length: u64) -> String {
        format!("bytes {}-{}/{length}", self.first, self.last)
    }
}

/// Reads a `Range` for a file of that length. One that is malformed is ignored, as the standard wants.
pub fn asked(header: Option<&str>, length: u64) -> Asked {
    let Some(specs) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else { return Asked::All };
    let mut spans: Vec<Span> = Vec::new();
    for spec in specs.split(',').map(str::trim).filter(|spec| !spec.is_empty()) {
        match one(spec, length) {
            None => return Asked::All,
            Some(None) => {}
            Some(Some(span)) => join(&mut spans, span),
        }
    }
    match spans.as_slice() {
        [] if specs.trim().is_empty() => Asked::All,
        [] => Asked::None,
        [span] => Asked::One(*span),
        _ if spans.len() > MOST_APART => Asked::All,
        _ => Asked::Several(spans),
    }
}

/// `0-99`, `100-` or `-100`: none if it is none of them, and none inside if the file has no such bytes.
fn one(spec: &str, length: u64) -> Option<Option<Span>> {
    let (first, last) = spec.split_once('-')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        // A number that is too large is past the end, whatever it is.
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    if first.is_empty() {
        let count = number(last)?;
        return Some((count > 0 && length > 0).then(|| Span { first: length.saturating_sub(count), last: length - 1 }));
    }
    let first = number(first)?;
    let last = if last.is_empty() { u64::MAX } else { number(last)? };
    if last < first {
        return None;
    }
    Some((first < length).then(|| Span { first, last: last.min(length - 1) }))
}

/// Adds a span; those that overlap or nearly touch become one, in the place of the first of them.
fn join(spans: &mut Vec<Span>, mut new: Span) {
    let near = |a: &Span, b: &Span| a.first <= b.last.saturating_add(CLOSE) && b.first <= a.last.saturating_add(CLOSE);
    let mut place = None;
    while let Some(at) = spans.iter().position(|span| near(span, &new)) {
        let old = spans.remove(at);
        new = Span { first: old.first.min(new.first), last: old.last.max(new.last) };
        place = Some(place.map_or(at, |place: usize| place.min(at)));
    }
    spans.insert(place.unwrap_or(spans.len()), new);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(first: u64, last: u64) -> Span {
        Span { first, last }
    }

    #[test]
    fn a_range_is_read_as_the_standard_writes_it() {
        for (header, wanted) in [
            ("bytes=0-99", Asked::One(span(0, 99))),
            ("bytes=900-", Asked::One(span(900, 999))),
            ("bytes=-10", Asked::One(span(990, 999))),
            ("bytes=-5000", Asked::One(span(0, 999))),
            ("bytes=900-99999999999999999999999", Asked::One(span(900, 999))),
            ("bytes=1000-", Asked::None),
            ("bytes=-0", Asked::None),
            ("bytes=1000-,0-0", Asked::One(span(0, 0))),
            ("bytes=5-1", Asked::All),
            ("bytes=x", Asked::All),
            ("bytes=", Asked::All),
            ("lines=1-2", Asked::All),
        ] {
            assert_eq!(asked(Some(header), 1000), wanted, "{header}");
        }
        assert_eq!(asked(None, 1000), Asked::All);
        assert_eq!(asked(Some("bytes=0-"), 0), Asked::None);
    }

    #[test]
    fn several_ranges_stay_apart_unless_they_nearly_touch() {
        assert_eq!(asked(Some("bytes=800-899, 0-9"), 1000), Asked::Several(vec![span(800, 899), span(0, 9)]));
        assert_eq!(asked(Some("bytes=0-9, 20-29"), 1000), Asked::One(span(0, 29)));
        assert_eq!(asked(Some("bytes=0-9,900-909,5-950"), 1000), Asked::One(span(0, 950)));
        let many: Vec<String> = (0..40).map(|at| format!("{}-{}", at * 1000, at * 1000)).collect();
        assert_eq!(asked(Some(&format!("bytes={}", many.join(","))), 100_000), Asked::All);
    }
}
