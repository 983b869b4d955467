// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a file says under which licence it is, as Apache RAT 0.16.1 judges it with
//! the licences that it approves by default. `scripts/compare-rat.sh` holds the two
//! against each other; what RAT said of the corner cases is recorded in the tests.

mod approved;
#[cfg(test)]
mod compare_tests;
mod document;
mod excludes;
mod judge;
#[cfg(test)]
mod tests;

pub use document::Document;
pub use excludes::{ExcludeError, RatExcludes};
pub use judge::{HeaderCheck, Judgement};
