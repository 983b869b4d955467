// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The two streams: data, and talk.

use std::io::Write;

/// Says something to the person.
pub(crate) fn say(line: &str) {
    // Nobody listening is no reason to fail.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Gives a line of data.
pub(crate) fn give(line: &str) {
    // Who has closed the pipe has seen enough.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
