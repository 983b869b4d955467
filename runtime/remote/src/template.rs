// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where functions are: an address of HTTP, with a place for their names.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;

use crate::client::ClientError;

const NAME_PLACE: &str = "{function.name}";
const SOCKET: &str = "http+unix://";
const SOCKET_ENDING: &str = ".sock";
/// What is written otherwise in a query.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What is written otherwise in a segment of a path: what RFC 3986 does not allow there.
const IN_PATH: &AsciiSet = &IN_QUERY
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// The address of functions, in which `{function.name}` stands for the name.
///
/// A name stays one part of the address, whatever is in it: in a path and in a query, what would be more
/// than that is percent-encoded, and a host has no other names than those that it may have.
#[derive(Debug)]
pub(crate) struct Template {
    /// As the module has it.
    shown: String,
    /// What is requested.
    text: String,
    /// Over which socket of this machine, where it is one.
    socket: Option<PathBuf>,
    /// How many parts of its path are dots.
    dots: usize,
}

impl Template {
    /// What a module says.
    ///
    /// # Errors
    /// When it makes no address.
    pub(crate) fn new(shown: &str) -> Result<Self, ClientError> {
        let (text, socket) = split_socket(shown);
        let template = Self { dots: dots(&text), shown: shown.to_owned(), text, socket };
        match template.url("name") {
            Ok(_) => Ok(template),
            Err(_) => Err(ClientError::Template { template: template.shown }),
        }
    }

    /// What is requested, without a name.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The socket of this machine, where it is one.
    pub(crate) fn socket(&self) -> Option<&Path> {
        self.socket.as_deref()
    }

    /// Where the functions of this name are.
    ///
    /// # Errors
    /// When the name makes no address.
    pub(crate) fn url(&self, name: &str) -> Result<Url, ClientError> {
        let mut text = self.text.clone();
        while let Some(at) = text.find(NAME_PLACE) {
            let written = self.written(&text[..at], name)?;
            text.replace_range(at..at + NAME_PLACE.len(), &written);
        }
        // Such a part would stand for the one before it.
        if dots(&text) != self.dots {
            return Err(self.no_address(name));
        }
        Url::parse(&text).map_err(|_| self.no_address(name))
    }

    /// What is requested, as it is said to people: with the socket, where it is one.
    pub(crate) fn shown(&self, url: &Url) -> String {
        let Some(socket) = &self.socket else { return url.to_string() };
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        format!("{SOCKET}{}{}{query}", socket.display(), url.path())
    }

    /// The name as it is written after this beginning of an address.
    fn written(&self, before: &str, name: &str) -> Result<String, ClientError> {
        let after_scheme = before.split_once("://").map_or(before, |(_, rest)| rest);
        if before.contains('?') {
            Ok(utf8_percent_encode(name, IN_QUERY).to_string())
        } else if after_scheme.contains('/') {
            Ok(utf8_percent_encode(name, IN_PATH).to_string())
        } else if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
            Ok(name.to_owned())
        } else {
            Err(self.no_address(name))
        }
    }

    fn no_address(&self, name: &str) -> ClientError {
        ClientError::Name { template: self.shown.clone(), name: name.to_owned() }
    }
}

/// How many parts of a path are `.` or `..`.
fn dots(text: &str) -> usize {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    path.split('/').filter(|part| matches!(*part, "." | "..")).count()
}

/// An address of HTTP, and the socket where it is one of this machine: `http+unix:///x.sock/path`. The
/// socket is the first part of the path that ends in `.sock`.
fn split_socket(template: &str) -> (String, Option<PathBuf>) {
    let Some(rest) = template.strip_prefix(SOCKET) else { return (template.to_owned(), None) };
    let ends = rest.match_indices(SOCKET_ENDING).map(|(at, ending)| at + ending.len());
    let end = ends.into_iter().find(|end| rest[*end..].is_empty() || rest[*end..].starts_with(['/', '?']));
    let (socket, path) = rest.split_at(end.unwrap_or(rest.len()));
    (format!("http://localhost{path}"), Some(PathBuf::from(socket)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(template: &str, name: &str) -> Result<String, String> {
        let url = Template::new(template).and_then(|template| template.url(name));
        url.map(|url| url.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_is_one_part_of_a_path_whatever_is_in_it() {
        let at = |name: &str| place("http://f:8000/functions/{function.name}/call", name).unwrap();
        let cases = [
            ("greeter-1.2_x~", "greeter-1.2_x~"),
            ("a!$&'()*+,;=:@b", "a!$&'()*+,;=:@b"),
            ("my greeter", "my%20greeter"),
            ("grüße", "gr%C3%BC%C3%9Fe"),
            ("a/b", "a%2Fb"),
            ("a?b#c", "a%3Fb%23c"),
            ("100%25", "100%2525"),
            ("../admin", "..%2Fadmin"),
            ("a\\b\ttab\n", "a%5Cb%09tab%0A"),
            ("{function.name}", "%7Bfunction.name%7D"),
        ];
        for (name, expected) in cases {
            assert_eq!(at(name), format!("http://f:8000/functions/{expected}/call"), "{name:?}");
        }
    }

    #[test]
    fn a_name_that_would_be_more_than_its_part_is_refused() {
        for name in [".", ".."] {
            let why = place("http://f/{function.name}", name).unwrap_err();
            assert_eq!(why, format!("the function's name {name:?} makes no address out of http://f/{{function.name}}"));
        }
        assert_eq!(place("http://f/a.{function.name}", "..").as_deref(), Ok("http://f/a..."));
        assert!(place("http://f/.{function.name}", ".").is_err(), "together they are two dots");
    }

    #[test]
    fn in_a_host_a_name_is_a_name_of_hosts_and_in_a_query_one_value() {
        let host = "http://{function.name}.functions:8000/call";
        assert_eq!(place(host, "greeter").as_deref(), Ok("http://greeter.functions:8000/call"));
        for name in ["evil.example.org/", "user@evil.example.org", "evil.example.org:80", "gr ü", "a%2Fb"] {
            assert!(place(host, name).is_err(), "{name:?}");
        }
        let query = "http://f/call?of={function.name}&way=x";
        assert_eq!(place(query, "a&b=c").as_deref(), Ok("http://f/call?of=a%26b%3Dc&way=x"));
    }

    #[test]
    fn a_socket_is_named_as_the_module_has_it() {
        let template = Template::new("http+unix:///run/my.sockets/f.sock/call/{function.name}").unwrap();
        assert_eq!(template.socket(), Some(Path::new("/run/my.sockets/f.sock")));
        let url = template.url("a b").unwrap();
        assert_eq!(url.as_str(), "http://localhost/call/a%20b");
        assert_eq!(template.shown(&url), "http+unix:///run/my.sockets/f.sock/call/a%20b");
        let whole = Template::new("http+unix:///f.sock").unwrap();
        assert_eq!(whole.shown(&whole.url("a").unwrap()), "http+unix:///f.sock/");
        let why = Template::new("http://").unwrap_err().to_string();
        assert!(why.starts_with("\"http://\" is no address of functions; expected http://HOST/PATH"), "{why}");
    }
}
