// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate verify` beside the tools that people verify with, in turn in one run:
//! `make bench`. The table goes to standard output.
//!
//! - 500 small files with RSA 4096 signatures and `.sha512`, against `gpg --verify` in a
//!   loop and `sha512sum -c`;
//! - two files of 1 GiB, against `sha512sum` on both, with the peak of memory;
//! - the source archive of a tree of 1,300 files, against Apache RAT 0.16.1 over the tree,
//!   and whether the two name the same files;
//! - a staging repository of 1,000 files at the stand-in for Nexus, listed, fetched and verified.
//!
//! `cargo bench --bench verify -- [signatures|large|rat|staging]… [--repo CLONE]`; with `--repo`
//! the tree is that of the clone's HEAD. RAT's jar is `QUORATE_RAT_JAR`, else the one in
//! Maven's local repository.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on says where")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use quorate::actions::maven::verify_staged;
use quorate::rehearsal::stand_ins::nexus::set_profile;
use quorate::rehearsal::stand_ins::{Faults, StandIns};
use quorate::release::Sha512;
use quorate::services::{Effects, OpenPgp};

const PROGRAM: &str = env!("CARGO_BIN_EXE_quorate");
const FAST: bool = cfg!(feature = "fast-openpgp");
const SOURCE: &str = "measured-1.2.0-src.tgz";
const ROOT: &str = "measured-1.2.0";
const RAT: &str = "apache-rat/0.16.1/apache-rat-0.16.1.jar";

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (mut chosen, mut repository) = (Vec::new(), None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--repo" => repository = arguments.next().map(PathBuf::from),
            _ => chosen.push(argument),
        }
    }
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|one| one == name);
    println!("| what | median | min – max | bound | |\n|---|---|---|---|---|");
    let signer = Signer::new();
    if wanted("signatures") {
        signatures(&signer);
    }
    if wanted("large") {
        large(&signer);
    }
    if wanted("rat") {
        rat(&signer, repository.as_deref());
    }
    if wanted("staging") {
        staging(&signer);
    }
}

/// A key of RSA 4096 in a home of its own, and KEYS with it.
struct Signer {
    home: tempfile::TempDir,
    key: OpenPgp,
    keys: PathBuf,
}

impl Signer {
    fn new() -> Self {
        let home = tempfile::Builder::new().prefix("q-").tempdir_in("/tmp").unwrap();
        fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let key = OpenPgp::generate(home.path(), "Ann Example", "ann@example.org", "rsa4096").unwrap();
        let key = OpenPgp::new(Some(home.path().to_owned()), key, Effects::unwatched());
        let keys = home.path().join("KEYS");
        fs::write(&keys, key.export_armored().unwrap()).unwrap();
        Self { home, key, keys }
    }

    /// Writes the signature and the checksum file of `name`.
    fn publish(&self, directory: &Path, name: &str) {
        let path = directory.join(name);
        let (digest, _) = Sha512::of_reader(File::open(&path).unwrap()).unwrap();
        fs::write(directory.join(format!("{name}.sha512")), format!("{digest}  {name}\n")).unwrap();
        fs::write(directory.join(format!("{name}.asc")), self.key.sign_file(&path).unwrap()).unwrap();
    }

    fn verify(&self, target: &Path) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("verify").arg(target).args(["--format", "json", "--keys"]).arg(&self.keys);
        command
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        let _ = OpenPgp::stop_agent(self.home.path());
    }
}

fn ran(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap()
}

fn succeeds(command: &mut Command) {
    let output = ran(command);
    let said = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {said:?}");
}

/// Both in turn, after one run of each that is not counted.
fn in_turn(rounds: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> (Vec<Duration>, Vec<Duration>) {
    let timed = |run: &mut dyn FnMut()| {
        let started = Instant::now();
        run();
        started.elapsed()
    };
    ours();
    theirs();
    (0..rounds).map(|_| (timed(&mut ours), timed(&mut theirs))).unzip()
}

/// A row for each side, and how many times the first is faster, pair by pair.
fn compared(what: [&str; 2], (ours, theirs): (Vec<Duration>, Vec<Duration>), bound: f64) {
    for (what, times) in what.into_iter().zip([&ours, &theirs]) {
        let mut times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1000.0).collect();
        times.sort_by(f64::total_cmp);
        println!("| {what} | {:.0} ms | {:.0} – {:.0} ms | | |", middle(&times), times[0], times[times.len() - 1]);
    }
    let mut ratios: Vec<f64> =
        ours.iter().zip(&theirs).map(|(ours, theirs)| theirs.as_secs_f64() / ours.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    let ratio = middle(&ratios);
    println!(
        "| the second in terms of the first, pair by pair | {ratio:.1} times | {:.1} – {:.1} | at least {bound} times | {} |",
        ratios[0],
        ratios[ratios.len() - 1],
        verdict(ratio >= bound)
    );
}

fn middle(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

fn verdict(holds: bool) -> &'static str {
    if holds { "holds" } else { "DOES NOT HOLD" }
}

fn signatures(signer: &Signer) {
    let place = tempfile::tempdir().unwrap();
    let mut random = Random(1);
    for number in 0..500 {
        let name = format!("part{number:03}-1.2.0.txt");
        let text: String = (0..200).map(|_| format!("{:016x}\n", random.next())).collect();
        fs::write(place.path().join(&name), text).unwrap();
        signer.publish(place.path(), &name);
    }
    with_source(signer, place.path());
    let script = "for signature in *.asc; do gpg --batch --verify \"$signature\" \"${signature%.asc}\" || exit 1; done \
                  && sha512sum --quiet -c *.sha512";
    let measured = in_turn(
        7,
        || succeeds(&mut signer.verify(place.path())),
        || {
            let mut shell = Command::new("bash");
            succeeds(shell.args(["-c", script]).current_dir(place.path()).env("GNUPGHOME", signer.home.path()));
        },
    );
    let backend = if FAST { "nettle" } else { "as built by default" };
    let ours = format!("500 files, RSA 4096 and SHA-512, {backend}");
    compared([&ours, "`gpg --verify` in a loop and `sha512sum -c`"], measured, if FAST { 20.0 } else { 6.0 });
}

fn large(signer: &Signer) {
    let place = tempfile::tempdir().unwrap();
    let names = ["first-1.2.0.bin", "second-1.2.0.bin"];
    let mut random = Random(2);
    for name in names {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(place.path().join(name)).unwrap());
        for _ in 0..(1 << 27) {
            file.write_all(&random.next().to_le_bytes()).unwrap();
        }
        drop(file);
        signer.publish(place.path(), name);
    }
    with_source(signer, place.path());
    let measured = in_turn(
        5,
        || succeeds(&mut signer.verify(place.path())),
        || succeeds(Command::new("sha512sum").args(names).current_dir(place.path())),
    );
    compared(["two files of 1 GiB, signatures and all", "`sha512sum` on both"], measured, 1.9);
    let report = place.path().join("memory");
    let mut timed = Command::new("/usr/bin/time");
    timed.args(["-f", "%M", "-o"]).arg(&report).arg(PROGRAM);
    timed.args(signer.verify(place.path()).get_args());
    // the report is a file of the candidate too, which fails
    ran(&mut timed);
    let text = fs::read_to_string(&report).unwrap();
    let kilobytes: f64 = text.lines().last().unwrap().trim().parse().unwrap();
    println!("| its peak of memory | {:.0} MB | | under 100 MB | {} |", kilobytes / 1000.0, verdict(kilobytes < 1e5));
}

/// 250 jars of 200 kB in as many directories, each with signature, MD5 and SHA-1.
fn staging(signer: &Signer) {
    let place = tempfile::tempdir().unwrap();
    set_profile(&place.path().join("nexus"), "org.example").unwrap();
    let repositories = place.path().join("nexus/repositories");
    let mut random = Random(3);
    for number in 0..250 {
        let directory = repositories.join(format!("orgexample-1001/org/example/part{number:03}/1.2.0"));
        fs::create_dir_all(&directory).unwrap();
        let jar = directory.join(format!("part{number:03}-1.2.0.jar"));
        let bytes: Vec<u8> = (0..25_000).flat_map(|_| random.next().to_le_bytes()).collect();
        fs::write(&jar, bytes).unwrap();
        fs::write(jar.with_extension("jar.asc"), signer.key.sign_file(&jar).unwrap()).unwrap();
    }
    let script = "find . -name '*.jar' | while read -r jar; do for kind in md5 sha1; do \
                  ${kind}sum <\"$jar\" | cut -d ' ' -f 1 >\"$jar.$kind\"; done; done";
    succeeds(Command::new("bash").args(["-c", script]).current_dir(&repositories));
    fs::create_dir_all(repositories.join("releases")).unwrap();
    fs::copy(&signer.keys, repositories.join("releases/KEYS")).unwrap();
    let stand_ins = StandIns::start(place.path(), 0, Faults::default()).unwrap();
    let (url, keys) = (
        stand_ins.base("nexus/content/repositories/orgexample-1001/"),
        stand_ins.base("nexus/content/repositories/releases/KEYS"),
    );
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let started = Instant::now();
            let staged = verify_staged(&url, &keys, None).unwrap().unwrap();
            assert_eq!((staged.files, staged.faults.as_slice()), (1000, &[][..]));
            started.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!(
        "| a staging repository of 1,000 files, listed, fetched and verified | {:.2} s | {:.2} – {:.2} s | under 10 s | {} |",
        middle(&times),
        times[0],
        times[times.len() - 1],
        verdict(times[times.len() - 1] < 10.0)
    );
}

fn rat(signer: &Signer, repository: Option<&Path>) {
    let Some(jar) = rat_jar() else {
        println!(
            "| licence headers and contents, against Apache RAT | | | at least 30 times | skipped: no Java, or no {RAT} |"
        );
        return;
    };
    let place = tempfile::tempdir().unwrap();
    let tree = place.path().canonicalize().unwrap().join(ROOT);
    fs::create_dir(&tree).unwrap();
    match repository {
        Some(clone) => {
            let script = r#"git -C "$0" archive HEAD | tar -x -C "$1""#;
            succeeds(Command::new("bash").args(["-o", "pipefail", "-c", script]).args([clone, &tree]));
        }
        None => make_tree(&tree),
    }
    let candidate = place.path().join("candidate");
    fs::create_dir(&candidate).unwrap();
    succeeds(Command::new("tar").arg("-czf").arg(candidate.join(SOURCE)).arg("-C").arg(place.path()).arg(ROOT));
    signer.publish(&candidate, SOURCE);
    let assets = bare_product(place.path());
    let verify = || {
        let mut command = signer.verify(&candidate);
        ran(command.arg("--assets").arg(&assets))
    };
    let rat = || {
        let mut java = Command::new("java");
        ran(java.env("LC_ALL", "C.UTF-8").arg("-jar").arg(&jar).args(["-x", "-d"]).arg(&tree))
    };
    let count = files_in(&tree);
    let measured = in_turn(
        5,
        || {
            verify();
        },
        || {
            rat();
        },
    );
    let what = format!("a source archive of {count} files: headers, contents and all");
    compared([&what, "Apache RAT 0.16.1 over the tree"], measured, 30.0);
    let (ours, theirs) = (unapproved(&verify()), unapproved_by_rat(&rat(), &tree));
    for path in ours.symmetric_difference(&theirs) {
        println!("| only one of them names {path} | | | | |");
    }
    let said = format!("{} and {}", ours.len(), theirs.len());
    println!("| files without an approved licence | {said} | | the same files | {} |", verdict(ours == theirs));
}

/// RAT's jar, where it and Java are.
fn rat_jar() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let named = std::env::var_os("QUORATE_RAT_JAR").map(PathBuf::from);
    let jar = named.unwrap_or_else(|| home.join(".m2/repository/org/apache/rat").join(RAT));
    let java = Command::new("java").arg("-version").stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    (java && jar.is_file()).then_some(jar)
}

/// The sample product, with no file that need not have a header.
fn bare_product(place: &Path) -> PathBuf {
    let assets = place.join("assets");
    fs::create_dir_all(assets.join("release-config")).unwrap();
    let text = fs::read_to_string("release-config/sample.toml").unwrap();
    let line = text.lines().find(|line| line.starts_with("no_header = ")).unwrap();
    fs::write(assets.join("release-config/sample.toml"), text.replace(line, "no_header = []")).unwrap();
    assets
}

fn unapproved(output: &Output) -> BTreeSet<String> {
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let source = report["files"].as_array().unwrap().iter().find(|file| file["path"] == SOURCE).unwrap();
    let checks = source["checks"].as_array().unwrap().iter();
    let failed = checks.filter(|check| check["name"] == "licence-header" && check["status"] == "fail");
    failed
        .map(|check| {
            let path = check["entry"].as_str().unwrap_or("more than can be named");
            path.strip_prefix(&format!("{ROOT}/")).unwrap_or(path).to_owned()
        })
        .collect()
}

fn unapproved_by_rat(output: &Output, tree: &Path) -> BTreeSet<String> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = String::from_utf8(output.stdout.clone()).unwrap();
    let prefix = format!("{}/", tree.display());
    let resources = report.split("<resource name='").skip(1);
    resources
        .filter(|resource| resource.contains("<license-approval name='false'"))
        .map(|resource| resource.split('\'').next().unwrap().strip_prefix(&prefix).unwrap().to_owned())
        .collect()
}

fn files_in(tree: &Path) -> usize {
    let entries = fs::read_dir(tree).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| if entry.file_type().unwrap().is_dir() { files_in(&entry.path()) } else { 1 }).sum()
}

/// A small source archive, without which no candidate holds.
fn with_source(signer: &Signer, candidate: &Path) {
    let place = tempfile::tempdir().unwrap();
    let tree = place.path().join(ROOT);
    fs::create_dir(&tree).unwrap();
    legal_texts(&tree);
    let pom =
        "<project><groupId>org.example</groupId><artifactId>greeter</artifactId><version>1.2.0</version></project>";
    fs::write(tree.join("pom.xml"), format!("<!--\n{HEADER}\n-->\n{pom}\n")).unwrap();
    succeeds(Command::new("tar").arg("-czf").arg(candidate.join(SOURCE)).arg("-C").arg(place.path()).arg(ROOT));
    signer.publish(candidate, SOURCE);
}

fn legal_texts(tree: &Path) {
    let text = fs::read_to_string("LICENSE").unwrap();
    fs::write(tree.join("LICENSE"), text).unwrap();
    fs::write(
        tree.join("NOTICE"),
        "Apache Greeter\nCopyright 2024-2026 The Apache Software Foundation\n\nThis product includes software developed at\n\
         The Apache Software Foundation (http://www.apache.org/).\n",
    )
    .unwrap();
}

/// 1,300 files of source text in the languages that the larger product has, 9 MB in all;
/// one of forty has no header, some are no text.
fn make_tree(tree: &Path) {
    legal_texts(tree);
    let mut random = Random(3);
    for number in 0..1298 {
        let (ending, begin, sign, end) = [
            ("java", "/*", " *", " */"),
            ("py", "#", "#", "#"),
            ("xml", "<!--", "", "-->"),
            ("go", "//", "//", "//"),
            ("js", "/*", " *", " */"),
        ][number % 5];
        let directory = tree.join(format!("module-{}/src/main/{ending}/org/example/part{}", number % 13, number % 40));
        fs::create_dir_all(&directory).unwrap();
        let mut text = String::new();
        if number % 40 != 7 {
            text.push_str(begin);
            text.push('\n');
            HEADER.lines().for_each(|line| text.push_str(&format!("{sign} {line}\n")));
            text.push_str(end);
            text.push('\n');
        }
        while text.len() < 7000 {
            let numbers = random.next();
            text.push_str(&format!(
                "  public int field{} = compute(value{}, {});\n",
                numbers >> 54,
                numbers >> 58,
                numbers >> 44
            ));
        }
        match number % 100 {
            99 => fs::write(
                directory.join(format!("picture{number}.png")),
                [b"\x89PNG\r\n\x1a\n", &[0_u8; 3000][..]].concat(),
            ),
            _ => fs::write(directory.join(format!("File{number}.{ending}")), text),
        }
        .unwrap();
    }
}

const HEADER: &str = "\
Licensed to the Apache Software Foundation (ASF) under one or more
contributor license agreements.  See the NOTICE file distributed with
this work for additional information regarding copyright ownership.
The ASF licenses this file to You under the Apache License, Version 2.0
(the \"License\"); you may not use this file except in compliance with
the License.  You may obtain a copy of the License at

   http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an \"AS IS\" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
See the License for the specific language governing permissions and
limitations under the License.";

/// Numbers that look random, the same each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
