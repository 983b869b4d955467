// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Pages and files that anybody may read: whether they are there, and what they say.

use reqwest::{Method, StatusCode, Url};

use super::Effects;
use super::download::links;
use super::web::{self, Body, Limits, Login, Request, Web, WebError};

/// The pages of the web.
#[derive(Debug)]
pub struct Pages {
    outside: Web,
    here: Web,
}

/// Whether a link leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// It does.
    Answers,
    /// It does not, and why.
    Broken(String),
}

impl Default for Pages {
    /// All pages, read without a login.
    fn default() -> Self {
        let at = |base: &str| {
            Web::new("the page's server", base, Login::Anonymous, Effects::unwatched()).expect("a fixed address")
        };
        Self { outside: at("https://localhost.invalid"), here: at("http://localhost") }
    }
}

impl Pages {
    /// The same with other limits.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { outside: self.outside.limited(limits), here: self.here.limited(limits) }
    }

    /// What a page says; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn text(&self, url: &str) -> Result<Option<String>, WebError> {
        let (web, url) = self.of(url)?;
        match web.read(Request::get(url).accepting("text/html, */*;q=0.5")) {
            Ok(answer) => Ok(Some(answer.text())),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Where a page, whose text this is, links to.
    ///
    /// # Errors
    /// When its address is none.
    pub fn links(&self, url: &str, text: &str) -> Result<Vec<Url>, WebError> {
        Ok(links(&self.of(url)?.1, text))
    }

    /// Whether a link leads somewhere; its file is not fetched.
    ///
    /// # Errors
    /// When it cannot be asked, which is not the same as a broken link.
    pub fn link(&self, url: &str) -> Result<Link, WebError> {
        match self.status(url) {
            Ok(status) if status.is_success() => Ok(Link::Answers),
            Ok(status) => Ok(Link::Broken(format!("the server answers {status}"))),
            Err(error @ WebError::Address { .. }) => Ok(Link::Broken(error.to_string())),
            Err(error) => Err(error),
        }
    }

    /// With which status a page answers, after redirects: a success, or one that says that it is not
    /// there or not for everybody; it is not fetched.
    ///
    /// # Errors
    /// When it cannot be asked, or its address is none.
    pub fn status(&self, url: &str) -> Result<StatusCode, WebError> {
        let (web, address) = self.of(url)?;
        let ask = |method: Method| {
            let request = Request::new(method, address.clone(), Body::None).accepting("*/*");
            // a server without HEAD is asked for the first byte
            web.read(request.with("Range", "bytes=0-0"))
        };
        let without_head = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_IMPLEMENTED, StatusCode::FORBIDDEN];
        let answered = match ask(Method::HEAD) {
            Err(error) if error.status().is_some_and(|status| without_head.contains(&status)) => ask(Method::GET),
            answered => answered,
        };
        match answered {
            Ok(answer) => Ok(answer.status),
            Err(error) => match error.status() {
                Some(status) if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS => Ok(status),
                _ => Err(error),
            },
        }
    }

    fn of(&self, address: &str) -> Result<(&Web, Url), WebError> {
        let unusable = |why: &str| WebError::Address {
            service: "the page's server".to_owned(),
            address: address.to_owned(),
            why: why.to_owned(),
        };
        let url = Url::parse(address).map_err(|_| unusable("it is no address; expected https://HOST/PATH"))?;
        match (web::is_safe(&url), web::is_here(&url)) {
            (true, true) => Ok((&self.here, url)),
            (true, false) => Ok((&self.outside, url)),
            (false, _) => Err(unusable("expected https; http is taken for this machine alone")),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::services::web_testing::answering;

    fn pages() -> Pages {
        let limits = Limits { attempts: 1, answer: 100, request: Duration::from_secs(5), ..Limits::default() };
        Pages::default().limited(limits)
    }

    fn server() -> String {
        answering(|path| match path {
            "/there" => (200, "Version 1.2.0".to_owned()),
            "/no-head" => (405, String::new()),
            "/gone" => (404, "<h1>Not Found</h1>".to_owned()),
            "/later" => (503, String::new()),
            "/busy" => (429, String::new()),
            _ => (200, "x".repeat(200)),
        })
    }

    #[test]
    fn a_page_is_read_or_missing_or_cannot_be_asked() {
        let (pages, server) = (pages(), server());
        let text = |path: &str| pages.text(&format!("{server}{path}"));
        assert_eq!(text("/there").unwrap().as_deref(), Some("Version 1.2.0"));
        assert_eq!(text("/gone").unwrap(), None);
        assert!(matches!(text("/later"), Err(WebError::Status { .. })));
        assert!(matches!(text("/endless"), Err(WebError::TooLarge { .. })));
        assert!(matches!(pages.text("http://example.org/"), Err(WebError::Address { .. })), "not in the clear");
    }

    #[test]
    fn a_link_that_could_not_be_asked_is_not_a_broken_one() {
        let (pages, server) = (pages(), server());
        let link = |path: &str| pages.link(&format!("{server}{path}"));
        assert_eq!(link("/there").unwrap(), Link::Answers);
        assert!(matches!(link("/gone").unwrap(), Link::Broken(why) if why.contains("404")));
        assert!(matches!(link("/no-head").unwrap(), Link::Broken(_)));
        assert!(link("/later").is_err() && link("/busy").is_err());
        assert!(matches!(pages.link("http://example.org/a").unwrap(), Link::Broken(why) if why.contains("https")));
        assert!(matches!(pages.link("nothing").unwrap(), Link::Broken(_)));
    }
}
