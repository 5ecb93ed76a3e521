//! JSON that is still being written: the parts of its outermost object, told as each is complete. What stands around the
//! object is passed over: a fence, a sentence, and what a model thinks aloud.

use serde::de::{DeserializeOwned, IgnoredAny};

/// A part that is complete, as it was written.
#[derive(Debug, PartialEq, Eq)]
pub enum Part {
    /// A property of the outermost object.
    Property(String, String),
    /// An element of the list `scenes`.
    Scene(String),
}

/// Reads text that grows.
#[derive(Default)]
pub struct Growing {
    text: String,
    /// Whether the model has begun to answer: some think aloud before.
    begun: bool,
    /// Where the search for the end of that goes on.
    searched: usize,
    at: usize,
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// Where the value or the name that is being read begins.
    start: Option<usize>,
    name: Option<String>,
    element: Option<usize>,
    /// Where the outermost object begins, and whether it has a list `scenes`.
    object: usize,
    has_scenes: bool,
    end: Option<Result<(), String>>,
}

impl Growing {
    /// Takes more text, and tells the parts that it completes.
    pub fn feed(&mut self, more: &str) -> Vec<Part> {
        self.text.push_str(more);
        let mut parts = Vec::new();
        if !self.begun {
            match after_thinking(&self.text, self.searched) {
                Some(at) => (self.at, self.begun) = (at, true),
                None => {
                    // The end may have come in part.
                    self.searched = self.text.floor_char_boundary(self.text.len().saturating_sub(THOUGHT.len()));
                    return parts;
                }
            }
        }
        while let Some(&byte) = self.text.as_bytes().get(self.at) {
            self.step(byte, &mut parts);
            self.at += 1;
        }
        parts
    }

    /// All that was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How the object with `scenes` ended, if it did: as JSON, or why it is none.
    pub fn end(&self) -> Option<&Result<(), String>> {
        self.end.as_ref()
    }

    fn step(&mut self, byte: u8, parts: &mut Vec<Part>) {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            // Before the object, a quotation mark is prose.
            b'"' if self.depth > 0 => {
                self.in_string = true;
                self.begin(self.depth == 1);
            }
            b'{' | b'[' => {
                self.begin(self.depth == 1);
                let of_scenes = self.depth == 2 && self.name.as_deref() == Some("scenes");
                if byte == b'{' && of_scenes && self.element.is_none() {
                    self.element = Some(self.at);
                }
                if self.depth == 0 {
                    (self.object, self.has_scenes) = (self.at, false);
                }
                // Only an object is what is looked for.
                self.depth += usize::from(self.depth > 0 || byte == b'{');
            }
            b'}' | b']' if self.depth > 0 => {
                if self.depth == 1 {
                    self.end_value(parts);
                }
                self.depth -= 1;
                if self.depth == 2
                    && let Some(start) = self.element.take()
                {
                    parts.push(Part::Scene(self.text[start..=self.at].to_owned()));
                }
                if self.depth == 0 && self.has_scenes {
                    let read = serde_json::from_str::<IgnoredAny>(&self.text[self.object..=self.at]);
                    self.end = Some(read.map(drop).map_err(|error| error.to_string()));
                }
            }
            b':' if self.depth == 1 && self.name.is_none() => {
                let written = self.start.take().map(|start| self.text[start..self.at].trim());
                self.name = written.and_then(|written| serde_json::from_str(written).ok());
                if self.name.as_deref() == Some("scenes") {
                    // Of two such objects it is the last that must end.
                    (self.has_scenes, self.end) = (true, None);
                }
            }
            b',' if self.depth == 1 => self.end_value(parts),
            byte if !byte.is_ascii_whitespace() => self.begin(self.depth == 1),
            _ => {}
        }
    }

    fn begin(&mut self, here: bool) {
        if here && self.start.is_none() {
            self.start = Some(self.at);
        }
    }

    fn end_value(&mut self, parts: &mut Vec<Part>) {
        if let (Some(name), Some(start)) = (self.name.take(), self.start.take()) {
            parts.push(Part::Property(name, self.text[start..self.at].trim().to_owned()));
        }
    }
}

/// What stands around that which a model thinks aloud.
const THINKING: &str = "<think>";
const THOUGHT: &str = "</think>";

/// Where the answer begins, behind what a model thinks aloud; none where it has not come to an end with that, which it has not before
/// `searched`.
fn after_thinking(text: &str, searched: usize) -> Option<usize> {
    let answer = text.trim_start();
    if answer.starts_with(THINKING) {
        return text[searched..].find(THOUGHT).map(|at| searched + at + THOUGHT.len());
    }
    (!THINKING.starts_with(answer)).then_some(0)
}

/// The first object of a whole answer that is of that shape and fits.
pub fn first<T: DeserializeOwned>(answer: &str, fits: impl Fn(&T) -> bool) -> Option<T> {
    let answer = &answer[after_thinking(answer, 0)?..];
    let objects =
        answer.match_indices('{').filter_map(|(at, _)| serde_json::Deserializer::from_str(&answer[at..]).into_iter().next()?.ok());
    objects.into_iter().find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_as_they_are_complete_wherever_the_text_is_cut() {
        let text = "Here is \"it\":\n```json\n{\"title\": \"A \\\"b\\\" }\", \"n\": 1, \"scenes\": [{\"a\": \"[ü\"}, {\"b\": [{}]}], \"last\": true}\n```";
        let expected = [
            Part::Property("title".to_owned(), "\"A \\\"b\\\" }\"".to_owned()),
            Part::Property("n".to_owned(), "1".to_owned()),
            Part::Scene("{\"a\": \"[ü\"}".to_owned()),
            Part::Scene("{\"b\": [{}]}".to_owned()),
            Part::Property("scenes".to_owned(), "[{\"a\": \"[ü\"}, {\"b\": [{}]}]".to_owned()),
            Part::Property("last".to_owned(), "true".to_owned()),
        ];
        let letters: Vec<char> = text.chars().collect();
        for size in 1..letters.len() {
            let mut growing = Growing::default();
            let parts: Vec<Part> = letters.chunks(size).flat_map(|piece| growing.feed(&piece.iter().collect::<String>())).collect();
            assert_eq!(parts, expected, "{size}");
        }
    }

    #[test]
    fn a_scene_that_is_cut_off_is_not_told() {
        let mut growing = Growing::default();
        let parts = growing.feed("{\"scenes\": [{\"a\": 1}, {\"a\": 2");
        assert_eq!(parts, [Part::Scene("{\"a\": 1}".to_owned())]);
    }

    #[test]
    fn what_never_ends_is_told_from_what_does() {
        let end = |text: &str| {
            let mut growing = Growing::default();
            growing.feed(text);
            growing.end().map(Result::is_ok)
        };
        for (text, ends) in [
            ("{\"scenes\": [{\"a\": 1}]}", Some(true)),
            ("{your} script: {\"scenes\": [{\"a\": 1}]} Enjoy {it}, and {", Some(true)),
            ("{\"scenes\": []}", Some(true)),
            ("{\"scenes\": [{\"a\": 1},]}", Some(false)),
            ("{\"scenes\": [{\"a\": 1}]", None),
            ("{\"scenes\": [{\"a\": 1}", None),
            ("{} {\"scenes\": [{\"a\": 1}], \"title\": \"A }", None),
            ("{\"scenes\": [{\"a\": 1}]} {\"scenes\": [{\"a\": 2}", None),
            ("{\"title\": \"A\"}", None),
            ("[{\"scenes\"", None),
        ] {
            assert_eq!(end(text), ends, "{text}");
        }
    }

    #[test]
    fn what_a_model_thinks_aloud_is_no_answer() {
        let text = "<think>Vielleicht {\"scenes\": [{\"a\": 0}]} für alle, ü…</think>{\"scenes\": [{\"a\": 1}]}";
        let letters: Vec<char> = text.chars().collect();
        for size in 1..letters.len() {
            let mut growing = Growing::default();
            let parts: Vec<Part> = letters.chunks(size).flat_map(|piece| growing.feed(&piece.iter().collect::<String>())).collect();
            assert_eq!(parts.first(), Some(&Part::Scene("{\"a\": 1}".to_owned())), "{size}");
        }
        let always = |_: &serde_json::Value| true;
        assert_eq!(first("<think>{\"a\": 0}</think> Sure: {\"a\": 1}", always), Some(serde_json::json!({"a": 1})));
        assert_eq!(first("<think>{\"a\": 0}", always), None);
        assert_eq!(first("{no} {\"a\": {\"b\": 2}}", always), Some(serde_json::json!({"a": {"b": 2}})));
    }
}
