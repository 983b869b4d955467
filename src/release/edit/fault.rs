// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is wrong with a rule, or with the tree that it is applied to.

use std::fmt;

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditFault {
    /// Which rule, in a few words.
    pub rule: String,
    /// Where: `pom.xml:32`, or the rule's files where no line can be named.
    pub place: String,
    /// What is there.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

/// All that is wrong, at once; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditFaults(pub Vec<EditFault>);

impl fmt::Display for EditFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: found {}, expected {} (rule {})", self.place, self.found, self.expected, self.rule)
    }
}

impl fmt::Display for EditFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(EditFault::to_string).collect();
        f.write_str(&texts.join("; "))
    }
}

impl std::error::Error for EditFaults {}
