// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! With what a proposal is carried on, as it is given on the command line.

use crate::commands::CommandError;
use crate::commands::vote::Given;

/// With what a proposal is carried on.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// The product of release-config/ whose lists, relay and rules are used; else the one that is
    /// called as the scheme's project is.
    #[arg(long, value_name = "PRODUCT")]
    pub product: Option<String>,
    #[command(flatten)]
    pub rules: Given,
    /// What the mails say of it: a text, or a file that has it; else the first words of its page.
    #[arg(long, value_name = "FILE|TEXT")]
    pub about: Option<String>,
    /// Where its text is to be read, for the mails; else its page on the wiki, or at the registry's remote by the
    /// scheme's `web`.
    #[arg(long, value_name = "URL")]
    pub link: Option<String>,
    /// The wiki's address, where its page there is to follow.
    #[arg(long, value_name = "URL", requires_all = ["space", "parent"])]
    pub confluence: Option<String>,
    /// The space of its pages.
    #[arg(long, value_name = "KEY", requires = "confluence")]
    pub space: Option<String>,
    /// The id of the page whose children the proposals are.
    #[arg(long, value_name = "ID", requires = "confluence")]
    pub parent: Option<String>,
    /// The tracker's address; else the scheme's.
    #[arg(long, value_name = "URL")]
    pub tracker: Option<String>,
    /// Keep the registry's commits here, although it has a remote: push them yourself.
    #[arg(long)]
    pub local: bool,
}

impl Options {
    /// The wiki: address, space, parent.
    ///
    /// # Errors
    /// When it is named in part.
    pub fn wiki(&self) -> Result<Option<(String, String, String)>, CommandError> {
        match (&self.confluence, &self.space, &self.parent) {
            (Some(url), Some(space), Some(parent)) => Ok(Some((url.clone(), space.clone(), parent.clone()))),
            (None, None, None) => Ok(None),
            _ => Err(CommandError::usage("the wiki is named in part", "--confluence URL --space KEY --parent ID")),
        }
    }
}
