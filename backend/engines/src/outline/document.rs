//! Reads a text as a typesetter would: headings, paragraphs, list items, lines of verse. It knows plain text and the
//! part of Markdown that people type (headings, lists, quotes, rules, emphasis, code between fences); it is no Markdown
//! renderer.
//!
//! What it drops is never a word: marks of headings and quotes, rules, pairs of emphasis marks, fences with the name of
//! their language, surplus space.

use super::characters::{is_cjk, is_closer, is_sentence_end};

/// A longer line, in characters, is text, whatever marks it has: it would be no title.
const LONGEST_HEADING: usize = 100;

/// What a block is, which decides how it may be cut and how it is set in a narration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A Markdown heading, with its level from 1 to 6.
    Heading(u8),
    /// Running text: it may be cut between its sentences.
    Paragraph,
    /// An item of a list, with its marker.
    Item,
    /// A line whose end its writer chose: verse, an address, a cue in a play.
    Line,
}

/// One block of a text, without line breaks in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub kind: Kind,
    pub text: String,
    /// It begins after an empty line (or is a heading), rather than on the line below the block before.
    pub apart: bool,
    /// A rule (`---`, `* * *`) stands before it.
    pub after_rule: bool,
}

/// Reads `text` into its blocks. Each has at least one character that is not a space.
pub fn read(text: &str) -> Vec<Block> {
    let text = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n");
    let mut reader = Reader::default();
    let lines: Vec<&str> = text.split(['\n', '\r', '\u{000B}', '\u{000C}', '\u{0085}', '\u{2028}', '\u{2029}']).collect();
    for (line, part) in lines.iter().zip(parts(&lines)) {
        reader.line(line, part);
    }
    reader.end_paragraph();
    reader.blocks
}

/// What a line is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Text,
    /// It opens or closes a block of code ("```bash", "```").
    Fence,
    /// A line of code: what looks like a mark in it is none.
    Code,
}

/// The part of each line. A fence without its partner is text like any other.
fn parts(lines: &[&str]) -> Vec<Part> {
    let mut parts = vec![Part::Text; lines.len()];
    let mut open: Vec<(usize, &str)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = fence(line) else { continue };
        let Some((from, opened)) = open.pop_if(|_| name.is_empty()) else {
            open.push((at, name));
            continue;
        };
        // More than the name of a language are words.
        if !opened.contains(char::is_whitespace) {
            parts[from] = Part::Fence;
        }
        // A text that was copied whole, fences and all, is no code.
        if !matches!(opened.to_lowercase().as_str(), "markdown" | "md") {
            parts[from + 1..at].fill(Part::Code);
        }
        parts[at] = Part::Fence;
    }
    parts
}

/// What stands behind the marks of a fence. Three tildes are none: as stars do, they part a story's scenes.
fn fence(line: &str) -> Option<&str> {
    let name = without_quote_mark(line.trim()).strip_prefix("```")?.trim_start_matches('`').trim_start();
    (!name.contains('`')).then_some(name)
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    /// Lines of the paragraph that is being read.
    lines: Vec<String>,
    /// The item that is being read; indented lines below it belong to it.
    item: Option<Marker>,
    /// The numbers and letters with which the list that is being read may go on: it may have others inside.
    next: Vec<Ordinal>,
    blank_before: bool,
    rule_before: bool,
}

impl Reader {
    fn line(&mut self, raw: &str, part: Part) {
        let indented = raw.starts_with([' ', '\t', '\u{3000}']);
        let line = tidy(raw);
        let line = without_quote_mark(&line);
        if line.is_empty() || part == Part::Fence {
            self.end_paragraph();
            self.blank_before = true;
            return;
        }
        if part == Part::Code {
            return self.lines.push(line.to_owned());
        }
        if let Some(level) = self.underline_of_heading(line) {
            let text = self.lines.remove(0);
            return self.push_heading(level, &text);
        }
        if is_rule(line) {
            self.end_paragraph();
            self.rule_before = true;
            self.blank_before = true;
            return;
        }
        if let Some((level, text)) = heading(line) {
            self.end_paragraph();
            return self.push_heading(level, text);
        }
        if let Some(marker) = marker(line, self.expected()) {
            self.end_paragraph();
            self.lines.push(marker.set(line));
            self.item = Some(marker);
            if let Some(ordinal) = leading_ordinal(line).map(|(ordinal, _)| ordinal) {
                if let Some(at) = self.next.iter().rposition(|next| *next == ordinal) {
                    self.next.remove(at);
                }
                self.next.push(ordinal.next());
            }
            return;
        }
        if self.item.is_some() && !indented && !line.starts_with(char::is_lowercase) {
            self.end_paragraph();
        }
        self.lines.push(line.to_owned());
    }

    /// The level, where `line` underlines the one line before it (`====` or `----`).
    fn underline_of_heading(&self, line: &str) -> Option<u8> {
        let title = self.lines.len() == 1 && self.item.is_none() && self.lines[0].chars().count() <= LONGEST_HEADING;
        let all = |mark| line.len() >= 3 && line.chars().all(|c| c == mark);
        match title {
            true if all('=') => Some(1),
            true if all('-') => Some(2),
            _ => None,
        }
    }

    fn push_heading(&mut self, level: u8, text: &str) {
        let text = without_emphasis(text);
        let after_rule = std::mem::take(&mut self.rule_before);
        self.blocks.push(Block { kind: Kind::Heading(level), text, apart: true, after_rule });
        self.blank_before = true;
    }

    /// What the next item may begin with besides what begins any list: nothing, where the list is over.
    fn expected(&mut self) -> &[Ordinal] {
        let goes_on = self.item.is_some() || self.blocks.last().is_some_and(|block| block.kind == Kind::Item);
        if !goes_on {
            self.next.clear();
        }
        &self.next
    }

    fn end_paragraph(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        let item = self.item.take();
        if lines.is_empty() {
            return;
        }
        if item.is_some() {
            return self.push(Kind::Item, join(&lines));
        }
        match setting(&lines) {
            Setting::Wrapped => self.push(Kind::Paragraph, join(&lines)),
            Setting::ParagraphALine => lines.into_iter().for_each(|line| self.push(Kind::Paragraph, line)),
            Setting::Verse => lines.into_iter().for_each(|line| self.push(Kind::Line, line)),
        }
    }

    fn push(&mut self, kind: Kind, text: String) {
        let apart = std::mem::take(&mut self.blank_before) || self.blocks.is_empty();
        let after_rule = std::mem::take(&mut self.rule_before);
        self.blocks.push(Block { kind, text: without_emphasis(&text), apart, after_rule });
    }
}

/// How the line breaks of a paragraph are meant.
#[derive(Debug, PartialEq, Eq)]
enum Setting {
    /// By the width of a page: they mean nothing.
    Wrapped,
    /// Each line is a paragraph.
    ParagraphALine,
    /// Each line is a line.
    Verse,
}

fn setting(lines: &[String]) -> Setting {
    if lines.len() == 1 {
        return Setting::Wrapped;
    }
    let widths: Vec<usize> = lines.iter().map(|line| width(line)).collect();
    let widest = widths.iter().copied().max().unwrap_or_default();
    let breaks = lines.len() - 1;
    // Where the next line's first word had no room, the page's width broke the line.
    let full = (0..breaks).filter(|&i| widths[i] + 1 + first_word_width(&lines[i + 1]) + 3 > widest).count();
    let lowercase = lines[1..].iter().filter(|line| line.starts_with(char::is_lowercase)).count();
    let ended = lines[..breaks].iter().filter(|line| ends_sentence(line)).count();
    let mostly = |count: usize| count * 5 >= breaks * 4;
    if (40..=130).contains(&widest) && mostly(full) && ended * 2 <= breaks && !all_stand_alone(lines, widest) {
        Setting::Wrapped
    } else if widest >= 40 && lowercase * 2 > breaks && !mostly(ended) {
        // Ragged, but it reads on: mail and notes wrapped by hand.
        Setting::Wrapped
    } else if mostly(ended) && (widest > 70 || lines.iter().any(|line| begins_speech(line))) {
        Setting::ParagraphALine
    } else {
        Setting::Verse
    }
}

/// Each line begins with a capital and the page would have had room for more: verse with long lines.
fn all_stand_alone(lines: &[String], widest: usize) -> bool {
    lines.len() >= 4 && widest < 60 && lines.iter().all(|line| line.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_uppercase))
}

fn begins_speech(line: &str) -> bool {
    line.starts_with(['"', '“', '‘', '„', '«', '»', '—', '–', '「', '『', '-'])
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end_matches(|c| is_closer(c) || c == '"').ends_with(|c| is_sentence_end(c) || matches!(c, ':' | '…' | '：'))
}

/// Columns: characters of East Asia take two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if is_cjk(c) { 2 } else { 1 }).sum()
}

fn first_word_width(line: &str) -> usize {
    match line.chars().next() {
        Some(c) if is_cjk(c) => 2,
        _ => line.split_whitespace().next().map_or(0, width),
    }
}

/// Sets wrapped lines as one, with a space where the script has them and none after a hyphen that divides a word.
fn join(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        if let (Some(last), Some(first)) = (text.chars().next_back(), line.chars().next()) {
            let divided = last == '-' && first.is_lowercase() && text.chars().rev().nth(1).is_some_and(char::is_alphabetic);
            if !(divided || is_cjk(last) && is_cjk(first)) {
                text.push(' ');
            }
        }
        text.push_str(line);
    }
    text
}

/// Trims a line and sets its runs of spaces and tabs as one space. A no-break space stays what it is.
fn tidy(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.trim().chars() {
        let space = matches!(c, ' ' | '\t');
        if !(space && out.ends_with(' ')) {
            out.push(if space { ' ' } else { c });
        }
    }
    out
}

fn without_quote_mark(line: &str) -> &str {
    let mut line = line;
    while let Some(rest) = line.strip_prefix('>') {
        if !(rest.is_empty() || rest.starts_with([' ', '>'])) {
            break;
        }
        line = rest.trim_start();
    }
    line
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    if !(1..=6).contains(&level) || !text.starts_with(' ') {
        return None;
    }
    let text = text.trim();
    let open = text.trim_end_matches('#');
    let text = if open.ends_with(' ') { open.trim_end() } else { text };
    let is_title = text.contains(char::is_alphanumeric) && text.chars().count() <= LONGEST_HEADING;
    is_title.then_some((u8::try_from(level).unwrap_or(6), text))
}

fn is_rule(line: &str) -> bool {
    let marks = line.chars().filter(|c| !c.is_whitespace()).count();
    let only = |set: &[char]| line.chars().all(|c| c.is_whitespace() || set.contains(&c));
    line == "⁂" || marks >= 3 && (only(&['-']) || only(&['*']) || only(&['_']) || only(&['=']) || only(&['~']) || only(&['|', '-', ':']))
}

/// What begins an item of a list.
#[derive(Clone, Copy)]
enum Marker {
    Bullet(usize),
    Number,
}

impl Marker {
    /// The item's line as a narration keeps it. Bullets become hyphens: voices say "asterisk" at the others.
    fn set(self, line: &str) -> String {
        match self {
            Self::Bullet(length) => format!("- {}", line[length..].trim_start()),
            Self::Number => line.to_owned(),
        }
    }
}

/// What an item of a list is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ordinal {
    Number(u32),
    Letter(char),
}

impl Ordinal {
    fn next(self) -> Self {
        match self {
            Self::Number(number) => Self::Number(number.saturating_add(1)),
            Self::Letter(letter) => Self::Letter(char::from_u32(u32::from(letter) + 1).unwrap_or(letter)),
        }
    }
}

fn marker(line: &str, expected: &[Ordinal]) -> Option<Marker> {
    let first = line.chars().next()?;
    let rest = &line[first.len_utf8()..];
    let has_text = |rest: &str| rest.starts_with([' ', '\u{00A0}']) && rest.contains(char::is_alphanumeric);
    if matches!(first, '-' | '*' | '+' | '•' | '‣' | '◦' | '▪' | '●' | '■' | '·') && has_text(rest) {
        return Some(Marker::Bullet(first.len_utf8()));
    }
    let (ordinal, rest) = leading_ordinal(line)?;
    // "12. Oktober" at the start of a wrapped line is no item: a list counts from one.
    let counts = matches!(ordinal, Ordinal::Number(0 | 1) | Ordinal::Letter('a')) || expected.contains(&ordinal);
    (counts && (has_text(rest) || rest.starts_with(is_cjk))).then_some(Marker::Number)
}

/// The number of "3.", "3)" or "(3)", or the letter of "c)" or "(c)", at the start of a line, and what follows the mark.
fn leading_ordinal(line: &str) -> Option<(Ordinal, &str)> {
    let line = line.strip_prefix(['(', '（']).filter(|rest| rest.contains([')', '）'])).unwrap_or(line);
    if let Some(letter) = line.chars().next().filter(char::is_ascii_lowercase) {
        return line[1..].strip_prefix([')', '）']).map(|rest| (Ordinal::Letter(letter), rest));
    }
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let number = line[..digits].parse().ok().filter(|_| digits <= 3)?;
    line[digits..].strip_prefix(['.', ')', '）', '、', '．']).map(|rest| (Ordinal::Number(number), rest))
}

/// Takes away pairs of `*` and `_`, and of `~~`, that stand around words: they are print, not speech.
fn without_emphasis(text: &str) -> String {
    if !text.contains(['*', '_', '~']) {
        return text.to_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let mut drop = vec![false; chars.len()];
    let mut open: Vec<(char, usize, usize)> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let mark = chars[at];
        if !matches!(mark, '*' | '_' | '~') {
            at += 1;
            continue;
        }
        let length = chars[at..].iter().take_while(|c| **c == mark).count();
        let before = at.checked_sub(1).map(|i| chars[i]);
        let after = chars.get(at + length).copied();
        // Stars may also stand where no space is: between characters of East Asia, and two of them inside of a word. Beside
        // a digit they are a power ("2**3").
        let free = |c: char| !c.is_alphanumeric() || mark == '*' && (is_cjk(c) || length > 1 && !c.is_numeric());
        let opens = after.is_some_and(|c| !c.is_whitespace()) && before.is_none_or(free);
        let closes = before.is_some_and(|c| !c.is_whitespace()) && after.is_none_or(free);
        let partner = open.iter().rposition(|&(c, _, n)| c == mark && n == length);
        if mark == '~' && length != 2 {
            // "~5": about.
        } else if let (true, Some(partner)) = (closes, partner) {
            let (_, start, _) = open[partner];
            open.truncate(partner);
            drop[start..start + length].fill(true);
            drop[at..at + length].fill(true);
        } else if opens && length <= 3 {
            open.push((mark, at, length));
        }
        at += length;
    }
    chars.iter().zip(drop).filter(|(_, drop)| !drop).map(|(c, _)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, String)> {
        read(text).into_iter().map(|block| (block.kind, block.text)).collect()
    }

    #[test]
    fn headings_by_marks_and_by_underlines() {
        let expected = [
            (Kind::Heading(1), "The Sea".to_owned()),
            (Kind::Paragraph, "Salt.".to_owned()),
            (Kind::Heading(2), "Tides".to_owned()),
            (Kind::Paragraph, "#low and high.".to_owned()),
        ];
        assert_eq!(kinds("# The Sea #\nSalt.\n\nTides\n-----\n#low and high."), expected);
        assert_eq!(kinds("The Sea\n=======\n\nSalt.\n## Tides\n#low and high."), expected);
    }

    #[test]
    fn wrapped_lines_are_one_paragraph_and_verse_is_not() {
        let wrapped = "It was the best of times, it was the worst of times, it was\nthe age of wisdom, it was the age of foolishness, it was\nthe epoch of belief.";
        assert_eq!(kinds(wrapped), [(Kind::Paragraph, wrapped.replace('\n', " "))]);
        let verse =
            "Tyger Tyger, burning bright,\nIn the forests of the night;\nWhat immortal hand or eye,\nCould frame thy fearful symmetry?";
        assert!(kinds(verse).iter().all(|(kind, _)| *kind == Kind::Line) && kinds(verse).len() == 4);
        let chinese = "人人生而自由，在尊严和权利上一律平等，他们赋有理性和\n良心，并应以兄弟关系的精神相对待。";
        assert_eq!(kinds(chinese), [(Kind::Paragraph, chinese.replace('\n', ""))]);
    }

    #[test]
    fn a_line_that_is_a_paragraph_stays_one() {
        let text = "The first line is long enough to be a paragraph of its own, as people write in mails.\nThe second one, too, needs no empty line to be understood as a paragraph, or so they think.";
        assert_eq!(kinds(text).len(), 2);
        assert!(kinds(text).iter().all(|(kind, _)| *kind == Kind::Paragraph));
    }

    #[test]
    fn lists_keep_their_items_and_numbers() {
        let items = kinds("You need:\n* salt\n* water\n  from the sea\n\n1. Boil.\n2. Wait.\nThen eat.");
        let texts: Vec<&str> = items.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["You need:", "- salt", "- water from the sea", "1. Boil.", "2. Wait.", "Then eat."]);
        assert_eq!(items.iter().filter(|(kind, _)| *kind == Kind::Item).count(), 4);
        assert_eq!(kinds("12. Oktober war es.")[0].0, Kind::Paragraph);
    }

    #[test]
    fn a_list_goes_on_behind_the_lists_inside_it() {
        let items = kinds("1. Clothes\n   1. Boots\n   2. Coats\n      - of wool\n   3. Hats\n2. Tools\n   a) axe\n   (b) rope\n3. Food");
        let texts: Vec<&str> = items.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["1. Clothes", "1. Boots", "2. Coats", "- of wool", "3. Hats", "2. Tools", "a) axe", "(b) rope", "3. Food"]);
        assert!(items.iter().all(|(kind, _)| *kind == Kind::Item));
        // The next list counts anew.
        assert_eq!(kinds("1. one\n\nThen.\n\n2. Oktober war es.")[2].0, Kind::Paragraph);
        assert_eq!(kinds("e) is a letter.")[0].0, Kind::Paragraph);
    }

    #[test]
    fn emphasis_is_taken_off_and_nothing_else_is() {
        for (text, plain) in [
            ("a **bold** and _slanted_ word", "a bold and slanted word"),
            ("***both***, (*one*)", "both, (one)"),
            ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
            ("a footnote* here", "a footnote* here"),
            ("这是**重要**的事，*也*是。", "这是重要的事，也是。"),
            ("un**believ**able, un*believ*able", "unbelievable, un*believ*able"),
            ("x**2 and 2**3 + 3**2", "x**2 and 2**3 + 3**2"),
            ("~~Nobody~~ everybody, ~5 of ~6~", "Nobody everybody, ~5 of ~6~"),
        ] {
            assert_eq!(without_emphasis(text), plain);
        }
    }

    #[test]
    fn code_between_fences_has_no_headings_rules_or_items() {
        let text = "# Setup\n\nRun this:\n```bash\n# Install it\nmake install\n---\n```\n## Next";
        let blocks = kinds(text);
        let texts: Vec<&str> = blocks.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["Setup", "Run this:", "# Install it", "make install", "---", "Next"]);
        assert_eq!(blocks[2].0, Kind::Line);
        assert_eq!(blocks[5].0, Kind::Heading(2));
        let whole = "```markdown\n# Setup\n```bash\n# x\n```\n```";
        for text in ["```\n# Setup", "~~~\n# Setup\n~~~", "```a b```\n# Setup\n```", whole] {
            assert!(kinds(text).contains(&(Kind::Heading(1), "Setup".to_owned())), "{text}");
        }
        let words = kinds("```one two\nthree\n```");
        assert_eq!(words.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["```one two", "three"]);
    }

    #[test]
    fn rules_part_and_quotes_lose_their_marks() {
        let blocks = read("> one\n> two\n\n* * *\n\nthree");
        assert_eq!(blocks.last().map(|block| (block.text.as_str(), block.after_rule)), Some(("three", true)));
        assert_eq!(blocks[0].text, "one");
    }
}
