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
    use std::io::{Read, Write};

    use super::*;

    /// A server that answers once, on a free port of loopback.
    fn serve_once(answer: &'static str) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/KEYS", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        });
        url
    }

    #[test]
    fn keys_come_by_http_and_an_error_page_is_no_keys_file() {
        let url = serve_once("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nkeys");
        assert_eq!(fetch_keys_file(&url).unwrap(), "keys");
        let url = serve_once("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnone");
        assert_eq!(fetch_keys_file(&url).unwrap_err().to_string(), format!("cannot fetch {url}"));
        let error = fetch_keys_file("file:///nonexistent/KEYS").unwrap_err();
        assert!(matches!(&error, KeysFileError::Svn { why, .. } if why.contains("E180001")), "{error}");
    }
}
