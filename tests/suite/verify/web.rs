// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Candidates on web servers: a directory as Apache httpd lists it, over TLS with an
//! authority of one's own, and a staging repository as Nexus lists it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::candidate::{CandidateDirectory, SOURCE, Signers};

type Files = BTreeMap<String, Vec<u8>>;

/// How a server shows a directory.
#[derive(Clone, Copy)]
enum Pages {
    /// As mod_autoindex: sorting links, the parent by its path, names relative.
    Httpd,
    /// As Nexus 2: whole addresses.
    Nexus,
}

/// A web server on loopback, for as long as the test runs.
struct Server {
    address: String,
}

impl Server {
    /// With TLS where there is a configuration for it.
    fn start(files: Files, pages: Pages, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = format!("{}://localhost:{port}", if tls.is_some() { "https" } else { "http" });
        let (base, files) = (address.clone(), Arc::new(files));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (files, tls, base) = (Arc::clone(&files), tls.clone(), base.clone());
                std::thread::spawn(move || {
                    let stream = stream.unwrap();
                    let _ = match tls {
                        Some(config) => {
                            let connection = ServerConnection::new(config).unwrap();
                            answer(StreamOwned::new(connection, stream), &files, pages, &base)
                        }
                        None => answer(stream, &files, pages, &base),
                    };
                });
            }
        });
        // `localhost` may be ::1 first, where nobody listens: the client tries both.
        TcpStream::connect(("127.0.0.1", port)).unwrap();
        Self { address }
    }
}

/// One request of a connection that is closed after it.
fn answer(mut stream: impl Read + Write, files: &Files, pages: Pages, base: &str) -> std::io::Result<()> {
    let mut line = String::new();
    let mut reader = BufReader::new(&mut stream);
    reader.read_line(&mut line)?;
    let mut header = line.clone();
    while !header.trim().is_empty() {
        header.clear();
        reader.read_line(&mut header)?;
    }
    let path = line.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let (status, body) = match files.get(path) {
        Some(bytes) => ("200 OK", bytes.clone()),
        None => match page(files, path, pages, base) {
            Some(page) => ("200 OK", page.into_bytes()),
            None => ("404 Not Found", Vec::new()),
        },
    };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    stream.write_all(&body)?;
    stream.flush()
}

fn page(files: &Files, directory: &str, pages: Pages, base: &str) -> Option<String> {
    let below = files.keys().filter_map(|path| path.strip_prefix(directory));
    let mut names: Vec<String> =
        below.map(|rest| rest.split_once('/').map_or(rest.to_owned(), |(name, _)| format!("{name}/"))).collect();
    names.dedup();
    if names.is_empty() || !directory.ends_with('/') {
        return None;
    }
    let link = |name: &String| match pages {
        Pages::Httpd => {
            format!("<img src=\"/icons/unknown.gif\"> <a href=\"{name}\">{name}</a>  2026-11-21 12:00  1.0K\n")
        }
        Pages::Nexus => format!("<tr><td><a href=\"{base}/{directory}{name}\">{name}</a></td><td>1</td></tr>\n"),
    };
    let links: String = names.iter().map(link).collect();
    Some(match pages {
        Pages::Httpd => format!(
            "<h1>Index of /{directory}</h1><pre><a href=\"?C=N;O=D\">Name</a> <a href=\"?C=S;O=A\">Size</a><hr>\
             <a href=\"/dev/\">Parent Directory</a>\n{links}</pre>"
        ),
        Pages::Nexus => format!("<table><tr><td><a href=\"../\">Parent Directory</a></td></tr>{links}</table>"),
    })
}

fn verify(place: &Path, target: &str, keys: &str, authority: Option<&Path>) -> Output {
    std::fs::write(place.join("KEYS"), keys).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
    command.args(["verify", target, "--product", "sample", "--keys", "KEYS"]).current_dir(place).stdin(Stdio::null());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", place);
    command.env("QUORATE_CACHE", place.join("cache"));
    // A proxy for the world outside knows nothing of this machine.
    command.env("HTTP_PROXY", "http://127.0.0.1:1").env("HTTPS_PROXY", "http://127.0.0.1:1");
    command.envs(authority.map(|file| ("SSL_CERT_FILE", file)));
    command.output().unwrap()
}

#[test]
fn a_directory_over_tls_is_verified_where_its_authority_is_trusted() {
    let place = tempfile::tempdir().unwrap();
    let issued = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der()));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = ServerConfig::builder().with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![issued.cert.der().clone()], key).unwrap());
    let authority = place.path().join("ca.pem");
    std::fs::write(&authority, issued.cert.pem()).unwrap();

    let candidate = CandidateDirectory::good();
    let files = candidate.files.iter().map(|(name, bytes)| (format!("dev/rc1/{name}"), bytes.clone())).collect();
    let server = Server::start(files, Pages::Httpd, Some(config));
    let target = format!("{}/dev/rc1", server.address);
    let output = verify(place.path(), &target, &candidate.keys, Some(&authority));
    let (said, error) = (super::text(&output.stdout), super::text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{said}{error}");
    assert!(said.contains(&format!("✓ {SOURCE}")), "{said}");
    // One archive of it, with what lies beside it; and one that is not there.
    let output = verify(place.path(), &format!("{target}/{SOURCE}"), &candidate.keys, Some(&authority));
    assert_eq!(output.status.code(), Some(0), "{}", super::text(&output.stdout));
    let output = verify(place.path(), &format!("{target}/other-1.2.0-src.tgz"), &candidate.keys, Some(&authority));
    assert_eq!(output.status.code(), Some(4), "{}", super::text(&output.stdout));
    // A server that cannot be trusted was not asked: no verdict.
    let elsewhere = tempfile::tempdir().unwrap();
    let output = verify(elsewhere.path(), &target, &candidate.keys, None);
    let error = super::text(&output.stderr);
    assert!(output.status.code() == Some(4) && error.contains("hint: "), "{error}");
    let output = verify(place.path(), &format!("{}/dev/rc2", server.address), &candidate.keys, Some(&authority));
    assert_eq!(output.status.code(), Some(4), "{}", super::text(&output.stderr));
}

#[test]
fn what_the_server_has_changed_or_lost_is_not_verified_out_of_the_cache() {
    let place = tempfile::tempdir().unwrap();
    let candidate = CandidateDirectory::good();
    let serve = |change: &dyn Fn(&mut Files)| {
        let mut files = candidate.files.clone();
        change(&mut files);
        let files = files.into_iter().map(|(name, bytes)| (format!("dev/rc1/{name}"), bytes)).collect();
        let server = Server::start(files, Pages::Httpd, None);
        let address = server.address.replace("://", "://ann:s3cret@");
        let output = verify(place.path(), &format!("{address}/dev/rc1/{SOURCE}"), &candidate.keys, None);
        let said = super::text(&output.stdout) + &super::text(&output.stderr);
        assert!(!said.contains("s3cret"), "{said}");
        (output.status.code(), said)
    };
    let (code, said) = serve(&|_| {});
    assert!(code == Some(0) && said.contains("verified: http://localhost:"), "{said}");
    let (code, said) = serve(&|files| *files.get_mut(SOURCE).unwrap().last_mut().unwrap() ^= 1);
    assert!(code == Some(1) && said.contains("wrong SHA-512"), "{said}");
    let (code, said) = serve(&|files| drop(files.remove(SOURCE)));
    assert!(code == Some(4) && said.contains("the server does not give this file"), "{said}");
}

/// A jar, and a pom, with what Maven and Nexus put beside them.
fn staging_repository(signers: &Signers) -> Files {
    let place = tempfile::tempdir().unwrap();
    let notice = "Apache Greeter\nCopyright 2024-2026 The Apache Software Foundation\n\nThis product includes software developed at\n\
                  The Apache Software Foundation (http://www.apache.org/).\n";
    let script = "import sys, zipfile\nwith zipfile.ZipFile('a.jar', 'w', zipfile.ZIP_DEFLATED) as jar:\n\
                  \tfor name, text in zip(sys.argv[1::2], sys.argv[2::2]): jar.writestr(name, text)";
    let licence = crate::tree::text(Path::new("LICENSE"));
    let manifest = "Manifest-Version: 1.0\nImplementation-Version: 1.2.0\n";
    let mut python = Command::new("python3");
    python.args(["-c", script, "META-INF/MANIFEST.MF", manifest, "META-INF/LICENSE", &licence]);
    assert!(python.args(["META-INF/NOTICE", notice]).current_dir(&place).status().unwrap().success());
    let pom = "<project><artifactId>greeter-core</artifactId><version>1.2.0</version></project>\n";
    let mut files = Files::new();
    let at = "content/repositories/orgexample-1001/org/example";
    let hashed = |files: &mut Files, path: String, bytes: Vec<u8>| {
        for (ending, program) in [("md5", "md5sum"), ("sha1", "sha1sum")] {
            files.insert(format!("{path}.{ending}"), sum(program, &bytes));
        }
        files.insert(path, bytes);
    };
    for (name, bytes) in [("jar", std::fs::read(place.path().join("a.jar")).unwrap()), ("pom", pom.as_bytes().to_vec())]
    {
        let path = format!("{at}/greeter-core/1.2.0/greeter-core-1.2.0.{name}");
        hashed(&mut files, format!("{path}.asc"), signers.sign(&signers.manager, &bytes).into_bytes());
        hashed(&mut files, path, bytes);
    }
    hashed(&mut files, format!("{at}/greeter-core/maven-metadata.xml"), b"<metadata/>\n".to_vec());
    hashed(&mut files, "content/repositories/orgexample-1001/archetype-catalog.xml".to_owned(), b"<a/>\n".to_vec());
    files
}

/// The digits alone, as Maven writes them.
pub fn sum(program: &str, bytes: &[u8]) -> Vec<u8> {
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    output.stdout.split(|byte| *byte == b' ').next().unwrap().to_vec()
}

#[test]
fn a_staging_repository_is_verified_by_mavens_rules() {
    let signers = Signers::get();
    let keys = signers.keys(&[&signers.manager]);
    let place = tempfile::tempdir().unwrap();
    let good = staging_repository(&signers);
    let verified = |files: &Files| {
        let server = Server::start(files.clone(), Pages::Nexus, None);
        let target = format!("{}/content/repositories/orgexample-1001/", server.address);
        let output = verify(place.path(), &target, &keys, None);
        (output.status.code().unwrap(), super::text(&output.stdout) + &super::text(&output.stderr))
    };
    let (code, said) = verified(&good);
    assert_eq!(code, 0, "{said}");
    let jar = "org/example/greeter-core/1.2.0/greeter-core-1.2.0.jar";
    assert!(said.contains(&format!("✓ {jar}")) && !said.contains("maven-metadata"), "{said}");

    let at = format!("content/repositories/orgexample-1001/{jar}");
    let mut spoilt = good.clone();
    spoilt.insert(format!("{at}.sha1"), sum("sha1sum", b"other"));
    let (code, said) = verified(&spoilt);
    assert!(code == 1 && said.contains("wrong SHA-1"), "{said}");
    let mut spoilt = good;
    spoilt.remove(&format!("{at}.asc"));
    let (code, said) = verified(&spoilt);
    assert!(code == 1 && said.contains("unsigned: there is no greeter-core-1.2.0.jar.asc"), "{said}");
}
