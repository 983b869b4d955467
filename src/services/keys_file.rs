// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Fetching the project's KEYS file, as anybody who verifies a release does.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use reqwest::Url;

use super::address::hide_login;
use super::svn::SvnUrl;
use super::web;

/// The most that a KEYS file may have; that of a large project has 2 MB.
pub const KEYS_BYTES: u64 = 64 * 1024 * 1024;

/// Why KEYS could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum KeysFileError {
    /// It is no address, or one on whose way anybody could put in another key.
    #[error("cannot take keys from {url}")]
    Address {
        /// Where.
        url: String,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server's own certificate authority cannot be trusted.
    #[error("cannot trust the server of {url}")]
    Authority {
        /// Where.
        url: String,
        /// What is wrong with the file.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The server did not give it.
    #[error("cannot fetch {url}")]
    Http {
        /// Where.
        url: String,
        /// What happened.
        #[source]
        source: reqwest::Error,
    },
    /// The server broke off, or does not end.
    #[error("cannot fetch {url} whole")]
    Broken {
        /// Where.
        url: String,
        /// What happened.
        #[source]
        source: io::Error,
    },
    /// Subversion did not give it.
    #[error("svn cannot read {url}: {why}")]
    Svn {
        /// Where.
        url: String,
        /// What svn said.
        why: String,
    },
}

/// The text of the KEYS file at `url`: by HTTP, or by Subversion for its own
/// schemes (`file`, `svn`, `svn+ssh`). `authority` is a PEM file of certificate authorities to trust
/// beside the system's.
///
/// # Errors
/// When it cannot be fetched, or could be another's on the way.
pub fn fetch_keys_file(url: &str, authority: Option<&Path>) -> Result<String, KeysFileError> {
    if url.starts_with("https://") || url.starts_with("http://") {
        by_http(url, authority)
    } else {
        let address = |source| KeysFileError::Address { url: hide_login(url), source };
        let parsed = SvnUrl::try_from(url.to_owned()).map_err(|error| address(error.into()))?;
        by_svn(parsed.as_str()).map_err(|why| KeysFileError::Svn { url: hide_login(url), why })
    }
}

fn by_http(url: &str, authority: Option<&Path>) -> Result<String, KeysFileError> {
    let address = |source| KeysFileError::Address { url: hide_login(url), source };
    // its own words have the address, with all that stands in it
    let failed = |source: reqwest::Error| KeysFileError::Http { url: hide_login(url), source: source.without_url() };
    let broken = |source| KeysFileError::Broken { url: hide_login(url), source };
    let parsed = Url::parse(url).map_err(|error| address(error.into()))?;
    web::protected(&parsed).map_err(|error| address(error.into()))?;
    let untrusted = |source| KeysFileError::Authority { url: hide_login(url), source };
    let authorities = web::authorities(authority).map_err(untrusted)?;
    let client = web::reader_of(&parsed, web::SILENCE, authorities).map_err(failed)?;
    let response = client.get(parsed).send().and_then(|response| response.error_for_status()).map_err(failed)?;
    let text = web::text(response, KEYS_BYTES).map_err(broken)?;
    text.ok_or_else(|| broken(io::Error::other(format!("it has more than {KEYS_BYTES} bytes"))))
}

fn by_svn(url: &str) -> Result<String, String> {
    let mut command = Command::new("svn");
    command.args(["cat", "--non-interactive", "--"]).arg(url).env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
    match command.output() {
        Ok(output) if output.status.success() => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::web_testing::answering;

    #[test]
    fn keys_come_by_http_and_an_error_page_is_no_keys_file() {
        let url = answering(|_| (200, "keys")) + "/KEYS";
        assert_eq!(fetch_keys_file(&url, None).unwrap(), "keys");
        let url = answering(|_| (404, "none")) + "/KEYS";
        assert_eq!(fetch_keys_file(&url, None).unwrap_err().to_string(), format!("cannot fetch {url}"));
        let error = fetch_keys_file("http://downloads.example.org/KEYS", None).unwrap_err();
        assert!(matches!(&error, KeysFileError::Address { .. }), "{error}");
        for url in
            ["svn://me:s3cret@localhost:1/KEYS", "svn+ssh://me:s3cret@localhost/KEYS", "ftp://me:s3cret@localhost/K"]
        {
            let error = fetch_keys_file(url, None).unwrap_err();
            assert!(
                matches!(&error, KeysFileError::Address { .. }) && !format!("{error:?}").contains("s3cret"),
                "{error:?}"
            );
        }
        let nowhere = Some(Path::new("/nonexistent/ca.pem"));
        let error = fetch_keys_file("https://localhost:1/KEYS", nowhere).unwrap_err();
        assert!(matches!(&error, KeysFileError::Authority { source, .. } if source.to_string().contains("ca.pem")));
        let error = fetch_keys_file("file:///nonexistent/KEYS", None).unwrap_err();
        assert!(matches!(&error, KeysFileError::Svn { why, .. } if why.contains("E180001")), "{error}");
    }
}
