// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The files: those that are uploaded, the pages that list them for everybody, and those
//! that Maven Central serves some time after they were released.

use std::fs;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::{Method, Response, StatusCode};

use super::answers::{Told, escaped, plain};
use super::{Nexus, Request, agent, now};

impl Nexus {
    /// Where the files of a repository are.
    pub(super) fn files_of(&self, id: &str) -> PathBuf {
        self.directory.join("repositories").join(id)
    }

    /// What was released.
    pub(super) fn released(&self) -> PathBuf {
        self.files_of("releases")
    }

    /// Takes a file: into the repository `id`, else into the open one of this user and
    /// program, which is made where there is none.
    pub(super) fn deploy(&self, request: &Request, user: &str, id: Option<&str>, path: &[&str]) -> Told {
        let Some(relative) = safe(path) else {
            return Told::error(StatusCode::BAD_REQUEST, "The path is none of a repository");
        };
        let agent = agent(request);
        let id = self.staging.change(|staging| {
            let found = match id {
                Some(id) => staging.find(id),
                None => staging.repositories.iter().find(|repository| {
                    let free = repository.kind == "open" && repository.becoming.is_none();
                    free && repository.user == user && repository.agent == agent
                }),
            };
            match (found, id) {
                (Some(found), _) if found.kind == "open" && found.becoming.is_none() => Ok(found.id.clone()),
                (Some(found), _) => Err((StatusCode::BAD_REQUEST, format!("Repository {} is not open", found.id))),
                (None, Some(id)) => Err((StatusCode::NOT_FOUND, format!("No such repository: {id}"))),
                (None, None) => {
                    let group = relative.to_string_lossy().replace('/', ".");
                    let profile =
                        staging.profiles.iter().find(|profile| group.starts_with(&format!("{}.", profile.name)));
                    let profile = profile.map(|profile| profile.id.clone());
                    let none = || (StatusCode::BAD_REQUEST, "No staging profile takes this path".to_owned());
                    profile
                        .map(|profile| {
                            staging.open(&profile, user, &agent, "Implicitly created (auto staging).", now())
                        })
                        .ok_or_else(none)
                }
            }
        });
        let target = match id {
            Ok(id) => self.files_of(&id).join(relative),
            Err((status, says)) => return Told::error(status, &says),
        };
        let written =
            fs::create_dir_all(target.parent().unwrap_or(&target)).and_then(|()| fs::write(&target, &request.body));
        match written {
            Ok(()) => Told { status: StatusCode::CREATED, value: serde_json::Value::Null, names: ("created", "item") },
            Err(error) => Told::error(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }

    /// Whether a file is in the open repository of this user: Maven asks for metadata there.
    pub(super) fn staged_file(&self, _user: &str, path: &str) -> Told {
        Told::error(StatusCode::NOT_FOUND, &format!("Path /{path} not found"))
    }

    /// What is below `/content/repositories`.
    pub(super) fn content(&self, request: &Request, parts: &[&str]) -> Response<Body> {
        let known = |id: &str| id == "releases" || self.staging.read(|staging| staging.find(id).is_some());
        match parts {
            [id, path @ ..] if known(id) => {
                let shown = format!("{}/content/repositories/{id}", request.base);
                serve(request, &self.files_of(id), path, &shown)
            }
            _ => not_found(),
        }
    }

    /// What Maven Central serves: what was released, but not at once.
    pub(super) fn central(&self, request: &Request, parts: &[&str]) -> Response<Body> {
        let path = parts.join("/");
        let lags = self.staging.change(|staging| {
            let below = path.trim_end_matches('/');
            let lags = staging.under_way.iter().any(|one| one == below || one.starts_with(&format!("{below}/")));
            let whole = staging.under_way.contains(below);
            if whole {
                staging.asks_left = staging.asks_left.saturating_sub(1);
                if staging.asks_left == 0 {
                    staging.under_way.clear();
                }
            }
            lags && (whole || path.ends_with('/'))
        });
        if lags {
            return not_found();
        }
        let shown = format!("{}/central/maven2", request.base);
        match parts {
            [directory @ .., "maven-metadata.xml"] => self.metadata(directory),
            parts => serve(request, &self.released(), parts, &shown),
        }
    }

    /// The versions of an artifact.
    fn metadata(&self, directory: &[&str]) -> Response<Body> {
        let (Some(place), Some((artifact, group))) = (safe(directory), directory.split_last()) else {
            return not_found();
        };
        let under_way = self.staging.read(|staging| staging.under_way.clone());
        let prefix = directory.join("/");
        let mut versions: Vec<String> = fs::read_dir(self.released().join(place))
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.path().is_dir())
            .filter_map(|entry| entry.file_name().into_string().ok())
            .filter(|version| !under_way.iter().any(|path| path.starts_with(&format!("{prefix}/{version}/"))))
            .collect();
        if versions.is_empty() {
            return not_found();
        }
        versions.sort();
        let list: String = versions.iter().map(|version| format!("<version>{version}</version>")).collect();
        let text = format!(
            "<?xml version=\"1.0\"?><metadata><groupId>{}</groupId><artifactId>{artifact}</artifactId><versioning>\
             <versions>{list}</versions></versioning></metadata>\n",
            group.join(".")
        );
        plain(StatusCode::OK, "text/xml", text)
    }
}

/// The path that these parts make; none that leads elsewhere.
fn safe(parts: &[&str]) -> Option<PathBuf> {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    let good =
        !parts.is_empty() && parts.iter().all(|part| !matches!(*part, "." | "..") && !part.contains(['/', '\\', '\0']));
    good.then(|| parts.iter().collect())
}

fn serve(request: &Request, root: &Path, parts: &[&str], shown: &str) -> Response<Body> {
    if request.method != Method::GET && request.method != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "text/plain", "");
    }
    let relative = safe(parts).unwrap_or_default();
    let target = root.join(&relative);
    if target.is_dir() {
        return listing(&target, &format!("{shown}/{}", relative.display()));
    }
    match fs::read(&target) {
        Ok(bytes) => plain(StatusCode::OK, "application/octet-stream", bytes),
        Err(_) => not_found(),
    }
}

/// The page that lists a directory.
fn listing(directory: &Path, address: &str) -> Response<Body> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some(if entry.path().is_dir() { format!("{name}/") } else { name })
        })
        .collect();
    names.sort();
    let address = address.trim_end_matches('/');
    let row = |name: &String| {
        format!("<tr><td><a href=\"{address}/{name}\">{}</a></td><td>&nbsp;</td></tr>\n", escaped(name))
    };
    let rows: String = names.iter().map(row).collect();
    let page = format!(
        "<html><head><title>Index of {address}</title></head><body><h1>Index</h1><table>\n\
         <tr><td><a href=\"../\">Parent Directory</a></td></tr>\n{rows}</table></body></html>\n"
    );
    plain(StatusCode::OK, "text/html", page)
}

fn not_found() -> Response<Body> {
    plain(StatusCode::NOT_FOUND, "text/html", "<html><body><h1>404 - Not Found</h1></body></html>")
}
