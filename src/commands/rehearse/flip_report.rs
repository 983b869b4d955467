// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a proposal's rehearsal made, and where to look; and its manifest: every file, mail and page
//! that came of it, with digests.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use mail_parser::MessageParser;
use serde::Serialize;
use serde_json::{Value, json};

use super::flip::Stage;
use super::made::{CheckCounts, StepCounts, counts};
use super::votes::{VoteReport, recorded};
use crate::commands::CommandError;
use crate::commands::flip::{Place, registry_at};
use crate::commands::release_state::JOURNAL_FILE;
use crate::commands::session::Session;
use crate::commands::status::{Status, status_of};
use crate::engine::{JournalReader, State};
use crate::governance::proposals::Field;
use crate::rehearsal::CARRIED;
use crate::release::Sha512;
use crate::ui::{ExitCode, Style, Ui, hang};

/// What a rehearsal of a proposal made, and where to look.
#[derive(Debug, Serialize)]
pub struct FlipReport {
    status: Status,
    world: Where,
    steps: StepCounts,
    checks: CheckCounts,
    votes: Vec<VoteReport>,
    made: Made,
    manifest: PathBuf,
    seconds: f64,
    #[serde(skip)]
    manifest_text: String,
    #[serde(skip)]
    report: PathBuf,
}

#[derive(Debug, Serialize)]
struct Where {
    directory: PathBuf,
    registry: PathBuf,
    remote: PathBuf,
    wiki: PathBuf,
    tracker: PathBuf,
    mails: PathBuf,
    journal: PathBuf,
}

/// What was made.
#[derive(Debug, Serialize)]
struct Made {
    /// The page's fields, as the registry's remote has them.
    page: Vec<(Field, String)>,
    /// Its page on the wiki: version, labels.
    wiki: Value,
    /// The pages that its issue links to.
    issue: Value,
    /// The subjects of the mails.
    mails: Vec<String>,
    /// The commits of the registry, the newest first.
    commits: Vec<String>,
}

impl FlipReport {
    /// The report, from the journal and from what is there.
    pub fn of(stage: &Stage, session: &Session, state: &State, took: Duration) -> Result<Self, CommandError> {
        let fail = |what: String| CommandError::new(ExitCode::Service, what, "");
        let world = &stage.world;
        let entries = JournalReader::open(&session.directory.join(JOURNAL_FILE))?.entries;
        let (steps, checks) = counts(&entries);
        let mails = stage.smtp.store().mails().map_err(|error| fail(format!("cannot read the mails: {error}")))?;
        let read = |name: &str| -> Value {
            let text = std::fs::read_to_string(world.stand_ins().join(name)).unwrap_or_default();
            serde_json::from_str(&text).unwrap_or_default()
        };
        let repository = git2::Repository::open(world.remote()).map_err(|error| fail(error.message().to_owned()))?;
        let (commits, tree) = history(&repository).map_err(|error| fail(error.message().to_owned()))?;
        let registry = registry_at(&stage.environment, &Place::at(world.registry()))?;
        let pages = registry.pages()?;
        let page = registry.one(&pages, &CARRIED.0.to_string())?;
        let id = page.get(Field::Page).unwrap_or_default();
        let of = |list: &Value, key: &str, wanted: &str| -> Value {
            let all = list.as_array().into_iter().flatten();
            let same = |one: &&Value| one[key].to_string().trim_matches('"') == wanted;
            all.clone().find(same).cloned().unwrap_or_default()
        };
        let wiki = of(&read("confluence.json")["pages"], "id", id);
        let issue = of(&read("jira.json")["issues"], "key", CARRIED.1);
        let sent: Vec<Value> = mails.iter().map(|mail| mail_entry(&mail.bytes)).collect();
        let subjects = sent.iter().map(|mail| mail["subject"].as_str().unwrap_or_default().to_owned()).collect();
        let manifest_text = json!({
            "proposal": page.title(), "state": page.get(Field::State), "registry": tree, "commits": commits, "mails": sent,
            "wiki": {"id": id, "version": wiki["version"], "labels": wiki["labels"],
                "sha512": Sha512::of(wiki["body"].as_str().unwrap_or_default().as_bytes()).to_string()},
            "issue": {"key": CARRIED.1, "links": issue["links"]},
            "journal": {"entries": entries.len(), "last": entries.last().map(|entry| entry.seq)},
        });
        Ok(Self {
            status: status_of(session, state)?,
            world: Where {
                directory: world.directory.clone(),
                registry: world.registry(),
                remote: world.remote(),
                wiki: world.stand_ins().join("confluence.json"),
                tracker: world.stand_ins().join("jira.json"),
                mails: world.mail().join("mails"),
                journal: session.directory.join(JOURNAL_FILE),
            },
            steps,
            checks,
            votes: recorded(&entries),
            made: Made {
                page: Field::ALL.into_iter().filter_map(|field| Some((field, page.get(field)?.to_owned()))).collect(),
                wiki: json!({"version": wiki["version"], "labels": wiki["labels"]}),
                issue: issue["links"].clone(),
                mails: subjects,
                commits,
            },
            manifest: world.directory.join("manifest.json"),
            manifest_text: format!("{manifest_text:#}\n"),
            report: world.directory.join("report.md"),
            seconds: took.as_secs_f64(),
        })
    }

    /// Leaves the report and the manifest in the world.
    pub fn write(&self) -> Result<(), CommandError> {
        let mut text = format!("# A rehearsal\n\n```\n{}```\n\n## Mails\n\n", self.to_text(Ui::new(true)).trim_start());
        self.made.mails.iter().for_each(|subject| text.push_str(&format!("- {subject}\n")));
        for (path, text) in [(&self.report, &text), (&self.manifest, &self.manifest_text)] {
            std::fs::write(path, text).map_err(|error| {
                CommandError::new(ExitCode::Service, format!("cannot write {}: {error}", path.display()), "")
            })?;
        }
        Ok(())
    }

    /// The report for a terminal.
    pub fn to_text(&self, ui: Ui) -> String {
        let mut text = format!("\n{}\n", ui.paint("What was made, and where to look", Style::Heading));
        let mut line = |name: &str, value: String| {
            let _ = writeln!(text, "  {name:<12} {}", hang(&value, VALUE, VALUE + 2, ui.width()));
        };
        let said = |field: Field| {
            self.made.page.iter().find(|(one, _)| *one == field).map_or("nothing", |(_, value)| value.as_str())
        };
        line("world", self.world.directory.display().to_string());
        line("registry", format!("{} commits in {}", self.made.commits.len(), self.world.remote.display()));
        line("page", format!("{}: {}", said(Field::Title), said(Field::State)));
        for field in [Field::Discussion, Field::Vote, Field::Result, Field::Jira, Field::Release] {
            line("", format!("{field} {}", said(field)));
        }
        let labels: Vec<&str> =
            self.made.wiki["labels"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        line(
            "wiki",
            format!(
                "version {}, label {}, in {}",
                self.made.wiki["version"],
                labels.join(", "),
                self.world.wiki.display()
            ),
        );
        let links = self.made.issue.as_array().map_or(0, Vec::len);
        line("issue", format!("{} with {links} link to the page, in {}", CARRIED.1, self.world.tracker.display()));
        for vote in &self.votes {
            for (index, one) in vote.lines_of("it").into_iter().chain(vote.changed()).enumerate() {
                line(if index == 0 { "vote" } else { "" }, one);
            }
        }
        line("mails", format!("{} in {}", self.made.mails.len(), self.world.mails.display()));
        line("manifest", self.manifest.display().to_string());
        line("journal", self.world.journal.display().to_string());
        line(
            "steps",
            format!(
                "{} by the program, {} attested by a (simulated) person",
                self.steps.automated, self.steps.attested
            ),
        );
        line(
            "checks",
            format!("{} proved, {} attested by a (simulated) person", self.checks.probed, self.checks.attested),
        );
        line("stand-ins", "for the mail relay, the list and its archive (Pony Mail), Confluence, JIRA".to_owned());
        line("time", format!("{:.1} s", self.seconds));
        text
    }
}

/// Where what is to be said of a thing stands.
const VALUE: usize = 15;

fn mail_entry(bytes: &[u8]) -> Value {
    let mail = MessageParser::default().parse(bytes);
    let subject = mail.as_ref().and_then(|mail| mail.subject()).unwrap_or("(no subject)");
    let id = mail.as_ref().and_then(|mail| mail.message_id()).unwrap_or_default();
    json!({"message_id": id, "subject": subject, "sha512": Sha512::of(bytes).to_string()})
}

/// The messages of the remote's commits, the newest first, and its last tree's files with digests.
fn history(repository: &git2::Repository) -> Result<(Vec<String>, Value), git2::Error> {
    let mut walk = repository.revwalk()?;
    walk.push_ref("refs/heads/main")?;
    let mut commits = Vec::new();
    for id in walk {
        let commit = repository.find_commit(id?)?;
        commits.push(String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned());
    }
    let tree = repository.find_reference("refs/heads/main")?.peel_to_tree()?;
    let mut files = serde_json::Map::new();
    tree.walk(git2::TreeWalkMode::PreOrder, |root, entry| {
        if let Some(blob) = entry.to_object(repository).ok().and_then(|object| object.into_blob().ok()) {
            let name = format!("{root}{}", String::from_utf8_lossy(entry.name_bytes()));
            files.insert(name, json!(Sha512::of(blob.content()).to_string()));
        }
        git2::TreeWalkResult::Ok
    })?;
    Ok((commits, Value::Object(files)))
}
