// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Times as people read them: always in UTC, and always said so.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A time to the minute: `2026-09-01 08:30 UTC`.
pub fn minute(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// How far off a time is: `in 2 days 23 h`, `in 12 min`, `due`.
pub fn from_now(at: Timestamp, now: Timestamp) -> String {
    let left: SignedDuration = at.duration_since(now);
    let minutes = (left.as_secs() + 59) / 60;
    if left <= SignedDuration::ZERO {
        return "due".into();
    }
    let (days, hours) = (minutes / (24 * 60), minutes / 60 % 24);
    match (days, hours) {
        (0, 0) => format!("in {minutes} min"),
        (0, hours) => format!("in {hours} h {} min", minutes % 60),
        (1, hours) => format!("in 1 day {hours} h"),
        (days, hours) => format!("in {days} days {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_easily() {
        let now: Timestamp = "2026-09-01T08:30:10Z".parse().unwrap();
        assert_eq!(minute(now), "2026-09-01 08:30 UTC");
        for (seconds, expected) in [
            (-5, "due"),
            (0, "due"),
            (1, "in 1 min"),
            (60, "in 1 min"),
            (61, "in 2 min"),
            (3600, "in 1 h 0 min"),
            (86_400 + 7200, "in 1 day 2 h"),
            (72 * 3600 - 60, "in 2 days 23 h"),
        ] {
            assert_eq!(from_now(now + SignedDuration::from_secs(seconds), now), expected);
        }
    }
}
