// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Holds the judgement against RAT itself, as `scripts/compare-rat.sh` runs it. These
//! tests are ignored otherwise: they need Java, RAT's jar and trees of files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::tests::CASES;
use super::{Document, Judgement, RatExcludes, approved};

/// The files under `root` that RAT lists and does not approve of.
fn unapproved_by_rat(root: &Path, arguments: &[&str]) -> BTreeSet<String> {
    let jar = std::env::var("QUORATE_RAT_JAR").expect("QUORATE_RAT_JAR names RAT's jar");
    let mut java = Command::new("java");
    java.env("LC_ALL", "C.UTF-8").arg("-jar").arg(jar).arg("-x").args(arguments).arg("-d").arg(root);
    let output = java.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = String::from_utf8(output.stdout).unwrap();
    let report = roxmltree::Document::parse(&report[report.find("<rat-report").unwrap()..]).unwrap();
    let prefix = format!("{}/", root.display());
    let refused = |node: &roxmltree::Node<'_, '_>| {
        node.children().any(|child| child.has_tag_name("license-approval") && child.attribute("name") == Some("false"))
    };
    let resources = report.descendants().filter(|node| node.has_tag_name("resource")).filter(refused);
    resources.map(|node| node.attribute("name").unwrap().strip_prefix(&prefix).unwrap().to_owned()).collect()
}

/// The same by the judgement here.
fn unapproved(root: &Path, excludes: &RatExcludes) -> BTreeSet<String> {
    let judged = files(root).into_iter().filter(|path| {
        !excludes.exclude(path) && Judgement::of(path, &fs::read(root.join(path)).unwrap()) == Judgement::Unapproved
    });
    judged.collect()
}

fn files(root: &Path) -> Vec<String> {
    let (mut found, mut left) = (Vec::new(), vec![root.to_owned()]);
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                left.push(entry.path());
            } else {
                found.push(entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}

fn same(what: &str, rat: &BTreeSet<String>, ours: &BTreeSet<String>) {
    let only_rat: Vec<_> = rat.difference(ours).collect();
    let only_ours: Vec<_> = ours.difference(rat).collect();
    println!("{what}: {} files unapproved by RAT, {} here", rat.len(), ours.len());
    assert!(only_rat.is_empty() && only_ours.is_empty(), "{what}: only RAT {only_rat:#?}; only here {only_ours:#?}");
}

#[test]
#[ignore = "needs RAT's jar: scripts/compare-rat.sh"]
fn trees_have_the_same_unapproved_files() {
    let trees = std::env::var("QUORATE_RAT_TREES").expect("QUORATE_RAT_TREES names trees, with : between");
    for tree in trees.split(':').map(PathBuf::from) {
        same(&tree.display().to_string(), &unapproved_by_rat(&tree, &[]), &unapproved(&tree, &RatExcludes::default()));
        let Ok(pom) = fs::read_to_string(tree.join("pom.xml")) else { continue };
        // the plugin's patterns are not the jar's: what they fit is taken away
        let excludes = RatExcludes::from_pom(&pom).unwrap();
        let less = tempfile::tempdir().unwrap();
        for path in files(&tree).iter().filter(|path| !excludes.exclude(path)) {
            let to = less.path().join(path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(tree.join(path), to).unwrap();
        }
        let rat = unapproved_by_rat(less.path(), &[]);
        same(&format!("{} with its pom's excludes", tree.display()), &rat, &unapproved(&tree, &excludes));
    }
}

#[test]
#[ignore = "needs RAT's jar: scripts/compare-rat.sh"]
fn an_exclude_file_excludes_the_same() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path().canonicalize().unwrap();
    for path in ["a.txt", "foo/a.txt", "foo/bar/c.txt", "x.gen", "foo/a.b.gen", "axtxt", "gen.txt/inner.c", "A.TXT"] {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), "x").unwrap();
    }
    for lines in [
        "a.txt",
        "*.gen",
        ".*\\.gen",
        "foo",
        "foo/*",
        "foo/a.txt",
        "# no\n\n  a.txt  ",
        "gen.txt",
        "^a",
        "[",
        "foo/**",
        "a*",
        "x.g?n",
        "a**",
        ".*+",
    ] {
        let list = tempfile::NamedTempFile::new().unwrap();
        fs::write(list.path(), format!("{lines}\n")).unwrap();
        let rat = unapproved_by_rat(&root, &["-E", list.path().to_str().unwrap()]);
        same(lines, &rat, &unapproved(&root, &RatExcludes::from_exclude_file(lines)));
    }
}

#[test]
#[ignore = "needs RAT's jar: scripts/compare-rat.sh"]
fn the_recorded_cases_are_what_rat_says() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path().canonicalize().unwrap();
    for (path, bytes, _) in CASES {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), bytes).unwrap();
    }
    same("the recorded cases", &unapproved_by_rat(&root, &[]), &unapproved(&root, &RatExcludes::default()));
}

/// Texts cut up, wrapped and mixed at random, the same ones for the same seed.
#[test]
#[ignore = "needs RAT's jar: scripts/compare-rat.sh"]
fn texts_at_random_are_judged_the_same() {
    let tree = tempfile::tempdir().unwrap();
    let root = tree.path().canonicalize().unwrap();
    let mut state = std::env::var("QUORATE_SEED").map_or(1, |seed| seed.parse::<u64>().unwrap()) | 1;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let texts: Vec<String> = approved::readable().collect();
    let names = ["x.txt", "x.java", "NOTICE", "x.json", "x.md", "README.txt", "a/x.c", ".b/x.c", "x.LICENSE"];
    for number in 0..4000 {
        let mut text = String::new();
        for _ in 0..=random(3) {
            let mut words: Vec<&str> = texts[random(texts.len())].split(' ').collect();
            if random(4) == 0 {
                let end = random(words.len());
                words.truncate(end);
            }
            let (wrap, sign) = (random(25) + 1, ["\n * ", "\n# ", "\r\n", "\n\n// ", " ", "\r"][random(6)]);
            let odd = random(60);
            for (at, word) in words.iter().enumerate() {
                text.push_str(if at % wrap == wrap - 1 { sign } else { " " });
                text.push_str(&if random(3) == 0 { word.to_uppercase() } else { (*word).to_owned() });
                if at == odd {
                    text.push_str(["\u{e9}", ",", "-", "x", "\u{4e2d}", "\u{201d}", "\0", "\u{7}"][random(8)]);
                }
            }
        }
        let path = root.join(format!("{number:04}")).join(names[random(names.len() * 3).min(names.len() - 1)]);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (rat, ours) = (unapproved_by_rat(&root, &[]), unapproved(&root, &RatExcludes::default()));
    for path in rat.symmetric_difference(&ours) {
        println!("{path}: {:?}", fs::read_to_string(root.join(path)).unwrap());
    }
    same("texts at random", &rat, &ours);
    assert_eq!(Document::of("a/NOTICE", b""), Document::Notice);
}
