// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Pages that a release builds on or names in its mails: the website, the documentation, the
//! links of the configuration. A page that wants a login is there; one that is asked for over a
//! network that does not answer is unknown.

use std::thread;

use reqwest::StatusCode;

use super::ask::{Part, ask, skip};
use super::item::{Item, Name};
use super::subject::Subject;
use super::web::{judge, limits};
use crate::commands::error::chain;
use crate::config::{Documentation, Links};
use crate::services::address::to_another_machine;
use crate::services::{Pages, WebError};

type Asked = Result<StatusCode, WebError>;

/// The website's front page is there.
pub fn ask_website(subject: &Subject) -> Part {
    let item = Name::new("website", "The website answers");
    let url = subject.product.website.url.clone();
    if url.is_empty() {
        return skip(&[item], "the product has no website");
    }
    if subject.out_of_reach(&url) {
        return skip(&[item], &format!("{url}: --offline"));
    }
    ask(vec![item.clone()], move || vec![judge_website(&item, &url, pages().status(&url))])
}

fn pages() -> Pages {
    Pages::default().limited(limits())
}

/// Whether there is a page, be it for those alone who log in.
fn is_there(status: StatusCode) -> bool {
    status.is_success() || matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

fn judge_website(item: &Name, url: &str, asked: Asked) -> Item {
    match asked {
        Ok(status) if is_there(status) => item.ok(url),
        Ok(status) => {
            item.failed(format!("{url} answers {status}"), "correct `website.url` in the product's configuration")
        }
        Err(error) => judge(item, &error),
    }
}

/// This series' documentation is there, or that of the main branch, which a new series' comes from.
pub fn ask_documentation(subject: &Subject) -> Part {
    let item = Name::new("documentation", "The documentation is served");
    let Some(documentation) = subject.product.documentation.clone() else {
        return skip(&[item], "the product has no documentation of its own");
    };
    if subject.out_of_reach(&documentation.url) {
        return skip(&[item], &format!("{}: --offline", documentation.url));
    }
    ask(vec![item.clone()], move || {
        let pages = pages();
        vec![judge_documentation(&item, &documentation, &|url: &str| pages.status(url))]
    })
}

fn judge_documentation(item: &Name, documentation: &Documentation, asked: &dyn Fn(&str) -> Asked) -> Item {
    let url = &documentation.url;
    let of_series = match asked(url) {
        Ok(status) if is_there(status) => return item.ok(url),
        Ok(status) => status,
        Err(error) => return judge(item, &error),
    };
    let Some(main) = of_main(documentation) else {
        return nowhere(item, format!("{url} answers {of_series}"), documentation);
    };
    match asked(&main) {
        Ok(status) if is_there(status) => {
            item.ok(format!("{main}; {url} comes with the series' branch, and is not there yet"))
        }
        Ok(status) => nowhere(
            item,
            format!("{url} answers {of_series}, and that of the main branch, {main}, {status}"),
            documentation,
        ),
        Err(error) => judge(item, &error),
    }
}

fn nowhere(item: &Name, found: String, documentation: &Documentation) -> Item {
    let next = format!(
        "correct [documentation] in the product's configuration, or see that its build is set up: {}",
        documentation.bot
    );
    item.warning(found, next)
}

/// Where the main branch's documentation is: beside that of the series, under the name by which its
/// pages are known.
fn of_main(documentation: &Documentation) -> Option<String> {
    let url = documentation.url.trim_end_matches('/');
    let (place, _) = url.rsplit_once('/').filter(|(place, _)| !place.ends_with('/'))?;
    let marker = &documentation.main_marker;
    (!marker.is_empty() && !marker.contains('/')).then(|| format!("{place}/{marker}"))
}

/// The pages of `[links]` that must be there before the release are.
pub fn ask_links(subject: &Subject) -> Part {
    let item = Name::new("links", "The pages that mails and the guide name are there");
    // what names the version is made by the release itself
    let version = subject.version.unwrap_or(Subject::ANY).to_string();
    let links = standing(&subject.product.links).into_iter().filter(|(_, url)| !url.contains(&version));
    // nothing of a rehearsal is asked for outside
    let links: Vec<(String, String)> =
        links.filter(|(_, url)| !(subject.rehearsal && to_another_machine(url))).collect();
    if links.is_empty() {
        return skip(&[item], "no page that must be there before");
    }
    let (out, links): (Vec<_>, Vec<_>) = links.into_iter().partition(|(_, url)| subject.out_of_reach(url));
    if links.is_empty() {
        return skip(&[item], &format!("{} pages: --offline", out.len()));
    }
    ask(vec![item.clone()], move || vec![judge_links(&item, &ask_all(&links))])
}

/// The links that stand for longer than a release, each once, by their names in the configuration.
fn standing(links: &Links) -> Vec<(String, String)> {
    let fixed = [("keys", &links.keys), ("downloads", &links.downloads), ("blog", &links.blog)];
    let fixed = fixed.into_iter().map(|(name, url)| (format!("links.{name}"), url.clone()));
    let other = links.other.iter().map(|(name, url)| (format!("links.other.{name}"), url.clone()));
    let mut standing: Vec<(String, String)> = Vec::new();
    for (name, url) in fixed.chain(other) {
        if !url.is_empty() && standing.iter().all(|(_, known)| *known != url) {
            standing.push((name, url));
        }
    }
    standing
}

struct Answered {
    name: String,
    url: String,
    asked: Asked,
}

/// All of them at once.
fn ask_all(links: &[(String, String)]) -> Vec<Answered> {
    thread::scope(|scope| {
        let asked: Vec<_> = links.iter().map(|(_, url)| scope.spawn(move || pages().status(url))).collect();
        let answered = links.iter().zip(asked).filter_map(|((name, url), thread)| {
            Some(Answered { name: name.clone(), url: url.clone(), asked: thread.join().ok()? })
        });
        answered.collect()
    })
}

fn judge_links(item: &Name, links: &[Answered]) -> Item {
    let (mut broken, mut unasked) = (Vec::new(), Vec::new());
    for Answered { name, url, asked } in links {
        match asked {
            Ok(status) if is_there(*status) => {}
            Ok(status) => broken.push(format!("{name}, {url}, answers {status}")),
            Err(error @ WebError::Address { .. }) => broken.push(format!("{name}: {}", chain(error))),
            Err(error) => unasked.push(format!("{name}: {}", chain(error))),
        }
    }
    if !broken.is_empty() {
        broken.extend(unasked);
        return item.warning(
            broken.join("; "),
            "correct them in the product's configuration: a mail or the guide would lead nowhere",
        );
    }
    match unasked.is_empty() {
        true => item.ok(format!("all {}", links.len())),
        false => item.unknown(unasked.join("; "), "see that the network works, then ask again"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::Standing;
    use super::*;
    use crate::services::answering;

    fn item() -> Name {
        Name::new("x", "x")
    }

    fn server() -> String {
        answering(|path| match path {
            "/there" | "/docs-main" => (200, ""),
            "/members" => (401, ""),
            "/ill" => (503, ""),
            _ => (404, ""),
        })
    }

    #[test]
    fn a_website_is_there_or_not_or_cannot_be_asked() {
        let server = server();
        let judged = |path: &str| judge_website(&item(), path, pages().status(&format!("{server}{path}"))).state;
        assert_eq!(judged("/there"), Standing::Ok);
        assert_eq!(judged("/gone"), Standing::Failed);
        assert_eq!(judged("/ill"), Standing::Unknown);
        let open = pages().status("http://www.example.org/");
        assert_eq!(judge_website(&item(), "x", open).state, Standing::Failed, "not in the clear");
    }

    #[test]
    fn documentation_is_the_series_own_or_that_of_the_main_branch() {
        let server = server();
        let judged = |url: &str, main: &str| {
            let url = format!("{server}{url}");
            let documentation = Documentation { url, main_marker: main.into(), bot: "https://ci.example.org/".into() };
            judge_documentation(&item(), &documentation, &|url: &str| pages().status(url))
        };
        assert!(judged("/there", "docs-main").found.ends_with("/there"));
        let new_series = judged("/docs-1.2", "docs-main");
        assert!(new_series.state == Standing::Ok && new_series.found.contains("/docs-main; "), "{new_series:?}");
        let nowhere = judged("/docs-1.2", "docs-other");
        assert_eq!(nowhere.state, Standing::Warning);
        assert!(nowhere.next.unwrap().ends_with("https://ci.example.org/"));
        assert_eq!(judged("/docs-1.2", "").state, Standing::Warning);
        assert_eq!(judged("/ill", "docs-main").state, Standing::Unknown);
    }

    #[test]
    fn one_broken_link_is_named_and_one_that_wants_a_login_is_there() {
        let server = server();
        let judged = |paths: &[&str]| {
            let links: Vec<_> = paths.iter().map(|path| (format!("links{path}"), format!("{server}{path}"))).collect();
            judge_links(&item(), &ask_all(&links))
        };
        let all = judged(&["/there", "/members"]);
        assert_eq!((all.state, all.found.as_str()), (Standing::Ok, "all 2"));
        let broken = judged(&["/there", "/gone", "/ill"]);
        assert_eq!(broken.state, Standing::Warning);
        assert!(broken.found.starts_with("links/gone, ") && broken.found.contains("404"), "{}", broken.found);
        assert!(!broken.found.contains("/there"), "{}", broken.found);
        assert_eq!(judged(&["/there", "/ill"]).state, Standing::Unknown);
    }

    #[test]
    fn links_are_asked_once_each_and_those_of_a_candidate_are_not() {
        let links: Links = serde_json::from_value(serde_json::json!({
            "keys": "https://a.example.org/KEYS", "downloads": "https://a.example.org/", "candidate_tag": "https://t/",
            "release_notes": "https://n/", "other": {"site": "https://a.example.org/", "rules": "https://b.example.org/"},
        }))
        .unwrap();
        let names: Vec<String> = standing(&links).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["links.keys", "links.downloads", "links.other.rules"]);
    }
}
