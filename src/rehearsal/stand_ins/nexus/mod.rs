// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A stand-in for Nexus 2 with staging, and for the Maven Central behind it: repositories
//! that are opened by uploading, closed by rules, released and dropped, each after a while;
//! those of other people are there too. It takes and gives JSON and XML.

mod answers;
mod content;
mod rules;
mod state;
mod transition;

use std::io;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Kept;
use answers::{Asked, Told, plain};
use state::Staging;

/// The two parts of the release manager's user token, and whose it is.
pub const NEXUS_ACCOUNT: (&str, &str) = ("ann-token", "rehearsal-of-nexus");
/// An account that may do nothing; its password is the same.
pub const NEXUS_GUEST: &str = "guest-token";
/// The file that names the one staging profile.
const PROFILE_FILE: &str = "profile";
/// The profile where no file names one.
const PROFILE: &str = "org.example";

/// The router of a stand-in whose state is in `directory`.
///
/// # Errors
/// When its state cannot be read or kept.
pub fn router(directory: &Path) -> io::Result<Router> {
    std::fs::create_dir_all(directory)?;
    let profile = std::fs::read_to_string(directory.join(PROFILE_FILE)).unwrap_or_else(|_| PROFILE.to_owned());
    let staging = Kept::open(directory.join("staging.json"), Staging::new(profile.trim(), now()))?;
    let nexus = Nexus { directory: directory.to_owned(), staging };
    Ok(Router::new().fallback(answer).layer(DefaultBodyLimit::disable()).with_state(nexus))
}

/// Has the stand-in in `directory` begin with the staging profile `name`.
///
/// # Errors
/// When it cannot be written.
pub fn set_profile(directory: &Path, name: &str) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    std::fs::write(directory.join(PROFILE_FILE), name)
}

#[derive(Debug, Clone)]
struct Nexus {
    directory: PathBuf,
    staging: Kept<Staging>,
}

/// A request.
struct Request {
    method: Method,
    /// The decoded path, and its parts.
    path: String,
    query: String,
    headers: HeaderMap,
    body: Bytes,
    /// The address of the whole service.
    base: String,
    /// Who asks, where that is known.
    user: Option<String>,
}

async fn answer(
    State(nexus): State<Nexus>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("127.0.0.1");
    let base = format!("http://{host}/nexus");
    let path = percent_encoding::percent_decode_str(uri.path()).decode_utf8_lossy().into_owned();
    let login = match user(&headers) {
        Ok(user) => user,
        Err(()) => return unknown_account(),
    };
    let query = uri.query().unwrap_or_default().to_owned();
    nexus.answer(&Request { method, path, query, headers, body, base, user: login })
}

/// Who logs in; an error where name and password do not fit.
fn user(headers: &HeaderMap) -> Result<Option<String>, ()> {
    let Some(given) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let basic = |name: &str| format!("Basic {}", base64(format!("{name}:{}", NEXUS_ACCOUNT.1).as_bytes()));
    for (name, user) in [(NEXUS_ACCOUNT.0, "ann"), (NEXUS_GUEST, "guest")] {
        if basic(name).as_bytes() == given.as_bytes() {
            return Ok(Some(user.to_owned()));
        }
    }
    Err(())
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = |three: &[u8]| {
        let bits = three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        (0..4)
            .map(move |at| match at <= three.len() {
                true => char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize]),
                false => '=',
            })
            .collect::<String>()
    };
    bytes.chunks(3).map(digits).collect()
}

fn unknown_account() -> Response<Body> {
    let page = "<html><head><title>401 - Unauthorized</title></head><body><h1>401 - Unauthorized</h1></body></html>";
    let mut answer = plain(StatusCode::UNAUTHORIZED, "text/html", page);
    let realm = header::HeaderValue::from_static("BASIC realm=\"Sonatype Nexus Repository Manager\"");
    answer.headers_mut().insert(header::WWW_AUTHENTICATE, realm);
    answer
}

fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

impl Nexus {
    fn answer(&self, request: &Request) -> Response<Body> {
        self.settle(now());
        let parts: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
        match parts.as_slice() {
            ["content", "repositories", rest @ ..] => return self.content(request, rest),
            ["central", "maven2", rest @ ..] => return self.central(request, rest),
            ["service", "local", "status"] => return self.status(request).response(&request.headers),
            ["service", "local", ..] => {}
            _ => {
                return plain(StatusCode::NOT_FOUND, "text/html", "<html><body><h1>404 - Not Found</h1></body></html>");
            }
        }
        let Some(user) = request.user.as_deref() else { return unknown_account() };
        let told = match parts.as_slice() {
            ["service", "local", "authentication", "login"] => login(user),
            ["service", "local", "staging", rest @ ..] => match (user, &request.method) {
                ("guest", &Method::GET) if rest == ["profiles"] => {
                    Told::ok(json!({"data": []}), "stagingProfiles", "stagingProfile")
                }
                ("guest", _) => {
                    return plain(
                        StatusCode::FORBIDDEN,
                        "text/html",
                        "<html><body><h1>403 - Forbidden</h1></body></html>",
                    );
                }
                (user, _) => self.staging(request, rest, user),
            },
            _ => Told::error(StatusCode::NOT_FOUND, "Not found"),
        };
        told.response(&request.headers)
    }

    fn status(&self, request: &Request) -> Told {
        let data = json!({
            "appName": "Nexus Repository Manager", "formattedAppName": "Nexus Repository Manager Professional 2.15.1-02",
            "version": "2.15.1-02", "apiVersion": "2.15.1-02", "editionLong": "Professional", "editionShort": "PRO",
            "state": "STARTED", "baseUrl": request.base,
            "clientPermissions": {"loggedIn": request.user.is_some(), "loggedInUsername": request.user},
        });
        Told::ok(json!({"data": data}), "status", "item")
    }

    /// What is below `/service/local/staging`.
    fn staging(&self, request: &Request, parts: &[&str], user: &str) -> Told {
        let reads = request.method == Method::GET || request.method == Method::HEAD;
        match parts {
            ["profiles"] if reads => self.profiles(request, |_| true),
            ["profile_evaluate"] if reads => self.profiles(request, |name| evaluates(name, &request.query)),
            ["profiles", id] if reads => {
                self.staging.read(|staging| match staging.profiles.iter().find(|profile| profile.id == *id) {
                    Some(profile) => {
                        Told::ok(json!({"data": answers::profile(profile, &request.base)}), "stagingProfile", "item")
                    }
                    None => Told::error(StatusCode::NOT_FOUND, &format!("No such profile: {id}")),
                })
            }
            ["profile_repositories"] if reads => self.repositories(request, |_| true),
            ["profile_repositories", id] if reads => self.repositories(request, |profile| profile == *id),
            ["repository", id] if reads => self.repository(id, |staging, repository| {
                Told::ok(answers::repository(staging, repository, &request.base), "stagingProfileRepository", "item")
            }),
            ["repository", id, "activity"] if reads => self.repository(id, |_, repository| {
                Told::ok(answers::activities(&repository.activity), "list", "stagingActivity")
            }),
            ["deploy", "maven2", path @ ..] if reads => self.staged_file(user, &path.join("/")),
            ["deploy", "maven2", path @ ..] if request.method == Method::PUT => self.deploy(request, user, None, path),
            ["deployByRepositoryId", id, path @ ..] if request.method == Method::PUT => {
                self.deploy(request, user, Some(id), path)
            }
            ["profiles", profile, "start"] if request.method == Method::POST => self.start(request, user, profile),
            ["profiles", _, what @ ("finish" | "promote" | "drop")]
            | ["bulk", what @ ("close" | "promote" | "drop")]
                if request.method == Method::POST =>
            {
                let what = if *what == "finish" { "close" } else { what };
                match Asked::read(&request.body) {
                    Some(asked) => self.begin(what, &asked, now()),
                    None => Told::error(StatusCode::BAD_REQUEST, "The request cannot be read"),
                }
            }
            _ => Told::error(StatusCode::NOT_FOUND, "Not found"),
        }
    }

    fn profiles(&self, request: &Request, wanted: impl Fn(&str) -> bool) -> Told {
        let told = self.staging.read(|staging| -> Vec<Value> {
            let wanted = staging.profiles.iter().filter(|profile| wanted(&profile.name));
            wanted.map(|profile| answers::profile(profile, &request.base)).collect()
        });
        Told::ok(json!({"data": told}), "stagingProfiles", "stagingProfile")
    }

    fn repositories(&self, request: &Request, wanted: impl Fn(&str) -> bool) -> Told {
        let told = self.staging.read(|staging| -> Vec<Value> {
            let wanted = staging.repositories.iter().filter(|repository| wanted(&repository.profile));
            wanted.map(|repository| answers::repository(staging, repository, &request.base)).collect()
        });
        Told::ok(json!({"data": told}), "stagingRepositories", "stagingProfileRepository")
    }

    fn repository(&self, id: &str, told: impl FnOnce(&Staging, &state::Repository) -> Told) -> Told {
        self.staging.read(|staging| match staging.find(id) {
            Some(repository) => told(staging, repository),
            None => Told::error(StatusCode::NOT_FOUND, &format!("No such repository: {id}")),
        })
    }

    fn start(&self, request: &Request, user: &str, profile: &str) -> Told {
        let description = Asked::read(&request.body).unwrap_or_default().description;
        let agent = agent(request);
        let id = self.staging.change(|staging| {
            let known = staging.profiles.iter().any(|known| known.id == profile);
            known.then(|| staging.open(profile, user, &agent, &description, now()))
        });
        match id {
            None => Told::error(StatusCode::NOT_FOUND, &format!("No such profile: {profile}")),
            Some(id) => Told {
                status: StatusCode::CREATED,
                value: json!({"data": {"stagedRepositoryId": id, "description": description}}),
                names: ("promoteResponse", "item"),
            },
        }
    }
}

fn login(user: &str) -> Told {
    let permissions = json!({"loggedIn": true, "loggedInUsername": user, "loggedInUserSource": "LDAP"});
    Told::ok(json!({"data": {"clientPermissions": permissions}}), "authenticationLoginResponse", "item")
}

/// Whether the profile `name` takes the group that the query names.
fn evaluates(name: &str, query: &str) -> bool {
    let group = query.split('&').find_map(|part| part.strip_prefix("g="));
    group.is_some_and(|group| group == name || group.starts_with(&format!("{name}.")))
}

fn agent(request: &Request) -> String {
    let agent = request.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    agent.unwrap_or_default().to_owned()
}
