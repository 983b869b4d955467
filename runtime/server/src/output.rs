// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The two streams: data, and talk.

use std::io::{ErrorKind, Write};

use crate::error::CliError;

/// Says something to the person.
pub(crate) fn say(line: &str) {
    // Nobody listening is no reason to fail.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Gives a line of data.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn give(line: &str) -> Result<(), CliError> {
    let mut stdout = std::io::stdout().lock();
    match writeln!(stdout, "{line}").and_then(|()| stdout.flush()) {
        // Who has closed the pipe has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|source| CliError::Machine { what: "the output cannot be written", source }),
    }
}

/// A text from elsewhere as it may be shown on a terminal: what controls one is escaped.
pub(crate) fn shown(text: &str) -> String {
    let escaped = |letter: char| match letter.is_control() {
        true => letter.escape_default().to_string(),
        false => letter.to_string(),
    };
    text.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_controls_a_terminal_is_escaped() {
        assert_eq!(shown("Ä da\u{1b}[2J\n\u{9b}"), "Ä da\\u{1b}[2J\\n\\u{9b}");
    }
}
