// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether the repositories in which pull requests are opened are ones that GitHub can be
//! asked about: else a candidate would stop once it is staged.

use crate::config::{Product, ProductFault};
use crate::services::{Effects, GitHub, Login, NoSlug};

/// The addresses of `product`, filled in, that name no repository at its GitHub.
pub fn check_sites(product: &Product) -> Vec<ProductFault> {
    let Product { website, github, docker, playground, git, .. } = product;
    let by_hand = |link: &str| format!("a person does it where `links.other.{link}` is given in its place");
    let mut all = vec![("website.repository", &website.repository, "a person does it where none is given".to_owned())];
    all.extend(docker.iter().map(|docker| ("docker.repository", &docker.repository, by_hand("dockerfiles"))));
    all.extend(
        playground.iter().map(|playground| ("playground.repository", &playground.repository, by_hand("playground"))),
    );
    if github.release {
        let (field, address) = match github.repository.as_str() {
            "" => ("git.url", &git.url),
            _ => ("github.repository", &github.repository),
        };
        all.push((field, address, "none is asked where `github.release` is false".to_owned()));
    }
    let Ok(asked) = GitHub::new(&github.api, &github.uploads, Login::Anonymous, Effects::unwatched()) else {
        return Vec::new();
    };
    let fault = |(field, address, else_by): (&str, &String, String)| match asked.repository(address) {
        Err(NoSlug::Elsewhere(_) | NoSlug::Unnamed(_)) if !address.is_empty() => Some(ProductFault {
            field: field.to_owned(),
            value: format!("{address:?}"),
            expected: format!(
                "https://github.com/OWNER/NAME, or a GitHub of your own as `github.api`: pull requests are opened \
                 there; {else_by}"
            ),
        }),
        _ => None,
    };
    all.into_iter().filter_map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Assets, parse_product};

    fn product(id: &str) -> Product {
        let file = format!("release-config/{id}.toml");
        parse_product(&file, &Assets::default().text(&file).unwrap()).unwrap()
    }

    #[test]
    fn a_repository_that_is_not_at_github_is_a_fault_of_its_field() {
        for id in ["flink", "flink-connector-kafka", "flink-statefun", "quorate", "sample"] {
            assert_eq!(check_sites(&product(id)), [], "{id}");
        }
        let mut elsewhere = product("flink-statefun");
        let there = "https://gitlab.example.org/widget/site".to_owned();
        elsewhere.website.repository.clone_from(&there);
        elsewhere.docker.as_mut().unwrap().repository.clone_from(&there);
        elsewhere.playground.as_mut().unwrap().repository.clone_from(&there);
        elsewhere.git.url.clone_from(&there);
        let said: Vec<String> = check_sites(&elsewhere).iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(said.join("\n"), @r#"
        website.repository = "https://gitlab.example.org/widget/site": expected https://github.com/OWNER/NAME, or a GitHub of your own as `github.api`: pull requests are opened there; a person does it where none is given
        docker.repository = "https://gitlab.example.org/widget/site": expected https://github.com/OWNER/NAME, or a GitHub of your own as `github.api`: pull requests are opened there; a person does it where `links.other.dockerfiles` is given in its place
        playground.repository = "https://gitlab.example.org/widget/site": expected https://github.com/OWNER/NAME, or a GitHub of your own as `github.api`: pull requests are opened there; a person does it where `links.other.playground` is given in its place
        "#);
        elsewhere.github.api = "https://gitlab.example.org/api/v3".into();
        assert_eq!(check_sites(&elsewhere), []);
        elsewhere.website.repository = "https://gitlab.example.org/widget".into();
        let said: Vec<String> = check_sites(&elsewhere).iter().map(|fault| fault.field.clone()).collect();
        assert_eq!(said, ["website.repository"], "an owner alone");
        elsewhere.website.repository = String::new();
        assert_eq!(check_sites(&elsewhere), [], "a person changes the website");
    }
}
