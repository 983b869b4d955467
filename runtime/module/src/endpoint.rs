// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `io.statefun.endpoints.v2/http` and its older form.

use std::path::{Path, PathBuf};

use crate::Place;
use crate::application::{
    ClientTransport, Endpoint, Functions, KeyPassword, ReadTransport, RetryingTransport, Transport,
};
use crate::fields::{Fields, is_name};
use crate::units;
use crate::yaml::Node;

const RETRYING: &str = "io.statefun.transports.v1/async";
const READ: &str = "io.statefun.transports.v1/okhttp";
const NAME_PLACE: &str = "{function.name}";
const CLASSPATH: &str = "classpath:";
const FILE: &str = "file:";
const FILE_PREFIXES: [&str; 2] = [CLASSPATH, FILE];

/// Where limits of time stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// In `transport`.
    V2,
    /// In `timeouts`.
    V1,
}

pub(crate) fn read(node: &Node, form: Form, directory: &Path, fields: &Fields<'_>) -> Option<Endpoint> {
    let spec = Fields::of(node, "an endpoint's spec", fields.findings())?;
    let functions = functions(&spec);
    let url = url(&spec);
    let max_num_batch_requests = spec.count("maxNumBatchRequests", 1000);
    let mut file_places = Vec::new();
    let transport = match form {
        Form::V1 => Transport::Retrying(old_timeouts(&spec)),
        Form::V2 => transport(&spec, directory, &mut file_places),
    };
    let url_place = spec.maybe("urlPathTemplate").map_or(&node.place, |node| &node.place).clone();
    spec.end();
    Some(Endpoint {
        place: node.place.clone(),
        url_place,
        file_places,
        functions: functions?,
        url_path_template: url?,
        max_num_batch_requests,
        transport,
    })
}

fn functions(spec: &Fields<'_>) -> Option<Functions> {
    const EXAMPLE: &str = "example/greeter, or example/* for a whole namespace";
    let text = spec.text("functions", EXAMPLE)?;
    let place = &spec.maybe("functions")?.place;
    let Some((namespace, name)) = text.rsplit_once('/').filter(|_| is_name(text)) else {
        spec.fault(place, format!("\"functions\" is {text:?}; expected functions: {EXAMPLE}"));
        return None;
    };
    if namespace.contains(['/', '*']) {
        let what = if namespace.contains('*') { "star" } else { "slash" };
        spec.fault(place, format!("{text:?}: a namespace has no {what} in it; expected functions: {EXAMPLE}"));
        return None;
    }
    let namespace = namespace.to_owned();
    match name {
        "*" => Some(Functions::Namespace { namespace }),
        name if name.contains('*') => {
            spec.fault(place, format!("{text:?}: a star stands for every name of a namespace, as in {namespace}/*"));
            None
        }
        name => Some(Functions::Type { namespace, name: name.to_owned() }),
    }
}

fn url(spec: &Fields<'_>) -> Option<String> {
    const EXAMPLE: &str = "http://localhost:8000/{function.name}";
    let text = spec.text("urlPathTemplate", EXAMPLE)?;
    let place = &spec.maybe("urlPathTemplate")?.place;
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    // Slashes too many do not end it for everybody who reads addresses.
    let authority = rest.trim_start_matches(['/', '\\']).split(['/', '\\', '?', '#']).next().unwrap_or_default();
    if scheme != "http+unix" && authority.contains('@') {
        // It is in no message, since it may be a password.
        let why =
            "\"urlPathTemplate\" has a user or a password, which is not sent to functions, nor by Apache StateFun";
        let how = "take what is before the @ out of it, and say who you are by \"client_cert\"";
        spec.fault(place, format!("{why}; {how}"));
        return None;
    }
    if !["http", "https", "http+unix"].contains(&scheme) {
        spec.fault(place, format!("{text:?} is no address of functions; expected http://, https:// or http+unix://"));
        return None;
    }
    if text.contains('#') {
        spec.fault(place, format!("{text:?} has a fragment, behind #, which is not sent to functions"));
        return None;
    }
    let without = text.replace(NAME_PLACE, "");
    if without.contains(['{', '}']) {
        spec.fault(place, format!("{text:?} has braces around something else than {NAME_PLACE}"));
        return None;
    }
    if scheme == "http+unix" && !without.contains(".sock") {
        spec.fault(place, format!("{text:?} names no socket; expected http+unix:///PATH/NAME.sock/PATH"));
        return None;
    }
    Some(text.to_owned())
}

fn transport(spec: &Fields<'_>, directory: &Path, places: &mut Vec<(PathBuf, Place)>) -> Transport {
    let usual = || Transport::Retrying(RetryingTransport::default());
    let Some(node) = spec.maybe("transport") else { return usual() };
    let Some(fields) = Fields::of(node, "a transport", spec.findings()) else { return usual() };
    let transport = match fields.maybe_text("type", RETRYING) {
        None | Some(RETRYING) => Transport::Retrying(retrying(&fields, directory, places)),
        Some(READ) => Transport::Read(read_timeouts(&fields)),
        Some(other) => {
            let place = &fields.maybe("type").map_or(node, |node| node).place;
            fields.fault(place, format!("the transport {other:?} is not known; expected {RETRYING} or {READ}"));
            return usual();
        }
    };
    fields.end();
    transport
}

fn retrying(fields: &Fields<'_>, directory: &Path, places: &mut Vec<(PathBuf, Place)>) -> RetryingTransport {
    let otherwise = RetryingTransport::default();
    let inner = fields.maybe("timeouts").and_then(|node| Fields::of(node, "timeouts", fields.findings()));
    let timeouts = inner.as_ref().unwrap_or(fields);
    let (call, connect) = (timeouts.budget("call", otherwise.call), timeouts.budget("connect", otherwise.connect));
    if let Some(inner) = inner {
        for name in ["call", "connect"] {
            fields.without_effect(name, "\"timeouts\" stands beside it");
        }
        for name in ["read", "write"] {
            inner.without_effect(name, "the budget of the call is what is limited");
        }
        inner.end();
    }
    RetryingTransport {
        call,
        connect,
        pool_ttl: fields.duration("pool_ttl", otherwise.pool_ttl),
        pool_size: fields.count("pool_size", otherwise.pool_size),
        payload_max_bytes: fields
            .parsed("payload_max_bytes", "32MiB, and more than 0", |text| units::size(text).filter(|size| *size > 0))
            .unwrap_or(otherwise.payload_max_bytes),
        client: client(fields, directory, places),
    }
}

fn client(fields: &Fields<'_>, directory: &Path, places: &mut Vec<(PathBuf, Place)>) -> ClientTransport {
    let mut path = |name: &'static str| -> Option<PathBuf> {
        let named = file(fields.maybe_text(name, "/etc/statefun/file.pem")?, directory);
        places.push((named.clone(), fields.maybe(name)?.place.clone()));
        Some(named)
    };
    let client = ClientTransport {
        trust_cacerts: path("trust_cacerts"),
        client_cert: path("client_cert"),
        client_key: path("client_key"),
        client_key_password: fields.maybe_text("client_key_password", "/etc/statefun/password").map(|text| {
            let says_file = FILE_PREFIXES.iter().any(|prefix| text.starts_with(prefix));
            KeyPassword { file: file(text, directory), words: (!says_file).then(|| text.to_owned()) }
        }),
    };
    if let (Some(password), Some(node)) = (&client.client_key_password, fields.maybe("client_key_password")) {
        places.push((password.file.clone(), node.place.clone()));
    }
    if client.client_cert.is_some() != client.client_key.is_some() {
        fields.fault(fields.place, "\"client_cert\" and \"client_key\" go together; one of them is missing");
    }
    client
}

/// A file that a module names; upstream's `classpath:` is the module's own directory here.
fn file(text: &str, directory: &Path) -> PathBuf {
    if let Some(relative) = text.strip_prefix(CLASSPATH) {
        return directory.join(relative.trim_start_matches('/'));
    }
    let path = text.strip_prefix(FILE).map_or(text, |path| path.strip_prefix("//").unwrap_or(path));
    directory.join(path)
}

fn read_timeouts(fields: &Fields<'_>) -> ReadTransport {
    let otherwise = ReadTransport::default();
    let Some(node) = fields.maybe("timeouts") else { return otherwise };
    let Some(timeouts) = Fields::of(node, "timeouts", fields.findings()) else { return otherwise };
    let transport = ReadTransport {
        call: timeouts.budget("call", otherwise.call),
        connect: timeouts.budget("connect", otherwise.connect),
        read: timeouts.budget("read", otherwise.read),
        write: timeouts.budget("write", otherwise.write),
    };
    timeouts.end();
    transport
}

/// The older form had limits of time alone.
fn old_timeouts(spec: &Fields<'_>) -> RetryingTransport {
    let otherwise = RetryingTransport::default();
    let Some(node) = spec.maybe("timeouts") else { return otherwise };
    let Some(timeouts) = Fields::of(node, "timeouts", spec.findings()) else { return otherwise };
    let (call, connect) = (timeouts.budget("call", otherwise.call), timeouts.budget("connect", otherwise.connect));
    // These limited one connection's reading and writing; the budget of the call does now.
    for name in ["read", "write"] {
        let _ = timeouts.budget(name, otherwise.call);
        timeouts.without_effect(name, "the budget of the call is what is limited");
    }
    timeouts.end();
    RetryingTransport { call, connect, ..otherwise }
}
