//! Reads records out of JSON in two steps: one code for all of them makes a tree of the text, and each type takes its
//! fields from that. serde_json alone does both at once, which gives every type a copy of the parser, and a second reader
//! for a record that is written as a list, which nobody sends: that was a twentieth of what a first visit loads.

use serde::{
    Deserializer,
    de::{
        DeserializeOwned, Error as _, IntoDeserializer, Visitor,
        value::{MapDeserializer, SeqDeserializer, StrDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Error, Value};

/// Reads a record, or a list of them.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let tree: Value = serde_json::from_str(text)?;
    T::deserialize(Tree(&tree))
}

/// What is read: each kind of value only from what is written for it.
#[derive(Clone, Copy)]
struct Tree<'a>(&'a Value);

impl Tree<'_> {
    fn is_no(self, kind: &str) -> Error {
        let found = match self.0 {
            Value::Null => "nothing",
            Value::Bool(_) => "a truth value",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "a list",
            Value::Object(_) => "a record",
        };
        Error::custom(format_args!("{found} is no {kind}"))
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.0.as_str().ok_or_else(|| self.is_no("text"))?)
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.0.as_number().ok_or_else(|| self.is_no("number"))?.deserialize_any(visitor)
    }
}

/// Methods of a [`Deserializer`] that read one kind of value, where the general one would have a branch for each in every reader.
macro_rules! read_as {
    ($kind:ident: $($method:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.$kind(visitor)
        }
    )+};
}

impl<'de> Deserializer<'de> for Tree<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => number.deserialize_any(visitor),
            Value::String(text) => visitor.visit_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let values = self.0.as_array().ok_or_else(|| self.is_no("list"))?;
        visitor.visit_seq(SeqDeserializer::new(values.iter().map(Tree)))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let fields = self.0.as_object().ok_or_else(|| self.is_no("record"))?;
        visitor.visit_map(MapDeserializer::new(fields.iter().map(|(name, value)| (name.as_str(), Tree(value)))))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    /// Names alone: an enum of the wire that has more has a tag, and serde reads it as a record.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let name = self.0.as_str().ok_or_else(|| self.is_no("name"))?;
        visitor.visit_enum(StrDeserializer::new(name))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.0.as_bool().ok_or_else(|| self.is_no("truth value"))?)
    }

    read_as! { text: deserialize_str deserialize_string deserialize_identifier }
    read_as! { number: deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_i64 deserialize_f32 deserialize_f64 }
    forward_to_deserialize_any! {
        i8 i16 i32 i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct
    }
}

impl IntoDeserializer<'_, Error> for Tree<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fmt::Debug};

    use serde::Serialize;
    use shared::{
        project::{ProjectDetail, Stages},
        provider::{Choice, OptionInput},
        record::Status,
        scene::SceneWithTakes,
        video::{Fps, VideoOptions},
    };

    use super::*;
    use crate::state::project::samples;

    /// What is written is read back, and as serde_json itself reads it.
    fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(record: &T) {
        let text = serde_json::to_string(record).unwrap();
        assert_eq!(&read::<T>(&text).unwrap(), record);
        assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), record);
    }

    #[test]
    fn reads_what_the_wire_types_write() {
        let scene = samples::scene(3);
        let film = samples::clip(&scene, Status::Failed, 7);
        let taken =
            SceneWithTakes { audio: Some(samples::audio(&scene, Status::Ready, 5)), image: None, video: Some(film), scene: scene.clone() };
        comes_back(&ProjectDetail { project: samples::project("A “film”\n"), scenes: vec![taken] });
        comes_back(&BTreeMap::from([(scene.id, vec![-0.125, 1e300])]));
        comes_back(&VideoOptions { fps: Some(Fps::F60), ..VideoOptions::default() });
        comes_back(&vec![
            OptionInput::Toggle,
            OptionInput::Number { min: -1.0, max: 2.5, step: 0.5, only: vec![1.0] },
            OptionInput::Choice { choices: vec![Choice { value: "a".into(), label: "A".into() }] },
            OptionInput::References { max: 3 },
        ]);
    }

    #[test]
    fn a_field_that_is_not_known_is_left_out_and_one_of_another_kind_is_refused() {
        let stages = read::<Stages>(r#"{"later": {"a": [null]}, "audio": 1, "image": 2, "video": 3}"#).unwrap();
        assert_eq!(stages, Stages { audio: 1, image: 2, video: 3 });
        for wrong in [
            r#"{"audio": "1", "image": 2, "video": 3}"#,
            r#"{"audio": -1, "image": 2, "video": 3}"#,
            r#"{"audio": 1, "image": 2}"#,
            "[1, 2, 3]",
            "{",
        ] {
            assert!(read::<Stages>(wrong).is_err(), "{wrong}");
        }
        assert!(read::<Status>(r#"{"ready": null}"#).is_err());
        assert!(read::<Vec<Status>>(r#""ready""#).is_err());
        for wrong in [r#"{"type": "number", "min": 0, "max": 1}"#, r#"{"type": "choice"}"#, r#"{"type": "later"}"#, r#"{"max": 1}"#] {
            assert!(read::<OptionInput>(wrong).is_err(), "{wrong}");
        }
    }
}
