//! Figures as people read them: lengths, sizes, ages, counts.

use chrono::{DateTime, Datelike, Utc};
use shared::{ApiError, language::reads_from_right};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `0:07`, `12:05`, `1:02:03`; rounded to the second.
pub fn duration(seconds: f64) -> String {
    let total = if seconds.is_finite() && seconds > 0.0 { seconds.round() as u64 } else { 0 };
    let (hours, minutes, seconds) = (total / 3600, total / 60 % 60, total % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// `7.3 s` below a minute, else as [`duration`]: for single scenes, where tenths tell.
pub fn scene_length(seconds: f64) -> String {
    if seconds.is_finite() && seconds < 59.95 { format!("{:.1} s", seconds.max(0.0)) } else { duration(seconds) }
}

/// `480 B`, `12 kB`, `3.4 MB`, `1.2 GB`: powers of ten, as file managers show them.
pub fn bytes(size: u64) -> String {
    let size = size as f64;
    match size {
        s if s < 1e3 => format!("{s:.0} B"),
        s if s < 1e6 => format!("{:.0} kB", s / 1e3),
        s if s < 1e9 => format!("{:.1} MB", s / 1e6),
        s => format!("{:.1} GB", s / 1e9),
    }
}

/// `just now`, `5 min ago`, `3 h ago`, `yesterday`, `4 days ago`, then the date.
pub fn age(then: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let minutes = (now - then).num_minutes();
    match minutes {
        i64::MIN..=0 => "just now".to_owned(),
        1..=59 => format!("{minutes} min ago"),
        60..=1439 => format!("{} h ago", minutes / 60),
        1440..=2879 => "yesterday".to_owned(),
        2880..=10079 => format!("{} days ago", minutes / 1440),
        _ => {
            let month = MONTHS.get(then.month0() as usize).copied().unwrap_or_default();
            format!("{} {month} {}", then.day(), then.year())
        }
    }
}

/// `1 scene`, `3 scenes`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// `2`, `2 and 5`, `2, 5 and 7`.
pub fn numbers(all: &[usize]) -> String {
    let told: Vec<_> = all.iter().map(ToString::to_string).collect();
    match told.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A scene's title, or what stands in its place.
pub fn title(title: &str) -> &str {
    if title.trim().is_empty() { "Untitled" } else { title }
}

/// `42%` of a fraction from 0 to 1; never 100 before it is done.
pub fn percent(fraction: f64) -> String {
    let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 };
    format!("{}%", (fraction * 100.0).floor())
}

/// `a few seconds left`, `40 s left`, `3 min left`, `1 h 5 min left`: coarse, since it is a guess.
pub fn remaining(seconds: f64) -> String {
    match seconds.max(0.0) {
        s if s < 10.0 => "a few seconds left".to_owned(),
        s if s < 55.0 => format!("{:.0} s left", (s / 5.0).ceil() * 5.0),
        s if s < 3570.0 => format!("{:.0} min left", (s / 60.0).ceil()),
        s => {
            let minutes = (s / 60.0).ceil() as u64;
            format!("{} h {} min left", minutes / 60, minutes % 60)
        }
    }
}

/// What went wrong, without the names that fields have for programs: those that people see are beside it.
pub fn reason(error: &ApiError) -> String {
    let Some((_, why)) = error.message.split_once("` is not valid: ") else { return error.message.clone() };
    let mut letters = why.chars();
    letters.next().map_or_else(String::new, |first| [first.to_ascii_uppercase()].into_iter().chain(letters).collect())
}

/// `$0.12`, `$3.40`, `under $0.01`.
pub fn cost(usd: f64) -> String {
    if usd > 0.0 && usd < 0.01 { "under $0.01".to_owned() } else { format!("${usd:.2}") }
}

/// Whether a text of that language is written from right to left, for the `dir` of what shows it.
pub fn direction(language: &str) -> &'static str {
    if reads_from_right(language) { "rtl" } else { "auto" }
}

#[cfg(test)]
mod tests {
    use shared::{ErrorCode, error::FieldError};

    use super::*;

    #[test]
    fn durations_carry_over() {
        assert_eq!(duration(0.0), "0:00");
        assert_eq!(duration(59.6), "1:00");
        assert_eq!(duration(725.0), "12:05");
        assert_eq!(duration(3723.0), "1:02:03");
        assert_eq!(duration(f64::NAN), "0:00");
        assert_eq!(duration(-4.0), "0:00");
    }

    #[test]
    fn scenes_show_tenths_until_a_minute() {
        assert_eq!(scene_length(7.25), "7.2 s");
        assert_eq!(scene_length(59.94), "59.9 s");
        assert_eq!(scene_length(59.96), "1:00");
    }

    #[test]
    fn sizes_change_their_unit() {
        assert_eq!(bytes(480), "480 B");
        assert_eq!(bytes(12_345), "12 kB");
        assert_eq!(bytes(3_400_000), "3.4 MB");
        assert_eq!(bytes(1_200_000_000), "1.2 GB");
    }

    #[test]
    fn ages_grow_coarser() {
        let now = DateTime::parse_from_rfc3339("2026-11-23T12:00:00Z").unwrap().to_utc();
        let ago = |minutes| age(now - chrono::TimeDelta::minutes(minutes), now);
        assert_eq!(ago(-3), "just now");
        assert_eq!(ago(5), "5 min ago");
        assert_eq!(ago(125), "2 h ago");
        assert_eq!(ago(1500), "yesterday");
        assert_eq!(ago(3 * 1440), "3 days ago");
        assert_eq!(ago(30 * 1440), "24 Oct 2026");
    }

    #[test]
    fn nothing_is_complete_before_it_is() {
        assert_eq!(percent(0.999), "99%");
        assert_eq!(percent(1.0), "100%");
        assert_eq!(percent(f64::NAN), "0%");
    }

    #[test]
    fn what_is_left_is_told_coarsely() {
        assert_eq!(remaining(3.2), "a few seconds left");
        assert_eq!(remaining(36.1), "40 s left");
        assert_eq!(remaining(55.5), "1 min left");
        assert_eq!(remaining(125.0), "3 min left");
        assert_eq!(remaining(3900.0), "1 h 5 min left");
    }

    #[test]
    fn reasons_name_no_fields_of_programs() {
        let field = |path: &str| FieldError { path: path.to_owned(), message: "must be an http or https address".to_owned() };
        let one = ApiError::invalid(vec![field("providers.openai.baseUrl")]);
        assert_eq!(reason(&one), "Must be an http or https address.");
        let two = ApiError::invalid(vec![field("providers.openai.baseUrl"), field("providers.fal.baseUrl")]);
        assert_eq!(reason(&two), "Must be an http or https address (and 1 more).");
        let other = ApiError::new(ErrorCode::NotFound, "There is no such project.");
        assert_eq!(reason(&other), "There is no such project.");
    }

    #[test]
    fn small_costs_are_not_nothing() {
        assert_eq!(cost(0.004), "under $0.01");
        assert_eq!(cost(1.2), "$1.20");
    }

    #[test]
    fn arabic_runs_from_the_right() {
        assert_eq!(direction("ar-EG"), "rtl");
        assert_eq!(direction("AR"), "rtl");
        assert_eq!(direction("en"), "auto");
    }
}
