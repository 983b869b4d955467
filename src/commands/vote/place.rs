// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! For tests: a relay, an archive, a product, people, and a clock that can be moved.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::opened::{Counting, count, find};
use super::rules::Given;
use super::sending::{Agreement, Sent};
use super::{cast, open, remind, result};
use crate::commands::CommandError;
use crate::commands::desk::Desk;
use crate::commands::environment::{Accounts, Environment};
use crate::config::Assets;
use crate::engine::Clock;
use crate::governance::Tally;
use crate::rehearsal::{PostOffice, SimulatedClock, SmtpAccount};
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
    post: PostOffice,
    pub(super) environment: Environment,
    pub(super) clock: SimulatedClock,
}

/// What somebody works with in `directory`.
pub(super) fn environment(directory: &Path) -> Environment {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Environment {
        ui: Ui::new(true),
        release: None,
        assets: Assets::new(Some(directory.join("assets"))),
        state: directory.join("state"),
        accounts: Accounts { smtp: Some(("ann".into(), "correct horse".into())), ..Accounts::default() },
    }
}

impl Place {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let account = SmtpAccount { user: "ann".into(), password: "correct horse".into() };
        let post = PostOffice::start(&path("post"), account).unwrap();
        let product = post.configure(include_str!("../../../release-config/sample.toml")).unwrap();
        std::fs::create_dir_all(path("assets/release-config/rosters")).unwrap();
        std::fs::write(path("assets/release-config/sample.toml"), product).unwrap();
        // the roster of the product's `[vote]`
        std::fs::write(path("assets/release-config/rosters/greeter.toml"), ROSTER).unwrap();
        std::fs::write(path("roster.toml"), ROSTER).unwrap();
        let environment = environment(directory.path());
        // the archive looks back from now
        let clock = SimulatedClock::new(Timestamp::now() - SignedDuration::from_hours(40 * 24));
        Self { directory, post, environment, clock }
    }

    pub(super) fn desk(&self) -> Desk<'_> {
        Desk { clock: &self.clock, ..Desk::new(&self.environment) }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(super) fn args(&self, action: &str) -> open::Args {
        open::Args {
            action: action.into(),
            title: "FLIP-7: Pause functions".into(),
            about: "Functions can be paused and resumed.\n\nThe page has the details.".into(),
            link: vec!["https://wiki.example.org/flip-7".into()],
            subject: None,
            rules: Given::default(),
            product: Some("sample".into()),
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
        self.says_from(&format!("{id}@apache.org"), text);
    }

    /// The same, from any address.
    pub(super) fn says_from(&self, address: &str, text: &str) {
        let id = address.split('@').next().unwrap_or_default();
        let first = &self.mails()[0];
        let header = |name: &str| first.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
        let date = self.clock.now().strftime("%a, %d %b %Y %H:%M:%S +0000");
        let mail = format!(
            "From: {id} <{address}>\r\nTo: dev@example.org\r\nSubject: Re: {}\r\nDate: {date}\r\n\
             Message-ID: <{id}-{}@example.org>\r\nIn-Reply-To: {}\r\nContent-Type: text/plain\r\n\r\n{text}\r\n",
            header("Subject:"),
            self.mails().len(),
            header("Message-ID:"),
        );
        self.post.relay.store().add(mail.as_bytes()).unwrap();
    }

    pub(super) fn mails(&self) -> Vec<String> {
        let mails = self.post.relay.store().mails().unwrap();
        mails.into_iter().map(|mail| String::from_utf8(mail.bytes).unwrap()).collect()
    }

    /// The Message-ID of the vote's call.
    pub(super) fn thread(&self) -> String {
        let first = &self.mails()[0];
        first.lines().find_map(|line| line.strip_prefix("Message-ID:")).unwrap().trim().to_owned()
    }

    pub(super) fn last(&self) -> String {
        self.mails().pop().unwrap()
    }

    pub(super) fn result(&self) -> Result<ExitCode, CommandError> {
        let counting = Counting::default();
        result::result(&self.desk(), &result::Args { name: None, counting, agreement: yes(), json: false })
    }

    /// The vote as it is counted now; where no name is given the one that is open.
    pub(super) fn counted(&self, name: Option<&str>) -> Tally {
        let (mut vote, opened) = find(&self.desk(), name).unwrap();
        count(&self.desk(), &mut vote, &opened, &Counting::default()).unwrap().tally
    }

    pub(super) fn remind(&self) -> Result<Sent, CommandError> {
        remind::remind(&self.desk(), &remind::Args { name: None, counting: Counting::default(), agreement: yes() })
    }

    pub(super) fn cancel(&self, why: &str) -> Result<Sent, CommandError> {
        result::cancel(&self.desk(), &result::CancelArgs { name: None, why: why.into(), agreement: yes() })
    }
}

pub(super) fn yes() -> Agreement {
    Agreement { execute: true, again: None }
}

pub(super) fn ann() -> (String, String) {
    ("Ann Example".into(), "ann@example.org".into())
}

/// A ballot on the vote whose call is `thread`, with nothing but its value.
pub(super) fn ballot(thread: &str, value: &str, agreement: Agreement) -> cast::Args {
    cast::Args {
        value: value.into(),
        candidate: None,
        thread: Some(thread.to_owned()),
        list: None,
        report: None,
        why: None,
        although: None,
        action: None,
        rules: Given::default(),
        product: Some("sample".into()),
        agreement,
    }
}
