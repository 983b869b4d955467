// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The world in which a proposal is rehearsed: a registry with its remote, a list with its archive,
//! a wiki and a tracker, and a product's configuration that names them.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::json;
use toml::{Table, Value};

use super::command::{Failed, run};
use super::smtp_server::SmtpAccount;
use super::world::{MANAGER, ROSTER};
use super::{made_tracker, post_office};
use crate::governance::proposals::{Corpus, Field, IndexFormat, Page, Scheme, file_name, index, to_storage};
use crate::release::Version;

/// The file that says that a directory is such a world, and that it is whole.
const WORLD_FILE: &str = "proposal-world.json";
/// The list on which all is discussed.
const LIST: &str = "dev@example.org";
/// The wiki's space, and the page whose children the proposals are.
pub const WIKI: (&str, &str) = ("GREETER", "1");
/// The number of the proposal that is rehearsed, its issue, and the version that it comes with.
pub const CARRIED: (u32, &str, &str) = (3, "GREETER-101", "1.2.0");

/// The proposals that are there at first: heading, state, what it is to solve.
const PROPOSALS: [(&str, &str, &str); 3] = [
    (
        "Greet in several languages",
        "released",
        "Listeners who speak another language are greeted in one that they do not know.",
    ),
    ("Greetings with a deadline", "accepted", "A greeting that comes late is worse than none."),
    (
        "Greet everybody by name",
        "draft",
        "Greetings are the same for everybody, although the greeter knows who listens.\nPeople asked for their names many times.",
    ),
];

/// A world that is whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposalWorld {
    /// The format of this file; 1.
    pub format: u32,
    /// Where it is.
    pub directory: PathBuf,
    /// Where the mail server listens.
    pub smtp_port: u16,
    /// Where the archive listens.
    pub archive_port: u16,
    /// Where the stand-ins for the wiki and the tracker listen.
    pub stand_ins_port: u16,
    /// When it was made; where its simulated clock began.
    pub made: Timestamp,
}

impl ProposalWorld {
    /// The world in `directory`, if one is there and whole.
    ///
    /// # Errors
    /// When its file cannot be read or is of another format.
    pub fn open(directory: &Path) -> Result<Option<Self>, Failed> {
        let path = directory.join(WORLD_FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failed::new(&format!("read {}", path.display()), &error.to_string())),
        };
        let world = serde_json::from_str(&text)
            .map_err(|error| Failed::new(&format!("use {}", path.display()), &error.to_string()))?;
        Ok(Some(world))
    }

    /// Makes a world in `directory`, which is empty or what an interrupted making left, out of a
    /// scheme and a product's configuration as they are for real.
    ///
    /// # Errors
    /// When a program or file fails.
    pub fn make(
        directory: &Path,
        scheme: &str,
        product: &str,
        ports: [u16; 3],
        now: Timestamp,
    ) -> Result<Self, Failed> {
        for part in ["remote.git", "registry", "mail", "state", "stand-ins", "assets"] {
            let _ = fs::remove_dir_all(directory.join(part));
        }
        let world = Self {
            format: 1,
            directory: directory.to_owned(),
            smtp_port: ports[0],
            archive_port: ports[1],
            stand_ins_port: ports[2],
            made: now,
        };
        write(&directory.join("roster.toml"), ROSTER)?;
        write(&directory.join("assets/release-config/sample.toml"), &world.product(product)?)?;
        let text = world.scheme(scheme)?;
        write(&world.scheme_file(), &text)?;
        let read =
            Scheme::parse("scheme.toml", &text).map_err(|error| Failed::new("use the scheme", &error.to_string()))?;
        let pages = world.make_registry(&read)?;
        world.make_wiki(&read, &pages)?;
        made_tracker::create(&world.stand_ins(), product, Version { major: 1, minor: 2, patch: 0 }, &[])?;
        let text = serde_json::to_string_pretty(&world).expect("plain data");
        write(&directory.join(WORLD_FILE), &text)?;
        Ok(world)
    }

    /// The kind of proposals, with this world's addresses.
    fn scheme(&self, real: &str) -> Result<String, Failed> {
        let fail = |error: String| Failed::new("adapt the scheme", &error);
        let mut table: Table = toml::from_str(real).map_err(|error| fail(error.to_string()))?;
        let tracker = Table::from_iter([
            ("url".to_owned(), Value::from(format!("http://127.0.0.1:{}/jira", self.stand_ins_port))),
            ("project".to_owned(), Value::from("GREETER")),
        ]);
        for (name, value) in [
            ("project", Value::from("greeter")),
            ("list", Value::from(LIST)),
            ("page", Value::from(format!("{}/pages/viewpage.action?pageId={{page}}", self.wiki()))),
            ("component", Value::from("Greeter")),
            ("components", Value::from(vec!["Greeter"])),
            ("tracker", Value::Table(tracker)),
        ] {
            table.insert(name.to_owned(), value);
        }
        let own =
            Table::from_iter([("host".to_owned(), Value::from("127.0.0.1")), ("own".to_owned(), Value::from(true))]);
        if let Some(Value::Array(archives)) = table.get_mut("archive") {
            archives.push(Value::Table(own));
        }
        toml::to_string(&table).map_err(|error| fail(error.to_string()))
    }

    /// The product's configuration with this world's relay, archive, list and roster.
    fn product(&self, real: &str) -> Result<String, Failed> {
        let fail = |error: String| Failed::new("adapt the product's configuration", &error);
        let mut table: Table = toml::from_str(real).map_err(|error| fail(error.to_string()))?;
        let archive = format!("http://127.0.0.1:{}", self.archive_port);
        if let Some(Value::Table(mail)) = table.get_mut("mail") {
            mail.insert("dev".to_owned(), Value::from(LIST));
            mail.insert("archive_lag_minutes".to_owned(), Value::from(0));
            for (name, value) in post_office::fields(self.smtp_port, &post_office::certificate(&self.mail()), &archive)
            {
                mail.insert(name.to_owned(), value);
            }
        }
        if let Some(Value::Table(vote)) = table.get_mut("vote") {
            vote.insert("roster".to_owned(), Value::from(self.directory.join("roster.toml").display().to_string()));
        }
        toml::to_string(&table).map_err(|error| fail(error.to_string()))
    }

    /// A registry with its remote, as git makes them, and a few proposals in it.
    fn make_registry(&self, scheme: &Scheme) -> Result<Vec<Page>, Failed> {
        let here = &self.directory;
        run(here, "git", &["init", "--quiet", "--bare", "--initial-branch=main", "remote.git"], &[])?;
        run(here, "git", &["clone", "--quiet", "remote.git", "registry"], &[])?;
        let registry = self.registry();
        for (name, value) in [("user.name", MANAGER.0), ("user.email", MANAGER.1)] {
            run(&registry, "git", &["config", name, value], &[])?;
        }
        let today = self.made.to_zoned(TimeZone::UTC).date();
        let archive = format!("http://127.0.0.1:{}", self.archive_port);
        let pages: Vec<Page> =
            (1..).zip(PROPOSALS).map(|(number, one)| page(scheme, number, one, &archive, today)).collect();
        let corpus = Corpus::new(scheme, pages.clone(), today);
        let settings = format!("format = 1\nscheme = {:?}\n", self.scheme_file().display().to_string());
        let ledger: String =
            pages.iter().map(|page| format!("{} {today} {}\n", page.name(scheme), page.heading(scheme))).collect();
        write(&registry.join("registry.toml"), &settings)?;
        write(&registry.join("numbers"), &ledger)?;
        write(&registry.join(&scheme.index_file), &index(&corpus, IndexFormat::Markdown))?;
        for page in &pages {
            write(&registry.join(&page.place), &page.text)?;
        }
        run(&registry, "git", &["checkout", "--quiet", "-B", "main"], &[])?;
        run(&registry, "git", &["add", "--all"], &[])?;
        run(&registry, "git", &["commit", "--quiet", "--message", "The proposals so far"], &[])?;
        run(&registry, "git", &["push", "--quiet", "--set-upstream", "origin", "main"], &[])?;
        Ok(pages)
    }

    /// The pages on the wiki, each with the template's table.
    fn make_wiki(&self, scheme: &Scheme, pages: &[Page]) -> Result<(), Failed> {
        let wiki_page = |id: &str, title: &str, parent: Option<u64>, body: String, labels: Vec<&str>| {
            let id: u64 = id.parse().unwrap_or_default();
            json!({"id": id, "space": WIKI.0, "title": title, "parent": parent, "body": body, "version": 1, "labels": labels})
        };
        let parent = wiki_page(WIKI.1, "Proposals", None, String::new(), Vec::new());
        let children = pages.iter().map(|page| {
            let label = page.state(scheme).map(|state| state.label.as_str());
            let id = page.get(Field::Page).unwrap_or_default();
            wiki_page(id, page.title(), Some(1), to_storage(scheme, page), label.into_iter().collect())
        });
        let all: Vec<_> = std::iter::once(parent).chain(children).collect();
        write(&self.stand_ins().join("confluence.json"), &json!({"pages": all}).to_string())
    }

    /// The wiki's address.
    pub fn wiki(&self) -> String {
        format!("http://127.0.0.1:{}/confluence", self.stand_ins_port)
    }

    /// The registry: the clone that somebody works in.
    pub fn registry(&self) -> PathBuf {
        self.directory.join("registry")
    }

    /// The registry's bare remote.
    pub fn remote(&self) -> PathBuf {
        self.directory.join("remote.git")
    }

    /// The mail server's directory.
    pub fn mail(&self) -> PathBuf {
        self.directory.join("mail")
    }

    /// Where the stand-ins for the web services keep their state.
    pub fn stand_ins(&self) -> PathBuf {
        self.directory.join("stand-ins")
    }

    /// Where the proposal is recorded.
    pub fn state(&self) -> PathBuf {
        self.directory.join("state")
    }

    /// The product's configuration, in a directory that stands before what is built in.
    pub fn assets(&self) -> PathBuf {
        self.directory.join("assets")
    }

    fn scheme_file(&self) -> PathBuf {
        self.directory.join("scheme.toml")
    }

    /// Who may use the mail server; the password is nothing of value.
    pub fn smtp_account(&self) -> SmtpAccount {
        SmtpAccount { user: "ann".into(), password: "rehearsal".into() }
    }
}

fn page(scheme: &Scheme, number: u32, (heading, state, why): (&str, &str, &str), archive: &str, today: Date) -> Page {
    let thread = |what: &str| format!("{archive}/thread/{what}-{number}@example.org");
    let (discussion, vote) = match state {
        "draft" => (String::new(), String::new()),
        _ => (thread("discussion"), thread("vote")),
    };
    let (jira, release) = if state == "released" { ("GREETER-102", "1.1.0") } else { ("", "") };
    let name = scheme.name(Some(number));
    let mut text = format!(
        "---\nnumber: {number}\ntitle: \"{name}: {heading}\"\nstate: {state}\nauthor: {}\ncreated: {today}\n\
         discussion: {discussion}\nvote: {vote}\njira: {jira}\nrelease: {release}\npage: {}\n---\n\n# {name}: {heading}\n",
        MANAGER.0,
        100 + number
    );
    for (nth, section) in scheme.sections.iter().enumerate() {
        let words = if nth == 0 { why } else { "As the discussion has it; written for the rehearsal." };
        text.push_str(&format!("\n## {}\n\n{words}\n", section.title));
    }
    Page::read(scheme, &format!("{}/{}", scheme.directory, file_name(scheme, number, 1)), &text)
}

fn write(path: &Path, text: &str) -> Result<(), Failed> {
    let fail = |error: std::io::Error| Failed::new(&format!("write {}", path.display()), &error.to_string());
    fs::create_dir_all(path.parent().unwrap_or(path)).map_err(fail)?;
    fs::write(path, text).map_err(fail)
}
