// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Fetching the project's KEYS file, as anybody who verifies a release does.

use std::process::{Command, Stdio};
use std::time::Duration;

/// Why KEYS could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum KeysFileError {
    /// The server did not give it.
    #[error("cannot fetch {url}")]
    Http {
        /// Where.
        url: String,
        /// What happened.
        #[source]
        source: reqwest::Error,
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
/// schemes (`file`, `svn`, `svn+ssh`).
///
/// # Errors
/// When it cannot be fetched.
pub fn fetch_keys_file(url: &str) -> Result<String, KeysFileError> {
    if url.starts_with("https://") || url.starts_with("http://") {
        by_http(url).map_err(|source| KeysFileError::Http { url: url.to_owned(), source })
    } else {
        by_svn(url).map_err(|why| KeysFileError::Svn { url: url.to_owned(), why })
    }
}

fn by_http(url: &str) -> Result<String, reqwest::Error> {
    // The program installs it once; a second time is refused and harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::blocking::Client::builder().timeout(Duration::from_secs(60)).build()?;
    client.get(url).send()?.error_for_status()?.text()
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
        assert_eq!(fetch_keys_file(&url).unwrap(), "keys");
        let url = answering(|_| (404, "none")) + "/KEYS";
        assert_eq!(fetch_keys_file(&url).unwrap_err().to_string(), format!("cannot fetch {url}"));
        let error = fetch_keys_file("file:///nonexistent/KEYS").unwrap_err();
        assert!(matches!(&error, KeysFileError::Svn { why, .. } if why.contains("E180001")), "{error}");
    }
}
