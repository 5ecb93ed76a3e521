//! Server-sent events, read from bytes as they come (HTML standard, 9.2.6).

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Its data.
    pub data: String,
}

/// Finds the events in bytes that come in pieces of any size. Lines may end in CR, LF or both.
#[derive(Debug, Default)]
pub struct Parser {
    line: Vec<u8>,
    after_cr: bool,
    begun: bool,
    name: Option<String>,
    data: Vec<String>,
}

impl Parser {
    /// Takes more bytes, and tells the events that they complete.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for &byte in bytes {
            match byte {
                // The second half of a CR LF.
                b'\n' if self.after_cr => {}
                b'\r' | b'\n' => events.extend(self.end_line()),
                _ => self.line.push(byte),
            }
            self.after_cr = byte == b'\r';
        }
        events
    }

    /// The stream has ended. The standard drops an event without its blank line; servers are not so strict, and whoever
    /// reads can tell half an answer from a whole one.
    pub fn end(&mut self) -> Option<Event> {
        let last = self.end_line();
        last.or_else(|| self.dispatch())
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let mut line = String::from_utf8_lossy(&line).into_owned();
        if !self.begun {
            self.begun = true;
            line = line.trim_start_matches('\u{feff}').to_owned();
        }
        if line.is_empty() {
            return self.dispatch();
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => self.data.push(value.to_owned()),
            "event" => self.name = Some(value.to_owned()),
            // A comment, an id, a time to reconnect.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<Event> {
        let (name, data) = (self.name.take(), std::mem::take(&mut self.data).join("\n"));
        (!data.is_empty()).then_some(Event { name, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(events: &[Event]) -> Vec<&str> {
        events.iter().map(|event| event.data.as_str()).collect()
    }

    #[test]
    fn events_are_found_wherever_the_bytes_are_cut() {
        for separator in ["\n", "\r\n", "\r"] {
            let text = ["data: {\"text\": \"Grüße\"}", "", ": a comment", "event: done", "data: a", "data: b", "", ""].join(separator);
            for size in 1..text.len() {
                let mut parser = Parser::default();
                let events: Vec<Event> = text.as_bytes().chunks(size).flat_map(|piece| parser.feed(piece)).collect();
                assert_eq!(data(&events), ["{\"text\": \"Grüße\"}", "a\nb"], "{separator:?} {size}");
                assert_eq!(events[1].name.as_deref(), Some("done"));
                assert_eq!(parser.end(), None);
            }
        }
    }

    #[test]
    fn the_last_event_may_lack_its_blank_line() {
        let mut parser = Parser::default();
        assert_eq!(data(&parser.feed(b"\xef\xbb\xbfdata:one\n\ndata: [DONE]")), ["one"]);
        assert_eq!(parser.end().unwrap().data, "[DONE]");
        assert_eq!(parser.end(), None);
    }

    #[test]
    fn an_event_without_data_is_none() {
        let mut parser = Parser::default();
        assert_eq!(parser.feed(b"event: ping\n\ndata\n\ndata: x\n\n"), [Event { name: None, data: "x".to_owned() }]);
    }
}
