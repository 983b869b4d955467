// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where a release goes and where it is told of: Subversion, mail, the vote, every address.

use super::{Faults, ProductFault};
use crate::config::channels::Tls;
use crate::config::expected as ask;
use crate::config::product::Product;

/// How many minutes an archive may lag: a week.
const LONGEST_LAG: u32 = 7 * 24 * 60;

pub(super) fn subversion(faults: &mut Faults, product: &Product, version: &str, rehearsal: bool) {
    let svn = &product.svn;
    for (field, url) in [("dev", &svn.dev), ("release", &svn.release), ("keys", &svn.keys)] {
        let field = format!("svn.{field}");
        match ask::svn_url(url) {
            Ok(()) if !rehearsal && ask::is_open_to_all(url) => {
                faults.add(&field, url, "https://…: a password and what is released would go over http unprotected");
            }
            Ok(()) => {}
            Err(expected) => faults.add(&field, url, expected),
        }
    }
    if ask::is_within(&svn.release, &svn.dev) || ask::is_within(&svn.dev, &svn.release) {
        let expected = format!("a directory apart from svn.dev, {}: what is there is not released", svn.dev);
        faults.add("svn.release", &svn.release, &expected);
    }
    faults.unless("svn.candidate_directory", &svn.candidate_directory, ask::plain_name);
    faults.unless("svn.release_directory", &svn.release_directory, ask::plain_name);
    // without a prefix a release's directory is called by its version and nothing else
    if !svn.release_prefix.is_empty() {
        faults.unless("svn.release_prefix", &svn.release_prefix, ask::plain_name);
    }
    let glob = &svn.candidate_directories;
    match ask::names(glob) {
        Err(expected) => faults.add("svn.candidate_directories", glob, expected),
        Ok(matcher) if !matcher.is_match(&svn.candidate_directory) => {
            let expected = format!("a glob that fits svn.candidate_directory, `{}`", svn.candidate_directory);
            faults.add("svn.candidate_directories", glob, &expected);
        }
        Ok(_) => {}
    }
    // by this the releases before are told from what else is there
    let named = format!("{}{version}", svn.release_prefix);
    if svn.release_directory != named {
        let expected = format!(
            "`{named}`: svn.release_prefix, {:?}, and the version, by which each release's directory is known",
            svn.release_prefix
        );
        faults.add("svn.release_directory", &svn.release_directory, &expected);
    }
}

pub(super) fn mail(faults: &mut Faults, product: &Product) {
    let mail = &product.mail;
    faults.unless("mail.dev", &mail.dev, ask::address);
    faults.each("mail.user", &mail.user, ask::address);
    if mail.user.is_empty() {
        let expected = "the address of one list or more, to which the announcement goes".to_owned();
        faults.0.push(ProductFault { field: "mail.user".into(), value: "[]".into(), expected });
    }
    let lists: Vec<String> = mail.user.iter().map(|list| list.to_ascii_lowercase()).collect();
    let lists = lists.iter().enumerate().map(|(index, list)| (format!("mail.user[{index}]"), list.as_str()));
    faults.once(&lists.collect::<Vec<_>>());
    faults.unless("mail.announce", &mail.announce, ask::address);
    faults.unless("mail.smtp_host", &mail.smtp_host, ask::host);
    faults.within("mail.smtp_port", mail.smtp_port.into(), 1, u16::MAX.into());
    if mail.smtp_tls == Tls::None && !ask::is_loopback(&mail.smtp_host) {
        let expected = format!("\"starttls\" or \"implicit\": {} is no loopback address", mail.smtp_host);
        faults.add("mail.smtp_tls", "none", &expected);
    }
    if let Some(archive) = &mail.archive {
        faults.unless("mail.archive", archive, ask::web_link);
    }
    faults.within("mail.archive_lag_minutes", mail.archive_lag_minutes, 0, LONGEST_LAG);
    for (index, link) in mail.announcement.links.iter().enumerate() {
        let of = |part: &str| link.get(part).map_or("", String::as_str);
        let field = format!("mail.announcement.links[{index}]");
        faults.unless(&format!("{field}.label"), of("label"), ask::line);
        faults.unless(&format!("{field}.url"), of("url"), ask::web_link);
        for (name, text) in link.iter().filter(|(name, _)| !["label", "url"].contains(&name.as_str())) {
            faults.add(&format!("{field}.{name}"), text, "`label` and `url` alone: a link has no other field");
        }
    }
}

/// Whether the rules and the roster are there, whoever has the assets says.
pub(super) fn vote(faults: &mut Faults, product: &Product) {
    let Some(vote) = &product.vote else { return };
    faults.unless("vote.bylaws", &vote.bylaws, ask::rules);
    faults.unless("vote.action", &vote.action, ask::plain_name);
    match (&vote.roster, &vote.whimsy) {
        (Some(roster), None) => faults.unless("vote.roster", roster, ask::rules),
        (None, Some(whimsy)) => {
            faults.unless("vote.whimsy.committee", &whimsy.committee, ask::plain_name);
            faults.unless("vote.whimsy.url", &whimsy.url, ask::web_link);
        }
        (Some(_), Some(both)) => faults.add("vote.whimsy", &both.committee, "either a roster or whimsy, and not both"),
        (None, None) => faults.add("vote.roster", "", "a roster, or whimsy: somebody must have a binding vote"),
    }
    if let Some(aliases) = &vote.aliases {
        faults.unless("vote.aliases", aliases, ask::absolute_path);
    }
}

pub(super) fn links(faults: &mut Faults, product: &Product) {
    let Product { links, jira, website, .. } = product;
    let mut all = vec![
        ("links.keys", &links.keys),
        ("links.downloads", &links.downloads),
        ("links.candidate_tag", &links.candidate_tag),
        ("links.release_notes", &links.release_notes),
        ("jira.url", &jira.url),
        ("links.mirrors", &links.mirrors),
        ("website.url", &website.url),
    ];
    all.extend(
        product.maven.iter().flat_map(|maven| [("maven.nexus", &maven.nexus), ("maven.central", &maven.central)]),
    );
    let pypi = product.pypi.iter();
    all.extend(
        pypi.flat_map(|pypi| [("pypi.page", &pypi.page), ("pypi.index", &pypi.index), ("pypi.upload", &pypi.upload)]),
    );
    all.extend(product.npm.iter().flat_map(|npm| [("npm.page", &npm.page), ("npm.registry", &npm.registry)]));
    let documentation = product.documentation.iter();
    all.extend(documentation.flat_map(|pages| [("documentation.url", &pages.url), ("documentation.bot", &pages.bot)]));
    all.extend(
        [("links.blog", &links.blog), ("links.post", &links.post)].into_iter().filter(|(_, link)| !link.is_empty()),
    );
    for (field, link) in all {
        faults.unless(field, link, ask::web_link);
    }
    translation(faults, product);
    all_repositories(faults, product);
    for (name, link) in &links.other {
        faults.unless(&format!("links.other.{name}"), link, ask::web_link);
    }
}

/// What the announcements and the pages in another language say.
fn translation(faults: &mut Faults, product: &Product) {
    let pypi = product.pypi.iter().map(|pypi| ("pypi.title", &pypi.title));
    for (field, text) in pypi.chain(product.npm.iter().map(|npm| ("npm.title", &npm.title))) {
        faults.unless(field, text, ask::line);
    }
    let Some(translation) = &product.website.translation else { return };
    faults.unless("website.translation.language", &translation.language, ask::line);
    faults.unless("website.translation.pages", &translation.pages, ask::path_in_tree);
    faults.unless("website.translation.of", &translation.of, ask::path_in_tree);
    faults.unless("website.translation.list", &translation.list, ask::address);
    faults.unless("website.translation.title", &translation.title, ask::line);
}

/// The project's other repositories, and what goes with them.
fn all_repositories(faults: &mut Faults, product: &Product) {
    let Product { website, github, docker, playground, .. } = product;
    let proposed = !website.repository.is_empty();
    let changed = website.edits.values().any(|changes| !changes.is_empty());
    if proposed && !changed {
        let expected = "what the pull request changes in website.repository, such as [[website.edits.download]]; without \
                        website.repository a person changes the website";
        faults.add("website.edits", "", expected);
    }
    if changed && !proposed {
        faults.add("website.repository", "", "the repository at GitHub that website.edits change");
    }
    let website_repository = Some(("website.repository", &website.repository)).filter(|_| proposed);
    let mut repositories: Vec<(&str, &String)> = website_repository.into_iter().collect();
    repositories.extend(docker.iter().map(|docker| ("docker.repository", &docker.repository)));
    repositories.extend(playground.iter().map(|playground| ("playground.repository", &playground.repository)));
    for (field, address) in repositories {
        faults.unless(field, address, ask::repository);
    }
    for (field, link) in [("github.api", &github.api), ("github.uploads", &github.uploads)] {
        faults.unless(field, link, ask::web_link);
    }
    if let Some(playground) = playground.as_ref().filter(|playground| playground.branch == playground.base) {
        let expected = "another branch than playground.base: each series has one of its own";
        faults.add("playground.branch", &playground.branch, expected);
    }
}

/// The issue tracker.
pub(super) fn tracker(faults: &mut Faults, product: &Product) {
    let jira = &product.jira;
    for (field, text) in
        [("jira.key", &jira.key), ("jira.version", &jira.version), ("jira.next_version", &jira.next_version)]
    {
        faults.unless(field, text, ask::line);
    }
    if jira.project_id == 0 {
        let expected = format!("the number of the project: {}/rest/api/2/project/{} says it", jira.url, jira.key);
        faults.0.push(ProductFault { field: "jira.project_id".into(), value: "0".into(), expected });
    }
    let expected = "one priority or more; without the field it is \"Blocker\"";
    faults.some("jira.blocking", &jira.blocking, expected);
}
