// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Lengths of time and sizes, as module files write them: `2m`, `500 ms`, `32MiB`.

use std::time::Duration;

/// A length of time; without a unit, milliseconds.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let millis = |each: u64| number.checked_mul(each).map(Duration::from_millis);
    match &*unit {
        "" | "ms" | "milli" | "millis" | "millisecond" | "milliseconds" => millis(1),
        "s" | "sec" | "secs" | "second" | "seconds" => millis(1000),
        "m" | "min" | "minute" | "minutes" => millis(60_000),
        "h" | "hour" | "hours" => millis(3_600_000),
        "d" | "day" | "days" => millis(86_400_000),
        "us" | "µs" | "micro" | "micros" | "microsecond" | "microseconds" => Some(Duration::from_micros(number)),
        "ns" | "nano" | "nanos" | "nanosecond" | "nanoseconds" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

/// A size in bytes; every unit is a power of 1024, as upstream has it.
pub(crate) fn size(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let each: u64 = match &*unit {
        "" | "b" | "byte" | "bytes" => 1,
        "k" | "kb" | "kib" | "kibibytes" => 1 << 10,
        "m" | "mb" | "mib" | "mebibytes" => 1 << 20,
        "g" | "gb" | "gib" | "gibibytes" => 1 << 30,
        "t" | "tb" | "tib" | "tebibytes" => 1 << 40,
        _ => return None,
    };
    number.checked_mul(each)
}

fn split(text: &str) -> Option<(u64, String)> {
    let text = text.trim();
    let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit.trim().to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_are_read_with_their_units() {
        let seconds = |text| duration(text).map(|time| time.as_secs_f64());
        assert_eq!(seconds("2m"), Some(120.0));
        assert_eq!(seconds("15 s"), Some(15.0));
        assert_eq!(seconds("250"), Some(0.25));
        assert_eq!(seconds("1 DAYS"), Some(86_400.0));
        assert_eq!(seconds("2 fortnights"), None);
        assert_eq!(seconds("-1s"), None);
        assert_eq!(seconds("99999999999999999999s"), None);
        assert_eq!(size("32MiB"), Some(32 << 20));
        assert_eq!(size("32MB"), Some(32 << 20));
        assert_eq!(size("10 kb"), Some(10 << 10));
        assert_eq!(size("7"), Some(7));
        assert_eq!(size("7 apples"), None);
        assert_eq!(size("99999999999999t"), None);
    }
}
