// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! GitHub, as far as a release needs it: pull requests that really merge, checks of
//! commits, releases with files.
//!
//! The repositories are bare ones under `repositories/OWNER/NAME.git`; branches, commits
//! and trees are read from them, and merging makes a commit there. What git does not
//! hold is in `state.json`.

mod call;
mod checks;
mod contents;
mod pulls;
mod releases;
mod repository;
mod shapes;
mod state;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use hyper::{Request, Response};

use super::Kept;
use call::{Call, Fault, Reply};
pub use call::{OTHER_TOKEN, TOKEN};
use state::Known;

/// The stand-in, with its state under `directory`.
///
/// # Errors
/// When the state cannot be read.
pub fn router(directory: &Path) -> io::Result<Router> {
    std::fs::create_dir_all(directory.join("repositories"))?;
    let state = Kept::open(directory.join("state.json"), Known::default())?;
    let hub = Hub { directory: directory.to_owned(), state };
    Ok(Router::new().fallback(answer).with_state(hub))
}

/// Where the bare repository `slug` (`greeter/greeter-site`) belongs, for the stand-in whose
/// state is under `directory`.
pub fn repository_path(directory: &Path, slug: &str) -> PathBuf {
    directory.join("repositories").join(format!("{slug}.git"))
}

#[derive(Debug, Clone)]
struct Hub {
    directory: PathBuf,
    state: Kept<Known>,
}

async fn answer(State(hub): State<Hub>, request: Request<Body>) -> Response<Body> {
    let answered = match Call::read(request).await {
        Ok(call) => hub.answer(&call),
        Err(fault) => Err(fault),
    };
    answered.unwrap_or_else(Fault::into_reply).into_response()
}

impl Hub {
    fn answer(&self, call: &Call) -> Result<Reply, Fault> {
        let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
        if call.changes() && call.who.is_none() {
            return Err(Fault::new(401, "Requires authentication"));
        }
        match (call.method.as_str(), segments.as_slice()) {
            ("GET", ["user"]) => match &call.who {
                Some(who) => Ok(Reply::json(200, shapes::user(call, who))),
                None => Err(Fault::new(401, "Requires authentication")),
            },
            ("POST", ["graphql"]) => self.graphql(call),
            ("POST", ["uploads", "repos", owner, name, "releases", id, "assets"]) => {
                self.upload(call, &self.repository(owner, name)?, id)
            }
            (_, ["repos", owner, name, rest @ ..]) => {
                let repository = self.repository(owner, name)?;
                self.of_repository(call, &repository, rest)
            }
            _ => Err(Fault::missing()),
        }
    }

    fn of_repository(&self, call: &Call, at: &repository::Bare, rest: &[&str]) -> Result<Reply, Fault> {
        if call.changes() && !call.may_push() {
            return Err(Fault::new(403, "Resource not accessible by personal access token"));
        }
        match (call.method.as_str(), rest) {
            ("GET", []) => Ok(Reply::json(200, shapes::repository(call, at)?)),
            ("GET", ["branches", branch @ .., "protection"]) => self.protection(at, &branch.join("/")),
            ("GET", ["branches", branch @ ..]) => self.branch(call, at, &branch.join("/")),
            ("GET", ["contents", path @ ..]) => self.contents(call, at, &path.join("/")),
            ("GET", ["commits", reference @ .., "check-runs"]) => self.check_runs(call, at, &reference.join("/")),
            ("GET", ["commits", reference @ .., "status"]) => self.status(call, at, &reference.join("/")),
            ("GET", ["pulls"]) => self.list_pulls(call, at),
            ("POST", ["pulls"]) => self.open_pull(call, at),
            ("GET", ["pulls", number]) => self.show_pull(call, at, number),
            ("PATCH", ["pulls", number]) => self.change_pull(call, at, number),
            ("GET", ["pulls", number, "merge"]) => self.is_merged(at, number),
            ("PUT", ["pulls", number, "merge"]) => self.merge_pull(call, at, number),
            ("GET", ["releases"]) => self.list_releases(call, at),
            ("POST", ["releases"]) => self.make_release(call, at),
            ("GET", ["releases", "tags", tag @ ..]) => self.release_of(call, at, &tag.join("/")),
            ("GET", ["releases", "assets", id]) => self.download(call, at, id),
            ("DELETE", ["releases", "assets", id]) => self.remove_asset(at, id),
            ("GET", ["releases", id]) => self.show_release(call, at, id),
            ("PATCH", ["releases", id]) => self.change_release(call, at, id),
            ("DELETE", ["releases", id]) => self.remove_release(at, id),
            _ => Err(Fault::missing()),
        }
    }
}
