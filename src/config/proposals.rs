// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Kinds of proposals by name, from `release-config/proposals/`, and from the user's files.

use std::fs;
use std::path::Path;

use super::{Assets, RulesError};
use crate::governance::proposals::Scheme;

/// The scheme that counts where none is named.
pub const USUAL_SCHEME: &str = "flip";

/// A scheme: by name (`flip`), or from a file (anything with a `/` or that ends in `.toml`).
///
/// # Errors
/// When there is none, or it cannot be used.
pub fn load_scheme(assets: &Assets, name: &str) -> Result<Scheme, RulesError> {
    if name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|end| end == "toml") {
        let text =
            fs::read_to_string(name).map_err(|source| RulesError::Unreadable { file: name.to_owned(), source })?;
        return Ok(Scheme::parse(name, &text)?);
    }
    let names = assets.names("release-config/proposals");
    let known: Vec<&str> = names.iter().filter_map(|file| file.strip_suffix(".toml")).collect();
    if !known.contains(&name) {
        return Err(RulesError::UnknownScheme { name: name.to_owned(), known: known.join(", ") });
    }
    let file = format!("release-config/proposals/{name}.toml");
    Ok(Scheme::parse(&assets.place(&file), &assets.text(&file)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_of_release_config_is_read() {
        let assets = Assets::default();
        let names = assets.names("release-config/proposals");
        assert_eq!(names, ["flip.toml", "kip.toml", "sip.toml"]);
        for name in names {
            let scheme = load_scheme(&assets, name.trim_end_matches(".toml")).unwrap();
            assert_eq!(format!("{}.toml", scheme.id), name);
            assert!(scheme.sections.len() > 3 && scheme.states.len() > 4, "{name}");
        }
        let error = load_scheme(&assets, "flop").unwrap_err().to_string();
        assert_eq!(error, "there is no kind of proposal `flop`; there are: flip, kip, sip");
    }
}
