// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How many files and connections this process may have open, and who gets how many.
//!
//! Half is for the connections to functions, a quarter for those of clients and of whoever looks at the
//! administration; the rest is the store's, which cannot go on without.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// With fewer the log says so.
const FEW: u64 = 8192;
/// How many connections the administration has at most.
const MOST_OF_ADMINISTRATION: usize = 64;

/// How many may be open at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenFiles(usize);

impl OpenFiles {
    /// As many as this process may have at most: the soft limit is raised to the hard one.
    pub(crate) fn raise() -> Self {
        let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
        let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
        let now = if raised.is_ok() { maximum } else { current };
        let files = Self(now.map_or(usize::MAX, |now| usize::try_from(now).unwrap_or(usize::MAX)));
        if now.is_some_and(|now| now < FEW) {
            let (to_functions, of_clients) = (files.to_functions(1), files.of_clients(1));
            tracing::warn!(
                open_files = files.0,
                to_functions,
                of_clients,
                "few files may be open, and so few connections: raise the limit (ulimit -Hn, LimitNOFILE=)"
            );
        }
        files
    }

    /// How many connections to functions each of so many endpoints may have.
    pub(crate) fn to_functions(self, endpoints: usize) -> usize {
        (self.0 / 2 / endpoints.max(1)).max(1)
    }

    /// How many connections of clients each of so many ports may have, beside the administration.
    pub(crate) fn of_clients(self, ports: usize) -> usize {
        ((self.0 / 4).saturating_sub(self.of_administration()) / ports.max(1)).max(1)
    }

    /// How many connections the administration may have.
    pub(crate) fn of_administration(self) -> usize {
        (self.0 / 16).clamp(1, MOST_OF_ADMINISTRATION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_are_left_for_the_store() {
        let files = OpenFiles(1024);
        assert_eq!((files.to_functions(4), files.of_clients(2), files.of_administration()), (128, 96, 64));
        let few = OpenFiles(256);
        assert!(few.to_functions(1) + few.of_clients(1) + few.of_administration() <= 256 - 64);
        let few = OpenFiles(10);
        assert_eq!((few.to_functions(100), few.of_clients(3), few.of_administration()), (1, 1, 1));
    }
}
