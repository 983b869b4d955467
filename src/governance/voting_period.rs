// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How long a vote is open: at least so many hours from the date of the mail that
//! called it (the foundation's release policy, "Release approval": "at least 72
//! hours"); a vote may stay open for longer.

use jiff::{SignedDuration, Timestamp};

/// How the reason begins why a vote cannot be closed.
pub const STILL_RUNS: &str = "the vote runs until";

/// The time that a vote must at least be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VotingPeriod {
    /// The date of the mail that called it.
    pub opened: Timestamp,
    /// For how many hours.
    pub hours: u32,
}

impl VotingPeriod {
    /// The first moment at which the vote may be closed.
    pub fn ends(&self) -> Timestamp {
        self.opened.saturating_add(SignedDuration::from_hours(self.hours.into())).unwrap_or(Timestamp::MAX)
    }

    /// Why the vote cannot be closed at `at`, where it cannot.
    pub fn still_runs(&self, at: Timestamp) -> Option<String> {
        let shown = |time: Timestamp| time.strftime("%Y-%m-%d %H:%M UTC").to_string();
        let (opened, ends) = (shown(self.opened), shown(self.ends()));
        (at < self.ends()).then(|| format!("{STILL_RUNS} {ends}, {} hours from its mail of {opened}", self.hours))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vote_may_be_closed_from_the_last_second_on_and_not_before() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let period = VotingPeriod { opened: at("2026-11-20T17:30:00Z"), hours: 72 };
        assert_eq!(period.ends(), at("2026-11-23T17:30:00Z"));
        let expected = "the vote runs until 2026-11-23 17:30 UTC, 72 hours from its mail of 2026-11-20 17:30 UTC";
        for early in ["2026-11-20T17:30:00Z", "2026-11-19T00:00:00Z", "2026-11-23T17:29:59Z"] {
            assert_eq!(period.still_runs(at(early)).as_deref(), Some(expected), "{early}");
        }
        for late in ["2026-11-23T17:30:00Z", "2026-12-24T00:00:00Z"] {
            assert_eq!(period.still_runs(at(late)), None, "{late}");
        }
    }

    #[test]
    fn no_number_of_hours_is_too_large() {
        let period = VotingPeriod { opened: Timestamp::MAX, hours: u32::MAX };
        assert_eq!(period.ends(), Timestamp::MAX);
    }
}
