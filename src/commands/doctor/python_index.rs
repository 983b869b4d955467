// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The Python package index: that it can be read, knows the project, takes uploads, and
//! that there is a token of the form that it takes. Of the token it tells nothing before a file
//! is uploaded with it.

use reqwest::StatusCode;
use secrecy::ExposeSecret;

use super::ask::{Part, ask, skip};
use super::item::{Item, Name};
use super::subject::Subject;
use super::web::{judge, limits};
use crate::config::Pypi;
use crate::services::{Effects, Login, PyPi, WebError};

/// What the tokens of the Python package index begin with.
const TOKEN: &str = "pypi-";
const NO_PACKAGE: &str = "the product has no Python package";

/// The index answers, and has the project.
pub fn ask_project(subject: &Subject) -> Part {
    let item = Name::new("pypi-project", "The Python package index answers, and has the project");
    let Some(config) = subject.product.pypi.clone() else { return skip(&[item], NO_PACKAGE) };
    if subject.out_of_reach(&config.index) {
        return skip(&[item], &format!("{}: --offline", config.index));
    }
    ask(vec![item.clone()], move || {
        vec![match index(&config).and_then(|index| judge_project(&item, &config, &index)) {
            Ok(item) => item,
            Err(error) => judge(&item, &error),
        }]
    })
}

fn index(config: &Pypi) -> Result<PyPi, WebError> {
    let index = PyPi::new(&config.index, &config.upload, Login::Anonymous, Effects::unwatched())?;
    Ok(index.limited(limits()))
}

fn judge_project(item: &Name, config: &Pypi, index: &PyPi) -> Result<Item, WebError> {
    let Pypi { name, index: address, .. } = config;
    if let Some(files) = index.project(name)? {
        return Ok(item.ok(format!("{name} at {address}, {} files", files.len())));
    }
    Ok(match index.is_there()? {
        true => item.warning(
            format!("{address} has no project {name}"),
            "its first upload makes it, with a token for all projects of the account; where it is no new one, correct `pypi.name` in the product's configuration",
        ),
        false => item.failed(
            format!("there is no package index at {address}"),
            "correct `pypi.index` in the product's configuration",
        ),
    })
}

/// The address that takes files answers.
pub fn ask_upload(subject: &Subject) -> Part {
    let item = Name::new("pypi-upload", "The Python package index's address for uploads answers");
    let Some(config) = subject.product.pypi.clone() else { return skip(&[item], NO_PACKAGE) };
    if subject.out_of_reach(&config.upload) {
        return skip(&[item], &format!("{}: --offline", config.upload));
    }
    ask(vec![item.clone()], move || {
        vec![match index(&config).and_then(|index| index.upload_status()) {
            Ok(status) => judge_upload(&item, &config.upload, status),
            Err(error) => judge(&item, &error),
        }]
    })
}

/// A look at it is refused where it takes uploads alone; a file that is not there is another thing.
fn judge_upload(item: &Name, address: &str, status: StatusCode) -> Item {
    let correct = "correct `pypi.upload` in the product's configuration, unless it is known to take files";
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => item.warning(format!("{address} answers {status}"), correct),
        status if status.is_redirection() => {
            item.warning(format!("{address} redirects, and an upload is not sent on to another address"), correct)
        }
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            item.unknown(format!("{address} answers {status}"), "ask again when the index is well")
        }
        _ => item.ok(address),
    }
}

/// There is a token, of the form that the index's tokens have.
pub fn examine_token(subject: &Subject) -> Part {
    let item = Name::new("pypi-token", "There is a token for the Python package index");
    if subject.product.pypi.is_none() {
        return skip(&[item], NO_PACKAGE);
    }
    Part::Found(vec![judge_token(&item, subject.accounts.pypi.as_ref().map(ExposeSecret::expose_secret))])
}

fn judge_token(item: &Name, token: Option<&str>) -> Item {
    match token {
        None => item.warning(
            "QUORATE_PYPI_TOKEN is not set",
            "make a token that is good for this one project, and give it by QUORATE_PYPI_TOKEN when `upload-pypi` is next; on a terminal it is asked for",
        ),
        Some(token) if !token.starts_with(TOKEN) => item.failed(
            format!("QUORATE_PYPI_TOKEN does not begin with `{TOKEN}`, as every token of the index does"),
            "copy the whole token, with what it begins with; a password is taken no more",
        ),
        Some(_) => item.ok("QUORATE_PYPI_TOKEN has the form of a token; the index tells no more before it is used"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::Standing::{self, Failed, Ok, Unknown, Warning};
    use super::*;
    use crate::rehearsal::stand_ins::{Fault, FaultKind, Faults, StandIns};
    use crate::services::Web;

    fn config(index: &str, upload: &str) -> Pypi {
        serde_json::from_value(serde_json::json!({
            "name": "apache-greeter", "files": [], "page": "", "index": index, "upload": upload,
        }))
        .unwrap()
    }

    #[test]
    fn a_project_is_there_or_new_and_an_index_is_there_or_not() {
        let place = tempfile::tempdir().unwrap();
        let projects = r#"{"projects": {"apache-greeter": {"apache-greeter-1.1.0.tar.gz": "00"}}}"#;
        std::fs::write(place.path().join("pypi.json"), projects).unwrap();
        let faults = Faults::default();
        let stand_ins = StandIns::start(place.path(), 0, faults.clone()).unwrap();
        let (simple, nowhere) =
            (format!("{}/simple", stand_ins.base("pypi")), format!("{}/no", stand_ins.base("pypi")));
        let item = Name::new("x", "x");
        let judged = |index: &str, name: &str| {
            let config = Pypi { name: name.to_owned(), ..config(index, index) };
            super::index(&config).and_then(|index| judge_project(&item, &config, &index))
        };
        let there = judged(&simple, "Apache_Greeter").unwrap();
        assert_eq!((there.state, there.found.ends_with(", 1 files")), (Ok, true), "{}", there.found);
        assert_eq!(judged(&simple, "greeter").unwrap().state, Warning);
        assert_eq!(judged(&nowhere, "greeter").unwrap().state, Failed);
        for (kind, expected) in [
            (FaultKind::CutBefore, Unknown),
            (FaultKind::Status { status: 503, retry_after: None, body: String::new() }, Unknown),
            (FaultKind::Page, Unknown),
            (FaultKind::Status { status: 403, retry_after: None, body: String::new() }, Failed),
        ] {
            faults.add(Fault::once("GET", "/simple/", kind.clone()));
            let state = judge(&item, &judged(&simple, "apache-greeter").unwrap_err()).state;
            assert_eq!(state, expected, "{kind:?}");
        }
    }

    #[test]
    fn an_address_for_uploads_is_judged_by_how_it_refuses_a_look() {
        let place = tempfile::tempdir().unwrap();
        let stand_ins = StandIns::start(place.path(), 0, Faults::default()).unwrap();
        let base = stand_ins.base("pypi");
        let item = Name::new("x", "x");
        let judged = |upload: &str| {
            let status = index(&config(&base, upload)).and_then(|index| index.upload_status());
            status.map_or_else(|error| judge(&item, &error).state, |status| judge_upload(&item, upload, status).state)
        };
        assert_eq!(judged(&format!("{base}/legacy/")), Ok);
        assert_eq!(judged(&format!("{base}/elsewhere/")), Warning);
        drop(stand_ins);
        assert_eq!(judged(&format!("{base}/legacy/")), Unknown);
        let of = |status: u16| judge_upload(&item, "x", StatusCode::from_u16(status).unwrap()).state;
        assert_eq!([of(401), of(405), of(301), of(503)], [Ok, Ok, Warning, Unknown]);
        assert!(Web::new("x", "http://upload.example.org/", Login::Anonymous, Effects::unwatched()).is_err());
        assert_eq!(judged("http://upload.example.org/"), Failed, "not in the clear");
    }

    #[test]
    fn a_token_is_judged_by_its_form_and_not_shown() {
        let judged = |token| judge_token(&Name::new("x", "x"), token);
        let states: Vec<Standing> =
            [None, Some("s3cret"), Some("pypi-s3cret")].into_iter().map(|token| judged(token).state).collect();
        assert_eq!(states, [Warning, Failed, Ok]);
        assert!(!format!("{:?}", judged(Some("s3cret"))).contains("s3cret"));
    }
}
