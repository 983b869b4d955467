// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Globs over paths from the root of a tree.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::release::PatternError;

/// A matcher for `patterns`, all from the root.
pub(super) fn globs<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Result<GlobSet, PatternError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern.trim_start_matches('/'))
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .map_err(|source| PatternError { pattern: pattern.to_owned(), source })?;
        set.add(glob);
    }
    set.build().map_err(|source| PatternError { pattern: "all patterns together".to_owned(), source })
}
