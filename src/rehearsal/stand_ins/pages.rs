// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The pages of a project: its website as its repository's branch would be built, the
//! documentation of each release branch, and the files that the download servers copy out
//! of the release repository.

use std::path::Path;
use std::process::Command;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use git2::{Repository, Tree};
use hyper::{Request, Response, StatusCode};

use super::Sites;

/// The stand-in, for the world whose stand-ins have their state under `directory`.
pub fn router(directory: &Path) -> Router {
    Router::new().fallback(answer).with_state(directory.to_owned())
}

async fn answer(State(directory): State<std::path::PathBuf>, request: Request<Body>) -> Response<Body> {
    let path = request.uri().path().trim_matches('/').to_owned();
    let found = Sites::open(&directory).ok().and_then(|sites| match path.split_once('/').unwrap_or((&path, "")) {
        ("site", page) => website(&sites, page),
        ("downloads" | "mirrors", file) => download(&sites, file),
        ("docs", page) => documentation(&sites, page),
        _ => None,
    });
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let body = found.unwrap_or_else(|| b"<h1>404 Not Found</h1>".to_vec());
    let response = Response::builder().status(status).header("content-type", "text/html; charset=utf-8");
    response.body(Body::from(body)).expect("a status and a body")
}

/// The front page with the settings, the download page with the data, a page for each post.
fn website(sites: &Sites, page: &str) -> Option<Vec<u8>> {
    let git = Repository::open_bare(&sites.website).ok()?;
    let tree = tree_of(&git, &sites.website_base)?;
    let wanted = |path: &str| match page {
        "" | "index.html" => path.ends_with(".toml"),
        "downloads.html" => path.ends_with(".yml"),
        post => {
            let name = post.rsplit('/').next().unwrap_or(post).trim_end_matches(".html");
            path.ends_with(&format!("/{name}.md"))
        }
    };
    let found = files(&git, &tree, wanted);
    if found.is_empty() {
        return None;
    }
    let shown: String =
        found.iter().map(|(path, text)| format!("<h2>{path}</h2>\n<pre>{}</pre>\n", escaped(text))).collect();
    Some(format!("<html><title>The website</title>\n{shown}</html>\n").into_bytes())
}

/// Each release branch is built as soon as it is there.
fn documentation(sites: &Sites, page: &str) -> Option<Vec<u8>> {
    let git = Repository::open_bare(&sites.sources).ok()?;
    let name = page.split('/').next().unwrap_or(page);
    let branches = git.branches(Some(git2::BranchType::Local)).ok()?;
    let branch = branches
        .flatten()
        .filter_map(|(branch, _)| branch.name().ok().flatten().map(str::to_owned))
        .find(|branch| name.ends_with(&format!("-{branch}")))?;
    let tree = tree_of(&git, &branch)?;
    let settings = files(&git, &tree, |path| path == "docs/config.toml").into_iter().next()?.1;
    let settings: toml::Table = settings.parse().ok()?;
    let text = |value: Option<&toml::Value>| value.and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let params = settings.get("params");
    let title = text(params.and_then(|params| params.get("VersionTitle")));
    let base = text(settings.get("baseURL"));
    Some(
        format!("<html><title>{} {title}</title>\n<a href=\"{base}/start\">Start</a>\n</html>\n", escaped(&sites.name))
            .into_bytes(),
    )
}

/// A file of the release repository, as the download servers have it.
fn download(sites: &Sites, file: &str) -> Option<Vec<u8>> {
    if file.split('/').any(|part| part == "..") {
        return None;
    }
    let place = format!("dist/release/{file}");
    let output = Command::new("svnlook").arg("cat").arg(&sites.releases).arg(place).output().ok()?;
    output.status.success().then_some(output.stdout)
}

fn tree_of<'r>(git: &'r Repository, branch: &str) -> Option<Tree<'r>> {
    git.find_reference(&format!("refs/heads/{branch}")).ok()?.peel_to_tree().ok()
}

fn files(git: &Repository, tree: &Tree<'_>, wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let _ = tree.walk(git2::TreeWalkMode::PreOrder, |parent, entry| {
        let path = format!("{parent}{}", String::from_utf8_lossy(entry.name_bytes()));
        if wanted(&path)
            && let Ok(blob) = entry.to_object(git).and_then(|object| object.peel_to_blob())
        {
            found.push((path, String::from_utf8_lossy(blob.content()).into_owned()));
        }
        git2::TreeWalkResult::Ok
    });
    found
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
