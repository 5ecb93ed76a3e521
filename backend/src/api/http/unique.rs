//! JSON as it was sent, and where an object has a key more than once. serde's own reading keeps the last one and says nothing,
//! and a typo must not lose a setting. It also takes `21.0` for no whole number, as which some clients write all of them.

use std::{collections::HashSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::read::{self, Place};
use crate::error::MOST_FAULTS;

/// Reads JSON: the value, which has the last of what an object has under one key, and the place of each that came before, as far
/// as it is told.
pub fn parse(bytes: &[u8]) -> serde_json::Result<(Value, Vec<Vec<Place>>)> {
    let mut again = Vec::new();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = Reading { way: &Way::Whole, again: &mut again }.deserialize(&mut json)?;
    json.end()?;
    Ok((value, again))
}

/// The way to a value, without a copy of any key.
enum Way<'a> {
    Whole,
    Field(&'a Way<'a>, &'a str),
    Item(&'a Way<'a>, usize),
}

impl Way<'_> {
    fn places(&self) -> Vec<Place> {
        let (before, last) = match self {
            Self::Whole => return Vec::new(),
            Self::Field(before, name) => (before, Place::Field(read::shortened(name))),
            Self::Item(before, index) => (before, Place::Item(*index)),
        };
        let mut places = before.places();
        places.push(last);
        places
    }
}

/// A number without a fraction, which is a whole one however it is written (JSON Schema 2020-12, 6.1.1): `21.0`, `2.1e1`.
/// None where it is so large that it may stand for its neighbours.
fn whole(value: f64) -> Option<i64> {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction, and is within the range")]
    (value.fract() == 0.0 && value.abs() <= LARGEST).then_some(value as i64)
}

/// Reads the value there, and notes the keys that come again in it.
struct Reading<'a> {
    way: &'a Way<'a>,
    again: &'a mut Vec<Vec<Place>>,
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(whole(value).map_or_else(|| value.into(), Into::into))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(item) = items.next_element_seed(Reading { way: &Way::Item(self.way, read.len()), again: &mut *self.again })? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let (mut read, mut told) = (Map::new(), HashSet::new());
        while let Some(name) = fields.next_key::<String>()? {
            let way = Way::Field(self.way, &name);
            let value = fields.next_value_seed(Reading { way: &way, again: &mut *self.again })?;
            // Every place has the whole way to it, of which a body can have a great many: no more are kept than are told.
            if read.contains_key(&name) && self.again.len() < MOST_FAULTS && told.insert(name.clone()) {
                self.again.push(way.places());
            }
            read.insert(name, value);
        }
        Ok(Value::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_read_as_it_is_and_keys_that_come_again_are_told() {
        let text = r#"{"a": [null, true, -1, 2, 0.5, "\u00e4", {"b": 1, "c": {}, "b": {"d": 1, "d": 2}}], "a b": "plain"}"#;
        let (value, again) = parse(text.as_bytes()).unwrap();
        assert_eq!(value, json!({"a": [null, true, -1, 2, 0.5, "ä", {"b": {"d": 2}, "c": {}}], "a b": "plain"}));
        let b = [Place::Field("a".into()), Place::Item(6), Place::Field("b".into())];
        assert_eq!(again, [[&b[..], &[Place::Field("d".into())]].concat(), b.to_vec()]);
        assert_eq!(parse(b"[21.0, -2.0, 2.1e1, -0.0, 0.5, 1e300]").unwrap().0, json!([21, -2, 21, 0, 0.5, 1e300]));
        for bad in ["{\"a\": 1} x", "{\"a\":\n}", "[1e999]", ""] {
            let usual = serde_json::from_slice::<Value>(bad.as_bytes()).unwrap_err();
            assert_eq!(parse(bad.as_bytes()).unwrap_err().to_string(), usual.to_string(), "{bad}");
        }
        let twice: String = (0..1000).map(|number| format!(r#""{number}": 1, "{number}": 1, "#)).collect();
        let many = format!(r#"{{"{}": {{{twice}"a": 1}}}}"#, "n".repeat(1000));
        let (_, again) = parse(many.as_bytes()).unwrap();
        assert_eq!((again.len(), &again[0][0]), (MOST_FAULTS, &Place::Field(format!("{}…", "n".repeat(200)))));
        assert_eq!(parse(br#"{"a": 1, "a": 2, "b": 3, "a": 4}"#).unwrap().1, [[Place::Field("a".into())]]);
        assert!(parse("[".repeat(100_000).as_bytes()).is_err(), "it is not read however deep it is");
    }
}
