// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Mail: the relay, the account there, the sender's address, the archive.

use super::ask::{Part, ask, skip};
use super::item::{Item, Name};
use super::subject::Subject;
use super::web::is_answer;
use crate::commands::connect::relay_address;
use crate::commands::error::chain;
use crate::services::{ArchiveError, Effects, PonyMail, Relay, RelayError};

/// The list that takes mail from the ASF's own addresses alone.
const ASF_ANNOUNCEMENTS: &str = "announce@apache.org";

/// The relay answers, and takes the account.
pub fn ask_relay(subject: &Subject) -> Part {
    let mail = &subject.product.mail;
    let reach = Name::new("smtp", "The mail relay answers, and TLS is as it should be");
    let login = Name::new("smtp-login", "The mail relay takes your account");
    let names = vec![reach.clone(), login.clone()];
    let account = match (mail.smtp_login, &subject.accounts.smtp) {
        (false, _) => Account::NotWanted,
        (true, None) => Account::Missing,
        (true, Some((user, _))) => Account::Tried(user.clone()),
    };
    let credentials = subject.accounts.smtp.clone().filter(|_| mail.smtp_login);
    let relay = Relay::new(relay_address(mail), credentials, Effects::unwatched()).with_timeout(super::PATIENCE);
    if subject.out_of_reach(&relay.name()) {
        return skip(&names, &format!("{}: --offline", relay.name()));
    }
    ask(names, move || {
        let answer = relay.check();
        vec![judge_relay(&reach, &relay.name(), &answer), judge_login(&login, &account, &answer)]
    })
}

/// What is known of an account at the relay.
enum Account {
    /// The relay wants none.
    NotWanted,
    /// It wants one and none is configured.
    Missing,
    /// It was tried; the user.
    Tried(String),
}

/// Where a check of the relay stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stopped {
    /// Before it answered: asking again may help.
    Unheard,
    /// At its answer, or at its certificate.
    Unfit,
    /// At the login, which was not judged.
    AtLogin,
    /// At the login, which was refused.
    Refused,
}

fn stopped(error: &RelayError) -> Stopped {
    match error {
        RelayError::LoginRefused { .. } | RelayError::NoLogin { .. } => Stopped::Refused,
        RelayError::Temporary { what: "the login", .. }
        | RelayError::TimedOut { what: "the login", .. }
        | RelayError::Dropped { what: "the login", .. } => Stopped::AtLogin,
        RelayError::Unreachable { .. }
        | RelayError::Temporary { .. }
        | RelayError::TimedOut { .. }
        | RelayError::Dropped { .. } => Stopped::Unheard,
        _ => Stopped::Unfit,
    }
}

fn judge_relay(item: &Name, relay: &str, answer: &Result<(), RelayError>) -> Item {
    match answer {
        Err(error) if stopped(error) == Stopped::Unheard => item.unknown(
            chain(error),
            "see that the network lets you out to its port; networks often block mail. Then ask again",
        ),
        Err(error) if stopped(error) == Stopped::Unfit => {
            item.failed(chain(error), "see smtp_host, smtp_port, smtp_tls and smtp_ca in the product's configuration")
        }
        _ => item.ok(relay),
    }
}

fn judge_login(item: &Name, account: &Account, answer: &Result<(), RelayError>) -> Item {
    let user = match account {
        Account::NotWanted => return item.skipped("the relay wants none"),
        Account::Missing => {
            return item.skipped("set QUORATE_SMTP_USER and QUORATE_SMTP_PASSWORD: mail cannot be sent without them");
        }
        Account::Tried(user) => user,
    };
    match answer {
        Ok(()) => item.ok(format!("logged in as {user}")),
        Err(error) if stopped(error) == Stopped::Refused => item.failed(
            chain(error),
            "set QUORATE_SMTP_USER and QUORATE_SMTP_PASSWORD anew: the id and password of your Apache account",
        ),
        Err(error) if stopped(error) == Stopped::AtLogin => item.unknown(chain(error), "ask again"),
        Err(_) => item.unknown("the relay could not be asked", "see the item before this one"),
    }
}

/// The sender's address is one that the lists take.
pub fn examine_sender(subject: &Subject) -> Part {
    let email = subject.manager.as_ref().map(|manager| manager.email.clone());
    let email = email.or_else(|| subject.git_value("user.email"));
    Part::Found(vec![judge_sender(email.as_deref(), &subject.product.mail.announce)])
}

fn judge_sender(email: Option<&str>, announce: &str) -> Item {
    let item = Name::new("sender", "The lists take mail from your address");
    let Some(email) = email else { return item.skipped("git knows no user.email") };
    let apache = email.to_ascii_lowercase().ends_with("@apache.org");
    if !apache && announce.eq_ignore_ascii_case(ASF_ANNOUNCEMENTS) {
        return item.warning(
            format!("{email}: {ASF_ANNOUNCEMENTS} takes mail from apache.org addresses alone"),
            "git config user.email ID@apache.org in the clone, before `quorate start` records it",
        );
    }
    item.ok(email)
}

/// The archive answers.
pub fn ask_archive(subject: &Subject) -> Part {
    let item = Name::new("archive", "The mail archive answers");
    let mail = &subject.product.mail;
    let Some(address) = mail.archive.clone() else {
        return skip(&[item], "the product names none: sent mails are looked up nowhere");
    };
    if subject.out_of_reach(&address) {
        return skip(&[item], &format!("{address}: --offline"));
    }
    let list = mail.dev.clone();
    ask(vec![item.clone()], move || {
        let archive = PonyMail::with_timeout(&address, super::PATIENCE);
        vec![judge_archive(&item, &address, archive.prove_archive(Some(&list)))]
    })
}

fn judge_archive(item: &Name, address: &str, answer: Result<(), ArchiveError>) -> Item {
    match answer {
        Ok(()) => item.ok(address),
        Err(error) if is_told(&error) => item
            .failed(chain(&error), "see mail.archive in the product's configuration: the base address of a Pony Mail"),
        Err(error) => item.unknown(chain(&error), "see that its page opens in a browser, then ask again"),
    }
}

/// Whether the archive has answered, by the rule for all web services.
fn is_told(error: &ArchiveError) -> bool {
    match error {
        ArchiveError::Unexpected { .. } => true,
        ArchiveError::Status { status, .. } => is_answer(*status),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::Standing;
    use super::*;
    use crate::services::MaybeSent;

    fn states(account: Account, answer: Result<(), RelayError>) -> (Standing, Standing) {
        let name = Name::new("x", "x");
        (judge_relay(&name, "relay:587", &answer).state, judge_login(&name, &account, &answer).state)
    }

    fn tried() -> Account {
        Account::Tried("ann".into())
    }

    #[test]
    fn a_relay_is_told_from_the_login_there() {
        let relay = || "relay:587".to_owned();
        let refused = RelayError::LoginRefused { relay: relay(), code: 535, text: "no".into() };
        let busy = |what| RelayError::Temporary { relay: relay(), what, code: 421, text: "later".into() };
        let late = RelayError::TimedOut { relay: relay(), what: "the connection", sent: MaybeSent::No };
        assert_eq!(states(tried(), Ok(())), (Standing::Ok, Standing::Ok));
        assert_eq!(states(tried(), Err(refused)), (Standing::Ok, Standing::Failed));
        assert_eq!(states(tried(), Err(RelayError::NoLogin { relay: relay() })), (Standing::Ok, Standing::Failed));
        assert_eq!(states(tried(), Err(busy("the login"))), (Standing::Ok, Standing::Unknown));
        assert_eq!(states(tried(), Err(busy("the connection"))), (Standing::Unknown, Standing::Unknown));
        assert_eq!(states(tried(), Err(late)), (Standing::Unknown, Standing::Unknown));
        let plain = RelayError::NoStartTls { relay: relay() };
        assert_eq!(states(Account::Missing, Err(plain)), (Standing::Failed, Standing::Skipped));
        assert_eq!(states(Account::Missing, Ok(())), (Standing::Ok, Standing::Skipped));
        assert_eq!(states(Account::NotWanted, Ok(())), (Standing::Ok, Standing::Skipped));
    }

    #[test]
    fn a_foreign_sender_is_warned_of_the_announcement_list_alone() {
        assert_eq!(judge_sender(Some("ann@example.org"), "announce@apache.org").state, Standing::Warning);
        assert_eq!(judge_sender(Some("Ann@Apache.org"), "announce@apache.org").state, Standing::Ok);
        assert_eq!(judge_sender(Some("ann@example.org"), "announce@example.org").state, Standing::Ok);
        assert_eq!(judge_sender(None, "announce@apache.org").state, Standing::Skipped);
    }

    #[test]
    fn what_is_no_archive_fails_and_what_is_silent_is_unknown() {
        let judge = |answer| judge_archive(&Name::new("x", "x"), "https://lists.example.org", answer).state;
        let url = || "https://lists.example.org/api".to_owned();
        assert_eq!(judge(Ok(())), Standing::Ok);
        assert_eq!(judge(Err(ArchiveError::Unexpected { url: url(), what: "JSON".into() })), Standing::Failed);
        assert_eq!(judge(Err(ArchiveError::Failed { url: url(), text: "busy".into() })), Standing::Unknown);
        assert_eq!(judge(Err(ArchiveError::Page { url: url() })), Standing::Unknown);
        let cut = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        assert_eq!(judge(Err(ArchiveError::Cut { url: url(), source: cut })), Standing::Unknown);
        for (status, state) in
            [(401, Standing::Failed), (403, Standing::Failed), (429, Standing::Unknown), (503, Standing::Unknown)]
        {
            let status = reqwest::StatusCode::from_u16(status).unwrap();
            assert_eq!(judge(Err(ArchiveError::Status { url: url(), status })), state, "{status}");
        }
    }
}
