// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Afterwards the release manager's public key is in the project's KEYS, where
//! whoever downloads a release finds the keys to check it by.

use std::io::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::shell::quoted;
use super::subversion::{note, outputs, revision_of_directory, settle};
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::services::{Change, EntryKind, OpenPgp, Revision, SvnError, SvnFault, SvnUrl};

/// Appends the release manager's public key to KEYS.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddKey {
    /// Where KEYS is.
    pub keys: SvnUrl,
    /// The project, as its commit messages name it: `flink`.
    pub project: String,
    /// The release manager's name.
    pub name: String,
    /// The log message.
    pub message: String,
}

/// What adding a key leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyAdded {
    /// The key's full fingerprint.
    pub fingerprint: String,
    /// The commit that added it; `None` where it was in KEYS before.
    pub revision: Option<Revision>,
}

impl Action<Services> for AddKey {
    fn summary(&self) -> String {
        format!("Appends the public key of {} to {}, unless it is there already", self.name, self.keys)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let (keys, message) = (quoted(self.keys.as_str()), quoted(&self.message));
        let key = world.openpgp.fingerprint();
        vec![
            format!("svn cat {keys} > KEYS"),
            format!("(gpg --list-sigs {key} && gpg --armor --export {key}) >> KEYS"),
            format!("svnmucc -m {message} put KEYS {keys}"),
        ]
    }

    fn document(&self, cx: &Context<'_, Services>) -> Result<Option<String>, ActionError> {
        let addition = self.addition(&cx.world.openpgp)?;
        Ok(Some(format!("To be appended to {}:\n{addition}", self.keys)))
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        Ok(match self.addition(&cx.world.openpgp) {
            Ok(_) => Vec::new(),
            Err(error) => vec![Problem::new(
                format!("the public key {} cannot be exported: {}", cx.world.openpgp.fingerprint(), whole(&error)),
                "set the fingerprint of a key that `gpg --list-secret-keys` names",
            )],
        })
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let fingerprint = cx.world.openpgp.fingerprint().to_ascii_uppercase();
        let Some(published) = PublishedKeys::read(cx, &self.keys)? else { return Ok(Probed::Absent) };
        if !published.hold(&fingerprint)? {
            return Ok(Probed::Absent);
        }
        let revision = cx.world.svn.find_run(&self.keys, &cx.intent.token)?.map(|commit| commit.revision);
        outputs(&KeyAdded { fingerprint, revision }).map(Probed::Done)
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let fingerprint = cx.world.openpgp.fingerprint().to_ascii_uppercase();
        let published = PublishedKeys::read(cx, &self.keys)?;
        let addition = self.addition(&cx.world.openpgp)?;
        let (mut text, base) = match published {
            Some(published) if published.hold(&fingerprint)? => {
                return outputs(&KeyAdded { fingerprint, revision: None });
            }
            Some(published) => (published.text, published.at),
            None => (Vec::new(), self.revision_without_keys(cx)?),
        };
        if text.last().is_some_and(|last| *last != b'\n') {
            text.push(b'\n');
        }
        text.extend(addition.as_bytes());
        let committed = self.put(cx, &text, base)?;
        if let Err(SvnError::Failed { fault: SvnFault::Forbidden(_), .. }) = committed {
            return Err(self.forbidden(&fingerprint, &addition));
        }
        settle(committed, self.probe(cx))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Irreversible("KEYS keeps every key that has signed a release".to_owned())
    }
}

impl AddKey {
    /// The mail that asks a member of the PMC to append the public key, as
    /// [`AddKey::act`] refuses with where the account may not write KEYS.
    ///
    /// # Errors
    /// When the key cannot be exported.
    pub fn request_mail(&self, openpgp: &OpenPgp) -> Result<String, ActionError> {
        Ok(self.request(openpgp.fingerprint(), &self.addition(openpgp)?))
    }

    fn request(&self, fingerprint: &str, addition: &str) -> String {
        format!(
            "Subject: [{project}] Please add my key to KEYS\n\n\
             Hi,\n\n\
             I am going to sign a release and have no right to write {keys}.\n\
             Would a member of the PMC please append my public key {fingerprint} to it,\n\
             with the message \"{message}\"? This is the text to append:\n\
             {addition}\n\
             Thank you,\n\
             {name}",
            project = self.project,
            keys = self.keys,
            message = self.message,
            name = self.name,
        )
    }

    /// What is appended: who it is, and the armored block.
    fn addition(&self, openpgp: &OpenPgp) -> Result<String, ActionError> {
        let block = openpgp.export_armored().map_err(gnupg)?;
        Ok(format!("\n{}\n{}\n\n{}\n", self.name, openpgp.fingerprint(), block.trim_end()))
    }

    fn put(
        &self,
        cx: &Context<'_, Services>,
        text: &[u8],
        base: Revision,
    ) -> Result<Result<Revision, SvnError>, ActionError> {
        let hint = "see that the directory for temporary files can be written to";
        let failed = |error| ActionError::service("the directory for temporary files", error, hint);
        let mut file = tempfile::NamedTempFile::new().map_err(failed)?;
        file.write_all(text).and_then(|()| file.flush()).map_err(failed)?;
        let change = Change::Put { file: file.path().to_owned(), to: self.keys.clone() };
        Ok(cx.world.svn.commit(&[change], Some(base), note(&self.message, cx.intent)))
    }

    /// The revision to base the first KEYS on, so that one that somebody else
    /// makes at the same time is not overwritten.
    fn revision_without_keys(&self, cx: &Context<'_, Services>) -> Result<Revision, ActionError> {
        revision_of_directory(&cx.world.svn, &self.keys.parent().unwrap_or_else(|| self.keys.clone()))
    }

    /// Only PMC members may write there: the refusal has the mail that asks one.
    fn forbidden(&self, fingerprint: &str, addition: &str) -> ActionError {
        let what = format!("the account has no right to write {}: only members of the PMC have it", self.keys);
        let mail = self.request(fingerprint, addition);
        let hint = format!(
            "ask on the project's dev list that a member of the PMC append it, for instance by this mail, then run \
             the step again:\n\n{mail}"
        );
        ActionError::refused(what, hint)
    }
}

/// The keys that a project has published.
pub(crate) struct PublishedKeys {
    text: Vec<u8>,
    /// The repository's revision at which KEYS was read.
    pub(crate) at: Revision,
}

impl PublishedKeys {
    /// KEYS at `url`; `None` where there is none.
    pub(crate) fn read(cx: &Context<'_, Services>, url: &SvnUrl) -> Result<Option<Self>, ActionError> {
        let Some(info) = cx.world.svn.info(url, None)? else { return Ok(None) };
        if info.kind == EntryKind::Directory {
            let hint = "correct the address of KEYS in the product's configuration";
            return Err(ActionError::misconfigured(format!("{url} is a directory, not a KEYS file"), hint));
        }
        let mut text = Vec::new();
        cx.world.svn.cat(url, Some(info.at), &mut text)?;
        Ok(Some(Self { text, at: info.at }))
    }

    /// Whether the key, or a key with the subkey, `fingerprint` is among them.
    pub(crate) fn hold(&self, fingerprint: &str) -> Result<bool, ActionError> {
        // The text between the blocks is in any encoding; the blocks are ASCII.
        let fingerprints = OpenPgp::fingerprints_in(&String::from_utf8_lossy(&self.text)).map_err(gnupg)?;
        Ok(fingerprints.iter().any(|found| found.eq_ignore_ascii_case(fingerprint)))
    }
}

fn gnupg(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ActionError {
    ActionError::service("GnuPG", error, "see what `gpg --show-keys` says of the file, and `gpg --list-secret-keys`")
}

/// An error and its causes on one line.
fn whole(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
