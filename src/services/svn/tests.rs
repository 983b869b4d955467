// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The client against real repositories and a real server.

use std::fs;
use std::io::{self, Read as _, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;
use std::time::Duration;

use super::run::Program;
use super::testing::{Repository, executable};
use super::*;
use crate::release::{FileDigest, Sha512};

fn client(repository: &Repository) -> Svn {
    repository.svn(Effects::unwatched())
}

fn note(message: &str) -> CommitNote<'_> {
    CommitNote { message, run: "run-1" }
}

fn fault(error: SvnError) -> SvnFault {
    match error {
        SvnError::Failed { fault, .. } => fault,
        other => panic!("{other:?}"),
    }
}

fn digest(name: &str, text: &str) -> FileDigest {
    FileDigest { name: name.to_owned(), bytes: text.len() as u64, sha512: Sha512::of(text.as_bytes()) }
}

#[test]
fn what_was_put_is_read_back_whatever_its_name() {
    let repository = Repository::new();
    let svn = client(&repository);
    let name = "a b@2 #%41ä;.txt";
    let revision = repository.make("dev/rc1", &[(name, "hello")]);
    let directory = repository.url("dev/rc1");
    let entry = Entry { name: name.to_owned(), kind: EntryKind::File, bytes: 5, revision };
    assert_eq!(svn.list(&directory, Depth::Immediate, None).unwrap(), [entry]);
    assert_eq!(svn.digest(&directory, name, None).unwrap(), digest(name, "hello"));
    let mut text = Vec::new();
    assert_eq!(svn.cat(&directory.join(name).unwrap(), Some(revision), &mut text).unwrap(), 5);
    assert_eq!(text, b"hello");
    assert_eq!(repository.look(&["tree", "dev/rc1"]), format!("rc1/\n {name}"));
}

#[test]
fn info_tells_what_is_there_when() {
    let repository = Repository::new();
    let svn = client(&repository);
    let made = repository.make("dev/rc1", &[("f", "one")]);
    let changed = repository.put("dev/rc1/f", "two");
    let unrelated = repository.make("dev/rc2", &[]);
    let directory = repository.url("dev/rc1");
    let info = |at, last_changed| Info { kind: EntryKind::Directory, at, last_changed };
    assert_eq!(svn.info(&directory, None).unwrap(), Some(info(unrelated, changed)));
    assert_eq!(svn.info(&directory, Some(made)).unwrap(), Some(info(made, made)));
    assert_eq!(svn.info(&directory, Some(Revision(1))).unwrap(), None);
    assert_eq!(svn.info(&directory, Some(Revision(99))).unwrap(), None);
    assert_eq!(svn.info(&repository.url("nothing"), None).unwrap(), None);
    assert_eq!(svn.info(&repository.url("dev/rc1/f"), None).unwrap().unwrap().kind, EntryKind::File);
    let mut old = Vec::new();
    svn.cat(&repository.url("dev/rc1/f"), Some(made), &mut old).unwrap();
    assert_eq!(old, b"one");
}

#[test]
fn a_directory_holds_exactly_or_differs() {
    let repository = Repository::new();
    let svn = client(&repository);
    let revision = repository.make("dev/rc1", &[("a", "aa"), ("b", "bb")]);
    let directory = repository.url("dev/rc1");
    let expected = [digest("b", "bb"), digest("a", "aa")];
    assert_eq!(svn.holding(&directory, None, &expected).unwrap(), Holding::Exact { revision });
    assert_eq!(svn.holding(&repository.url("dev/no"), None, &expected).unwrap(), Holding::Missing);
    let file = svn.holding(&repository.url("dev/rc1/a"), None, &expected).unwrap();
    assert!(matches!(file, Holding::Differs(all) if all[0].contains("is a file")));
    repository.commit(&[Change::MakeDirectory(repository.url("dev/rc1/more"))]);
    repository.put("dev/rc1/c", "cc");
    let expected = [digest("a", "xx"), digest("b", "bbb"), digest("d", "dd")];
    let Holding::Differs(mut all) = svn.holding(&directory, None, &expected).unwrap() else { panic!() };
    all.sort();
    for (difference, begins) in
        all.iter().zip(["a has other bytes", "b has 2 bytes, not 3", "c is not", "d is missing", "more/ is not"])
    {
        assert!(difference.starts_with(begins), "{difference}");
    }
    assert_eq!(all.len(), 5);
}

#[test]
fn a_commit_is_one_and_is_found_by_its_run() {
    let repository = Repository::new();
    let svn = client(&repository);
    let file = repository.scratch().join("local");
    fs::write(&file, "hello").unwrap();
    let directory = repository.url("dev/rc1");
    let changes = [
        Change::MakeDirectory(directory.clone()),
        Change::Put { file: file.clone(), to: directory.join("a").unwrap() },
        Change::Put { file, to: directory.join("b").unwrap() },
    ];
    let message = "Veröffentliche 3.4.0\n\n– 発表 –";
    let revision = svn.commit(&changes, None, note(message)).unwrap();
    assert_eq!(revision, Revision(2));
    assert_eq!(repository.look(&["log"]), message);
    assert_eq!(repository.look(&["propget", "--revprop", "release:run"]), "run-1");
    let found = svn.find_run(&repository.url("dev"), "run-1").unwrap().unwrap();
    assert_eq!(found.revision, revision);
    assert!(found.changed.contains(&ChangedPath { change: 'A', path: "/dev/rc1/b".into() }));
    assert_eq!(svn.find_run(&repository.url("dev"), "run-2").unwrap(), None);
}

#[test]
fn a_change_is_refused_where_its_base_is_stale() {
    let repository = Repository::new();
    let svn = client(&repository);
    let base = repository.make("dev/rc1", &[("a", "aa")]);
    let file = repository.scratch().join("local");
    fs::write(&file, "mine").unwrap();
    let put = [Change::Put { file, to: repository.url("dev/rc1/a") }];
    let latest = repository.put("dev/rc1/a", "theirs");
    for changes in [&put[..], &[Change::Remove(repository.url("dev/rc1"))]] {
        let error = svn.commit(changes, Some(base), note("x")).unwrap_err();
        assert!(matches!(fault(error), SvnFault::OutOfDate(_)));
    }
    assert_eq!(repository.look(&["cat", "dev/rc1/a"]), "theirs");
    svn.commit(&put, Some(latest), note("x")).unwrap();
    assert_eq!(repository.look(&["cat", "dev/rc1/a"]), "mine");
}

#[test]
fn faults_are_told_apart() {
    let repository = Repository::new();
    let svn = client(&repository);
    let mkdir = |path: &str| [Change::MakeDirectory(repository.url(path))];
    let remove = [Change::Remove(repository.url("dev/no"))];
    assert!(matches!(fault(svn.commit(&mkdir("dev"), None, note("x")).unwrap_err()), SvnFault::Exists(_)));
    assert!(matches!(fault(svn.commit(&mkdir("no/dir"), None, note("x")).unwrap_err()), SvnFault::Missing(_)));
    assert!(matches!(fault(svn.commit(&remove, None, note("x")).unwrap_err()), SvnFault::Missing(_)));
    let list = svn.list(&repository.url("no"), Depth::Immediate, None).unwrap_err();
    assert!(matches!(fault(list), SvnFault::Missing(_)));
    let cat = svn.cat(&repository.url("no"), None, &mut Vec::new()).unwrap_err();
    assert!(matches!(fault(cat), SvnFault::Missing(_)));
    let directory = svn.cat(&repository.url("dev"), None, &mut Vec::new()).unwrap_err();
    assert!(matches!(fault(directory), SvnFault::Other(_)));
    let elsewhere = SvnUrl::try_from(format!("file://{}/none", repository.scratch().display())).unwrap();
    assert!(matches!(fault(svn.info(&elsewhere, None).unwrap_err()), SvnFault::NotRepository(_)));
}

#[test]
fn a_hooks_refusal_has_the_hooks_text() {
    let repository = Repository::new();
    repository.hook("pre-commit", "echo 'Releases are frozen until Monday.' >&2; exit 1");
    let change = [Change::MakeDirectory(repository.url("dev/rc1"))];
    let refused = fault(client(&repository).commit(&change, None, note("x")).unwrap_err());
    assert_eq!(refused, SvnFault::HookRefused("Releases are frozen until Monday.".into()));
    repository.hook("pre-commit", "exit 0");
    repository.hook("post-commit", "echo no mail >&2; exit 1");
    assert_eq!(client(&repository).commit(&change, None, note("x")).unwrap(), Revision(2));
}

#[test]
fn a_server_lets_in_whom_it_should() {
    let repository = Repository::new();
    let mut server = repository.serve();
    let mkdir = [Change::MakeDirectory(server.url("dev/rc1"))];
    let commit = |svn: &Svn| svn.commit(&mkdir, None, note("x"));
    let refused = |svn: &Svn| fault(commit(svn).unwrap_err());
    assert!(matches!(refused(&repository.svn_as("ann", "wrong")), SvnFault::Unauthenticated(_)));
    assert!(matches!(refused(&repository.svn_as("cleo", "s3cret-of-ann")), SvnFault::Unauthenticated(_)));
    assert!(matches!(refused(&client(&repository)), SvnFault::Unauthenticated(_)));
    assert!(matches!(refused(&repository.svn_as("bob", "s3cret-of-bob")), SvnFault::Forbidden(_)));
    let ann = repository.svn_as("ann", "s3cret-of-ann");
    assert_eq!(commit(&ann).unwrap(), Revision(2));
    assert_eq!(repository.look(&["author"]), "ann");
    assert!(ann.info(&server.url("dev/rc1"), None).unwrap().is_some());
    let stranger = SvnUrl::try_from(server.url("x").as_str().replace("/repository/", "/none/")).unwrap();
    assert!(matches!(fault(ann.info(&stranger, None).unwrap_err()), SvnFault::NotRepository(_)));
    server.stop();
    assert!(matches!(fault(ann.info(&server.url("dev"), None).unwrap_err()), SvnFault::Unreachable(_)));
    assert!(matches!(refused(&ann), SvnFault::Unreachable(_)));
}

#[test]
fn both_programs_are_told_of_an_authority_of_the_servers_own() {
    let option = |svn: &Svn, program| {
        let command = svn.command(program, ["info"]);
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy().into_owned()).collect();
        let place = arguments.iter().position(|argument| argument == "--config-option")?;
        arguments.get(place + 1).cloned()
    };
    let plain = Svn::new(None, None, Effects::unwatched());
    assert_eq!(option(&plain, Program::Svn), None);
    let trusting = plain.trusting(Some("/w/ca.pem".into()));
    for program in [Program::Svn, Program::Svnmucc] {
        let told = option(&trusting, program);
        assert_eq!(told.as_deref(), Some("servers:global:ssl-authority-files=/w/ca.pem"));
    }
}

#[test]
fn the_password_is_in_no_argument() {
    let repository = Repository::new();
    let server = repository.serve();
    let seen = repository.scratch().join("seen");
    let mut ann = repository.svn_as("ann", "s3cret-of-ann");
    for (program, name) in [(&mut ann.svn, "svn"), (&mut ann.svnmucc, "svnmucc")] {
        let script = repository.scratch().join(name);
        executable(&script, &format!("{{ printf '%s\\n' \"$@\"; env; }} >> {}; exec {name} \"$@\"", seen.display()));
        *program = script.into();
    }
    ann.commit(&[Change::MakeDirectory(server.url("dev/rc1"))], None, note("x")).unwrap();
    ann.info(&server.url("dev/rc1"), None).unwrap();
    let error = ann.commit(&[Change::MakeDirectory(server.url("dev/rc1"))], None, note("x")).unwrap_err();
    let seen = fs::read_to_string(seen).unwrap();
    assert!(seen.contains("--password-from-stdin") && seen.contains("LC_ALL=C.UTF-8"));
    for text in [seen, format!("{error:?} {ann:?}")] {
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[test]
fn what_a_web_server_says_is_understood() {
    let repository = Repository::new();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = SvnUrl::try_from(format!("http://{}/repos", listener.local_addr().unwrap())).unwrap();
    let ask = |answer: &'static str| {
        let connection = listener.try_clone().unwrap();
        thread::scope(|scope| {
            let asked = scope.spawn(|| client(&repository).info(&url, None).unwrap_err());
            while !asked.is_finished() {
                connection.set_nonblocking(true).unwrap();
                let Ok((mut stream, _)) = connection.accept() else {
                    thread::sleep(Duration::from_millis(5));
                    continue;
                };
                stream.set_nonblocking(false).unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(answer.as_bytes());
            }
            fault(asked.join().unwrap())
        })
    };
    let empty = "Content-Length: 0\r\nConnection: close\r\n\r\n";
    let status = |line: &str| -> &'static str { Box::leak(format!("HTTP/1.1 {line}\r\n{empty}").into_boxed_str()) };
    assert!(matches!(ask(status("503 Service Unavailable")), SvnFault::Unavailable(_)));
    assert!(matches!(ask(status("500 Internal Server Error")), SvnFault::Unavailable(_)));
    assert!(matches!(ask(status("403 Forbidden")), SvnFault::Forbidden(_)));
    assert!(matches!(ask(status("200 OK")), SvnFault::NotRepository(_)));
    assert!(matches!(ask(""), SvnFault::Dropped(_)));
}

#[test]
fn a_missing_program_and_a_slow_one_are_reported() {
    let repository = Repository::new();
    let mut svn = client(&repository);
    svn.svn = repository.scratch().join("no-such-svn").into();
    assert!(matches!(svn.info(&repository.url("dev"), None), Err(SvnError::NotInstalled { .. })));
    let script = repository.scratch().join("slow");
    executable(&script, "exec sleep 1000");
    let svn = Svn { svn: script.into(), ..svn }.with_timeout(Duration::from_millis(50));
    assert!(matches!(svn.info(&repository.url("dev"), None), Err(SvnError::TimedOut { .. })));
}

#[test]
fn a_sink_that_fails_is_no_fault_of_the_repository() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let repository = Repository::new();
    repository.put("dev/f", &"x".repeat(1 << 20));
    let error = client(&repository).cat(&repository.url("dev/f"), None, &mut Full).unwrap_err();
    assert!(matches!(error, SvnError::Run { source, .. } if source.kind() == io::ErrorKind::StorageFull));
}
