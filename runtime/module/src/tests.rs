// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What files say, and what is wrong with them.

use std::path::PathBuf;
use std::time::Duration;

use super::*;

fn source(name: &str, text: &str) -> Source {
    Source { name: name.to_owned(), directory: PathBuf::from("/etc/app"), text: text.to_owned() }
}

fn one(text: &str) -> Application {
    read(&[source("module.yaml", text)]).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn faults(text: &str) -> Vec<String> {
    let faults = read(&[source("m.yaml", text)]).expect_err("it is wrong");
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn an_endpoint_has_its_defaults() {
    let application = one(
        "kind: io.statefun.endpoints.v2/http\nspec:\n  functions: example/*\n  urlPathTemplate: http://f:8000/{function.name}\n",
    );
    let endpoint = &application.endpoints[0];
    assert_eq!(endpoint.functions, Functions::Namespace { namespace: "example".to_owned() });
    assert_eq!(endpoint.max_num_batch_requests, 1000);
    assert_eq!(endpoint.transport, Transport::Retrying(RetryingTransport::default()));
    assert_eq!((endpoint.place.line, endpoint.place.column), (3, 3));
}

#[test]
fn transports_are_read_whole() {
    let application = one("
kind: io.statefun.endpoints.v2/http
spec:
  functions: example/greeter
  urlPathTemplate: https://f/
  maxNumBatchRequests: 7
  transport:
    call: 1min
    connect: 5s
    pool_ttl: 250 ms
    pool_size: 3
    payload_max_bytes: 1MB
    trust_cacerts: ca.pem
    client_cert: classpath:cert.pem
    client_key: file:/keys/key.pem
    client_key_password: words
---
kind: io.statefun.endpoints.v2/http
spec:
  functions: example/other
  urlPathTemplate: http+unix:///run/f.sock/path
  transport:
    type: io.statefun.transports.v1/okhttp
    timeouts: {call: 3s, read: 2s}
---
kind: io.statefun.endpoints.v1/http
spec:
  functions: example/old
  urlPathTemplate: http://old/
  timeouts: {call: 4s, read: 1s}
");
    let Transport::Retrying(first) = &application.endpoints[0].transport else { panic!("the usual one") };
    assert_eq!(application.endpoints[0].max_num_batch_requests, 7);
    assert_eq!(
        (first.call, first.connect, first.pool_ttl),
        (Duration::from_secs(60), Duration::from_secs(5), Duration::from_millis(250))
    );
    assert_eq!((first.pool_size, first.payload_max_bytes), (3, 1 << 20));
    assert_eq!(first.client.trust_cacerts, Some(PathBuf::from("/etc/app/ca.pem")));
    assert_eq!(first.client.client_cert, Some(PathBuf::from("/etc/app/cert.pem")));
    assert_eq!(first.client.client_key, Some(PathBuf::from("/keys/key.pem")));
    let password = KeyPassword { file: PathBuf::from("/etc/app/words"), words: Some("words".to_owned()) };
    assert!(first.client.client_key_password == Some(password), "a file, or the words");
    let Transport::Read(second) = &application.endpoints[1].transport else { panic!("the other one") };
    assert_eq!(
        (second.call, second.read, second.write),
        (Duration::from_secs(3), Duration::from_secs(2), Duration::from_secs(10))
    );
    let Transport::Retrying(third) = &application.endpoints[2].transport else { panic!("the usual one") };
    assert_eq!(third.call, Duration::from_secs(4));
}

#[test]
fn kafka_and_kinesis_are_read_whole() {
    let application = one("
kind: io.statefun.kafka.v1/ingress
spec:
  id: example/names
  address: broker:9092
  consumerGroupId: group
  startupPosition:
    type: specific-offsets
    offsets:
      - names/0: 15
  topics:
    - topic: names
      valueType: io.statefun.types/string
      targets: [example/greeter]
  properties:
    - sasl.password: secret
---
kind: io.statefun.kafka.v1/egress
spec:
  id: example/greets
  address: broker:9092
  deliverySemantic: {type: exactly-once, transactionTimeout: 15min}
---
kind: io.statefun.kinesis.v1/ingress
spec:
  id: example/stream
  awsRegion: {type: custom-endpoint, endpoint: 'https://localhost', id: eu-1}
  awsCredentials: {type: basic, accessKeyId: a, secretAccessKey: b}
  startupPosition: {type: date, date: '2020-02-01 04:15:00.00 Z'}
  streams: [{stream: s, valueType: a/b, targets: [example/greeter]}]
---
kind: io.statefun.kinesis.v1/egress
spec: {id: example/out, awsRegion: eu-1, maxOutstandingRecords: 9}
---
kind: io.statefun.playground.v1/ingress
spec: {port: 8090}
");
    let IngressKind::Kafka(kafka) = &application.ingresses[0].kind else { panic!("Kafka") };
    assert_eq!(kafka.startup_position, KafkaStart::SpecificOffsets(vec![("names/0".to_owned(), 15)]));
    assert_eq!(kafka.topics[0].targets, ["example/greeter"]);
    assert!(!format!("{application:?}").contains("secret"), "settings are not shown");
    let IngressKind::Kinesis(kinesis) = &application.ingresses[1].kind else { panic!("Kinesis") };
    assert_eq!((kinesis.region.as_deref(), &kinesis.credentials), (Some("https://localhost"), &Credentials::Basic));
    let EgressKind::Kafka(egress) = &application.egresses[0].kind else { panic!("Kafka") };
    assert_eq!(egress.delivery, Delivery::ExactlyOnce { transaction_timeout: Duration::from_secs(900) });
    let EgressKind::Kinesis(egress) = &application.egresses[1].kind else { panic!("Kinesis") };
    assert_eq!(egress.max_outstanding_records, 9);
}

#[test]
fn the_older_form_is_read() {
    let application = one("
version: \"3.0\"
module:
  meta: {type: remote}
  spec:
    endpoints:
      - endpoint:
          meta: {kind: http}
          spec: {functions: example/*, urlPathTemplate: 'http://f/', timeouts: {call: 9s}}
    ingresses:
      - ingress:
          meta: {type: io.statefun.kafka/ingress, id: example/names}
          spec:
            address: b:9
            consumerGroupId: g
            topics: [{topic: names, valueType: a/b, targets: [example/greeter]}]
    egresses:
      - egress:
          meta: {type: io.statefun.kafka/egress, id: example/greets}
          spec: {address: b:9}
");
    assert_eq!(application.endpoints.len(), 1);
    let IngressKind::Kafka(kafka) = &application.ingresses[0].kind else { panic!("Kafka") };
    assert_eq!(kafka.id, "example/names");
    assert_eq!(application.egresses[0].id, "example/greets");
}

#[test]
fn all_faults_are_said_at_once_each_with_its_place() {
    let said = faults(
        "
kind: io.statefun.endpoints.v2/http
spec:
  functions: greeter
  urlPathTemplate: ftp://f
  transport: {call: soon}
---
kind: io.statefun.endpoints.v9/http
spec: {}
---
kind: io.statefun.playground.v1/egress
spec: {port: 70000, topics: []}
",
    );
    let expected = [
        "m.yaml:4:14: \"functions\" is \"greeter\"; expected functions: example/greeter",
        "m.yaml:5:20: \"ftp://f\" is no address of functions; expected http://",
        "m.yaml:6:21: \"call\" is \"soon\"; expected call: 30s",
        "m.yaml:8:7: the kind \"io.statefun.endpoints.v9/http\" is not known; known: ",
        "m.yaml:12:14: \"port\" is \"70000\"; expected port: 8091",
        "m.yaml:12:29: \"topics\" is a list with something in it; found an empty list",
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}\n{expected}");
    }
}

#[test]
fn modules_are_one_application_and_do_not_claim_the_same() {
    let endpoint = |functions: &str| {
        format!("kind: io.statefun.endpoints.v2/http\nspec: {{functions: {functions}, urlPathTemplate: 'http://f/'}}\n")
    };
    let application = read(&[source("a.yaml", &endpoint("a/*")), source("b.yaml", &endpoint("a/b"))])
        .expect("the exact one goes before");
    assert_eq!(application.endpoints.len(), 2);
    let faults =
        read(&[source("a.yaml", &endpoint("a/b")), source("b.yaml", &endpoint("a/b"))]).expect_err("both claim a/b");
    assert_eq!(faults[0].to_string(), "b.yaml:2:7: functions of type a/b: claimed here and at a.yaml:2:7");
}

#[test]
fn a_port_is_claimed_once_and_any_free_one_as_often_as_one_likes() {
    let ends = |ingress: u16, egress: u16| {
        format!(
            "kind: io.statefun.playground.v1/ingress\nspec: {{port: {ingress}}}\n---\n\
             kind: io.statefun.playground.v1/egress\nspec: {{port: {egress}, topics: [a], id: example/greets}}\n"
        )
    };
    assert_eq!(one(&ends(0, 0)).egresses[0].id, "example/greets");
    assert_eq!(faults(&ends(8090, 8090)), ["m.yaml:4:1: the port 8090: claimed here and at m.yaml:1:1"]);
}

#[test]
fn what_is_no_yaml_or_nothing_is_said_to_be() {
    assert!(faults("kind: [unclosed")[0].starts_with("m.yaml:"), "{:?}", faults("kind: [unclosed"));
    assert!(faults("kind: [unclosed")[0].contains("this is no YAML"));
    assert!(faults("# nothing\n")[0].contains("defines nothing"));
    assert!(faults("- a\n")[0].contains("a component is a mapping; found a list"));
    assert!(faults("kind: x\nkind: y\nspec: {}\n")[0].contains("\"kind\" is given twice"));
    let deep = "[".repeat(200);
    assert!(faults(&deep)[0].contains("levels") || faults(&deep)[0].contains("YAML"));
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned()
        + &(1..9)
            .map(|n| {
                format!(
                    "{0}: &{0} [{1}]\n",
                    (b'a' + n) as char,
                    vec![format!("*{}", (b'a' + n - 1) as char); 9].join(",")
                )
            })
            .collect::<String>();
    assert!(faults(&bomb)[0].contains("nodes"), "{:?}", faults(&bomb));
}

#[test]
fn a_field_that_is_not_known_is_remarked_upon() {
    let application = one(
        "kind: io.statefun.endpoints.v2/http\nspec:\n  functions: a/b\n  urlPathTemplate: http://f/\n  maxNumBatchRequest: 7\n",
    );
    assert_eq!(application.remarks.len(), 1);
    let said = application.remarks[0].to_string();
    assert!(said.starts_with("module.yaml:5:3: \"maxNumBatchRequest\" is not known here; known: "), "{said}");
}

fn remarks(text: &str) -> Vec<String> {
    one(text).remarks.iter().map(ToString::to_string).collect()
}

#[test]
fn an_unknown_field_of_the_older_form_is_remarked_upon_wherever_it_stands() {
    let said = remarks(
        "
version: \"3.0\"
one: 1
module:
  meta: {type: remote, two: 2}
  three: 3
  spec:
    four: 4
    endpoints:
      - endpoint:
          meta: {kind: http, five: 5}
          six: 6
          spec: {functions: example/*, urlPathTemplate: 'http://f/', timeouts: {read: 1s, seven: 7}}
        eight: 8
    egresses:
      - egress:
          meta: {type: io.statefun.kafka.v1/egress, id: example/greets, nine: 9}
          spec: {address: 'b:9', ten: 10}
",
    );
    for (name, place) in [
        ("one", "3:1"),
        ("two", "5:24"),
        ("three", "6:3"),
        ("four", "8:5"),
        ("five", "11:30"),
        ("six", "12:11"),
        ("seven", "13:91"),
        ("eight", "14:9"),
        ("nine", "17:73"),
        ("ten", "18:34"),
    ] {
        let start = format!("module.yaml:{place}: {name:?} is not known here; known: ");
        assert!(said.iter().any(|said| said.starts_with(&start)), "{start}\n{said:#?}");
    }
    let read = "module.yaml:13:81: \"read\" has no effect: the budget of the call is what is limited";
    assert!(said.contains(&read.to_owned()), "{said:#?}");
    assert_eq!(said.len(), 11, "{said:#?}");
}

#[test]
fn fields_that_upstream_takes_are_taken_and_what_has_no_effect_is_said_to_have_none() {
    let egress = |semantic: &str| {
        format!("kind: io.statefun.kafka.v1/egress\nspec: {{id: a/b, address: 'b:9', deliverySemantic: {semantic}}}")
    };
    let timeout = |text: &str| match one(text).egresses.remove(0).kind {
        EgressKind::Kafka(KafkaEgress { delivery: Delivery::ExactlyOnce { transaction_timeout }, .. }) => {
            transaction_timeout
        }
        other => panic!("{other:?}"),
    };
    let older = egress("{type: exactly-once, transactionTimeoutMillis: 100000}");
    assert_eq!((timeout(&older), remarks(&older)), (Duration::from_secs(100), Vec::new()));
    let both = egress("{type: exactly-once, transactionTimeout: 1s, transactionTimeoutMillis: 2000}");
    assert_eq!(timeout(&both), Duration::from_secs(2), "upstream prefers the older one");
    assert!(remarks(&both)[0].contains("\"transactionTimeout\" has no effect: transactionTimeoutMillis stands beside"));
    let other = remarks(&egress("{type: at-least-once, transactionTimeoutMillis: 2000}"));
    assert!(other[0].contains("\"transactionTimeoutMillis\" has no effect: it is of exactly-once"), "{other:?}");
    let wrong = faults(&egress("{type: exactly-once, transactionTimeoutMillis: 15min}"));
    assert!(wrong[0].contains("expected transactionTimeoutMillis: 900000, in milliseconds"), "{wrong:?}");
    let ingress = "kind: io.statefun.kafka.v1/ingress\nspec: {id: a/b, address: 'b:9', autoOffsetResetPosition: EARLIEST, \
                   topics: [{topic: t, valueType: a/b, targets: [a/b]}]}";
    let application = one(ingress);
    let IngressKind::Kafka(kafka) = &application.ingresses[0].kind else { panic!("Kafka") };
    assert_eq!(kafka.auto_offset_reset_position, "earliest");
    let transport = "kind: io.statefun.endpoints.v2/http\nspec: {functions: a/b, urlPathTemplate: 'http://f/', \
                     transport: {call: 1s, timeouts: {call: 2s, write: 3s}}}";
    let said = remarks(transport);
    assert!(said[0].contains("\"call\" has no effect: \"timeouts\" stands beside it"), "{said:?}");
    assert!(said[1].contains("\"write\" has no effect"), "{said:?}");
    let application = one(transport);
    let Transport::Retrying(retrying) = &application.endpoints[0].transport else { panic!("the usual one") };
    assert_eq!(retrying.call, Duration::from_secs(2));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-z\\[\\]{}:\\-&*!|>'\"# \n]{0,200}") {
        let _ = read(&[source("m.yaml", &text)]);
    }
}

/// What is said of an endpoint whose spec has these lines, each instead of the usual or beside it.
fn said_of(functions: &str, url: &str, more: &str) -> Vec<String> {
    faults(&format!(
        "kind: io.statefun.endpoints.v2/http\nspec:\n  functions: {functions}\n  urlPathTemplate: {url}\n{more}"
    ))
}

#[test]
fn what_follows_a_nul_is_not_passed_over() {
    let said =
        faults("kind: io.statefun.playground.v1/ingress\nspec:\n  port: 0\n\0\n---\nkind: io.statefun.nonsense\n");
    assert_eq!(said, ["m.yaml:4:1: this is no YAML: a NUL, the character U+0000, has no place in it"]);
}

#[test]
fn a_password_in_an_address_is_refused_and_in_no_message() {
    for url in [
        "http://user:SECRET@127.0.0.1:1/x",
        "https:///user:SECRET@host/x",
        "http:////SECRET@host",
        "ftp://user:SECRET@host/x",
        "http://user:SECRET@host:99999/{x}#y",
    ] {
        let said = said_of("a/b", url, "");
        assert!(said.len() == 1 && !said[0].contains("SECRET"), "{said:?}");
        assert!(
            said[0].contains(":4:20: ") && said[0].contains("has a user or a password, which is not sent"),
            "{said:?}"
        );
    }
    one("kind: io.statefun.endpoints.v2/http\nspec: {functions: a/b, urlPathTemplate: 'http://f/a@b?c=d@e'}");
    one("kind: io.statefun.endpoints.v2/http\nspec: {functions: a/b, urlPathTemplate: 'http+unix:///a@b/f.sock'}");
}

#[test]
fn what_can_never_be_is_refused() {
    let said = |functions, url, more| said_of(functions, url, more).join("; ");
    let url = "http://f/";
    let cases = [
        (said("a/b", "'http://f/x#y'", ""), ":4:20: \"http://f/x#y\" has a fragment"),
        (said("'*/*'", url, ""), ":3:14: \"*/*\": a namespace has no star in it"),
        (said("a/b/c", url, ""), ":3:14: \"a/b/c\": a namespace has no slash in it"),
        (
            said("a/b", url, "  transport: {payload_max_bytes: 0}\n"),
            "expected payload_max_bytes: 32MiB, and more than 0",
        ),
        (said("a/b", url, "  maxNumBatchRequests: 2147483648\n"), "100, a whole number from 1 to 2147483647"),
        (faults("kind: io.statefun.playground.v1/ingress\nspec: {port: 70000}").join("; "), "from 0 to 65535"),
    ];
    for (said, expected) in cases {
        assert!(said.contains(expected), "{said}\n{expected}");
    }
    let topics = |topics: &str| {
        faults(&format!("kind: io.statefun.playground.v1/egress\nspec: {{port: 0, topics: {topics}}}")).join("; ")
    };
    for (given, expected) in [
        ("[]", "\"topics\" is a list with something in it; found an empty list"),
        ("[a, b, a]", "the topic \"a\" is given twice"),
        ("['']", "found \"\""),
        ("[., ok]", "and not . or ..; found \".\""),
        ("[ok, ..]", "and not . or ..; found \"..\""),
    ] {
        assert!(topics(given).contains(expected), "{}", topics(given));
    }
}

#[test]
fn an_address_and_files_have_places_of_their_own() {
    let application = one("kind: io.statefun.endpoints.v2/http
spec:
  functions: a/b
  urlPathTemplate: http://f/
  transport:
    trust_cacerts: ca.pem
");
    let endpoint = &application.endpoints[0];
    assert_eq!((endpoint.url_place.line, endpoint.url_place.column), (4, 20));
    assert_eq!(endpoint.place_of_file(&PathBuf::from("/etc/app/ca.pem")).line, 6);
    assert_eq!(endpoint.place_of_file(&PathBuf::from("/etc/app/other.pem")).line, 3);
}
