// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What is asked of a web service.

use std::io::{self, Read};
use std::path::PathBuf;

use reqwest::blocking::{RequestBuilder, multipart};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, Url};
use serde_json::Value;

/// One request.
#[derive(Debug)]
pub struct Request {
    /// GET, PUT, …
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// The kind of answer that is wanted.
    pub accept: &'static str,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// What is sent.
    pub body: Body,
}

/// What is sent with a request.
#[derive(Debug)]
pub enum Body {
    /// Nothing.
    None,
    /// A JSON value.
    Json(Value),
    /// Bytes of a media type.
    Bytes(&'static str, Vec<u8>),
    /// A file's bytes.
    File(PathBuf),
    /// The fields of a form and the files with it, each with the name of its field.
    Form(Vec<(String, String)>, Vec<(String, PathBuf)>),
}

impl Request {
    /// Asks for JSON at `url`.
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url, Body::None)
    }

    /// Sends `body` to `url` and expects JSON.
    pub fn new(method: Method, url: Url, body: Body) -> Self {
        Self { method, url, accept: "application/json", headers: Vec::new(), body }
    }

    /// The same that wants another kind of answer.
    #[must_use]
    pub fn accepting(self, accept: &'static str) -> Self {
        Self { accept, ..self }
    }

    /// The same with a further header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Body {
    /// Files are read anew for each attempt, and whole: of a body that is read while it is
    /// sent, the client forgets an answer that comes before its end, such as a 401.
    pub(super) fn put_into(&self, builder: RequestBuilder) -> io::Result<RequestBuilder> {
        Ok(match self {
            Self::None => builder,
            Self::Json(value) => builder.json(value),
            Self::Bytes(kind, bytes) => builder.header(CONTENT_TYPE, *kind).body(bytes.clone()),
            Self::File(path) => builder.header(CONTENT_TYPE, "application/octet-stream").body(std::fs::read(path)?),
            Self::Form(fields, files) => {
                let mut form = multipart::Form::new();
                for (name, value) in fields {
                    form = form.text(name.clone(), value.clone());
                }
                for (name, path) in files {
                    form = form.file(name.clone(), path)?;
                }
                let kind = format!("multipart/form-data; boundary={}", form.boundary());
                let mut whole = Vec::new();
                form.into_reader().read_to_end(&mut whole)?;
                builder.header(CONTENT_TYPE, kind).body(whole)
            }
        })
    }
}
