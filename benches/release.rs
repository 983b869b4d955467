// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the numbers of the project are measured by, both sides of a comparison in
//! turn in one run: `make bench`. The table goes to standard output.
//!
//! - a whole rehearsal of the sample product, with its peak of memory;
//! - `status` on a record of 10,000 events;
//! - the source archive of a tree of 1,300 files, against what the product's own
//!   script does: clone, rsync, tar, sha512sum.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on says where")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use quorate::actions::{Author, MakeSourceArchive, Services};
use quorate::engine::{Action, Context, Event, Intent, Journal};
use quorate::mail::Templates;
use quorate::release::Sha512;
use quorate::services::{
    Effects, Git, GitHub, OpenPgp, Pages, Registries, Relay, RelayAddress, Security, Svn, Workspace,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_quorate");

fn main() {
    println!("| what | median | min – max | bound | |\n|---|---|---|---|---|");
    let place = tempfile::tempdir().unwrap();
    rehearsal(place.path());
    status(place.path());
    source_archive(place.path());
}

/// Five measured runs after one that is not counted.
fn measured(mut run: impl FnMut()) -> Vec<Duration> {
    run();
    (0..5)
        .map(|_| {
            let started = Instant::now();
            run();
            started.elapsed()
        })
        .collect()
}

fn row(what: &str, mut times: Vec<Duration>, bound: Option<Duration>) {
    times.sort();
    let median = times[times.len() / 2];
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    let verdict = match bound {
        Some(bound) if median < bound => format!("under {} | holds", ms(bound)),
        Some(bound) => format!("under {} | DOES NOT HOLD", ms(bound)),
        None => "|".to_owned(),
    };
    println!("| {what} | {} | {} – {} | {verdict} |", ms(median), ms(times[0]), ms(times[times.len() - 1]));
}

fn quiet(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn rehearsal(place: &Path) {
    let times = measured(|| quiet(Command::new(PROGRAM).args(["rehearse", "--stand-ins", "--json"])));
    row("a whole rehearsal of the sample", times, Some(Duration::from_secs(20)));
    let report = place.join("memory");
    let timed = ["-f", "%M", "-o", report.to_str().unwrap(), PROGRAM, "rehearse", "--stand-ins", "--json"];
    quiet(Command::new("/usr/bin/time").args(timed));
    let kilobytes: u64 = fs::read_to_string(&report).unwrap().trim().parse().unwrap();
    let verdict = if kilobytes < 150_000 { "holds" } else { "DOES NOT HOLD" };
    println!("| its peak of memory | {:.0} MB | | under 150 MB | {verdict} |", kilobytes as f64 / 1000.0);
}

fn status(place: &Path) {
    let world = place.join("world");
    quiet(Command::new(PROGRAM).args(["rehearse", "--stand-ins", "--to", "prepare", "--keep"]).arg(&world));
    let path = world.join("state/sample/1.2.0/journal.jsonl");
    let (mut journal, reader, _) = Journal::open(&path, "Ann Example <ann@example.org>").unwrap();
    let at = reader.entries.last().unwrap().at;
    for number in reader.entries.len()..10_000 {
        let faults = vec![format!("the branch is at {number}, expected 1.3-SNAPSHOT")];
        journal.append(at, 1, Some("source-staged"), Event::CheckFailed { faults }).unwrap();
    }
    drop(journal);
    let times = measured(|| {
        quiet(Command::new(PROGRAM).args(["status", "--json"]).env("QUORATE_STATE", world.join("state")));
    });
    row("`status` on a record of 10,000 events", times, Some(Duration::from_millis(30)));
}

fn source_archive(place: &Path) {
    let repository = place.join("tree");
    make_tree(&repository);
    let mut count = 0;
    let ours = || {
        let target = place.join(format!("ours-{count}"));
        count += 1;
        archive(&repository, &target);
    };
    let mut ours = ours;
    let script = place.join("script");
    let theirs = || {
        let _ = fs::remove_dir_all(&script);
        fs::create_dir_all(&script).unwrap();
        let text = format!(
            "git clone --quiet '{}' clone && cd clone && rsync -a --exclude .git --exclude .gitignore --exclude target . product-1.0.0 \
             && tar czf ../product-1.0.0-src.tgz product-1.0.0 && cd .. && sha512sum product-1.0.0-src.tgz > product-1.0.0-src.tgz.sha512",
            repository.display()
        );
        quiet(Command::new("sh").args(["-c", &text]).current_dir(&script));
    };
    ours();
    theirs();
    let (mut mine, mut other) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        let started = Instant::now();
        ours();
        mine.push(started.elapsed());
        let started = Instant::now();
        theirs();
        other.push(started.elapsed());
    }
    let mut ratios: Vec<f64> =
        mine.iter().zip(&other).map(|(mine, other)| other.as_secs_f64() / mine.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    row("source archive of 1,300 files with its SHA-512", mine, None);
    row("clone + rsync + tar + sha512sum of the same", other, None);
    let median = ratios[ratios.len() / 2];
    let verdict = if median >= 3.0 { "holds" } else { "DOES NOT HOLD" };
    println!(
        "| the second in terms of the first, pair by pair | {median:.1} times | {:.1} – {:.1} | at least 3 times | {verdict} |",
        ratios[0],
        ratios[ratios.len() - 1]
    );
}

/// 1,300 files of source text, 9 MB in all, in a repository with one commit.
fn make_tree(repository: &Path) {
    let mut state = 1_u64;
    for number in 0..1300 {
        let directory =
            repository.join(format!("module-{}/src/main/java/org/example/part{}", number % 13, number % 40));
        fs::create_dir_all(&directory).unwrap();
        let mut text = String::from(
            "// Licensed to the Apache Software Foundation (ASF) under one or more contributor license agreements.\n",
        );
        while text.len() < 7000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(&format!(
                "  public int field{} = compute(value{}, {});\n",
                state >> 54,
                state >> 58,
                state >> 44
            ));
        }
        fs::write(directory.join(format!("File{number}.java")), text).unwrap();
    }
    let git = |arguments: &[&str]| {
        quiet(
            Command::new("git")
                .args(["-c", "user.name=Ann Example", "-c", "user.email=ann@example.org", "-c", "tag.gpgSign=false"])
                .args(arguments)
                .current_dir(repository),
        );
    };
    git(&["init", "--quiet", "."]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "All files"]);
    git(&["tag", "release-1.0.0-rc1"]);
}

fn archive(repository: &Path, target: &Path) {
    let effects = Effects::unwatched();
    let address = RelayAddress { host: "127.0.0.1".into(), port: 1, security: Security::None, authorities: None };
    let services = Services {
        git: Git::new(repository, "origin", effects.clone()),
        openpgp: OpenPgp::new(None, "", effects.clone()),
        svn: Svn::new(None, None, effects.clone()),
        relay: Relay::new(address, None, effects.clone()),
        archive: None,
        github: GitHub::nowhere(),
        pages: Pages::default(),
        registries: Registries::default(),
        nexus: None,
        central: None,
        jira: None,
        pypi: None,
        npm: None,
        proposals: None,
        workspace: Workspace::new(target, effects),
        templates: Templates::new(|_| Ok::<_, std::io::Error>(None)),
        assets: quorate::config::Assets::default(),
        author: Author { name: "Ann Example".into(), email: "ann@example.org".into() },
    };
    let action: MakeSourceArchive = serde_json::from_value(serde_json::json!({
        "tag": "release-1.0.0-rc1",
        "file": "product-1.0.0-src.tgz",
        "root": "product-1.0.0",
        "exclude": [".gitignore", "target"],
        "directory": "artifacts",
    }))
    .unwrap();
    let intent = Intent { at: Timestamp::UNIX_EPOCH, token: "0".repeat(32), acted: None, resumed: false, anew: false };
    let outputs = action.act(&Context { world: &services, intent: &intent, now: Timestamp::UNIX_EPOCH }).unwrap();
    let file: PathBuf = target.join("artifacts/product-1.0.0-src.tgz");
    let (digest, _) = Sha512::of_reader(fs::File::open(file).unwrap()).unwrap();
    assert_eq!(outputs["sha512"], digest.as_str());
}
