// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Bylaws by name, from `release-config/bylaws/`, and bylaws and rosters from the user's files.

use std::fs;
use std::path::Path;

use super::{AssetError, Assets, Product};
use crate::governance::{Bylaws, FileFault, Roster};

/// The bylaws that count where none are named.
pub const USUAL_BYLAWS: &str = "flink";

/// Rules or people that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// There are no such bylaws.
    #[error("there are no bylaws `{name}`; there are: {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// There is no such kind of proposal.
    #[error("there is no kind of proposal `{name}`; there are: {known}")]
    UnknownScheme {
        /// What was asked for.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// A file cannot be read.
    #[error("cannot read {file}")]
    Unreadable {
        /// Which.
        file: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// An asset cannot be read.
    #[error(transparent)]
    Asset(#[from] AssetError),
    /// What it says cannot be used.
    #[error(transparent)]
    Fault(#[from] FileFault),
}

/// Bylaws: by name (`flink`), or from a file (anything with a `/` or that ends in `.toml`).
///
/// # Errors
/// When there are none, or they cannot be used.
pub fn load_bylaws(assets: &Assets, name: &str) -> Result<Bylaws, RulesError> {
    if is_path(name) {
        return Ok(Bylaws::parse(name, &text_of(Path::new(name))?)?);
    }
    let known: Vec<String> = assets
        .names("release-config/bylaws")
        .iter()
        .filter_map(|file| file.strip_suffix(".toml").map(str::to_owned))
        .collect();
    if !known.iter().any(|one| one == name) {
        return Err(RulesError::Unknown { name: name.to_owned(), known: known.join(", ") });
    }
    let file = format!("release-config/bylaws/{name}.toml");
    Ok(Bylaws::parse(&assets.place(&file), &assets.text(&file)?)?)
}

/// What the vote mail would promise and the bylaws do not keep: a vote that is to end before
/// they let it. `None` where it fits, or no bylaws count the votes.
pub fn short_vote(assets: &Assets, product: &Product) -> Option<String> {
    let vote = product.vote.as_ref()?;
    let bylaws = load_bylaws(assets, &vote.bylaws).ok()?;
    let (days, hours) = (bylaws.action(&vote.action)?.minimum_days, product.waits.vote_hours);
    (hours < days * 24).then(|| {
        format!(
            "waits.vote_hours = {hours}: the vote mail will say so, and by the bylaws `{}` the vote is counted after \
             {} hours at the earliest",
            vote.bylaws,
            days * 24
        )
    })
}

/// A product's roster: by name, from `release-config/rosters/`, or from a file (anything with
/// a `/` or that ends in `.toml`); with the addresses of an alias file.
///
/// # Errors
/// When one of them is not there, or cannot be used.
pub fn roster_named(assets: &Assets, name: &str, aliases: Option<&Path>) -> Result<Roster, RulesError> {
    if is_path(name) {
        return load_roster(Path::new(name), aliases);
    }
    let file = format!("release-config/rosters/{name}.toml");
    let read = Roster::parse(&assets.place(&file), &assets.text(&file)?)?;
    with_aliases(read, aliases)
}

fn is_path(name: &str) -> bool {
    name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|end| end == "toml")
}

/// The roster with the addresses of an alias file, where there is one.
///
/// # Errors
/// When it cannot be read or used.
pub fn with_aliases(roster: Roster, aliases: Option<&Path>) -> Result<Roster, RulesError> {
    match aliases {
        Some(file) => Ok(roster.with_aliases(&file.display().to_string(), &text_of(file)?)?),
        None => Ok(roster),
    }
}

/// The roster in a file, with the addresses of an alias file.
///
/// # Errors
/// When one of them cannot be read or used.
pub fn load_roster(roster: &Path, aliases: Option<&Path>) -> Result<Roster, RulesError> {
    let read = Roster::parse(&roster.display().to_string(), &text_of(roster)?)?;
    with_aliases(read, aliases)
}

fn text_of(file: &Path) -> Result<String, RulesError> {
    fs::read_to_string(file).map_err(|source| RulesError::Unreadable { file: file.display().to_string(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governance::{Approval, Office};

    #[test]
    fn every_bylaws_have_the_actions_that_commands_name() {
        let ids = [
            "code-change",
            "flip",
            "release-plan",
            "product-release",
            "new-codebase",
            "new-committer",
            "new-pmc-member",
            "committer-removal",
            "pmc-member-removal",
            "modify-bylaws",
        ];
        for name in ["flink", "asf"] {
            let bylaws = load_bylaws(&Assets::default(), name).unwrap();
            assert_eq!(bylaws.actions.iter().map(|action| &*action.id).collect::<Vec<_>>(), ids, "{name}");
            let release = bylaws.action("product-release").unwrap();
            assert_eq!((release.approval, release.binding), (Approval::LazyMajority, Office::Pmc), "{name}");
            for action in &bylaws.actions {
                assert_eq!(action.exclude_subject, action.id.ends_with("removal") || action.minimum_plus > 0);
                assert_eq!(
                    action.list == "private",
                    action.binding == Office::Pmc && action.approval == Approval::Consensus
                );
            }
        }
    }

    #[test]
    fn a_vote_that_is_to_end_before_the_bylaws_let_it_is_told() {
        let file = "release-config/flink-statefun.toml";
        let assets = Assets::default();
        let mut product = crate::config::parse_product(file, &assets.text(file).unwrap()).unwrap();
        assert_eq!(short_vote(&assets, &product), None);
        product.waits.vote_hours = 71;
        let told = short_vote(&assets, &product).unwrap();
        assert!(told.starts_with("waits.vote_hours = 71") && told.contains("72 hours"), "{told}");
        product.vote = None;
        assert_eq!(short_vote(&assets, &product), None);
    }

    #[test]
    fn the_table_of_the_flink_bylaws() {
        let bylaws = load_bylaws(&Assets::default(), USUAL_BYLAWS).unwrap();
        let days: Vec<u32> = bylaws.actions.iter().map(|action| action.minimum_days).collect();
        assert_eq!(days, [0, 3, 3, 3, 6, 3, 3, 6, 6, 6]);
        let thirds = bylaws.actions.iter().filter(|action| action.approval == Approval::TwoThirdsMajority);
        assert_eq!(thirds.map(|action| &*action.id).collect::<Vec<_>>(), ["new-codebase", "modify-bylaws"]);
    }

    #[test]
    fn what_is_not_there_is_said() {
        let error = load_bylaws(&Assets::default(), "nobodys").unwrap_err();
        assert_eq!(error.to_string(), "there are no bylaws `nobodys`; there are: asf, flink");
        let error = load_bylaws(&Assets::default(), "/nonexistent/own.toml").unwrap_err();
        assert_eq!(error.to_string(), "cannot read /nonexistent/own.toml");
        assert!(matches!(load_roster(Path::new("/nonexistent"), None), Err(RulesError::Unreadable { .. })));
    }
}
