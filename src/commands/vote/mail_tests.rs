// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Votes opened, reminded of, ended and called off by mail, with a real relay and an
//! archive on loopback, and a clock that can be moved on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};

use super::correspondence::Desk;
use super::opened::Counting;
use super::sending::{Agreement, Sent};
use super::{list, open, remind, result};
use crate::commands::CommandError;
use crate::commands::environment::{Accounts, Environment};
use crate::config::Assets;
use crate::engine::Clock;
use crate::rehearsal::{ArchiveServer, SimulatedClock, SmtpAccount, SmtpServer};
use crate::services::{Effects, Moment};
use crate::ui::{ExitCode, Ui};

const ROSTER: &str = r#"
project = "greeter"
as_of = "2026-11-01"
member = [
    { id = "ann", name = "Ann Example", emails = ["ann@example.org"], roles = ["pmc", "committer"] },
    { id = "bob", name = "Bob Example", roles = ["pmc", "committer"] },
    { id = "cleo", name = "Cleo Example", roles = ["pmc", "committer"] },
    { id = "dan", name = "Dan Example", roles = ["committer"] },
]
"#;

/// The world around a few votes.
pub(super) struct Place {
    directory: tempfile::TempDir,
    pub(super) relay: SmtpServer,
    _archive: ArchiveServer,
    pub(super) environment: Environment,
    pub(super) clock: SimulatedClock,
}

impl Place {
    pub(super) fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let account = SmtpAccount { user: "ann".into(), password: "correct horse".into() };
        let relay = SmtpServer::start(path("post"), 0, account).unwrap();
        let archive = ArchiveServer::start(path("post"), 0).unwrap();
        let sample = include_str!("../../../release-config/sample.toml");
        let mut product: toml::Table = toml::from_str(sample).unwrap();
        let mail = product["mail"].as_table_mut().unwrap();
        for (name, value) in [
            ("dev", toml::Value::from("dev@example.org")),
            ("smtp_host", "localhost".into()),
            ("smtp_port", i64::from(relay.port()).into()),
            ("smtp_tls", "starttls".into()),
            ("smtp_login", true.into()),
            ("smtp_ca", path("post/smtp-ca.pem").display().to_string().into()),
            ("archive", archive.base().into()),
        ] {
            mail.insert(name.to_owned(), value);
        }
        std::fs::create_dir_all(path("assets/release-config")).unwrap();
        std::fs::write(path("assets/release-config/sample.toml"), toml::to_string(&product).unwrap()).unwrap();
        std::fs::write(path("roster.toml"), ROSTER).unwrap();
        let environment = Environment {
            ui: Ui::new(true),
            release: None,
            assets: Assets::new(Some(path("assets"))),
            state: path("state"),
            accounts: Accounts { smtp: Some(("ann".into(), "correct horse".into())), ..Accounts::default() },
        };
        // the archive looks back from now
        let clock = SimulatedClock::new(Timestamp::now() - SignedDuration::from_hours(40 * 24));
        Self { directory, relay, _archive: archive, environment, clock }
    }

    pub(super) fn desk(&self) -> Desk<'_> {
        Desk { environment: &self.environment, clock: &self.clock, effects: Effects::unwatched() }
    }

    pub(super) fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    fn args(&self, action: &str) -> open::Args {
        open::Args {
            action: action.into(),
            title: "FLIP-7: Pause functions".into(),
            about: "Functions can be paused and resumed.\n\nThe page has the details.".into(),
            link: vec!["https://wiki.example.org/flip-7".into()],
            subject: None,
            bylaws: "flink".into(),
            product: "sample".into(),
            roster: Some(self.path("roster.toml")),
            agreement: yes(),
        }
    }

    pub(super) fn open(&self, args: &open::Args) -> Result<Sent, CommandError> {
        open::open(&self.desk(), args, ann())
    }

    pub(super) fn opened(action: &str) -> Self {
        let place = Self::new();
        assert_eq!(place.open(&place.args(action)).unwrap(), Sent::Yes);
        place
    }

    pub(super) fn hours(&self, hours: i64) {
        self.clock.move_to(self.clock.now() + SignedDuration::from_hours(hours));
    }

    /// Somebody answers the first mail.
    pub(super) fn says(&self, id: &str, text: &str) {
        let first = &self.mails()[0];
        let header = |name: &str| first.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        let date = self.clock.now().strftime("%a, %d %b %Y %H:%M:%S +0000");
        let mail = format!(
            "From: {id} <{id}@apache.org>\r\nTo: dev@example.org\r\nSubject: Re: {}\r\nDate: {date}\r\n\
             Message-ID: <{id}-{}@example.org>\r\nIn-Reply-To: {}\r\nContent-Type: text/plain\r\n\r\n{text}\r\n",
            header("Subject:"),
            self.mails().len(),
            header("Message-ID:"),
        );
        self.relay.store().add(mail.as_bytes()).unwrap();
    }

    pub(super) fn mails(&self) -> Vec<String> {
        let mails = self.relay.store().mails().unwrap();
        mails.into_iter().map(|mail| String::from_utf8(mail.bytes).unwrap()).collect()
    }

    pub(super) fn last(&self) -> String {
        self.mails().pop().unwrap()
    }

    fn result(&self) -> Result<ExitCode, CommandError> {
        let counting = Counting::default();
        result::result(&self.desk(), &result::Args { name: None, counting, agreement: yes(), json: false })
    }

    fn remind(&self) -> Result<Sent, CommandError> {
        remind::remind(&self.desk(), &remind::Args { name: None, counting: Counting::default(), agreement: yes() })
    }

    fn cancel(&self, why: &str) -> Result<Sent, CommandError> {
        result::cancel(&self.desk(), &result::CancelArgs { name: None, why: why.into(), agreement: yes() })
    }
}

pub(super) fn yes() -> Agreement {
    Agreement { execute: true, again: None }
}

pub(super) fn ann() -> (String, String) {
    ("Ann Example".into(), "ann@example.org".into())
}

#[test]
fn a_vote_is_opened_counted_and_ended_with_mails_that_the_tally_reads_as_they_are_meant() {
    let place = Place::opened("flip");
    let mail = place.last();
    for part in [
        "Subject: [VOTE] FLIP-7: Pause functions",
        "To: dev@example.org",
        "[ ] +1, yes",
        "at least three binding votes in favour",
        "is a veto",
        "active committers are binding",
        "open for at least 72 hours",
        "https://wiki.example.org/flip-7",
    ] {
        assert!(mail.replace("\r\n", " ").contains(part), "{part}: {mail}");
    }
    place.hours(2);
    place.says("bob", "+1 (binding)");
    place.says("dan", "+1");
    let early = place.result().unwrap_err();
    assert_eq!((early.code, early.what.contains("is open until")), (ExitCode::Waiting, true), "{early}");
    assert_eq!(place.remind().unwrap(), Sent::Yes);
    let mail = place.last();
    assert!(mail.contains("* Ann Example") && mail.contains("* Cleo Example") && !mail.contains("Bob"), "{mail}");
    assert!(mail.contains("In-Reply-To: <") && !mail.contains("apache.org"), "{mail}");
    place.says("cleo", "+1 (binding), thanks");
    place.hours(71);
    assert_eq!(place.result().unwrap(), ExitCode::Done);
    let mail = place.last();
    assert!(mail.contains("Subject: [RESULT] [VOTE] FLIP-7: Pause functions"), "{mail}");
    assert!(mail.contains("the vote has passed unanimously"), "{mail}");
    assert!(mail.contains("There are 3 +1 votes, all of them binding."), "{mail}");
    assert_eq!(place.mails().len(), 6);
    assert_eq!(place.result().unwrap_err().what, "no vote is open");
    // The mails of the program are read as what they are: nothing new is counted, and the result agrees.
    let mut counting = super::opened::find(&place.desk(), Some("flip-7-pause-functions")).unwrap();
    let opened: super::opened::Opened = counting.subject().unwrap();
    counting.values.finding = None;
    let again = super::opened::count(&counting, &opened, &Counting::default(), &place.clock).unwrap().tally;
    let result = again.result_mail.as_ref().unwrap_or_else(|| panic!("{:#?} {:?}", again.mails, again.left_out));
    assert_eq!((result.passed, result.disagreements.as_slice()), (Some(true), &[][..]));
    assert_eq!((again.binding.plus, again.votes.len(), again.review.len()), (3, 3, 0), "{:?}", again.review);
    let show = list::ShowArgs { name: Some(opened.name), counting: Counting::default(), json: true };
    assert_eq!(list::show(&place.desk(), &show).unwrap(), ExitCode::Done);
}

#[test]
fn a_vote_with_a_veto_fails_and_unanimously_is_not_said() {
    let place = Place::opened("flip");
    for id in ["bob", "cleo", "dan"] {
        place.says(id, "+1");
    }
    place.says("ann", "-1, it breaks the savepoints of every user, see the discussion.");
    place.hours(73);
    assert_eq!(place.result().unwrap(), ExitCode::DoesNotHold);
    let mail = place.last();
    assert!(mail.contains("the vote has not passed") && !mail.contains("unanimously"), "{mail}");
    assert!(mail.contains("Binding -1:\r\n\r\n* Ann Example"), "{mail}");
}

#[test]
fn what_needs_a_ruling_is_ruled_on_first() {
    let place = Place::opened("flip");
    for id in ["bob", "cleo"] {
        place.says(id, "+1");
    }
    place.says("dan", "+1 if somebody fixes the typo, otherwise -1");
    place.hours(73);
    let refused = place.result().unwrap_err();
    assert_eq!((refused.code, refused.what.contains("a ruling is needed")), (ExitCode::Waiting, true), "{refused}");
    assert_eq!(place.mails().len(), 4);
    let counting = Counting {
        ruling: vec!["dan-3@example.org=+1".into()],
        why: vec!["the typo is fixed".into()],
        ..Counting::default()
    };
    let args = result::Args { name: None, counting, agreement: yes(), json: false };
    assert_eq!(result::result(&place.desk(), &args).unwrap(), ExitCode::Done);
    assert!(place.last().contains("There are 3 +1 votes"), "{}", place.last());
}

#[test]
fn a_vote_is_called_off_once_and_the_tally_knows() {
    let place = Place::opened("release-plan");
    place.says("bob", "+1");
    assert_eq!(place.cancel("The plan has the wrong year.").unwrap(), Sent::Yes);
    let mail = place.last();
    assert!(
        mail.contains("Subject: [CANCEL] [VOTE] FLIP-7") && mail.contains("The plan has the wrong year."),
        "{mail}"
    );
    assert_eq!(place.mails().len(), 3);
    assert_eq!(place.cancel("again").unwrap_err().what, "no vote is open");
    let vote = super::opened::find(&place.desk(), Some("flip-7-pause-functions")).unwrap();
    let tally =
        super::opened::count(&vote, &vote.subject().unwrap(), &Counting::default(), &place.clock).unwrap().tally;
    assert_eq!(tally.outcome, crate::governance::VoteOutcome::Cancelled);
}

#[test]
fn on_a_two_thirds_majority_silent_holders_are_asked_twice_and_then_left_out() {
    let place = Place::opened("modify-bylaws");
    place.says("ann", "+1");
    place.says("bob", "+1");
    place.hours(6 * 24 + 1);
    // two of three are two thirds already; with the third against, nothing changes
    assert_eq!(place.remind().unwrap(), Sent::Yes);
    let mail = place.last();
    assert!(mail.contains("cleo@apache.org") && mail.contains("seven days apart"), "{mail}");
    let early = place.remind().unwrap_err();
    assert_eq!((early.code, early.what.contains("seven days")), (ExitCode::Waiting, true), "{early}");
    place.hours(7 * 24);
    assert_eq!(place.remind().unwrap(), Sent::Yes);
    place.hours(1);
    assert_eq!(place.result().unwrap(), ExitCode::Done);
    let mail = place.last().replace("\r\n", " ");
    assert!(mail.contains("inactive for this vote") && mail.contains("cleo"), "{mail}");
}

#[test]
fn a_private_vote_goes_to_the_private_list_and_wants_the_mails() {
    let place = Place::new();
    let args =
        open::Args { title: "Dan as a PMC member".into(), subject: Some("dan".into()), ..place.args("new-pmc-member") };
    assert_eq!(place.open(&args).unwrap(), Sent::Yes);
    assert!(place.last().contains("To: private@example.org"), "{}", place.last());
    let refused = place.result().unwrap_err();
    assert_eq!((refused.code, refused.what.contains("not public")), (ExitCode::Usage, true), "{refused}");
    for id in ["ann", "bob", "cleo"] {
        place.says(id, "+1");
    }
    place.hours(73);
    let counting = Counting { mails: Some(place.path("post/mails.mbox")), ..Counting::default() };
    let args = result::Args { name: None, counting, agreement: yes(), json: false };
    assert_eq!(result::result(&place.desk(), &args).unwrap(), ExitCode::Done);
    assert!(place.last().contains("To: private@example.org"), "{}", place.last());
}

#[test]
fn what_is_not_voted_on_so_is_refused_and_nothing_is_sent_or_recorded() {
    let place = Place::new();
    let usual = || place.args("flip");
    for (args, says) in [
        (open::Args { action: "product-release".into(), ..usual() }, "the release's own step"),
        (open::Args { action: "code-change".into(), ..usual() }, "not voted on by mail"),
        (open::Args { action: "committer-removal".into(), ..usual() }, "is not named"),
        (open::Args { action: "nothing".into(), ..usual() }, "name no action `nothing`"),
        (open::Args { title: "[VOTE] …".into(), ..usual() }, "is no title"),
        (open::Args { about: " ".into(), ..usual() }, "nothing says what is proposed"),
        (open::Args { link: vec!["the wiki".into()], ..usual() }, "is no address"),
        (open::Args { about: "The page: TBD".into(), ..usual() }, "`TBD` is left over"),
        (open::Args { product: "none".into(), ..usual() }, "there is no product `none`"),
    ] {
        let refused = place.open(&args).unwrap_err();
        assert!(refused.what.contains(says) && refused.code == ExitCode::Usage, "{says}: {refused}");
        assert!(refused.hint.is_some(), "{says}");
    }
    let preview = open::Args { agreement: Agreement::default(), ..usual() };
    assert_eq!(place.open(&preview).unwrap(), Sent::No, "nobody agreed");
    assert!(place.mails().is_empty() && !place.path("state").exists());
    assert_eq!(place.open(&usual()).unwrap(), Sent::Yes);
    let other = place.open(&open::Args { about: "Something else.".into(), ..usual() }).unwrap_err();
    assert!(other.what.contains("says otherwise"), "{other}");
    assert_eq!(place.open(&usual()).unwrap(), Sent::Yes, "it is open already");
    assert_eq!(place.mails().len(), 1);
}

/// Killed before and after each effect, the vote is opened and ended by one mail each.
#[test]
fn whenever_it_is_killed_each_mail_goes_out_once() {
    let mut at = 0;
    loop {
        let place = Place::new();
        if !killed(at, |desk| open::open(desk, &place.args("flip"), ann()).map(|_| ()), &place) {
            break;
        }
        // by then the archive would show it
        place.hours(2);
        let mut resumed = place.open(&place.args("flip")).unwrap();
        if resumed != Sent::Yes {
            place.hours(2);
            let again = Agreement { execute: true, again: Some("the archive does not have it".into()) };
            resumed = place.open(&open::Args { agreement: again, ..place.args("flip") }).unwrap();
        }
        assert_eq!((resumed, place.mails().len()), (Sent::Yes, 1), "killed at {at}");
        at += 1;
    }
    assert!(at >= 6, "{at}");
}

/// Runs `act` and kills it at the moment number `at`; whether there was such a moment.
fn killed(at: usize, act: impl FnOnce(&Desk<'_>) -> Result<(), CommandError>, place: &Place) -> bool {
    let count = Arc::new(AtomicUsize::new(0));
    let effects = Effects::new({
        let count = Arc::clone(&count);
        move |_moment: Moment, _name| {
            if count.fetch_add(1, Ordering::SeqCst) == at {
                std::panic::resume_unwind(Box::new("killed"));
            }
        }
    });
    let desk = Desk { effects, ..place.desk() };
    match catch_unwind(AssertUnwindSafe(|| act(&desk))) {
        Err(_) => true,
        Ok(result) => {
            result.unwrap();
            false
        }
    }
}
