// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! For tests: a world of which only the workspace and the templates answer.

use std::path::Path;

use super::{Author, Services};
use crate::config::Assets;
use crate::mail::Templates;
use crate::services::{
    Effects, Git, GitHub, OpenPgp, Pages, Registries, Relay, RelayAddress, Security, Svn, Workspace,
};

/// The world in `place`, with the one template `text.md.j2`.
pub(crate) fn offline(place: &Path) -> Services {
    let effects = Effects::unwatched();
    let address = RelayAddress { host: "127.0.0.1".into(), port: 1, security: Security::None, authorities: None };
    Services {
        git: Git::new(place, "origin", effects.clone()),
        openpgp: OpenPgp::new(None, "", effects.clone()),
        svn: Svn::new(None, None, effects.clone()),
        relay: Relay::new(address, None, effects.clone()),
        archive: None,
        github: GitHub::nowhere(),
        pages: Pages::default(),
        registries: Registries::default(),
        nexus: None,
        central: None,
        jira: None,
        pypi: None,
        npm: None,
        proposals: None,
        workspace: Workspace::new(place, effects),
        templates: Templates::new(|name| {
            Ok::<_, std::io::Error>((name == "text.md.j2").then(|| "Version {{ version }}\n".to_owned()))
        }),
        assets: Assets::default(),
        author: Author { name: "Ann Example".into(), email: "ann@example.org".into() },
    }
}
