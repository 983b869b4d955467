// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Mails that the record knows nothing of: one of the same name that lies in the
//! workspace, or one of the same subject in the archive. A record that was lost may
//! have sent them, or somebody else; none is sent a second time unasked.

use jiff::Timestamp;
use mail_parser::{DateTime, MessageParser};
use serde_json::json;

use super::attempt::Attempt;
use super::failures::unasked;
use super::{Cx, SendMail};
use crate::engine::{ActionError, Intent, Probed};
use crate::services::{Archived, PonyMail};

/// A mail in the workspace that this intention has not made.
struct Saved {
    message_id: String,
    date: Timestamp,
    bytes: Vec<u8>,
}

impl SendMail {
    /// Whether a mail of this name lies in the workspace that another intention has made.
    pub(super) fn has_earlier_copy(&self, cx: &Cx<'_>) -> bool {
        matches!(self.saved(cx), Ok(Some(_)))
    }

    /// How the step stands by a mail that the record knows nothing of; `None` where
    /// there is none, or a person has said that it did not go out.
    pub(super) fn unrecorded(&self, cx: &Cx<'_>) -> Result<Option<Probed>, ActionError> {
        let saved = self.saved(cx)?;
        let archive = cx.world.archive.as_ref();
        if let (Some(saved), Some(archive)) = (&saved, archive)
            && let Some(found) = self.find(archive, &saved.message_id)?
        {
            return Ok(Some(self.found_again(cx, saved, found)));
        }
        if cx.intent.anew {
            return Ok(None);
        }
        let known = saved.filter(|saved| !self.was_refused(cx, saved));
        match (known, archive) {
            (Some(saved), None) => Ok(Some(self.conflict(
                cx,
                format!(
                    "{} of {}, and no archive is named that could tell whether it went out",
                    self.place(cx),
                    saved.date
                ),
                "if it did",
            ))),
            (Some(saved), Some(archive)) if cx.now < saved.date + self.lag() => Ok(Some(Probed::Waiting {
                until: Some(saved.date + self.lag()),
                why: format!(
                    "{} may have been sent already; it shows in the archive {} by then",
                    self.place(cx),
                    archive.base()
                ),
            })),
            (_, Some(archive)) => self.of_same_subject(cx, archive),
            (None, None) => Ok(None),
        }
    }

    /// The archive has the saved mail. It is this step's where it says what the step
    /// would have said then.
    fn found_again(&self, cx: &Cx<'_>, saved: &Saved, found: Archived) -> Probed {
        let token = saved.message_id.trim_start_matches('<').split('.').next().unwrap_or_default();
        let intent = Intent { at: saved.date, token: token.to_owned(), ..cx.intent.clone() };
        let then = Cx { world: cx.world, intent: &intent, now: cx.now };
        let same = self.draft(&then).is_ok_and(|draft| draft.format().is_ok_and(|bytes| bytes == saved.bytes));
        if same {
            return Probed::Done(json!(self.archived(&intent, found)));
        }
        let what = format!(
            "{} of {} in the archive, {}, with another text than it would have now",
            self.place(cx),
            saved.date,
            found.link
        );
        self.conflict(cx, what, &format!("to let {} stand", found.link))
    }

    fn of_same_subject(&self, cx: &Cx<'_>, archive: &PonyMail) -> Result<Option<Probed>, ActionError> {
        // A mail that cannot be composed is a problem of its own, which is reported as one.
        let Ok(draft) = self.draft(cx) else { return Ok(None) };
        // An answer may have the subject of all others in its thread.
        if draft.subject.to_ascii_lowercase().starts_with("re:") {
            return Ok(None);
        }
        for list in &self.to {
            let found = archive.with_subject(&draft.subject, list).map_err(|error| unasked(archive, error))?;
            if let Some(found) = found {
                if self.says_this(cx, archive, &found)? {
                    let then = Intent { at: found.date, ..cx.intent.clone() };
                    return Ok(Some(Probed::Done(json!(self.archived(&then, found)))));
                }
                let what =
                    format!("a mail `{}` of {} in the archive of {list}: {}", found.subject, found.date, found.link);
                return Ok(Some(self.conflict(
                    cx,
                    format!("{what}, with another text or sender than this one would have had then"),
                    "where it may stand for this one",
                )));
            }
        }
        Ok(None)
    }

    /// Whether the mail that was found is by this author and says what this step would have
    /// said then: it is this step's, whichever record or program has sent it.
    fn says_this(&self, cx: &Cx<'_>, archive: &PonyMail, found: &Archived) -> Result<bool, ActionError> {
        let Some(source) = archive.source(&found.id).map_err(|error| unasked(archive, error))? else {
            return Ok(false);
        };
        let token = found.message_id.trim_start_matches('<').split('.').next().unwrap_or_default();
        let intent = Intent { at: found.date, token: token.to_owned(), ..cx.intent.clone() };
        let then = Cx { world: cx.world, intent: &intent, now: cx.now };
        let Ok(draft) = self.draft(&then) else { return Ok(false) };
        let Some(mail) = MessageParser::default().parse(&source) else { return Ok(false) };
        let from = mail.from().and_then(|from| from.first()?.address()).unwrap_or_default();
        let lines = |text: &str| text.trim().lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
        let same = mail.body_text(0).is_some_and(|body| lines(&body) == lines(&draft.body));
        Ok(same && from.eq_ignore_ascii_case(&draft.from.1) && mail.subject() == Some(draft.subject.as_str()))
    }

    fn conflict(&self, cx: &Cx<'_>, found: String, where_it_stands: &str) -> Probed {
        let needed = match cx.world.archive {
            Some(_) => "cannot be skipped: cancel the candidate then, once the mail's thread is told",
            None => "is attested with its Message-ID: cancel the candidate then, which tells its thread",
        };
        Probed::Conflict {
            found,
            expected: format!(
                "no such mail that this record knows nothing of: {where_it_stands}, skip the step with its link (a step \
                 whose mail later ones need {needed}); to send another, run it `--again`"
            ),
        }
    }

    fn place(&self, cx: &Cx<'_>) -> String {
        format!("the mail {}", cx.world.workspace.path(self.eml()).display())
    }

    /// The mail of this name in the workspace, if another intention has made it.
    fn saved(&self, cx: &Cx<'_>) -> Result<Option<Saved>, ActionError> {
        let read = cx.world.workspace.read(self.eml());
        let bytes = read.map_err(|error| ActionError::service("the workspace", error, "see that it can be read"))?;
        Ok(bytes.and_then(|bytes| {
            let mail = MessageParser::default().parse_headers(&bytes)?;
            let message_id = format!("<{}>", mail.message_id()?);
            let date = mail.date().map(DateTime::to_timestamp)?;
            let date = Timestamp::from_second(date).ok()?;
            let ours = message_id == crate::mail::message_id(&cx.intent.token, &cx.world.author.email);
            (!ours).then_some(Saved { message_id, date, bytes })
        }))
    }

    /// What is known of the last attempt.
    pub(super) fn noted(&self, cx: &Cx<'_>) -> Result<Option<Attempt>, ActionError> {
        let read = cx.world.workspace.read(self.attempt_file());
        let bytes = read.map_err(|error| ActionError::service("the workspace", error, "see that it can be read"))?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Whether the relay is known not to have taken the saved mail.
    fn was_refused(&self, cx: &Cx<'_>, saved: &Saved) -> bool {
        let noted = self.noted(cx).ok().flatten();
        noted.is_some_and(|attempt| attempt.refused && saved.message_id.contains(&attempt.token))
    }
}
