// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Maven Central, or another Maven repository that everybody reads: whether it serves an
//! artifact, which versions, and with which files.

use reqwest::Method;
use roxmltree::Document;

use super::download::children;
use super::{Body, Effects, Limits, Login, Request, Web, WebError};

/// A Maven repository that everybody reads.
#[derive(Debug)]
pub struct Central {
    web: Web,
}

impl Central {
    /// The repository at `address`: `https://repo1.maven.org/maven2`.
    ///
    /// # Errors
    /// When the address cannot be used.
    pub fn new(address: &str) -> Result<Self, WebError> {
        Ok(Self { web: Web::new("Maven Central", address, Login::Anonymous, Effects::unwatched())? })
    }

    /// The same with other limits.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { web: self.web.limited(limits) }
    }

    /// Its address.
    pub fn address(&self) -> &str {
        self.web.base()
    }

    /// Whether it serves the pom at `path`. A page that is none, as a login or an error may be, is
    /// no answer.
    ///
    /// # Errors
    /// When it does not answer, or not with a pom.
    pub fn serves_pom(&self, path: &str) -> Result<bool, WebError> {
        let url = self.web.at(&path.split('/').collect::<Vec<_>>());
        let request = Request::new(Method::GET, url, Body::None).accepting("application/xml, text/xml, */*");
        let Some(answer) = found(self.web.read(request))? else { return Ok(false) };
        let text = answer.text();
        let is_pom = Document::parse(&text).is_ok_and(|document| {
            let project = document.root_element();
            project.has_tag_name("project") && project.children().any(|child| child.has_tag_name("artifactId"))
        });
        if is_pom { Ok(true) } else { Err(answer.unexpected("expected a pom")) }
    }

    /// Whether it has anything of a group (`org.apache.flink`).
    ///
    /// # Errors
    /// When it does not answer.
    pub fn serves_group(&self, group: &str) -> Result<bool, WebError> {
        let segments: Vec<&str> = group.split('.').chain([""]).collect();
        let request = Request::new(Method::HEAD, self.web.at(&segments), Body::None).accepting("text/html, */*");
        Ok(found(self.web.read(request))?.is_some())
    }

    /// The versions of an artifact, in the order of its metadata; none where there is no such artifact.
    ///
    /// # Errors
    /// When it does not answer, or not with metadata.
    pub fn versions(&self, group: &str, artifact: &str) -> Result<Vec<String>, WebError> {
        let mut segments: Vec<&str> = group.split('.').collect();
        segments.extend([artifact, "maven-metadata.xml"]);
        let request = Request::get(self.web.at(&segments)).accepting("application/xml, text/xml, */*");
        let Some(answer) = found(self.web.read(request))? else { return Ok(Vec::new()) };
        let text = answer.text();
        let document = Document::parse(&text).ok().filter(|document| document.root_element().has_tag_name("metadata"));
        let Some(document) = document else { return Err(answer.unexpected("expected Maven metadata")) };
        let versions = document.descendants().filter(|node| node.has_tag_name("version"));
        let of_list = versions.filter(|node| node.parent().is_some_and(|parent| parent.has_tag_name("versions")));
        Ok(of_list.filter_map(|node| Some(node.text()?.trim().to_owned())).collect())
    }

    /// The names of the files of one version; none where there is no such version.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn files(&self, group: &str, artifact: &str, version: &str) -> Result<Vec<String>, WebError> {
        let mut segments: Vec<&str> = group.split('.').collect();
        segments.extend([artifact, version, ""]);
        let url = self.web.at(&segments);
        let request = Request::get(url.clone()).accepting("text/html, */*");
        let Some(page) = found(self.web.read(request))? else { return Ok(Vec::new()) };
        let names = children(&url, &page.text());
        Ok(names.iter().filter_map(|url| url.path_segments()?.next_back().map(str::to_owned)).collect())
    }
}

fn found<T>(asked: Result<T, WebError>) -> Result<Option<T>, WebError> {
    match asked {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error),
    }
}
