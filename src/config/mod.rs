// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `release-config/*.toml` and the other embedded assets, as typed values.
//!
//! Nothing here is ever read from the repository that is being released: that
//! is input, not instruction.

mod assets;
mod build;
mod channels;
mod check;
mod expected;
mod load;
mod numbering;
mod place;
mod product;
mod proposals;
mod rules;
mod sites;
mod values;

pub use assets::{AssetError, Assets};
pub use build::{Build, BuildOutput};
pub use channels::{Announcement, Documentation, Jira, Links, Mail, Maven, Npm, Pypi, Tls};
pub use check::{ProductFault, check_product};
pub use load::{ConfigError, parse_product, render_product};
pub use numbering::{check_next_version, check_numbering, check_versions, doubts, of_each_kind};
pub use product::{Git, Product, Source, Subversion, Versions, Vote, Waits, WhimsyRoster};
pub use proposals::{USUAL_SCHEME, load_scheme};
pub use rules::{RulesError, USUAL_BYLAWS, load_bylaws, load_roster, roster_named, short_vote, with_aliases};
pub use sites::{Docker, DockerfileOfTag, GitHubAddresses, Playground, Translation, Website};
pub use values::{Occasion, release_path, release_values};
