// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! By which rules a vote beside a release is counted: what the command line names, and for the
//! rest the product's configuration. The vote on a candidate has the release's own.

use std::path::{Path, PathBuf};

use crate::commands::CommandError;
use crate::commands::environment::{Environment, absolute};
use crate::commands::release_files::release_file;
use crate::config::{Mail, USUAL_BYLAWS, Vote, parse_product};

/// The rules that a command line names; the product's configuration says the rest.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Given {
    /// Bylaws: flink, asf, or a file; else those of the product's configuration.
    #[arg(long, value_name = "NAME|FILE")]
    pub bylaws: Option<String>,
    /// The roster: whose votes bind; else that of the product's configuration.
    #[arg(long, value_name = "FILE")]
    pub roster: Option<PathBuf>,
    /// A file that says what other addresses people write from.
    #[arg(long, value_name = "FILE")]
    pub alias: Option<PathBuf>,
}

/// What a product's configuration says of its votes.
pub struct Configured {
    /// The lists, the relay and the archive.
    pub mail: Mail,
    /// The rules, where it names any.
    pub vote: Option<Vote>,
}

/// What the configuration of `product` says of its votes. Nothing in it may depend on a version.
///
/// # Errors
/// When there is no such product, or it is malformed.
pub fn configured(environment: &Environment, product: &str) -> Result<Configured, CommandError> {
    let file = release_file(&environment.assets, "release-config", "product", product)?;
    let product = parse_product(&file.place, &file.text)?;
    let (mail, vote) = (product.mail, product.vote);
    let of_mail = [Some(&mail.dev), mail.archive.as_ref(), Some(&mail.smtp_host), mail.smtp_ca.as_ref()];
    let of_vote = vote.iter().flat_map(|vote| {
        let whimsy = vote.whimsy.iter().flat_map(|whimsy| [&whimsy.committee, &whimsy.url]);
        [&vote.bylaws, &vote.action].into_iter().chain(&vote.roster).chain(&vote.aliases).chain(whimsy)
    });
    let texts = of_mail.into_iter().flatten().map(|text| ("mail", text)).chain(of_vote.map(|text| ("vote", text)));
    let unfilled: Vec<(&str, &String)> = texts.filter(|(_, text)| text.contains("{{")).collect();
    if let [(table, text), ..] = unfilled[..] {
        return Err(CommandError::usage(
            format!("{}: `{table}` names `{text}`, which only a release can fill in", file.place),
            "write it out, so that votes beside a release can use it",
        ));
    }
    Ok(Configured { mail, vote })
}

/// The rules by which `action` is voted on: as given, else as configured, else the usual bylaws.
/// With another roster go no configured aliases: they are of people on the configured one.
pub fn named(configured: Option<Vote>, given: &Given, action: &str) -> Vote {
    let text = |path: &PathBuf| path.display().to_string();
    let mut vote = configured.unwrap_or_else(|| Vote {
        bylaws: USUAL_BYLAWS.to_owned(),
        action: String::new(),
        roster: None,
        whimsy: None,
        aliases: None,
    });
    vote.action = action.to_owned();
    if let Some(bylaws) = &given.bylaws {
        vote.bylaws.clone_from(bylaws);
    }
    if let Some(roster) = &given.roster {
        (vote.roster, vote.whimsy, vote.aliases) = (Some(as_path(roster)), None, None);
    }
    if let Some(alias) = &given.alias {
        vote.aliases = Some(text(alias));
    }
    vote
}

/// A file that is named on the command line is a file, whatever it is called.
fn as_path(file: &Path) -> String {
    let text = file.display().to_string();
    let plain = !text.contains(['/', '\\']) && file.extension().is_none_or(|end| end != "toml");
    if plain { format!("./{text}") } else { text }
}

/// The same rules, with paths that hold wherever the command is given.
///
/// # Errors
/// When a path cannot be made one.
pub fn from_anywhere(vote: Vote) -> Result<Vote, CommandError> {
    let path = |name: String| -> Result<String, CommandError> {
        let file = Path::new(&name);
        if name.contains(['/', '\\']) || file.extension().is_some_and(|end| end == "toml") {
            return Ok(absolute(file)?.display().to_string());
        }
        Ok(name)
    };
    Ok(Vote {
        bylaws: path(vote.bylaws)?,
        roster: vote.roster.map(path).transpose()?,
        aliases: vote
            .aliases
            .map(|file| absolute(Path::new(&file)).map(|file| file.display().to_string()))
            .transpose()?,
        ..vote
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product() -> Vote {
        Vote {
            bylaws: "asf".into(),
            action: "product-release".into(),
            roster: Some("greeter".into()),
            whimsy: None,
            aliases: Some("/a.toml".into()),
        }
    }

    #[test]
    fn what_is_not_given_is_configured() {
        let nothing = named(Some(product()), &Given::default(), "flip");
        assert_eq!(nothing, Vote { action: "flip".into(), ..product() });
        let roster = Given { roster: Some("people".into()), ..Given::default() };
        let other = named(Some(product()), &roster, "flip");
        assert_eq!((other.roster.as_deref(), other.aliases, &*other.bylaws), (Some("./people"), None, "asf"));
        let alias = Given { alias: Some("b.toml".into()), bylaws: Some("flink".into()), ..Given::default() };
        let both = named(Some(product()), &alias, "flip");
        assert_eq!((both.roster.as_deref(), both.aliases.as_deref()), (Some("greeter"), Some("b.toml")));
        assert_eq!(named(None, &Given::default(), "flip").bylaws, USUAL_BYLAWS);
    }

    #[test]
    fn names_stay_names_and_paths_hold_everywhere() {
        let vote = Vote { roster: Some("r.toml".into()), aliases: Some("a".into()), ..product() };
        let absolute = from_anywhere(vote).unwrap();
        assert_eq!(absolute.bylaws, "asf");
        assert!(
            Path::new(&absolute.roster.unwrap()).is_absolute() && Path::new(&absolute.aliases.unwrap()).is_absolute()
        );
    }
}
