// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The registry of the project's proposals, where the configuration names one.

use super::ask::Part;
use super::item::Name;
use super::subject::Subject;
use crate::commands::environment::Environment;
use crate::config::load_scheme;
use crate::services::{Effects, GitRegistry};

/// It is there, and proposals are kept in it.
pub fn examine_registry(environment: &Environment, subject: &Subject) -> Part {
    let Some((path, scheme)) = &subject.registry else { return Part::Found(Vec::new()) };
    let item = Name::new("proposals-registry", "The registry of the project's proposals is there");
    let scheme = match load_scheme(&environment.assets, scheme) {
        Ok(scheme) => scheme,
        Err(error) => {
            return Part::Found(vec![
                item.failed(error.to_string(), "correct `proposals.scheme` in the configuration"),
            ]);
        }
    };
    let kept = GitRegistry::open(path, &scheme.directory, <(String, String)>::default(), Effects::unwatched())
        .and_then(|registry| registry.demand_kept());
    Part::Found(vec![match kept {
        Ok(()) => item.ok(path.display().to_string()),
        Err(error) => item.failed(
            error.to_string(),
            format!(
                "clone it there, or name another as `proposals.registry` in the configuration; `quorate flip --registry {} \
                 init` begins one",
                path.display()
            ),
        ),
    }])
}
