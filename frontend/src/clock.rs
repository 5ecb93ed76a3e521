//! What time it is, by the browser's clock.

use chrono::{DateTime, Utc};

/// Now.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(milliseconds() as i64).unwrap_or_default()
}

/// Milliseconds since 1970.
pub fn milliseconds() -> f64 {
    js_sys::Date::now()
}
