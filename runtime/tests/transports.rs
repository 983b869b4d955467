// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The ways to functions: TLS with certificates of one's own, sockets, compression.

use std::fs;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde_json::json;

use crate::world::{Sdk, World, eventually};

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
