// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The action against a real relay and archive on loopback.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::*;
use crate::actions::Author;
use crate::mail::Templates;
use crate::rehearsal::{ArchiveServer, SmtpAccount, SmtpServer};
use crate::services::{
    Authorities, Effects, Git, GitHub, MaybeSent, Moment, OpenPgp, Pages, Registries, Relay, RelayAddress, RelayError,
    Security, Svn, Workspace,
};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

struct World {
    place: tempfile::TempDir,
    relay: SmtpServer,
    archive: ArchiveServer,
}

impl World {
    fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let place = tempfile::tempdir().unwrap();
        let account = SmtpAccount { user: "ann".into(), password: "correct horse".into() };
        let relay = SmtpServer::start(place.path().join("post"), 0, account).unwrap();
        let archive = ArchiveServer::start(place.path().join("post"), 0).unwrap();
        Self { place, relay, archive }
    }

    fn services(&self, effects: Effects) -> Services {
        services(self.place.path(), &self.relay, "correct horse", Some(PonyMail::new(self.archive.base())), effects)
    }

    fn count(&self) -> usize {
        self.relay.store().mails().unwrap().len()
    }
}

fn services(place: &Path, relay: &SmtpServer, password: &str, archive: Option<PonyMail>, effects: Effects) -> Services {
    let address = RelayAddress {
        host: "localhost".into(),
        port: relay.port(),
        security: Security::StartTls,
        authorities: Some(Authorities::Pem(relay.authority().as_bytes().to_vec())),
    };
    Services {
        git: Git::new(place, "origin", effects.clone()),
        openpgp: OpenPgp::new(None, "", effects.clone()),
        svn: Svn::new(None, None, effects.clone()),
        relay: Relay::new(address, Some(("ann".into(), password.into())), effects.clone()),
        archive,
        github: GitHub::nowhere(),
        pages: Pages::default(),
        registries: Registries::default(),
        nexus: None,
        central: None,
        jira: None,
        pypi: None,
        npm: None,
        proposals: None,
        workspace: Workspace::new(place.join("work"), effects),
        templates: Templates::new(|name| {
            Ok::<_, std::io::Error>(match name {
                "mail/vote/subject.txt.j2" => Some("[VOTE] {{ version }}".into()),
                "mail/close/subject.txt.j2" => Some("Re: [VOTE] {{ version }}".into()),
                "mail/close/body.txt.j2" => Some("The vote is closed.\n".into()),
                "mail/vote/body.txt.j2" => {
                    Some("Vote until {{ mail.date | hours_later(72) | utc }}.{{ extra }}\n".into())
                }
                _ => None,
            })
        }),
        assets: crate::config::Assets::default(),
        author: Author { name: "Ann Example".into(), email: "ann@example.org".into() },
    }
}

fn action(more: Value) -> SendMail {
    let mut with = json!({
        "template": "vote", "to": ["dev@example.org", ["user@example.org", "dev@example.org"]], "in_reply_to": "",
        "values": {"version": "3.4.0", "extra": ""}, "name": "rc1-vote", "archive_lag_minutes": 60,
    });
    with.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(with).unwrap()
}

fn at(text: &str) -> Timestamp {
    format!("2026-11-21T{text}:00Z").parse().unwrap()
}

fn intent(resumed: bool, acted: Option<Value>) -> Intent {
    Intent { at: at("09:30"), token: TOKEN.into(), acted, resumed, anew: false }
}

fn probe(world: &Services, intent: &Intent, now: &str) -> Probed {
    action(json!({})).probe(&Context { world, intent, now: at(now) }).unwrap()
}

fn act(world: &Services, intent: &Intent, now: &str) -> Result<Value, ActionError> {
    action(json!({})).act(&Context { world, intent, now: at(now) })
}

#[test]
fn is_sent_once_and_found_again() {
    let world = World::new();
    let services = world.services(Effects::unwatched());
    let fresh = intent(false, None);
    assert_eq!(probe(&services, &fresh, "09:30"), Probed::Absent);
    let sent = act(&services, &fresh, "09:31").unwrap();
    assert_eq!(sent["proved"], json!(false));
    let Probed::Done(found) = probe(&services, &intent(true, Some(sent.clone())), "09:31") else { panic!() };
    assert_eq!(found["proved"], json!(true));
    assert!(found["link"].as_str().unwrap().starts_with(&format!("{}/thread/", world.archive.base())));
    for field in ["message_id", "date", "subject", "to", "eml"] {
        assert_eq!(found[field], sent[field], "{field}");
    }
    assert_eq!(sent["message_id"], json!(format!("<{TOKEN}.quorate@example.org>")));
    assert_eq!(sent["to"], json!(["dev@example.org", "user@example.org"]));
    let mails = world.relay.store().mails().unwrap();
    assert_eq!(mails.len(), 1);
    let eml = std::fs::read(world.place.path().join("work/mails/rc1-vote.eml")).unwrap();
    assert_eq!(eml, mails[0].bytes);
    assert!(String::from_utf8(eml).unwrap().contains("Vote until 2026-11-24 09:30 UTC."));
}

/// Kills the step just before and just after each of its outside effects, then
/// takes it up again until it is done: the mail is there exactly once.
#[test]
fn a_kill_anywhere_sends_neither_none_nor_two() {
    let world = World::new();
    let effects = 2 * 4;
    for kill in 0..effects {
        let before = world.count();
        let token = format!("{kill:032}");
        let mut intent = Intent { token, ..intent(false, None) };
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let deadly = Effects::new(move |_: Moment, _: &str| {
            assert_ne!(counted.fetch_add(1, Ordering::SeqCst), kill, "killed");
        });
        let services = world.services(deadly);
        let killed = catch_unwind(AssertUnwindSafe(|| act(&services, &intent, "09:30"))).is_err();
        assert_eq!(killed, kill < 6, "there are three effects");
        intent.resumed = true;
        let services = world.services(Effects::unwatched());
        if let Probed::Waiting { until, .. } = probe(&services, &intent, "09:31") {
            assert_eq!(until, Some(at("10:30")));
            assert_eq!(probe(&services, &intent, "10:30"), Probed::Absent);
            act(&services, &intent, "10:30").unwrap();
        }
        assert!(matches!(probe(&services, &intent, "10:31"), Probed::Done(_)), "kill {kill}");
        assert_eq!(world.count(), before + 1, "kill {kill}");
    }
}

/// A record that knows nothing of the mail, as after the journal was lost.
fn another(anew: bool) -> Intent {
    Intent { at: at("12:00"), token: "f".repeat(32), acted: None, resumed: false, anew }
}

#[test]
fn a_mail_of_a_lost_record_is_found_again_by_the_copy_in_the_workspace() {
    let world = World::new();
    let services = world.services(Effects::unwatched());
    let sent = act(&services, &intent(false, None), "09:30").unwrap();
    let Probed::Done(found) = probe(&services, &another(false), "12:00") else { panic!() };
    assert_eq!((&found["message_id"], &found["date"]), (&sent["message_id"], &json!("2026-11-21T09:30:00Z")));
    assert_eq!(found["proved"], json!(true));
    let other = action(json!({"more": {"extra": " In other words."}}));
    for anew in [false, true] {
        let intent = another(anew);
        let probed = other.probe(&Context { world: &services, intent: &intent, now: at("12:00") }).unwrap();
        let Probed::Conflict { found, expected } = probed else { panic!("{probed:?}") };
        assert!(found.contains("rc1-vote.eml") && found.contains("/thread/"), "{found}");
        assert!(expected.contains("skip the step with its link"), "{expected}");
    }
    assert_eq!(world.count(), 1);
}

#[test]
fn a_mail_of_that_subject_in_the_archive_is_shown_and_not_sent_again_unasked() {
    let world = World::new();
    let services = world.services(Effects::unwatched());
    act(&services, &intent(false, None), "09:30").unwrap();
    std::fs::remove_dir_all(world.place.path().join("work")).unwrap();
    let other = action(json!({"more": {"extra": " In other words."}}));
    let probed = other.probe(&Context { world: &services, intent: &another(false), now: at("12:00") }).unwrap();
    let Probed::Conflict { found, expected } = probed else { panic!("{probed:?}") };
    assert!(found.contains("`[VOTE] 3.4.0` of 2026-11-21T09:30:00Z") && found.contains("/thread/"), "{found}");
    assert!(expected.contains("run it `--again`"), "{expected}");
    assert_eq!(probe(&services, &another(true), "12:00"), Probed::Absent, "a person has said that it is another");
    let answer = action(json!({"template": "close"}));
    answer.act(&Context { world: &services, intent: &intent(false, None), now: at("09:30") }).unwrap();
    std::fs::remove_dir_all(world.place.path().join("work")).unwrap();
    let answer = answer.probe(&Context { world: &services, intent: &another(false), now: at("12:00") });
    assert_eq!(answer.unwrap(), Probed::Absent, "all answers of a thread share their subject");
    let second = action(json!({"values": {"version": "3.4.0, release candidate #2", "extra": ""}}));
    let second = second.probe(&Context { world: &services, intent: &another(false), now: at("12:00") });
    assert_eq!(second.unwrap(), Probed::Absent, "another subject");
}

#[test]
fn a_mail_in_the_archive_that_says_what_this_one_would_is_this_one() {
    let world = World::new();
    let services = world.services(Effects::unwatched());
    let sent = act(&services, &intent(false, None), "09:30").unwrap();
    std::fs::remove_dir_all(world.place.path().join("work")).unwrap();
    let Probed::Done(found) = probe(&services, &another(false), "12:00") else { panic!() };
    for field in ["message_id", "date", "subject", "to"] {
        assert_eq!(found[field], sent[field], "{field}");
    }
    assert_eq!(found["proved"], json!(true));
    let somebody =
        Services { author: Author { name: "Bob Example".into(), email: "bob@example.org".into() }, ..services };
    assert!(matches!(probe(&somebody, &another(false), "12:00"), Probed::Conflict { .. }));
}

#[test]
fn a_saved_mail_that_may_have_gone_out_is_asked_about() {
    let world = World::new();
    let none = services(world.place.path(), &world.relay, "correct horse", None, Effects::unwatched());
    act(&none, &intent(false, None), "09:30").unwrap();
    let probed = probe(&none, &another(false), "12:00");
    let Probed::Conflict { found, .. } = probed else { panic!("{probed:?}") };
    assert!(found.contains("rc1-vote.eml") && found.contains("no archive"), "{found}");
    assert_eq!(probe(&none, &another(true), "12:00"), Probed::Absent);
    let slow = ArchiveServer::start(world.place.path().join("slow"), 0).unwrap();
    let archive = Some(PonyMail::new(slow.base()));
    let late = services(world.place.path(), &world.relay, "correct horse", archive, Effects::unwatched());
    let probed = probe(&late, &another(false), "10:29");
    assert!(matches!(probed, Probed::Waiting { until: Some(until), .. } if until == at("10:30")), "{probed:?}");
    assert_eq!(probe(&late, &another(false), "10:30"), Probed::Absent);
    let wrong = services(world.place.path(), &world.relay, "battery staple", None, Effects::unwatched());
    act(&wrong, &Intent { token: "a".repeat(32), ..intent(false, None) }, "09:30").unwrap_err();
    assert_eq!(probe(&none, &another(false), "09:31"), Probed::Absent, "the relay is known to have refused it");
}

#[test]
fn in_a_record_begun_anew_no_mail_goes_out_unasked_where_it_cannot_be_looked_up() {
    let world = World::new();
    let none = services(world.place.path(), &world.relay, "correct horse", None, Effects::unwatched());
    let anew = action(json!({"begun_anew": true}));
    let cx = |intent| Context { world: &none, intent, now: at("09:30") };
    let (fresh, told) = (intent(false, None), another(true));
    let problems = anew.problems(&cx(&fresh)).unwrap();
    assert!(problems[0].what.contains("begun anew") && problems[0].hint.contains("`--again --why …`"), "{problems:?}");
    assert!(anew.only_a_person_can_tell(&cx(&fresh)) && anew.faults_of_text(&cx(&fresh)).unwrap().is_empty());
    assert!(matches!(anew.act(&cx(&fresh)), Err(ActionError::Refused { .. })));
    assert_eq!(anew.problems(&cx(&told)).unwrap(), [], "a person has said that it was not sent");
    let asked = world.services(Effects::unwatched());
    let looked_up = anew.problems(&Context { world: &asked, intent: &fresh, now: at("09:30") }).unwrap();
    assert_eq!(looked_up, [], "the archive is asked");
    assert_eq!(world.count(), 0);
}

#[test]
fn a_person_s_note_names_the_mail_that_is_answered() {
    for (note, id) in [
        ("It is out, as <a.b-1@mail.example.org>.", Some("<a.b-1@mail.example.org>")),
        ("a.b-1@mail.example.org", Some("<a.b-1@mail.example.org>")),
        ("https://lists.example.org/thread/x?dev@example.org", None),
        ("Ann sent it", None),
    ] {
        assert_eq!(noted_message_id(note).as_deref(), id, "{note}");
        let answer = action(json!({"in_reply_to": "", "in_reply_to_noted": note}));
        let world = World::new();
        let services = world.services(Effects::unwatched());
        let draft =
            answer.draft(&Context { world: &services, intent: &intent(false, None), now: at("09:30") }).unwrap();
        assert_eq!(draft.in_reply_to.as_deref(), id, "{note}");
    }
}

#[test]
fn what_to_do_about_a_lost_answer_depends_on_the_archive() {
    let lost = RelayError::TimedOut { relay: "relay".into(), what: "the mail", sent: MaybeSent::Perhaps };
    assert!(relay_hint(&lost, true).contains("asks the archive first"));
    let hint = relay_hint(&lost, false);
    assert!(hint.contains("`mail.archive`") && hint.contains("`--again`") && !hint.contains("asks"), "{hint}");
}

#[test]
fn what_the_archive_does_not_show_yet_is_waited_for() {
    let world = World::new();
    let slow = ArchiveServer::start(world.place.path().join("slow"), 0).unwrap();
    let archive = || Some(PonyMail::new(slow.base()));
    let services = services(world.place.path(), &world.relay, "correct horse", archive(), Effects::unwatched());
    let sent = act(&services, &intent(false, None), "09:45").unwrap();
    let acted = intent(true, Some(sent));
    let waiting = |probed| matches!(probed, Probed::Waiting { until: Some(until), .. } if until == at("10:45"));
    assert!(waiting(probe(&services, &acted, "10:44")));
    assert!(waiting(probe(&services, &intent(true, None), "10:44")));
    let Probed::Conflict { found, expected } = probe(&services, &acted, "10:45") else { panic!() };
    assert!(found.contains(TOKEN) && expected.contains("--again"), "{found} {expected}");
    assert_eq!(probe(&services, &intent(true, None), "10:45"), Probed::Absent);
}

#[test]
fn without_an_archive_only_a_person_can_tell() {
    let world = World::new();
    let services = services(world.place.path(), &world.relay, "correct horse", None, Effects::unwatched());
    assert_eq!(probe(&services, &intent(false, None), "09:30"), Probed::Absent);
    let sent = act(&services, &intent(false, None), "09:30").unwrap();
    assert_eq!(probe(&services, &intent(true, Some(sent.clone())), "09:30"), Probed::Done(sent));
    let Probed::Conflict { expected, .. } = probe(&services, &intent(true, None), "23:30") else { panic!() };
    assert!(expected.contains("`mail.archive` in the product's configuration"), "{expected}");
}

#[test]
fn a_refused_login_is_known_not_to_have_sent_anything() {
    let world = World::new();
    let wrong = services(world.place.path(), &world.relay, "battery staple", None, Effects::unwatched());
    let error = act(&wrong, &intent(false, None), "09:30").unwrap_err();
    assert!(matches!(error, ActionError::Declined { .. }), "{error:?}");
    assert!(error.hint().unwrap().contains("doctor"), "{error:?}");
    assert!(!format!("{error:?}").contains("battery"));
    assert_eq!(probe(&wrong, &intent(true, None), "09:31"), Probed::Absent);
    let right = services(world.place.path(), &world.relay, "correct horse", None, Effects::unwatched());
    act(&right, &intent(true, None), "09:31").unwrap();
    assert_eq!(world.count(), 1);
    assert!(matches!(probe(&right, &intent(true, None), "09:32"), Probed::Conflict { .. }));
}

/// A relay that offers neither 8BITMIME nor anything else, and takes one mail.
fn plain_relay() -> (u16, thread::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let taking = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).split(b'\n').map_while(Result::ok);
        write!(stream, "220 localhost\r\n").unwrap();
        let mut mail = Vec::new();
        while let Some(command) = lines.next() {
            let data = command.starts_with(b"DATA");
            write!(stream, "{}\r\n", if data { "354 go on" } else { "250 OK" }).unwrap();
            if data {
                mail = lines.by_ref().take_while(|line| line != b".\r").collect::<Vec<_>>().join(&b'\n');
                write!(stream, "250 OK\r\n").unwrap();
            }
        }
        mail
    });
    (port, taking)
}

#[test]
fn a_mail_that_is_not_ascii_reads_as_composed_whatever_the_relay_offers() {
    let world = World::new();
    let services = world.services(Effects::unwatched());
    let said = " Jürgen waits = 待つ.\nhttps://example.org/a-link-that-is-longer-than-what-one-line-of-quoted-printable-may-have";
    let letter = action(json!({"more": {"extra": said}}));
    let intent = intent(false, None);
    let cx = Context { world: &services, intent: &intent, now: at("09:30") };
    letter.act(&cx).unwrap();
    let (port, taking) = plain_relay();
    let address = RelayAddress { host: "127.0.0.1".into(), port, security: Security::None, authorities: None };
    let place = tempfile::tempdir().unwrap();
    let workspace = Workspace::new(place.path(), Effects::unwatched());
    let plain =
        Services { relay: Relay::new(address, None, Effects::unwatched()), workspace, archive: None, ..services };
    letter.act(&Context { world: &plain, intent: &intent, now: at("09:30") }).unwrap();
    let taken = taking.join().unwrap();
    let offered = world.relay.store().mails().unwrap().remove(0).bytes;
    assert_eq!(String::from_utf8_lossy(&taken).trim_end(), String::from_utf8_lossy(&offered).trim_end());
    let read = |bytes: &[u8]| {
        mail_parser::MessageParser::default().parse(bytes).unwrap().body_text(0).unwrap().replace('\r', "")
    };
    assert_eq!(read(&offered), format!("Vote until 2026-11-24 09:30 UTC.{said}\n"));
    let saved = std::fs::read(place.path().join("mails/rc1-vote.eml")).unwrap();
    assert_eq!(read(&saved), read(&offered));
}

#[test]
fn an_archive_that_is_none_is_an_error_and_never_an_absent_mail() {
    let world = World::new();
    let port = world.relay.port();
    for base in [format!("{}/nowhere", world.archive.base()), format!("http://127.0.0.1:{port}")] {
        let archive = Some(PonyMail::new(base));
        let services = services(world.place.path(), &world.relay, "correct horse", archive, Effects::unwatched());
        let probed =
            action(json!({})).probe(&Context { world: &services, intent: &intent(false, None), now: at("09:30") });
        assert!(matches!(probed, Err(ActionError::Service { .. })), "{probed:?}");
    }
}

#[test]
fn all_faults_are_problems_and_the_whole_mail_is_shown() {
    let world = World::new();
    let services = world.services(Effects::unwatched());
    let (intent, now) = (intent(false, None), at("09:30"));
    let cx = Context { world: &services, intent: &intent, now };
    assert_eq!(action(json!({})).problems(&cx).unwrap(), []);
    let shown = action(json!({})).document(&cx).unwrap().unwrap();
    assert!(shown.contains("To: dev@example.org, user@example.org\nSubject: [VOTE] 3.4.0\n"), "{shown}");
    assert!(shown.contains("\n\nVote until 2026-11-24"), "{shown}");
    assert!(!shown.contains("Message-ID: ") && !shown.contains("Date: "), "these are given when it is sent: {shown}");
    let faulty = action(json!({"more": {"extra": " TBD, TODO"}, "in_reply_to": "no id"}));
    let problems = faulty.problems(&cx).unwrap();
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(matches!(faulty.act(&cx), Err(ActionError::Refused { .. })));
    // A note's number in brackets is none of the mail's own links.
    let noted = action(json!({"more": {"extra": " See [3]."}}));
    assert_eq!(noted.problems(&cx).unwrap(), []);
    assert!(noted.document(&cx).unwrap().unwrap().contains("See (3)."));
    let problems = action(json!({"values": {}})).problems(&cx).unwrap();
    assert!(problems[0].what.contains("version"), "{problems:?}");
    let problems = action(json!({"template": "none"})).problems(&cx).unwrap();
    assert!(problems[0].what.contains("mail/none/subject.txt.j2"), "{problems:?}");
    assert_eq!(action(json!({"name": "../x"})).problems(&cx).unwrap().len(), 1);
    assert_eq!(world.count(), 0);
}

#[test]
fn a_mail_of_yesterday_is_not_sent_as_if_of_today() {
    let world = World::new();
    let services = world.services(Effects::unwatched());
    let error = act(&services, &intent(true, None), "11:31").unwrap_err();
    assert!(error.hint().unwrap().contains("--again"), "{error:?}");
    assert!(act(&services, &intent(true, None), "11:30").is_ok());
}
