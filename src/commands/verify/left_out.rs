// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What of a tag's files is not held against a source archive: what the product's configuration says
//! that the archive leaves out, and what a person wants not to be looked at.

use crate::commands::CommandError;
use crate::config::Product;
use crate::release::{PathRules, PatternError};
use crate::verify::Finding;

/// What is not held against the source archive.
pub struct LeftOut {
    /// What the archive must not have, as the product's configuration says.
    pub configured: PathRules,
    /// What is not looked at, neither in the tag nor in the archive.
    pub named: PathRules,
    /// The globs of it, one by one.
    globs: Vec<(String, PathRules)>,
}

impl LeftOut {
    /// What the configuration of `product` says, and the globs that a person `named`.
    ///
    /// # Errors
    /// When something of it is no glob.
    pub fn of(product: Option<&Product>, named: &[String]) -> Result<Self, CommandError> {
        let wrong = |error: PatternError| {
            let hint = "correct --exclude, or `source.exclude` in the product's configuration";
            CommandError::usage(error.to_string(), hint)
        };
        let configured: Vec<&String> = product.iter().flat_map(|product| &product.source.exclude).collect();
        let alone = |glob: &String| Ok((glob.clone(), PathRules::new(std::slice::from_ref(glob))?));
        Ok(Self {
            configured: PathRules::new(&configured).map_err(wrong)?,
            named: PathRules::new(named).map_err(wrong)?,
            globs: named.iter().map(alone).collect::<Result<_, _>>().map_err(wrong)?,
        })
    }

    /// What should be known of each glob that a person named and that fits none of `paths`.
    pub fn fit_nothing(&self, paths: &[&str]) -> Vec<Finding> {
        let idle = self.globs.iter().filter(|(_, rules)| !paths.iter().any(|path| rules.fit(path)));
        let said = |(glob, _): &(String, PathRules)| {
            Finding::warn("source-tag", format!("--exclude {glob} fits no file, neither of the tag nor of the archive"))
        };
        idle.map(said).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_that_fits_nothing_is_told() {
        let named = ["*.bat".to_owned(), "dcos".to_owned()];
        let left_out = LeftOut::of(None, &named).unwrap();
        assert!(left_out.named.fit("bin/run.bat") && !left_out.configured.fit("bin/run.bat"));
        let said = left_out.fit_nothing(&["bin/run.bat", "docs/a"]);
        assert_eq!(said.len(), 1);
        assert!(said[0].detail.starts_with("--exclude dcos fits no file"), "{said:?}");
        assert!(LeftOut::of(None, &["a[b".to_owned()]).is_err());
    }
}
