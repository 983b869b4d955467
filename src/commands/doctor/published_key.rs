// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether KEYS, by which voters and users judge signatures, has the key.

use super::ask::{Part, ask};
use super::distribution::judge_error;
use super::item::{Item, Name};
use super::subject::Subject;
use crate::actions::AddKey;
use crate::commands::error::chain;
use crate::services::{Effects, KeyDescription, Keyring, OpenPgp, Svn, SvnError, SvnFault, SvnUrl};

/// What reading KEYS came to.
enum Published {
    /// Its keys.
    Keys(Vec<KeyDescription>),
    /// There is no such file.
    Nothing,
    /// The server did not give it.
    Unread(SvnError),
    /// GnuPG did not answer, or the file is damaged; what to do.
    Damaged(String, &'static str),
}

/// Looks for the key in KEYS.
pub fn ask_keys(subject: &Subject, key: Option<&KeyDescription>) -> Part {
    let item = Name::new("key-published", "The key is in KEYS");
    let Some(key) = key.cloned() else { return Part::Found(vec![item.skipped("there is no key to look for")]) };
    let address = &subject.product.svn.keys;
    if subject.out_of_reach(address) {
        return Part::Found(vec![item.skipped(format!("{address}: --offline"))]);
    }
    let url = match SvnUrl::try_from(address.clone()) {
        Ok(url) => url,
        Err(error) => return Part::Found(vec![item.failed(chain(&error), super::CONFIGURATION)]),
    };
    let svn = subject.svn();
    let request = request(subject, &url, &key);
    ask(vec![item.clone()], move || vec![judge(&item, &url, &key, read(&svn, &url), &request)])
}

fn read(svn: &Svn, url: &SvnUrl) -> Published {
    let mut text = Vec::new();
    match svn.cat(url, None, &mut text) {
        Ok(_) => {}
        Err(SvnError::Failed { fault: SvnFault::Missing(_), .. }) => return Published::Nothing,
        Err(error) => return Published::Unread(error),
    }
    // The text between the blocks is in any encoding; the blocks are ASCII.
    match Keyring::new(&String::from_utf8_lossy(&text)).and_then(|mut keyring| keyring.keys()) {
        Ok(keys) => Published::Keys(keys),
        Err(error) => Published::Damaged(chain(&error), error.hint()),
    }
}

fn judge(item: &Name, url: &SvnUrl, key: &KeyDescription, published: Published, request: &str) -> Item {
    let fingerprint = &key.fingerprint;
    match published {
        Published::Unread(error) => judge_error(item, &error),
        Published::Damaged(what, hint) => item.unknown(what, hint),
        Published::Nothing => item.failed(format!("there is no {url}"), request),
        Published::Keys(keys) => match keys.iter().find(|known| known.fingerprint == *fingerprint) {
            None => item.failed(format!("{fingerprint} is not among the {} keys of {url}", keys.len()), request),
            Some(known) if known.expired && !key.expired => item.warning(
                format!("{fingerprint} is in {url}, as it was before its expiry was extended"),
                "have it replaced there by what `gpg --armor --export` gives now",
            ),
            Some(_) => item.ok(format!("{fingerprint} is in {url}")),
        },
    }
}

/// Who adds a key, and the mail that asks for it.
fn request(subject: &Subject, url: &SvnUrl, key: &KeyDescription) -> String {
    let product = &subject.product;
    let name = subject
        .manager
        .as_ref()
        .map(|manager| manager.name.clone())
        .or_else(|| subject.git_value("user.name"))
        .unwrap_or_else(|| "Your Name".to_owned());
    let message = format!("[{}] Add {name}'s public key", product.project);
    let action = AddKey { keys: url.clone(), project: product.project.clone(), name, message };
    let openpgp = OpenPgp::new(subject.accounts.gnupg_home.clone(), &key.fingerprint, Effects::unwatched());
    let who = format!(
        "a member of the PMC has it added by the step `publish-key` of a release; anybody else asks on {} by this mail:",
        product.mail.dev
    );
    match action.request_mail(&openpgp) {
        Ok(mail) => format!("{who}\n\n{mail}"),
        Err(error) => format!("{who} but the key cannot be exported: {}", chain(&error)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::Standing;
    use super::*;
    use crate::services::TestHome;

    #[test]
    fn the_key_itself_must_be_there_and_not_expired() {
        let home = TestHome::new();
        let key = home.openpgp().describe().unwrap();
        let url = SvnUrl::try_from("https://svn.example.org/KEYS".to_owned()).unwrap();
        let judge = |published| judge(&Name::new("x", "x"), &url, &key, published, "ask");
        assert_eq!(judge(Published::Keys(vec![key.clone()])).state, Standing::Ok);
        let stale = KeyDescription { expired: true, ..key.clone() };
        assert_eq!(judge(Published::Keys(vec![stale])).state, Standing::Warning);
        let other = KeyDescription { fingerprint: "A".repeat(40), ..key.clone() };
        let missing = judge(Published::Keys(vec![other]));
        assert_eq!((missing.state, missing.next.as_deref()), (Standing::Failed, Some("ask")));
        assert_eq!(judge(Published::Nothing).state, Standing::Failed);
        assert_eq!(judge(Published::Damaged("no GnuPG".into(), "wait")).state, Standing::Unknown);
        let unread = |fault| judge(Published::Unread(SvnError::Failed { doing: "read".into(), fault })).state;
        assert_eq!(unread(SvnFault::Dropped("x".into())), Standing::Unknown);
        assert_eq!(unread(SvnFault::Forbidden("x".into())), Standing::Failed);
    }
}
