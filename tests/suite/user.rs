// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A release manager with a machine of their own: a world that `quorate
//! rehearse` would make, and the program run in it as a person would.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, Weak};

use jiff::Timestamp;
use quorate::rehearsal::stand_ins::nexus::NEXUS_ACCOUNT;
use quorate::rehearsal::stand_ins::{Faults, StandIns, jira, npm, pypi};
use quorate::rehearsal::{Source, Wish, World, free_ports};
use quorate::services::OpenPgp;

/// The version that the sample product's world is made for.
pub const VERSION: &str = "1.2.0";

/// Remote, clone, Subversion, OpenPGP home; gone when it is dropped.
pub struct Place {
    /// The world.
    pub world: World,
    directory: tempfile::TempDir,
}

impl Place {
    /// A world of one's own, to change.
    pub fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("q-").tempdir_in("/tmp").unwrap();
        let configuration = configuration();
        let wish = Wish {
            product: "sample",
            configuration: &configuration,
            version: VERSION.parse().unwrap(),
            source: Source::Sample,
            registry: None,
            fail_first_candidate: false,
            stand_ins_alone: true,
        };
        let world = World::make(directory.path(), &wish, free_ports().unwrap(), Timestamp::now()).unwrap();
        Self { world, directory }
    }

    /// The world that all who only look share.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Place>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap();
        shared.upgrade().unwrap_or_else(|| {
            let place = Arc::new(Self::new());
            *shared = Arc::downgrade(&place);
            place
        })
    }

    /// The web services of the world, which end when the value is dropped.
    pub fn stand_ins(&self) -> StandIns {
        stand_ins(&self.world)
    }

    /// The world's directory.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = OpenPgp::stop_agent(&self.directory.path().join("gnupg"));
    }
}

/// The web services of a world, which end when the value is dropped.
pub fn stand_ins(world: &World) -> StandIns {
    StandIns::start(&world.stand_ins(), world.stand_ins_port, Faults::default()).unwrap()
}

/// The sample product's configuration, as it is for real, but for Maven: a script uploads
/// in its place.
pub fn configuration() -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/maven/deploy.sh");
    let text = crate::tree::text(Path::new("release-config/sample.toml"));
    let (before, deploy) = text.split_once("\ndeploy = ").unwrap();
    let (_, after) = deploy.split_once("]\n").unwrap();
    format!("{before}\ndeploy = [\"sh\", \"{}\"]\n{after}", script.display())
}

/// Somebody with a home, a record of releases and configurations of their own.
pub struct User {
    /// Where the products are.
    pub place: Arc<Place>,
    home: tempfile::TempDir,
    variables: BTreeMap<String, String>,
}

/// What a command came to.
pub struct Ran {
    /// Its exit code; 128 and more where a signal ended it.
    pub code: i32,
    /// What it wrote to stdout.
    pub out: String,
    /// What it wrote to stderr.
    pub err: String,
}

impl User {
    /// Somebody who works in a shared world and does not change it.
    pub fn looking() -> Self {
        Self::at(Place::shared())
    }

    /// Somebody in that world, with nothing begun.
    pub fn at(place: Arc<Place>) -> Self {
        let home = tempfile::Builder::new().prefix("q-").tempdir_in("/tmp").unwrap();
        let mut user = Self { place, home, variables: BTreeMap::new() };
        let product = user.place.world.configuration(&configuration()).unwrap();
        user.put("assets/release-config/sample.toml", &product);
        let gnupg = user.place.world.gnupg_home().unwrap();
        for (name, value) in [
            ("HOME", user.place.world.home()),
            ("GNUPGHOME", gnupg),
            ("QUORATE_STATE", user.path("state")),
            ("QUORATE_ASSETS", user.path("assets")),
            ("QUORATE_NEXUS_USER", PathBuf::from(NEXUS_ACCOUNT.0)),
            ("QUORATE_NEXUS_PASSWORD", PathBuf::from(NEXUS_ACCOUNT.1)),
            ("GIT_CONFIG_GLOBAL", user.put("gitconfig", "")),
        ] {
            user = user.with(name, &value.display().to_string());
        }
        let token = user.place.world.github_token();
        user.with("QUORATE_GITHUB_TOKEN", token)
    }

    /// With an environment variable.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With the tokens of the world's web services.
    pub fn with_tokens(self) -> Self {
        self.with("QUORATE_JIRA_TOKEN", jira::ADMINISTRATOR)
            .with("QUORATE_PYPI_TOKEN", pypi::MAINTAINER)
            .with("QUORATE_NPM_TOKEN", npm::MAINTAINER)
    }

    /// Decides on what is open in the tracker, or in its notes, as the step `id` waits for.
    pub fn decides(&self, id: &str) {
        match id {
            "triage-blockers" => {
                self.runs(3, &["triage"]);
                for (key, decision, left) in
                    [("GREETER-110", "--resolve", 3), ("GREETER-111", "--keep", 3), ("GREETER-112", "--move", 0)]
                {
                    self.runs(left, &["triage", key, decision, "--why", "so it was agreed"]);
                }
            }
            "audit-release-notes" => {
                let found = self.runs(3, &["notes", "--json"]).json();
                assert_eq!(found["findings"].as_array().map(Vec::len), Some(2), "{found}");
                self.runs(
                    0,
                    &["notes", "--accept", "GREETER-106", "--accept", "GREETER-108", "--why", "short and true"],
                );
            }
            _ => {}
        }
    }

    /// Without an environment variable.
    pub fn without(mut self, name: &str) -> Self {
        self.variables.remove(name);
        self
    }

    /// With the release of the sample begun.
    pub fn started(self) -> Self {
        let ran = self.run(&["start", VERSION, "--product", "sample"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        self
    }

    /// A path in their own directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A path in the record of the release of the sample.
    pub fn record(&self, name: &str) -> PathBuf {
        self.path("state/sample").join(VERSION).join(name)
    }

    /// Writes a file of theirs, and its directories.
    pub fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// The program with these arguments, in the clone, in an environment of its own.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command
            .args(arguments)
            .current_dir(self.place.world.clone_path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(&self.variables)
            .stdin(Stdio::null());
        command
    }

    /// Runs the program without a terminal.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::sound(self.command(arguments).output().unwrap(), arguments)
    }

    /// Runs the program; it must end with `code`.
    pub fn runs(&self, code: i32, arguments: &[&str]) -> Ran {
        self.run(arguments).ends(code, arguments)
    }

    /// Runs the program, which must refuse with `code`, name each of `says` in one
    /// message on stderr, say what to do, print no data, and write nothing.
    pub fn refused(&self, code: i32, arguments: &[&str], says: &[&str]) -> Ran {
        let before = self.listing();
        let ran = self.runs(code, arguments);
        let after = self.listing();
        assert_eq!(before, after, "{arguments:?} wrote something: {}", ran.err);
        assert_eq!(ran.out, "", "{arguments:?}");
        let errors = ran.err.lines().filter(|line| line.starts_with("error:")).count();
        assert_eq!(errors, 1, "{arguments:?}: one message, got: {}", ran.err);
        for said in says {
            assert!(ran.err.contains(said), "{arguments:?}: `{said}` is not said: {}", ran.err);
        }
        let advice = ["hint: ", "--help", "tip: "].iter().any(|word| ran.err.contains(word));
        assert!(advice, "{arguments:?} does not say what to do: {}", ran.err);
        ran
    }

    /// All that is in the user's directory: path, size and content.
    pub fn listing(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.home.path().to_owned()];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(&directory).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path.clone());
                }
                found.insert(path.clone(), fs::read(&path).ok());
            }
        }
        found
    }
}

impl Ran {
    /// What a process came to.
    pub fn of(output: Output) -> Self {
        use std::os::unix::process::ExitStatusExt;
        let code = output.status.code().unwrap_or_else(|| 128 + output.status.signal().unwrap_or_default());
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }

    /// The same, of the program given `arguments`, in which nothing broke.
    pub fn sound(output: Output, arguments: &[&str]) -> Self {
        let ran = Self::of(output);
        for fault in ["panicked", "RUST_BACKTRACE", "stack backtrace", "a fault of this program"] {
            assert!(!ran.err.contains(fault), "{arguments:?}: {}", ran.err);
        }
        ran
    }

    /// It ended with `code`.
    pub fn ends(self, code: i32, arguments: &[&str]) -> Self {
        assert_eq!(self.code, code, "{arguments:?}\nstdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// What it wrote to stdout, as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }
}
