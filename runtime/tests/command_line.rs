// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What people write wrongly, and what the program says.

use std::fs;
use std::net::TcpListener;

use crate::world::{Sdk, World, eventually};

fn said(world: &World, arguments: &[&str]) -> (Option<i32>, String) {
    let output = world.statefun().args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn check_lists_what_is_there_or_everything_that_is_wrong() {
    let world = World::new("");
    let output = world.statefun().args(["check", "module.yaml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("functions  test/*  at http://127."));
    fs::write(world.module(), "kind: nothing\nspec: {}\n---\nkind: io.statefun.playground.v1/ingress\nspec: {}\n")
        .unwrap();
    let (code, said) = said(&world, &["check", "module.yaml"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("module.yaml:1:7: the kind \"nothing\" is not known"), "{said}");
    assert!(said.contains("module.yaml:5:7: \"port\" is missing; expected port: 8090"), "{said}");
    assert!(said.contains("2 faults") && said.contains("hint: "), "{said}");
}

#[test]
fn what_reports_has_json_an_object_on_each_line() {
    let world = World::new("");
    let lines = |expected: i32| -> Vec<serde_json::Value> {
        let output = world.statefun().args(["check", "--json", "module.yaml"]).output().unwrap();
        assert_eq!(output.status.code(), Some(expected));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let parts: Vec<_> = lines(0).iter().map(|part| part["part"].as_str().unwrap().to_owned()).collect();
    assert_eq!(parts, ["functions", "ingress", "egress", "egress"]);
    fs::write(world.module(), "kind: nothing\nspec: {}\n").unwrap();
    let faults = lines(2);
    assert_eq!(
        (&faults[0]["file"], &faults[0]["line"], &faults[0]["column"]),
        (&"module.yaml".into(), &1.into(), &7.into())
    );
}

#[test]
fn completions_and_manual_pages_are_there_and_help_names_the_exit_codes() {
    let world = World::new("");
    for shell in ["bash", "zsh", "fish"] {
        let output = world.statefun().args(["completions", shell]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(String::from_utf8(output.stdout).unwrap().contains("deadletter"), "{shell}");
    }
    assert_eq!(said(&world, &["man", "pages"]).0, Some(0));
    for page in ["statefun.1", "statefun-run.1", "statefun-deadletter-replay.1"] {
        assert!(world.place().join("pages").join(page).exists(), "{page}");
    }
    assert_eq!(said(&world, &["man", "module.yaml/pages"]).0, Some(2));
    let help = String::from_utf8(world.statefun().arg("--help").output().unwrap().stdout).unwrap();
    assert!(help.contains("Exit codes: 0 done, 1 does not hold, 2 wrong use"), "{help}");
}

#[test]
fn what_is_not_there_yet_is_refused_with_a_plain_word() {
    let world = World::new("");
    let kafka = "kind: io.statefun.kafka.v1/egress\nspec: {id: a/b, address: 'broker:9092'}\n";
    fs::write(world.module(), kafka).unwrap();
    let (code, said) = said(&world, &["run", "module.yaml"]);
    assert_eq!(code, Some(2));
    assert!(
        said.contains("module.yaml:1:1: a Kafka egress is defined; this runtime does not connect to it yet"),
        "{said}"
    );
    assert!(!world.data().exists(), "nothing was written");
}

#[test]
fn everything_that_is_not_there_yet_is_named_at_once_and_as_json() {
    let world = World::new("");
    let topics = "topics: [{topic: t, valueType: a/b, targets: [a/b]}]";
    let streams = "streams: [{stream: s, valueType: a/b, targets: [a/b]}]";
    let parts = [
        format!("kind: io.statefun.kafka.v1/ingress\nspec: {{id: a/b, address: 'broker:9092', {topics}}}\n"),
        "kind: io.statefun.kafka.v1/egress\nspec: {id: a/c, address: 'broker:9092'}\n".to_owned(),
        format!("kind: io.statefun.kinesis.v1/ingress\nspec: {{id: a/d, {streams}}}\n"),
        "kind: io.statefun.kinesis.v1/egress\nspec: {id: a/e}\n".to_owned(),
        "kind: io.statefun.endpoints.v2/http\nspec: {functions: a/.., urlPathTemplate: 'http://f/{function.name}'}\n"
            .to_owned(),
    ];
    fs::write(world.module(), parts.join("---\n")).unwrap();
    let output = world.statefun().args(["check", "--json", "module.yaml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let faults: Vec<serde_json::Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found: Vec<_> = faults.iter().map(|fault| (fault["line"].as_u64(), fault["fault"].as_str().unwrap())).collect();
    let expected = [
        (1, "a Kafka ingress is defined; this runtime does not connect to it yet"),
        (4, "a Kafka egress is defined"),
        (7, "a Kinesis ingress is defined"),
        (10, "a Kinesis egress is defined"),
        (14, "these functions cannot be called: the function's name \"..\" makes no address out of http://f/"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for ((line, said), (at, expected)) in found.iter().zip(expected) {
        assert!(*line == Some(at) && said.starts_with(expected), "{line:?} {said}");
    }
    let talk = String::from_utf8(output.stderr).unwrap();
    assert!(talk.contains("5 faults") && talk.contains("module.yaml:10:1: a Kinesis egress"), "{talk}");
    let wrong = "kind: io.statefun.playground.v1/ingress\nspec: {prt: 1}\n";
    fs::write(world.module(), [&parts[1], wrong, &parts[3]].join("---\n")).unwrap();
    let (code, said) = said(&world, &["check", "module.yaml"]);
    assert_eq!(code, Some(2));
    let lines: Vec<_> = said.lines().collect();
    let expected = [
        "note: module.yaml:5:8: \"prt\" is not known here",
        "module.yaml:1:1: a Kafka egress is defined",
        "module.yaml:5:7: \"port\" is missing",
        "module.yaml:7:1: a Kinesis egress is defined",
        "error: the modules are no application: 3 faults",
    ];
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with(expected), "{said}");
    }
    let output = world.statefun().args(["check", "--json", "nowhere.yaml"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let fault: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&fault["file"], &fault["line"]), (&"nowhere.yaml".into(), &serde_json::Value::Null));
}

#[test]
fn a_port_that_is_taken_and_a_store_in_use_are_conflicts() {
    let mut world = World::new("");
    let taken = TcpListener::bind(world.ingress_address()).unwrap();
    let (code, said_of_port) = said(&world, &["run", "module.yaml", "--host", &world.ingress_address().0]);
    assert_eq!(code, Some(5));
    assert!(said_of_port.contains("the playground's ingress cannot listen on 127."), "{said_of_port}");
    assert!(said_of_port.contains("give another port in the module"), "{said_of_port}");
    drop(taken);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let admin = taken.local_addr().unwrap().to_string();
    let (code, said_of_admin) =
        said(&world, &["run", "module.yaml", "--host", &world.ingress_address().0, "--admin", &admin]);
    assert_eq!(code, Some(5));
    assert!(said_of_admin.contains(&format!("the administration cannot listen on {admin}")), "{said_of_admin}");
    assert!(said_of_admin.contains("give another address with --admin"), "{said_of_admin}");
    let (code, said_of_host) = said(&world, &["run", "module.yaml", "--host", "192.0.2.1"]);
    assert_eq!(code, Some(2));
    assert!(said_of_host.contains("give an address of this machine with --host"), "{said_of_host}");
    drop(taken);
    world.start_runtime();
    let module = "kind: io.statefun.playground.v1/ingress\nspec: {port: 0}\n";
    fs::write(world.module(), module).unwrap();
    let (code, said) = said(&world, &["run", "module.yaml", "--admin", "127.0.0.1:0", "--data", "data"]);
    assert_eq!(code, Some(5));
    assert!(said.contains("is in use by another process"), "{said}");
}

#[test]
fn the_runtime_that_has_a_store_open_answers_for_it_and_is_found() {
    let mut world = World::new("");
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    world.command("1", &serde_json::json!([{"do": "increment"}, {"do": "show"}]));
    assert_eq!(world.next("out")["count"], 1);
    let list = |arguments: &[&str]| {
        let output = world.administer(&[&["state", "list"], arguments].concat());
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, values, _) = list(&[]);
    assert!(code == Some(0) && values.contains("test/interpreter/1  count  "), "{values}");
    let noted = world.data().join("admin-address");
    let address = fs::read_to_string(&noted).unwrap();
    assert_eq!(address.trim(), world.admin_address());
    fs::remove_file(&noted).unwrap();
    let (code, _, said) = list(&[]);
    assert_eq!(code, Some(5));
    assert!(said.contains("is in use by another process, which has noted no administration there"), "{said}");
    assert!(said.contains("--admin ADDRESS"), "{said}");
    assert_eq!(list(&["--admin", address.trim()]), (Some(0), values.clone(), String::new()));
    fs::write(&noted, "127.0.0.1:9\n").unwrap();
    let (code, _, said) = list(&[]);
    assert_eq!(code, Some(4));
    assert!(said.contains("the runtime at 127.0.0.1:9 did not answer: "), "{said}");
    assert!(said.contains("Connection refused") && said.contains("--admin ADDRESS asks there"), "{said}");
    fs::write(&noted, address).unwrap();
    assert_eq!(world.stop_runtime(), Some(0));
    assert!(!noted.exists(), "nobody is sent to a runtime that has ended");
    let output = world.administer(&["state", "get", "test/interpreter", "1"]);
    assert!(String::from_utf8(output.stdout).unwrap().contains("  count  "), "from the store itself");
}

#[test]
fn a_store_from_a_newer_program_is_left_alone() {
    let mut world = World::new("");
    world.start_runtime();
    assert_eq!(world.stop_runtime(), Some(0));
    fs::write(world.data().join("statefun-store"), "2\n").unwrap();
    let (code, said) = said(&world, &["run", "module.yaml", "--admin", "127.0.0.1:0", "--data", "data"]);
    assert_eq!(code, Some(5));
    assert!(said.contains("is of format 2; this program knows formats up to 1"), "{said}");
}

#[test]
fn nothing_that_is_given_makes_it_panic() {
    let world = World::new("");
    let cases: [&[&str]; 7] = [
        &["run"],
        &["run", "nowhere.yaml"],
        &["check", "/dev/null"],
        &["check", "."],
        &["state", "list", "--data", "nowhere"],
        &["state", "get", "noslash", "1", "--data", "."],
        &["deadletter", "show", "1", "--data", "nowhere"],
    ];
    for arguments in cases {
        let (code, said) = said(&world, arguments);
        assert!(matches!(code, Some(1 | 2 | 4 | 5)), "{arguments:?}: {code:?} {said}");
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    }
}

#[test]
fn health_readiness_and_metrics_are_there() {
    let mut world = World::new("");
    world.start_runtime();
    assert_eq!(world.admin("healthz").as_deref(), Some("works\n"));
    assert_eq!(world.admin("readyz").as_deref(), Some("ready\n"));
    world.command("1", &serde_json::json!([]));
    assert_eq!(world.metric("in", "interpreter"), 1);
    let metrics = world.admin("metrics").unwrap();
    for name in
        ["in", "outLocal", "outRemote", "outEgress", "remoteInvocationFailures", "numBacklog", "inflightAsyncOps"]
    {
        assert!(metrics.contains(&format!("# TYPE statefun_{name} ")), "{name}");
        assert!(metrics.contains(&format!("# HELP statefun_{name} ")), "{name}");
    }
}

#[test]
fn while_it_ends_it_says_so_and_calls_under_way_are_kept() {
    let mut world = World::new("");
    world.arguments = vec!["--grace-seconds".to_owned(), "20".to_owned()];
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    // The first call of all is made twice: the function says which state it has.
    world.command("1", &serde_json::json!([{"do": "increment"}, {"do": "show"}]));
    assert_eq!(world.next("out")["count"], 1);
    world.command("1", &serde_json::json!([{"do": "sleep", "ms": 2000}, {"do": "increment"}]));
    eventually("the function is called", || world.metric("inflightAsyncOps", "interpreter") == 1);
    world.end_runtime();
    let ends = (503, "ends\n".to_owned());
    eventually("it says that it ends", || world.readiness().is_some_and(|said| said == ends));
    assert_eq!(world.admin("healthz").as_deref(), Some("works\n"));
    assert_eq!(world.metric("inflightAsyncOps", "interpreter"), 1);
    assert_eq!(world.stop_runtime(), Some(0));
    assert_eq!(world.readiness(), None);
    let count = world.administer(&["state", "get", "test/interpreter", "1"]);
    assert!(String::from_utf8_lossy(&count.stdout).contains("count  2 "), "{count:?}");
}

#[test]
fn what_cannot_be_written_is_no_success() {
    let mut world = World::new("");
    let full = || std::process::Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let check = world.statefun().args(["check", "module.yaml"]).stdout(full()).status().unwrap();
    assert_eq!(check.code(), Some(4));
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    world.command("1", &serde_json::json!([{"do": "increment"}, {"do": "show"}]));
    assert_eq!(world.next("out")["count"], 1);
    let list = world.statefun().args(["state", "list", "--data", "data"]).stdout(full()).status().unwrap();
    assert_eq!(list.code(), Some(4));
}

#[test]
fn lists_go_on_by_pages_to_their_end() {
    let mut world = World::new("");
    world.start_functions(Sdk::JavaScript);
    world.start_runtime();
    for id in 0..1100 {
        world.command(&format!("{id}"), &serde_json::json!([{"do": "increment"}]));
    }
    eventually("nothing waits", || world.metric("numBacklog", "interpreter") == 0);
    let list = |arguments: &[&str]| {
        let output = world.statefun().args(["state", "list", "--data", "data"]).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let mut all = list(&[]);
    assert_eq!(list(&["--most", "1050"]), all[..1050]);
    all.dedup();
    let counted = all.iter().filter(|line| line.contains("  count  ")).count();
    assert_eq!(counted, 1100, "{:?}", all.first());
}

#[test]
fn a_budget_of_nothing_and_a_file_without_certificates_are_refused_and_a_mark_of_utf_8_is_not() {
    let world = World::new("transport: {call: 0s}");
    let (code, said_of_call) = said(&world, &["check", "module.yaml"]);
    assert_eq!(code, Some(2));
    assert!(said_of_call.contains("more than 0"), "{said_of_call}");
    world.write_module("test/*", "https://localhost/", "transport: {trust_cacerts: module.yaml}");
    let (code, said_of_file) = said(&world, &["check", "module.yaml"]);
    assert_eq!(code, Some(2));
    assert!(said_of_file.contains("holds no certificate in PEM"), "{said_of_file}");
    fs::write(world.module(), "\u{feff}kind: io.statefun.playground.v1/ingress\nspec: {port: 1}\n").unwrap();
    assert_eq!(said(&world, &["check", "module.yaml"]).0, Some(0));
}

#[test]
fn files_that_are_no_text_or_given_twice_are_named_with_their_place() {
    let world = World::new("");
    fs::write(
        world.place().join("latin.yaml"),
        b"kind: io.statefun.playground.v1/ingress\nspec: {port: 0} # \xe9t\xe9\n",
    )
    .unwrap();
    let (code, wrong) = said(&world, &["check", "latin.yaml", "module.yaml", "./module.yaml"]);
    assert_eq!(code, Some(2));
    assert!(wrong.contains("latin.yaml:2:19: this is no text in UTF-8: the byte 0xe9 begins no character"), "{wrong}");
    assert!(wrong.contains("./module.yaml:1:1: this file is given twice; name it once"), "{wrong}");
    assert!(wrong.contains("2 faults"), "{wrong}");
}

#[test]
fn what_an_endpoint_names_wrongly_is_said_where_it_names_it_and_shown_harmlessly() {
    let world = World::new("");
    let module = "kind: io.statefun.endpoints.v2/http
spec:
  functions: a/b
  urlPathTemplate: http://host:99999/x
---
kind: io.statefun.endpoints.v2/http
spec:
  functions: \"a/\\x1b[31mred\"
  urlPathTemplate: http://host/x
  transport:
    trust_cacerts: nowhere.pem
";
    fs::write(world.module(), module).unwrap();
    let (code, wrong) = said(&world, &["check", "module.yaml"]);
    assert_eq!(code, Some(2));
    assert!(wrong.contains("module.yaml:4:20: these functions cannot be called: \"http://host:99999/x\""), "{wrong}");
    assert!(
        wrong.contains("module.yaml:11:20: these functions cannot be called: nowhere.pem cannot be read"),
        "{wrong}"
    );
    fs::write(world.module(), module.replace(":99999", "").replace("    trust_cacerts: nowhere.pem\n", "")).unwrap();
    let output = world.statefun().args(["check", "module.yaml"]).output().unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    assert!(listed.contains("a/\\u{1b}[31mred") && !listed.contains('\u{1b}'), "{listed}");
}

#[test]
fn a_password_in_an_address_is_refused_and_shown_nowhere() {
    let world = World::new("");
    let module = fs::read_to_string(world.module()).unwrap();
    fs::write(world.module(), module.replacen("http://", "http://user:SECRETPW@", 1)).unwrap();
    for arguments in [&["check", "module.yaml"][..], &["check", "--json", "module.yaml"], &["run", "module.yaml"]] {
        let output = world.statefun().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let all = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert!(all.contains("has a user or a password, which is not sent") && !all.contains("SECRETPW"), "{all}");
    }
}

#[test]
fn an_administration_is_a_host_and_a_port() {
    let world = World::new("");
    for wrong in ["foo", "http://127.0.0.1:8092", ":8092", "127.0.0.1:0", "::1:8092", "host:80920"] {
        let (code, why) = said(&world, &["state", "list", "--admin", wrong]);
        assert!(code == Some(2) && why.contains("expected HOST:PORT, as 127.0.0.1:8092"), "{wrong} {why}");
    }
    for address in ["127.0.0.1:1", "[::1]:1", "localhost:1"] {
        assert_eq!(said(&world, &["state", "list", "--admin", address]).0, Some(4), "nobody is there");
    }
}

#[test]
fn states_are_listed_by_name_without_their_values() {
    let mut world = World::new("");
    world.start_functions(Sdk::Python);
    world.start_runtime();
    world.command("Ada", &serde_json::json!([{"do": "increment"}, {"do": "show"}]));
    world.next("out");
    let listed = |world: &World| {
        let output = world.administer(&["state", "list", "--names", "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<serde_json::Value>>()
    };
    let running = listed(&world);
    assert!(!running.is_empty());
    for value in &running {
        let known: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!((known, &value["id"]), (vec!["function", "id", "name"], &"Ada".into()));
    }
    world.stop_runtime();
    assert_eq!(listed(&world), running);
    let output = world.administer(&["state", "list", "--names", "test/interpreter"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().all(|line| line.starts_with("test/interpreter/Ada  ")), "{text}");
}
