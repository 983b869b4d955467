// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The ways to functions: TLS with certificates of one's own, sockets, compression.

use std::fs;
use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde_json::json;

use crate::world::{Sdk, World, eventually};

/// A transport with a key that is encrypted, and a file with its password.
const ENCRYPTED: &str = "transport:\n  trust_cacerts: ca.pem\n  client_cert: client.pem\n  client_key: encrypted-key.pem\n  client_key_password: password";

fn count_one(world: &World) {
    world.command("1", &json!([{"do": "increment"}, {"do": "show"}]));
    assert_eq!(world.next("out")["count"], 1);
}

#[test]
fn functions_behind_tls_are_called_over_http_2_with_ones_own_certificate() {
    let mut world = World::new("");
    make_certificates(&world);
    let (host, port) = world.functions_address();
    let place = world.place().display().to_string();
    let transport =
        "transport:\n  trust_cacerts: ca.pem\n  client_cert: client.pem\n  client_key: classpath:client-key.pem";
    world.write_module("test/*", &format!("https://{host}:{port}/statefun"), transport);
    world.functions_environment.push(("FUNCTIONS_TLS", place));
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    count_one(&world);
    assert!(world.functions_log().contains("request HTTP/2.0 by the runtime"), "{}", world.functions_log());
}

#[test]
#[cfg_attr(not(has_openssl), ignore = "there is no openssl here")]
fn ones_own_key_may_be_encrypted() {
    let mut world = World::new("");
    make_certificates(&world);
    encrypt(&world, "pkcs8 -topk8 -v2 aes-256-cbc");
    let (host, port) = world.functions_address();
    let place = world.place().display().to_string();
    write_password(&world, "words\n");
    world.write_module("test/*", &format!("https://{host}:{port}/statefun"), ENCRYPTED);
    world.functions_environment.push(("FUNCTIONS_TLS", place));
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    count_one(&world);
    assert!(world.functions_log().contains("request HTTP/2.0 by the runtime"), "{}", world.functions_log());
    write_password(&world, "other\n");
    let (code, said) = check(&world);
    assert_eq!(code, Some(2));
    assert!(said.contains("client_key_password does not decrypt it"), "{said}");
}

#[test]
#[cfg_attr(not(has_openssl), ignore = "there is no openssl here")]
fn a_key_that_is_encrypted_in_an_old_way_is_written_anew_by_the_command_that_is_named() {
    let world = World::new("");
    make_certificates(&world);
    write_password(&world, "words");
    world.write_module("test/*", "https://localhost/statefun", ENCRYPTED);
    for (how, name) in [
        ("pkcs8 -topk8 -v1 PBE-SHA1-3DES", "PBE-SHA1-3DES"),
        ("pkcs8 -topk8 -v2 des3", "a cipher"),
        ("ec -aes128", "AES-128-CBC"),
    ] {
        encrypt(&world, how);
        let (code, said) = check(&world);
        assert_eq!(code, Some(2), "{how}");
        assert!(said.contains("the client's key in encrypted-key.pem cannot be used"), "{said}");
        assert!(said.contains(&format!("it is encrypted with {name}")), "{said}");
        let (_, command) = said.split_once("writes it anew: ").unwrap();
        let words = command.lines().next().unwrap().strip_prefix("openssl ").unwrap();
        openssl(&world, &format!("{words} -passin pass:words -passout pass:words"));
        fs::rename(world.place().join("encrypted-key.pem.new"), world.place().join("encrypted-key.pem")).unwrap();
        assert_eq!(check(&world).0, Some(0), "{how}");
    }
}

#[test]
fn a_server_that_nobody_vouches_for_is_not_talked_to() {
    let mut world = World::new("");
    make_certificates(&world);
    let (host, port) = world.functions_address();
    let place = world.place().display().to_string();
    world.write_module("test/*", &format!("https://{host}:{port}/statefun"), "transport: {call: 100ms}");
    world.functions_environment.push(("FUNCTIONS_TLS", place));
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    world.command("1", &json!([]));
    eventually("it fails", || world.runtime_log().contains("cannot be reached: invalid peer certificate"));
    assert!(!world.functions_log().contains("request"));
    assert_eq!(world.metric("numBacklog", "interpreter"), 1, "it waits");
}

#[test]
fn without_tls_a_machine_needs_no_certificates() {
    let mut world = World::new("");
    let without = world.place().join("no-certificates");
    fs::create_dir(&without).unwrap();
    world.start_runtime();
    let run = |arguments: &[&str]| {
        let mut command = world.statefun();
        command.args(arguments).env("SSL_CERT_DIR", &without).env_remove("SSL_CERT_FILE");
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(run(&["state", "list", "--data", "data"]), (Some(0), String::new()), "of a runtime at work");
    let check = |url: &str| {
        world.write_module("test/*", url, "");
        run(&["check", "module.yaml"])
    };
    for url in ["http://localhost/statefun", "http+unix:///f.sock/statefun"] {
        assert_eq!(check(url), (Some(0), String::new()));
    }
    let (code, said) = check("https://localhost/statefun");
    assert_eq!(code, Some(2));
    assert!(said.contains("No CA certificates were loaded"), "{said}");
}

#[test]
fn functions_behind_a_socket_of_this_machine_are_called() {
    let mut world = World::new("");
    let socket = world.place().join("f.sock").display().to_string();
    world.write_module("test/*", &format!("http+unix://{socket}/statefun"), "");
    world.functions_environment.push(("FUNCTIONS_SOCKET", socket));
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    count_one(&world);
}

#[test]
fn answers_that_are_compressed_are_read_and_count_as_large_as_they_are() {
    let mut world = World::new("transport: {call: 300ms, payload_max_bytes: 100KB}");
    world.functions_environment.push(("FUNCTIONS_GZIP", "yes".to_owned()));
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    count_one(&world);
    let large = "x".repeat(200_000);
    world.command("2", &json!([{"do": "set", "name": "called", "value": large}]));
    eventually("a dead letter", || world.dead_letters().len() == 1);
    assert!(world.dead_letters()[0]["cause"].as_str().unwrap().contains("more than 102400 bytes"));
}

/// Encrypts the client's key with openssl, the other way to what is tested.
fn encrypt(world: &World, how: &str) {
    openssl(world, &format!("{how} -in client-key.pem -out encrypted-key.pem -passout pass:words"));
}

fn openssl(world: &World, words: &str) {
    let output = Command::new("openssl").args(words.split(' ')).current_dir(world.place()).output().unwrap();
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
}

fn write_password(world: &World, text: &str) {
    fs::write(world.place().join("password"), text).unwrap();
}

/// What `statefun check` ends with, and says.
fn check(world: &World) -> (Option<i32>, String) {
    let output = world.statefun().args(["check", "module.yaml"]).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// An authority, a server at the world's address, and a client called "the runtime".
fn make_certificates(world: &World) {
    let write = |name: &str, text: String| fs::write(world.place().join(format!("{name}.pem")), text).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    write("ca", params.self_signed(&key).unwrap().pem());
    let issuer = Issuer::new(params, key);
    let issue = |name: &str, names: Vec<String>, common: &str| {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, common);
        write(name, params.signed_by(&key, &issuer).unwrap().pem());
        write(&format!("{name}-key"), key.serialize_pem());
    };
    issue("server", vec![world.functions_address().0], "the functions");
    issue("client", Vec::new(), "the runtime");
}
