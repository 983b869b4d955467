// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The registry of the container images: that it answers, and that the account may push there,
//! as far as the registry tells before a push.

use super::ask::{Part, ask, skip};
use super::item::{Item, Name};
use super::subject::Subject;
use super::web::{judge, limits};
use crate::config::Docker;
use crate::services::{ImageRights, Registries, WebError};

const NO_IMAGES: &str = "the product has no container images that the configuration describes";

/// The registry answers, and can be asked for the images.
pub fn ask_images(subject: &Subject) -> Part {
    let item = Name::new("image-registry", "The image registry answers");
    let Some(docker) = subject.product.docker.clone() else { return skip(&[item], NO_IMAGES) };
    if subject.out_of_reach(&docker.registry) {
        return skip(&[item], &format!("{}: --offline", docker.registry));
    }
    ask(vec![item.clone()], move || vec![judge_registry(&item, &docker, &Registries::default().limited(limits()))])
}

fn judge_registry(item: &Name, docker: &Docker, registries: &Registries) -> Item {
    let Docker { registry, image, tags, .. } = docker;
    let tag = tags.first().map_or("latest", String::as_str);
    match registries.answers(registry).and_then(|()| registries.digest(registry, image, tag)) {
        Ok(Some(digest)) => item.ok(format!("{registry} has {image}:{tag} already, {digest}")),
        Ok(None) => item.ok(format!("{registry} shows no {image}:{tag} yet")),
        Err(error) => judge(item, &error),
    }
}

/// The account may push the images.
pub fn ask_push(subject: &Subject) -> Part {
    let item = Name::new("image-push", "Your account may push the images");
    let Some(docker) = subject.product.docker.clone() else { return skip(&[item], NO_IMAGES) };
    let Some((user, password)) = subject.accounts.images.clone() else {
        let why = "set QUORATE_IMAGES_USER and QUORATE_IMAGES_PASSWORD to have it tried; images are pushed by a person or their \
                   repository's own build, and no step logs in there";
        return skip(&[item], why);
    };
    if subject.out_of_reach(&docker.registry) {
        return skip(&[item], &format!("{}: --offline", docker.registry));
    }
    ask(vec![item.clone()], move || {
        let registries = Registries::default().limited(limits());
        let rights = registries.rights(&docker.registry, &docker.image, &user, &password);
        vec![judge_push(&item, &docker, &user, rights)]
    })
}

fn judge_push(item: &Name, docker: &Docker, user: &str, rights: Result<ImageRights, WebError>) -> Item {
    let Docker { registry, image, .. } = docker;
    match rights {
        Ok(ImageRights::Pushes) => item.ok(format!("{user} may push {image} to {registry}")),
        Ok(ImageRights::Untold) => {
            item.ok(format!("{registry} lets {user} in; what {user} may do there it does not tell before a push"))
        }
        Ok(ImageRights::Reads) => item.warning(
            format!("{user} may not push {image} to {registry}"),
            "ask on the developers' list for the right, or have somebody push who has it",
        ),
        Err(error) => judge(item, &error),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::super::item::Standing;
    use super::*;
    use crate::rehearsal::stand_ins::{Faults, StandIns, images};
    use crate::services::Limits;

    #[test]
    fn a_registry_and_an_account_are_judged_by_what_they_say() {
        let place = tempfile::tempdir().unwrap();
        let stand_ins = StandIns::start(place.path(), 0, Faults::default()).unwrap();
        let docker = |registry: String| -> Docker {
            serde_json::from_value(serde_json::json!({
                "repository": "", "command": [], "leaves": [], "registry": registry, "image": "apache/greeter",
                "tags": ["1.2.0"],
            }))
            .unwrap()
        };
        let here = docker(stand_ins.base("images"));
        let item = Name::new("x", "x");
        let registries = || Registries::default().limited(Limits { attempts: 1, ..Limits::default() });
        let judged = |docker: &Docker| judge_registry(&item, docker, &registries()).state;
        assert_eq!(judged(&here), Standing::Ok);
        assert_eq!(judged(&docker(stand_ins.base("npm"))), Standing::Failed, "no registry of images");
        let pushes = |(user, password): (&str, &str)| {
            let rights = registries().rights(&here.registry, &here.image, user, &SecretString::from(password));
            judge_push(&item, &here, user, rights)
        };
        assert_eq!(pushes(images::ACCOUNT).state, Standing::Ok);
        assert_eq!(pushes(images::READER).state, Standing::Warning);
        let wrong = pushes((images::ACCOUNT.0, "another-password"));
        assert!(wrong.state == Standing::Failed && !format!("{wrong:?}").contains("another-password"), "{wrong:?}");
        drop(stand_ins);
        assert_eq!((judged(&here), pushes(images::ACCOUNT).state), (Standing::Unknown, Standing::Unknown));
    }
}
