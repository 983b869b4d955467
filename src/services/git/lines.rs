// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which lines of a text are new in it.

use std::collections::BTreeSet;

use git2::{DiffOptions, Patch};

use super::{GitError, local};

/// The numbers, from 0, of the lines that `now` has more than `before`, as git compares two
/// texts.
///
/// # Errors
/// When libgit2 cannot compare them.
pub fn added_lines(before: &str, now: &str) -> Result<BTreeSet<usize>, GitError> {
    let failed = || local("compare two texts");
    let mut options = DiffOptions::new();
    options.context_lines(0).force_text(true);
    let patch =
        Patch::from_buffers(before.as_bytes(), None, now.as_bytes(), None, Some(&mut options)).map_err(failed())?;
    let mut added = BTreeSet::new();
    for hunk in 0..patch.num_hunks() {
        let lines = patch.num_lines_in_hunk(hunk).map_err(failed())?;
        for line in 0..lines {
            let line = patch.line_in_hunk(hunk, line).map_err(failed())?;
            let number = (line.origin() == '+').then(|| line.new_lineno()).flatten();
            added.extend(number.map(|number| number as usize - 1));
        }
    }
    Ok(added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_stands_twice_is_new_where_it_was_put() {
        let added = |before, now| added_lines(before, now).unwrap().into_iter().collect::<Vec<_>>();
        assert_eq!(added("a\nday\n", "b\nday\na\nday\n"), [0, 1]);
        assert_eq!(added("a\nday\n", "a\nday\nb\nday\n"), [2, 3]);
        assert_eq!(added("a\n", "a\n"), Vec::<usize>::new());
        assert_eq!(added("", "a\nb"), [0, 1]);
        assert_eq!(added("a\0b\n", "a\0b\nc\n"), [1], "a text with a zero byte");
        assert_eq!(added("a\r\nb\r\n", "a\r\nc\r\nb\r\n"), [1]);
    }
}
