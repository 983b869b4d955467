// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Source archives held against a signed tag: each form that is staged, within the limits
//! that are given, and what the tag has of submodules.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::candidate::{CandidateDirectory, Signers, good_tree};
use super::text;

const TGZ: &str = "demo-1.2.0-src.tgz";
const ZIP: &str = "demo-1.2.0-src.zip";
const TAG: &str = "v1.2.0-rc1";

/// Where the tag's submodule is, in the tree that has one.
const SUBMODULE: &str = "lib/other";

/// Packs a directory as a zip that says nothing of modes, as a packer on Windows does.
const WITHOUT_MODES: &str = r#"
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as archive:
    for directory, _, names in sorted(os.walk('demo-1.2.0')):
        for name in sorted(names):
            path = os.path.join(directory, name)
            info = zipfile.ZipInfo(path, (2023, 11, 14, 0, 0, 0))
            info.create_system, info.external_attr = 0, 0
            archive.writestr(info, open(path, 'rb').read())
"#;

/// A repository with a signed tag, and what is made from it.
struct Tagged {
    place: tempfile::TempDir,
    /// Who signed the tag, and signs what is made from it.
    signers: Arc<Signers>,
}

impl Tagged {
    /// The tag is on a good tree with a script, and with a submodule where one is wanted.
    fn new(submodule: Option<&str>) -> Self {
        Self::with(submodule, &[])
    }

    /// The same with more files, whose lines end in LF.
    fn with(submodule: Option<&str>, more: &[(&str, &str)]) -> Self {
        let tagged = Self { place: tempfile::tempdir().unwrap(), signers: Signers::get() };
        let repository = tagged.repository();
        tagged.run("git", &["init", "--quiet", "repository"]);
        for (path, _, bytes) in good_tree() {
            let path = repository.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let script = repository.join("greeter/run.py");
        fs::copy(repository.join("greeter/hello.py"), &script).unwrap();
        fs::set_permissions(script, fs::Permissions::from_mode(0o755)).unwrap();
        for (path, text) in more {
            let path = repository.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let header =
                fs::read_to_string(repository.join("greeter/hello.py")).unwrap().replace("print('hello')\n", "");
            fs::write(path, header + text).unwrap();
        }
        tagged.git(&["add", "--all"]);
        if let Some(path) = submodule {
            let entry = format!("160000,{},{path}", "7".repeat(40));
            tagged.git(&["update-index", "--add", "--cacheinfo", &entry]);
        }
        tagged.git(&["commit", "--quiet", "-m", "one"]);
        tagged.git(&["tag", "--sign", "--local-user", &tagged.signers.manager, "-m", TAG, TAG]);
        tagged
    }

    fn repository(&self) -> PathBuf {
        self.place.path().join("repository")
    }

    fn git(&self, arguments: &[&str]) {
        let user = ["-C", "repository", "-c", "user.name=Ann Example", "-c", "user.email=ann@example.org"];
        let openpgp = ["-c", "gpg.format=openpgp", "-c", "commit.gpgSign=false"];
        self.run("git", &[&user[..], &openpgp, arguments].concat());
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.place.path()).stdin(Stdio::null()).stdout(Stdio::null());
        command.env("GNUPGHOME", self.signers.home()).env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_COMMITTER_DATE", "1700000000 +0000").env("GIT_AUTHOR_DATE", "1700000000 +0000");
        assert!(command.status().unwrap().success(), "{program} {arguments:?}");
    }

    /// The bytes of an archive of the tag, as git makes it.
    fn archive(&self, format: &str) -> Vec<u8> {
        let file = self.place.path().join("made").display().to_string();
        let format = format!("--format={format}");
        self.git(&["archive", &format, "--prefix=demo-1.2.0/", "--output", &file, TAG]);
        fs::read(file).unwrap()
    }

    /// The tag's tree in a directory, after `change`, packed by `program`.
    fn packed(&self, change: impl FnOnce(&Path), program: &str, arguments: &[&str]) -> Vec<u8> {
        let root = self.place.path().join("demo-1.2.0");
        fs::create_dir(&root).unwrap();
        fs::write(self.place.path().join("made.tar"), self.archive("tar")).unwrap();
        self.run("tar", &["-xf", "made.tar"]);
        change(&root);
        self.run(program, arguments);
        fs::remove_dir_all(root).unwrap();
        fs::read(self.place.path().join("packed")).unwrap()
    }

    /// The tree, after `change`, as a tgz.
    fn tgz(&self, change: impl FnOnce(&Path)) -> Vec<u8> {
        self.packed(change, "tar", &["-czf", "packed", "demo-1.2.0"])
    }

    /// What `quorate verify` says of a candidate of these files against the tag.
    fn verify(&self, files: &[(&str, Vec<u8>)], more: &[&str]) -> (Option<i32>, String) {
        let mut candidate = CandidateDirectory::good();
        candidate.files.clear();
        files.iter().for_each(|(name, bytes)| candidate.publish(name, bytes.clone()));
        let place = tempfile::tempdir().unwrap();
        let directory = candidate.write(place.path());
        let mut command = Command::new(env!("CARGO_BIN_EXE_quorate"));
        command.arg("verify").arg(directory).args(["--keys", "KEYS", "--all", "--source-tag", TAG, "--repo"]);
        command.arg(self.repository()).args(more).current_dir(place.path()).stdin(Stdio::null());
        let output = command.output().unwrap();
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    }
}

/// How often a source archive's files are said to be those of the tag.
fn held(said: &str) -> usize {
    said.matches("files are those of the tag v1.2.0-rc1").count()
}

#[test]
fn each_form_of_the_source_is_held_against_the_tag() {
    let tagged = Tagged::new(None);
    let (tgz, zip) = (tagged.archive("tar.gz"), tagged.archive("zip"));
    let (code, said) = tagged.verify(&[(TGZ, tgz.clone()), (ZIP, zip.clone())], &[]);
    assert!(code == Some(0) && held(&said) == 2, "{said}");
    let (code, said) = tagged.verify(&[(ZIP, zip.clone())], &[]);
    assert!(code == Some(0) && held(&said) == 1, "{said}");

    let other = tagged.tgz(|root| fs::write(root.join("added.md"), "x\n").unwrap());
    let (code, said) = tagged.verify(&[(TGZ, other), (ZIP, zip)], &[]);
    assert!(code == Some(1) && held(&said) == 1 && said.contains("added.md"), "{said}");
    let plain = tagged.tgz(|root| {
        fs::set_permissions(root.join("greeter/run.py"), fs::Permissions::from_mode(0o644)).unwrap();
    });
    let (code, said) = tagged.verify(&[(TGZ, plain)], &[]);
    assert!(code == Some(1) && said.contains("different: a file here, an executable file in the tag"), "{said}");

    let (code, said) = tagged.verify(&[("demo-1.2.0-bin.tgz", tgz)], &[]);
    assert!(code == Some(1) && said.contains("no source archive in the candidate"), "{said}");
}

#[test]
fn a_zip_that_says_nothing_of_modes_is_held_by_its_bytes() {
    let tagged = Tagged::new(None);
    let zip = |change: fn(&Path)| tagged.packed(change, "python3", &["-c", WITHOUT_MODES, "packed"]);
    let (code, said) = tagged.verify(&[(ZIP, zip(|_| ()))], &[]);
    assert!(code == Some(0) && held(&said) == 1, "{said}");
    assert!(said.contains("it does not say which of them can be executed"), "{said}");
    let (code, said) = tagged.verify(&[(ZIP, zip(|root| fs::write(root.join("pom.xml"), "<project/>").unwrap()))], &[]);
    assert!(code == Some(1) && said.contains("pom.xml: different: its bytes"), "{said}");
}

#[test]
fn the_limits_that_are_given_count_here_too() {
    let tagged = Tagged::new(None);
    for (name, bytes) in [(TGZ, tagged.archive("tar.gz")), (ZIP, tagged.archive("zip"))] {
        let (code, said) = tagged.verify(&[(name, bytes)], &["--max-entries", "3"]);
        let limit = "source-tag: failed: it cannot be read: it holds more than 3 entries, the limit";
        assert!(code == Some(1) && held(&said) == 0 && said.contains(limit), "{name}: {said}");
    }
}

#[test]
fn a_clone_whose_history_is_cut_has_the_tag_s_files_too() {
    let tagged = Tagged::new(None);
    tagged.git(&["commit", "--quiet", "--allow-empty", "-m", "two"]);
    tagged.git(&["tag", "--sign", "--force", "--local-user", &tagged.signers.manager, "-m", TAG, TAG]);
    let tgz = tagged.archive("tar.gz");
    let address = format!("file://{}", tagged.repository().display());
    tagged.run(
        "git",
        &["clone", "--quiet", "--depth=1", "--branch", TAG, "-c", "advice.detachedHead=false", &address, "cut"],
    );
    fs::rename(tagged.repository(), tagged.place.path().join("whole")).unwrap();
    fs::rename(tagged.place.path().join("cut"), tagged.repository()).unwrap();
    assert!(tagged.repository().join(".git/shallow").exists());
    let (code, said) = tagged.verify(&[(TGZ, tgz)], &[]);
    assert!(code == Some(0) && held(&said) == 1, "{said}");
    let other = tagged.tgz(|root| fs::write(root.join("added.md"), "x\n").unwrap());
    let (code, said) = tagged.verify(&[(TGZ, other)], &[]);
    assert!(code == Some(1) && said.contains("added.md"), "{said}");
}

#[test]
fn a_tag_that_is_signed_otherwise_is_told_apart_from_one_that_is_not() {
    for (kind, said_of_it) in [
        ("SSH SIGNATURE", "the tag v1.2.0-rc1 is signed with an SSH key, which no KEYS can prove: expected OpenPGP"),
        ("SIGNED MESSAGE", "the tag v1.2.0-rc1 is signed with an X.509 certificate"),
        ("OTHER", "the tag v1.2.0-rc1 is not signed"),
    ] {
        let tagged = Tagged::new(None);
        let git = |arguments: &[&str]| {
            let output = Command::new("git").arg("-C").arg(tagged.repository()).args(arguments).output().unwrap();
            assert!(output.status.success(), "{arguments:?}");
            text(&output.stdout).trim().to_owned()
        };
        let head = git(&["rev-parse", "HEAD"]);
        let tagger = "tagger Ann Example <ann@example.org> 1700000000 +0000";
        let armor = format!("-----BEGIN {kind}-----\nAAAA\n-----END {kind}-----\n");
        let object = format!("object {head}\ntype commit\ntag {TAG}\n{tagger}\n\none\n{armor}");
        fs::write(tagged.place.path().join("tag"), object).unwrap();
        let id = git(&["hash-object", "-t", "tag", "-w", "../tag"]);
        git(&["update-ref", &format!("refs/tags/{TAG}"), &id]);
        let (code, said) = tagged.verify(&[(TGZ, tagged.archive("tgz"))], &[]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(said_of_it), "{said}");
    }
}

#[test]
fn a_submodule_of_the_tag_is_told() {
    let tagged = Tagged::new(Some(SUBMODULE));
    let (code, said) = tagged.verify(&[(TGZ, tagged.archive("tar.gz"))], &[]);
    let told = format!("{SUBMODULE}: a submodule in the tag {TAG}");
    assert!(code == Some(0) && held(&said) == 1 && said.contains(&told), "{said}");
    assert!(said.contains("none are in the archive"), "{said}");

    let with = tagged.tgz(|root| {
        fs::create_dir_all(root.join(SUBMODULE)).unwrap();
        fs::copy(root.join("greeter/hello.py"), root.join(SUBMODULE).join("hidden.py")).unwrap();
    });
    let (code, said) = tagged.verify(&[(TGZ, with)], &[]);
    assert!(code == Some(1) && said.contains("the 1 in the archive cannot be held against it"), "{said}");
    assert!(said.contains(&format!("{SUBMODULE}/hidden.py: extra")), "{said}");

    let (code, said) = tagged.verify(&[(TGZ, tagged.archive("tar.gz"))], &["--exclude", SUBMODULE]);
    assert!(code == Some(0) && !said.contains("submodule"), "{said}");
}

#[test]
fn line_ends_of_gitattributes_are_those_of_the_archive() {
    let rules = "*.bat text eol=crlf\n/said.py export-subst\n/inner export-ignore\n";
    let files =
        [(".gitattributes", rules), ("run.bat", "echo\n"), ("said.py", "'$Format:%h$'\n"), ("inner/a.py", "1\n")];
    let tagged = Tagged::with(None, &files[..2]);
    // What git makes of it, and what a tar of a clone is.
    let made = tagged.archive("tar.gz");
    let (code, said) = tagged.verify(&[(TGZ, made.clone()), (ZIP, tagged.archive("zip"))], &[]);
    assert!(code == Some(0) && held(&said) == 2, "{said}");
    assert_eq!(said.matches("; 1 has the line ends that .gitattributes says").count(), 2, "{said}");
    let change = |path: &'static str, from: &'static str, to: &'static str| {
        tagged.tgz(|root| {
            let text = fs::read_to_string(root.join(path)).unwrap();
            assert!(text.contains(from), "{path}: {text:?}");
            fs::write(root.join(path), text.replace(from, to)).unwrap();
        })
    };
    for (path, from, to) in [("run.bat", "echo", "exit"), ("run.bat", "\r\n", "\r\r\n"), ("setup.py", "\n", "\r\n")] {
        let (code, said) = tagged.verify(&[(TGZ, change(path, from, to))], &[]);
        assert!(code == Some(1) && said.contains(&format!("{path}: different: its bytes")), "{said}");
    }
    // As it is in the commit, too.
    let (code, said) = tagged.verify(&[(TGZ, change("run.bat", "\r\n", "\n"))], &[]);
    assert!(code == Some(0) && held(&said) == 1 && !said.contains("line ends"), "{said}");
    // Nobody's own settings count.
    fs::create_dir_all(tagged.repository().join(".git/info")).unwrap();
    fs::write(tagged.repository().join(".git/info/attributes"), "* -text\nsetup.py eol=crlf\n").unwrap();
    let (code, said) = tagged.verify(&[(TGZ, made)], &[]);
    assert!(code == Some(0) && held(&said) == 1, "{said}");
    let (code, said) = tagged.verify(&[(TGZ, change("setup.py", "\n", "\r\n"))], &[]);
    assert!(code == Some(1) && said.contains("setup.py: different: its bytes"), "{said}");

    let tagged = Tagged::with(None, &files);
    let made = tagged.archive("tar.gz");
    let (code, said) = tagged.verify(&[(TGZ, made.clone())], &[]);
    assert!(code == Some(1) && said.contains("export-subst in .gitattributes"), "{said}");
    assert!(said.contains(".gitattributes says export-ignore of inner: --exclude inner where"), "{said}");
    let exclude = ["--exclude", "inner", "--exclude", "said.py", "--exclude", "nothing"];
    let (code, said) = tagged.verify(&[(TGZ, made)], &exclude);
    assert!(code == Some(0) && said.contains("1 file that --exclude names is in the archive, not as in"), "{said}");
    assert!(said.contains("--exclude nothing fits no file"), "{said}");
}
