// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Sends a mail. Afterwards the archive has it, or, where there is no archive,
//! the relay has taken it.
//!
//! A mail cannot be taken back, so nothing is sent on a guess: the archive is
//! asked before, and after an interruption only once the mail had time to appear
//! there. What is known of an attempt (that it began; that the relay refused it)
//! stands beside the mail in the workspace.

mod attempt;
mod earlier;
mod failures;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use self::failures::{chain, relay_hint, unasked};
use super::Services;
use super::shell;
use crate::engine::{Action, ActionError, Composed, Context, Intent, Probed, Problem, Reversal, Unknowns};
use crate::mail::{Draft, Kind, lint, message_id, without_references};
use crate::services::{Archived, PonyMail};

/// How much later than its date a mail may leave, beside the archive's lag: a vote
/// is open for hours counted from the date that the mail shows.
const FRESH: SignedDuration = SignedDuration::from_hours(1);

/// A mail to send.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendMail {
    /// The directory under `templates/mail/` that has its subject and body.
    template: String,
    /// The recipients' addresses: one, or a list.
    #[serde(deserialize_with = "super::addresses::one_or_many")]
    to: Vec<String>,
    /// The mail that it answers; empty means none.
    #[serde(default)]
    in_reply_to: Option<String>,
    /// The note of the person who says that the mail was sent that it answers, where that is
    /// all that is known of it; a Message-ID in it counts.
    #[serde(default)]
    in_reply_to_noted: Option<String>,
    /// Whether the record is not the release's first: the one before may have sent the mail.
    #[serde(default)]
    begun_anew: bool,
    /// What the templates are filled in from; `mail.date`, `mail.message_id`,
    /// `mail.to` and `mail.from` are added.
    values: Map<String, Value>,
    /// Values that stand before those in `values`.
    #[serde(default)]
    more: Map<String, Value>,
    /// The stem of the file in `mails/`.
    name: String,
    /// What the mail asks people to decide on: recorded with it, so that what is done
    /// later is done with what they were told.
    #[serde(default)]
    bound_to: Option<Value>,
    /// How long after sending the mail may be missing in the archive.
    #[serde(default = "an_hour")]
    archive_lag_minutes: u32,
}

/// What is known of a mail that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Output {
    message_id: String,
    date: Timestamp,
    subject: String,
    to: Vec<String>,
    eml: String,
    /// Whether the archive has it.
    proved: bool,
    link: Option<String>,
    /// What people were asked to decide on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bound_to: Option<Value>,
}

type Cx<'a> = Context<'a, Services>;

impl Action<Services> for SendMail {
    fn summary(&self) -> String {
        format!("sends the mail `{}` to {}", self.template, self.to.join(", "))
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let file = shell::path(world.workspace.path(self.eml()));
        let mut words = vec!["curl".to_owned(), "--url".into(), world.relay.url()];
        words.extend(world.relay.curl_options().iter().map(|&option| option.to_owned()));
        words.extend(["--mail-from".to_owned(), world.author.email.clone()]);
        words.extend(self.to.iter().flat_map(|to| ["--mail-rcpt".to_owned(), to.clone()]));
        vec![format!("{} --upload-file {file}", shell::command(&words))]
    }

    fn foreseen(&self, cx: &Context<'_, Services>, unknown: &mut Unknowns) -> Map<String, Value> {
        let subject = self.draft(cx).map_or_else(|_| unknown.text("subject"), |draft| draft.subject);
        let bound_to = self.bound_to.iter().map(|bound| ("bound_to".to_owned(), bound.clone()));
        let known = [
            ("message_id".to_owned(), json!(unknown.formed("message_id", "<", "@unknown.invalid>"))),
            ("date".to_owned(), json!(unknown.time("date"))),
            ("subject".to_owned(), json!(subject)),
            ("to".to_owned(), json!(self.to)),
            ("eml".to_owned(), json!(self.eml())),
            ("link".to_owned(), json!(unknown.link("link"))),
        ];
        known.into_iter().chain(bound_to).collect()
    }

    fn composed(&self, cx: &Cx<'_>) -> Result<Option<Composed>, ActionError> {
        let text = self.draft(cx)?.to_text();
        // These two are fixed when the mail is sent; whoever sends it by hand gets others.
        let fixed_later = |line: &str| line.starts_with("Date: ") || line.starts_with("Message-ID: ");
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let head: Vec<&str> = head.lines().filter(|line| !fixed_later(line)).collect();
        let text = format!("{}\n\n{body}", head.join("\n"));
        Ok(Some(Composed { file: cx.world.workspace.path(self.eml()), text }))
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let template = format!("templates/mail/{}", self.template);
        let hint = || {
            format!(
                "correct {template}, or the values that it is given; what is recorded and cannot be taken back is said in \
                 other words by hand: send the mail that `quorate guide` shows yourself, and attest the step with its link"
            )
        };
        if !is_stem(&self.name) {
            return Ok(vec![Problem::new(
                format!("`{}` is no file name", self.name),
                "correct `name` in the workflow",
            )]);
        }
        let draft = match self.draft(cx) {
            Ok(draft) => draft,
            Err(error) => {
                return Ok(vec![Problem::new(error.to_string(), error.hint().map_or_else(hint, str::to_owned))]);
            }
        };
        let mut problems: Vec<Problem> = lint(&draft, self.kind())
            .into_iter()
            .map(|fault| {
                let said = format!("in the mail `{}`, {fault}{}", self.template, quoted(&draft.body, &fault.place));
                Problem::new(said, hint())
            })
            .collect();
        problems.extend(draft.format().err().map(|error| Problem::new(chain(&error), hint())));
        if self.may_be_of_the_record_before(cx) {
            problems.push(self.of_the_record_before(&draft));
        }
        Ok(problems)
    }

    fn faults_of_text(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        // Whether it was sent before is not said by its text.
        let fresh = Intent { anew: true, ..cx.intent.clone() };
        self.problems(&Context { world: cx.world, intent: &fresh, now: cx.now })
    }

    fn only_a_person_can_tell(&self, cx: &Cx<'_>) -> bool {
        let began = cx.intent.resumed || self.has_earlier_copy(cx);
        self.may_be_of_the_record_before(cx) || cx.world.archive.is_none() && began
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let archive = cx.world.archive.as_ref();
        let id = message_id(&cx.intent.token, &cx.world.author.email);
        if let Some(found) = archive.map(|archive| self.find(archive, &id)).transpose()?.flatten() {
            return Ok(Probed::Done(json!(self.archived(cx.intent, found))));
        }
        let attempt = self.attempt(cx)?;
        let fresh = cx.intent.acted.is_none() && !cx.intent.resumed && attempt.is_none();
        if fresh && let Some(probed) = self.unrecorded(cx)? {
            return Ok(probed);
        }
        let began = attempt.as_ref().map_or(cx.intent.at, |attempt| attempt.at.max(cx.intent.at));
        let until = began + self.lag();
        match (&cx.intent.acted, archive) {
            (Some(output), None) => Ok(Probed::Done(output.clone())),
            (Some(_), Some(archive)) if cx.now < until => Ok(Probed::Waiting {
                until: Some(until),
                why: format!("the relay has taken the mail; it is not yet in the archive {}", archive.base()),
            }),
            (Some(_), Some(archive)) => Ok(self.never_came(cx, archive)),
            (None, _) if !cx.intent.resumed || attempt.is_some_and(|attempt| attempt.refused) => Ok(Probed::Absent),
            (None, None) => Ok(self.unknown(cx)),
            (None, Some(archive)) if cx.now < until => Ok(Probed::Waiting {
                until: Some(until),
                why: format!(
                    "sending the mail was interrupted; whether it went out shows in the archive {} by then",
                    archive.base()
                ),
            }),
            (None, Some(_)) => Ok(Probed::Absent),
        }
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        self.refuse_stale(cx)?;
        if let Some(problem) = self.problems(cx)?.into_iter().next() {
            return Err(ActionError::refused(problem.what, problem.hint));
        }
        let draft = self.draft(cx)?;
        let bytes = draft.format().map_err(|error| ActionError::refused(chain(&error), "correct the mail"))?;
        let file =
            |error| ActionError::service("the workspace", error, "see that the disk has room and can be written");
        cx.world.workspace.write(self.eml(), &bytes).map_err(file)?;
        self.note(cx, false)?;
        if let Err(error) = cx.world.relay.send(&draft.from.1, &draft.to, &bytes) {
            let hint = relay_hint(&error, cx.world.archive.is_some());
            if error.may_be_sent() {
                return Err(ActionError::service("sending the mail", error, hint));
            }
            self.note(cx, true)?;
            return Err(ActionError::declined("sending the mail", error, hint));
        }
        Ok(json!(Output {
            message_id: draft.message_id,
            date: draft.date,
            subject: draft.subject,
            to: draft.to,
            eml: self.eml(),
            proved: false,
            link: None,
            bound_to: self.bound_to.clone(),
        }))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Irreversible("a mail that was sent cannot be taken back; a reply can correct it".to_owned())
    }
}

impl SendMail {
    fn draft(&self, cx: &Cx<'_>) -> Result<Draft, ActionError> {
        let author = &cx.world.author;
        let id = message_id(&cx.intent.token, &author.email);
        let mut values = self.values.clone();
        values.extend(self.more.clone());
        values.insert(
            "mail".to_owned(),
            json!({"date": cx.intent.at, "message_id": id, "to": self.to, "from": author.email}),
        );
        let mut values = Value::Object(values);
        without_references(&mut values);
        let render = |part: &str| {
            let name = format!("mail/{}/{part}.txt.j2", self.template);
            cx.world.templates.render(&name, &values).map_err(|error| {
                ActionError::misconfigured(
                    error.to_string(),
                    format!("correct templates/{name}, or the values that it is given"),
                )
            })
        };
        let noted = || self.in_reply_to_noted.as_deref().and_then(noted_message_id);
        let answered = self.in_reply_to.clone().filter(|id| !id.is_empty()).or_else(noted);
        Ok(Draft {
            from: (author.name.clone(), author.email.clone()),
            to: self.to.clone(),
            subject: render("subject")?.trim().to_owned(),
            body: format!("{}\n", render("body")?.trim_end()),
            message_id: id,
            references: answered.iter().cloned().collect(),
            in_reply_to: answered,
            date: cx.intent.at,
        })
    }

    /// Whether an earlier record may have sent the mail, with no archive to look it up in, and
    /// nobody has said yet that it did not.
    fn may_be_of_the_record_before(&self, cx: &Cx<'_>) -> bool {
        let Intent { acted, resumed, anew, .. } = cx.intent;
        self.begun_anew && cx.world.archive.is_none() && acted.is_none() && !resumed && !anew
    }

    fn of_the_record_before(&self, draft: &Draft) -> Problem {
        Problem::new(
            format!(
                "the release's record was begun anew, and no archive is named in which it could be looked up whether the \
                 one before has sent the mail `{}` to {} already",
                draft.subject,
                self.to.join(", ")
            ),
            "look at the list: if it was not sent, run the step `--again --why …`; if it was, attest the step with the \
             mail's Message-ID or link. Or name the list's archive as `mail.archive` in the product's configuration",
        )
    }

    fn kind(&self) -> Kind {
        if self.template.starts_with("announce") { Kind::Announcement } else { Kind::Discussion }
    }

    fn eml(&self) -> String {
        format!("mails/{}.eml", self.name)
    }

    fn lag(&self) -> SignedDuration {
        SignedDuration::from_mins(self.archive_lag_minutes.into())
    }

    /// The mail `id` in the archive, in whichever of its lists it came first.
    fn find(&self, archive: &PonyMail, id: &str) -> Result<Option<Archived>, ActionError> {
        for list in &self.to {
            if let Some(found) = archive.find(id, Some(list)).map_err(|error| unasked(archive, error))? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn archived(&self, intent: &Intent, found: Archived) -> Output {
        Output {
            message_id: found.message_id,
            date: intent.at,
            subject: found.subject,
            to: self.to.clone(),
            eml: self.eml(),
            proved: true,
            link: Some(found.link),
            bound_to: self.bound_to.clone(),
        }
    }

    /// The relay took it long ago, and it is not in the archive.
    fn never_came(&self, cx: &Cx<'_>, archive: &PonyMail) -> Probed {
        let id = message_id(&cx.intent.token, &cx.world.author.email);
        Probed::Conflict {
            found: format!(
                "the relay took the mail {id}, and after {} minutes {} does not have it",
                self.archive_lag_minutes,
                archive.base()
            ),
            expected: format!(
                "it to be there: look whether {} holds it back for a moderator; then attest the step, or run it `--again`",
                self.to.join(", ")
            ),
        }
    }

    /// It was interrupted, and no archive can tell.
    fn unknown(&self, cx: &Cx<'_>) -> Probed {
        let id = message_id(&cx.intent.token, &cx.world.author.email);
        Probed::Conflict {
            found: format!(
                "sending the mail {id} was interrupted, and no archive is named that could tell whether it went out"
            ),
            expected: format!(
                "an archive of {} as `mail.archive` in the product's configuration, or your own look at it: if it went \
                 out, attest the step with `{id}`; if not, run it `--again`",
                self.to.join(", ")
            ),
        }
    }

    fn refuse_stale(&self, cx: &Cx<'_>) -> Result<(), ActionError> {
        if cx.now <= cx.intent.at + self.lag() + FRESH {
            return Ok(());
        }
        Err(ActionError::refused(
            format!(
                "the mail is dated {:.0}, which is too long ago to send it as it is (it is {:.0} now)",
                cx.intent.at, cx.now
            ),
            "run the step `--again`, which dates it anew",
        ))
    }
}

/// The line of the body that a fault is in: templates have other lines.
fn quoted(body: &str, place: &str) -> String {
    let number = place.strip_prefix("line ").and_then(|number| number.parse::<usize>().ok());
    let line = number.and_then(|number| body.lines().nth(number.checked_sub(1)?)).map(str::trim);
    line.filter(|line| !line.is_empty()).map_or_else(String::new, |line| {
        let shown: String = line.chars().take(100).collect();
        format!(" (“{shown}”)")
    })
}

/// The first Message-ID in a person's note, in its brackets.
fn noted_message_id(note: &str) -> Option<String> {
    let bare = note.split_whitespace().map(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.strip_prefix("mailto:").unwrap_or(word)
    });
    let is_one = |word: &&str| word.contains('@') && !word.contains(['/', ':', '<', '>']);
    bare.into_iter().find(is_one).map(|word| format!("<{word}>"))
}

fn is_stem(name: &str) -> bool {
    !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0'])
}

fn an_hour() -> u32 {
    60
}

#[cfg(test)]
mod tests;
