// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can go wrong with a download.

use std::io;
use std::path::PathBuf;

use reqwest::{StatusCode, Url};

use crate::services::address::hide_login;

/// Why something could not be downloaded.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// No HTTP client can be made here.
    #[error("cannot make an HTTP client; are the system's certificates there?")]
    Client(#[source] reqwest::Error),
    /// It is no address of a web server.
    #[error("`{address}` is no http or https address")]
    Address {
        /// What was given.
        address: String,
    },
    /// No answer came, or it broke off again and again.
    #[error("cannot download {url}")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// Anybody on the way could change it.
    #[error("cannot download {url}")]
    Unprotected {
        /// What was asked for.
        url: String,
        /// What is missing.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server answered with an error.
    #[error("the server answered {status} for {url}")]
    Status {
        /// What was asked for.
        url: String,
        /// Its answer.
        status: StatusCode,
    },
    /// The answer ended early, again and again.
    #[error("the download of {url} broke off after {bytes} bytes, and was given up after {attempt} attempts")]
    Cut {
        /// What was asked for.
        url: String,
        /// How much had come in.
        bytes: u64,
        /// How often it was tried.
        attempt: u32,
        /// What went wrong the last time.
        #[source]
        source: io::Error,
    },
    /// A directory lists nothing.
    #[error("{url} lists no file")]
    Empty {
        /// Which directory.
        url: String,
    },
    /// A directory has too much below it.
    #[error("there are more than {most} {what} below {url}")]
    TooLarge {
        /// Which directory.
        url: String,
        /// The bound.
        most: usize,
        /// Of what: files, directories, directories in one another.
        what: &'static str,
    },
    /// A page does not end.
    #[error("the list at {url} has more than {most} bytes")]
    Endless {
        /// Which directory.
        url: String,
        /// The bound.
        most: u64,
    },
    /// A file does not end.
    #[error("{url} has more than {most} bytes")]
    Oversized {
        /// Which file.
        url: String,
        /// The bound.
        most: u64,
    },
    /// It comes in another coding than it was asked for.
    #[error("the server sends {url} as {coding}, for which it was not asked")]
    Encoded {
        /// Which file.
        url: String,
        /// In which coding.
        coding: String,
    },
    /// A listed name is none for a file.
    #[error("the server lists {url}, which is no name for a file")]
    Name {
        /// What is listed.
        url: String,
    },
    /// A file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// An address as it may be said: without the login that it may hold.
pub(super) fn shown(url: &Url) -> String {
    hide_login(url.as_str())
}

impl DownloadError {
    /// The next thing to do.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Client(_) => "install the system's CA certificates",
            Self::Address { .. } => "give a directory, an archive, or an address that begins with https://",
            Self::Unreachable { .. } | Self::Cut { .. } => {
                "see whether the address opens in a browser (SSL_CERT_FILE names a further authority); a repeat goes on where this ended"
            }
            Self::Status { url, .. } if !url.ends_with('/') => {
                "the server does not give this file: open its address in a browser, and tell who staged it"
            }
            Self::Status { .. } | Self::Empty { .. } => {
                "open the address in a browser: is it the directory of the candidate?"
            }
            Self::Unprotected { .. } => "give an address that begins with https://",
            Self::TooLarge { .. } | Self::Endless { .. } => {
                "name the directory of one candidate, or one staging repository"
            }
            Self::Oversized { .. } => "no such file of a release is as large: tell the project that staged it",
            Self::Encoded { .. } => "tell who runs the server; files of a release have to come as they are",
            Self::Name { .. } => "tell the project that staged it; nothing was downloaded under that name",
            Self::Write { .. } => "make room, or name another cache by QUORATE_CACHE",
        }
    }
}
