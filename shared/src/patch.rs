//! The fields of a JSON Merge Patch (RFC 7396): absent, null, or a value, and which of them a field allows.

use serde::{Deserialize, Deserializer};

/// For `Option<Option<T>>`: absent leaves it, null removes it, a value sets it.
pub fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(d: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

/// For `Option<T>`: absent leaves it, a value sets it, null is an error, since the field cannot be removed.
pub fn required<'de, T: Deserialize<'de>, D: Deserializer<'de>>(d: D) -> Result<Option<T>, D::Error> {
    T::deserialize(d).map(Some)
}
