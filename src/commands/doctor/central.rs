// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Maven Central, or whichever repository users get the artifacts from: that it answers, and
//! serves what the product publishes.

use std::collections::BTreeMap;

use super::ask::{Part, ask, skip};
use super::item::{Item, Name};
use super::subject::Subject;
use super::web::{judge, limits};
use crate::config::Maven;
use crate::release::{MavenModule, maven_modules, maven_profiles};
use crate::services::{Central, Git, GitError, WebError};

/// It answers, and has versions of a module of the clone, or something of the group that the staging
/// profile is named after.
pub fn ask_central(subject: &Subject) -> Part {
    let item = Name::new("maven-central", "Maven Central answers, and serves the product's group");
    let Some(maven) = subject.product.maven.clone() else {
        return skip(&[item], "the product has no Maven artifacts");
    };
    if subject.out_of_reach(&maven.repository) {
        return skip(&[item], &format!("{}: --offline", maven.repository));
    }
    let (git, main) = (subject.git(), subject.product.git.main.clone());
    ask(vec![item.clone()], move || {
        let central = Central::new(&maven.repository).map(|central| central.limited(limits()));
        let module = module(&git, &main, &maven);
        vec![judge_central(&item, &maven, central.and_then(|central| served(&central, &maven, module.as_ref())))]
    })
}

/// A module of the clone's main branch: that of the build's root, where that is published.
fn module(git: &Git, main: &str, maven: &Maven) -> Option<MavenModule> {
    let names = [format!("refs/remotes/{}/{main}", git.remote()), format!("refs/heads/{main}")];
    let commit = names.iter().find_map(|name| git.reference(name).ok().flatten())?;
    let mut poms = BTreeMap::new();
    let wanted = |path: &str| path.rsplit('/').next() == Some("pom.xml");
    let read = git.visit_files(&commit, wanted, |file| {
        poms.insert(file.path, String::from_utf8_lossy(&file.bytes).into_owned());
        Ok::<(), GitError>(())
    });
    read.ok()?;
    let mut modules = maven_modules(&poms, &maven_profiles(&maven.deploy), &maven.artifacts).ok()?;
    let at = modules.iter().position(|module| module.pom == "pom.xml").unwrap_or_default();
    (at < modules.len()).then(|| modules.swap_remove(at))
}

/// What it serves of the product; `None` where it shows nothing.
fn served(central: &Central, maven: &Maven, module: Option<&MavenModule>) -> Result<Option<String>, WebError> {
    if let Some(MavenModule { group, artifact, .. }) = module {
        let versions = central.versions(group, artifact)?;
        if let Some(last) = versions.last() {
            return Ok(Some(format!("{group}:{artifact}, {} versions, the last {last}", versions.len())));
        }
    }
    Ok(central.serves_group(&maven.profile)?.then(|| maven.profile.clone()))
}

fn judge_central(item: &Name, maven: &Maven, served: Result<Option<String>, WebError>) -> Item {
    let Maven { repository, profile, .. } = maven;
    match served {
        Ok(Some(served)) => item.ok(format!("{repository} serves {served}")),
        Ok(None) => item.warning(
            format!("{repository} shows nothing of {profile}"),
            "right before the first release of its group; else correct `maven.repository` in the product's configuration",
        ),
        Err(error) => judge(item, &error),
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::Standing;
    use super::*;
    use crate::services::git_testing::Repositories;
    use crate::services::{Effects, Limits, answering};

    const METADATA: &str = "<metadata><versioning><versions><version>1.0.0</version><version>1.1.0</version></versions>\
                            </versioning></metadata>";

    #[test]
    fn a_group_is_served_or_not_or_cannot_be_asked() {
        let base = answering(|path| match path {
            "/mirror/org/apache/greeter/greeter-parent/maven-metadata.xml" => (200, METADATA),
            "/maven2/org/apache/greeter/" => (200, ""),
            "/broken/org/apache/greeter/" => (502, ""),
            _ => (404, ""),
        });
        let judged = |path: &str, artifact: Option<&str>| {
            let maven: Maven = serde_json::from_value(serde_json::json!({
                "nexus": "", "profile": "org.apache.greeter", "deploy": [], "server_ids": [], "central": "",
                "repository": format!("{base}{path}"),
            }))
            .unwrap();
            let central = Central::new(&maven.repository).unwrap();
            let central = central.limited(Limits { attempts: 1, ..Limits::default() });
            let pom = |artifact: &str| {
                format!(
                    "<project><groupId>org.apache.greeter</groupId><artifactId>{artifact}</artifactId><version>1.2.0</version><packaging>pom</packaging></project>"
                )
            };
            let module = artifact.map(|artifact| {
                let poms = BTreeMap::from([("pom.xml".to_owned(), pom(artifact))]);
                maven_modules(&poms, &[], &maven.artifacts).unwrap().swap_remove(0)
            });
            judge_central(&Name::new("x", "x"), &maven, served(&central, &maven, module.as_ref()))
        };
        let known = judged("/mirror", Some("greeter-parent"));
        assert_eq!(known.state, Standing::Ok);
        assert!(known.found.ends_with("org.apache.greeter:greeter-parent, 2 versions, the last 1.1.0"), "{known:?}");
        assert_eq!(judged("/mirror", Some("greeter-new")).state, Standing::Warning);
        assert_eq!(judged("/maven2", Some("greeter-new")).state, Standing::Ok, "the group is there");
        assert_eq!(judged("/maven2", None).state, Standing::Ok);
        assert_eq!(judged("/elsewhere", None).state, Standing::Warning);
        assert_eq!(judged("/broken", None).state, Standing::Unknown);
    }

    #[test]
    fn the_root_of_the_build_is_read_in_the_clone() {
        let repositories = Repositories::new();
        let git = repositories.service(Effects::unwatched());
        let maven: Maven = serde_json::from_value(serde_json::json!({
            "nexus": "", "profile": "org.apache.greeter", "deploy": [], "server_ids": [], "central": "",
        }))
        .unwrap();
        assert_eq!(module(&git, "main", &maven), None, "a clone without poms");
        let pom = "<project><groupId>org.apache.greeter</groupId><artifactId>greeter-parent</artifactId>\
                   <version>1.2.0</version><packaging>pom</packaging></project>";
        std::fs::write(repositories.clone_path().join("pom.xml"), pom).unwrap();
        repositories.git(&["add", "pom.xml"]);
        repositories.git(&["commit", "-q", "-m", "a pom"]);
        repositories.git(&["push", "-q", "origin", "main"]);
        let found = module(&git, "main", &maven).unwrap();
        assert_eq!((found.group.as_str(), found.artifact.as_str()), ("org.apache.greeter", "greeter-parent"));
        assert_eq!(module(&git, "no-such-branch", &maven), None);
    }
}
