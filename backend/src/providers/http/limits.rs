//! How long a provider may take: to be connected to, to begin its answer, between two parts of it, and in all.

use std::time::Duration;

use shared::provider::{KindLimits, ProviderKind, TimeLimits};

use super::is_local_address;

/// The time limits of one piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until an answer begins, sending the request included.
    pub first_byte: Duration,
    /// Between two parts of an answer.
    pub idle: Duration,
    /// For everything that the piece of work needs: asking, polling, fetching.
    pub total: Duration,
}

impl Limits {
    /// What is right for that kind of work, with what the user has set over it. A server on this machine or in this
    /// network gets far longer to begin: it may have to load a model first.
    pub fn of(kind: ProviderKind, local: bool, set: &KindLimits) -> Self {
        let seconds = |connect, first_byte, idle, total| Self {
            connect: Duration::from_secs(connect),
            first_byte: Duration::from_secs(first_byte),
            idle: Duration::from_secs(idle),
            total: Duration::from_secs(total),
        };
        let own = match (kind, local) {
            // Models that think do so before the first word.
            (ProviderKind::Script, false) => seconds(10, 180, 120, 600),
            (ProviderKind::Script, true) => seconds(5, 600, 300, 1800),
            (ProviderKind::Speech, false) => seconds(10, 120, 60, 300),
            (ProviderKind::Speech, true) => seconds(5, 600, 300, 1800),
            (ProviderKind::Image, false) => seconds(10, 240, 60, 420),
            (ProviderKind::Image, true) => seconds(5, 1200, 600, 3600),
            // The total covers the whole making of a clip; each call about it is short.
            (ProviderKind::Video, false) => seconds(10, 120, 60, 1800),
            (ProviderKind::Video, true) => seconds(5, 1200, 600, 7200),
        };
        own.with(set.of(kind).copied().unwrap_or_default())
    }

    /// As [`Limits::of`], where it is reached at that address.
    pub fn at(kind: ProviderKind, base_url: Option<&str>, set: &KindLimits) -> Self {
        Self::of(kind, is_local_address(base_url), set)
    }

    /// For a look at whether somebody is there.
    pub fn glance(limit: Duration) -> Self {
        Self { connect: limit, first_byte: limit, idle: limit, total: limit }
    }

    fn with(self, set: TimeLimits) -> Self {
        let or = |seconds: Option<f64>, own: Duration| seconds.and_then(|s| Duration::try_from_secs_f64(s).ok()).unwrap_or(own);
        Self {
            connect: or(set.connect_seconds, self.connect),
            first_byte: or(set.first_byte_seconds, self.first_byte),
            idle: or(set.idle_seconds, self.idle),
            total: or(set.total_seconds, self.total),
        }
    }

    /// As the settings show them.
    pub fn shown(self) -> TimeLimits {
        TimeLimits {
            connect_seconds: Some(self.connect.as_secs_f64()),
            first_byte_seconds: Some(self.first_byte.as_secs_f64()),
            idle_seconds: Some(self.idle.as_secs_f64()),
            total_seconds: Some(self.total.as_secs_f64()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_user_sets_lies_over_what_is_usual() {
        let set = KindLimits { script: Some(TimeLimits { total_seconds: Some(42.5), ..TimeLimits::default() }), ..KindLimits::default() };
        let usual = Limits::of(ProviderKind::Script, false, &KindLimits::default());
        let limits = Limits::of(ProviderKind::Script, false, &set);
        assert_eq!(limits, Limits { total: Duration::from_millis(42_500), ..usual });
        assert_eq!(Limits::of(ProviderKind::Speech, false, &set).total, Duration::from_secs(300));
        assert!(Limits::of(ProviderKind::Script, true, &KindLimits::default()).first_byte > usual.first_byte);
    }
}
