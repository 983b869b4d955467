// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What changes make of texts, and which they refuse.

use std::collections::BTreeMap;

use super::{Change, changed};
use crate::release::Tree;

const ARCHIVE: &str = "# who made it\nrelease_archive:\n  other:\n    - version_short: \"1.18\"\n      version_long: 1.18.0\n\n  greeter:\n    -\n      version_short: 1.1\n      version_long: 1.1.0\n      release_date: 2026-01-02\n    -\n      version_short: 1.0\n      version_long: 1.0.0\n\n  more:\n    - version: 3.0\n";
const ITEM: &str = "# put first\n-\n  version_short: \"1.2\"\n  version_long: 1.2.0\n  release_date: 2026-11-21\n";
const ENTRIES: &str = "# licence\n\n1.1:\n  name: \"Greeter 1.1.0\"\n  compatibility: [\"x\"]\n\n# older ones\n\"1.10\":\n  name: other\n";

fn texts(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("t".to_owned(), text.to_owned())])
}

fn item() -> Change {
    let [file, list, identity, from] = ["a.yml", "release_archive.greeter", "version_long", "t"].map(str::to_owned);
    Change::YamlItem { file, list, identity, from }
}

fn key(key: &str) -> Change {
    Change::YamlKey { file: "a.yml".into(), key: key.into(), from: "t".into() }
}

fn once(text: &str, change: &Change, prepared: &str) -> Result<Option<String>, String> {
    let tree = Tree::from([("a.yml".to_owned(), text.as_bytes().to_vec())]);
    let made =
        changed(&tree, std::slice::from_ref(change), &texts(prepared)).map_err(|faults| faults[0].to_string())?;
    Ok(made.into_values().next().map(|bytes| String::from_utf8(bytes).unwrap()))
}

#[test]
fn an_item_is_put_before_the_others_once_and_put_right() {
    let made = once(ARCHIVE, &item(), ITEM).unwrap().unwrap();
    let entry = "    -\n      version_short: \"1.2\"\n      version_long: 1.2.0\n      release_date: 2026-11-21\n";
    assert_eq!(made, ARCHIVE.replace("  greeter:\n", &format!("  greeter:\n{entry}")));
    assert_eq!(once(&made, &item(), ITEM), Ok(None), "a second time");
    let later = ITEM.replace("11-21", "11-24");
    assert_eq!(once(&made, &item(), &later).unwrap().unwrap(), made.replace("11-21", "11-24"));
    let dashes = ARCHIVE.replace("    -\n      version_short", "    - version_short");
    let made = once(&dashes, &item(), ITEM).unwrap().unwrap();
    assert_eq!(made, dashes.replace("  greeter:\n", &format!("  greeter:\n{entry}")));
}

#[test]
fn an_item_may_be_told_apart_by_several_fields() {
    let text = "all:\n  - name: a\n    version: 3.0.0\n  - name: b\n    version: 3.0.0\n";
    let change = Change::YamlItem {
        file: "a.yml".into(),
        list: "all".into(),
        identity: "name+version".into(),
        from: "t".into(),
    };
    let made = once(text, &change, "-\n  name: \"b\"\n  version: \"3.0.0\"\n  date: 1\n").unwrap().unwrap();
    assert!(
        made.contains("- name: a\n    version: 3.0.0\n  -\n    name: \"b\"\n") && made.ends_with("date: 1\n"),
        "{made}"
    );
    let made = once(text, &change, "- name: c\n  version: 3.0.0\n").unwrap().unwrap();
    assert!(made.starts_with("all:\n  - name: c\n    version: 3.0.0\n  - name: a\n"), "{made}");
}

#[test]
fn an_entry_is_put_above_the_others_or_in_the_place_of_its_own() {
    let wanted = "\"1.2\":\n  name: \"Greeter 1.2.0\"\n";
    let made = once(ENTRIES, &key("1.2"), wanted).unwrap().unwrap();
    assert_eq!(made, ENTRIES.replace("1.1:\n", &format!("{wanted}1.1:\n")));
    assert_eq!(once(&made, &key("1.2"), wanted), Ok(None));
    let bugfix = "\"1.1\":\n  name: \"Greeter 1.1.1\"\n";
    let made = once(ENTRIES, &key("1.1"), bugfix).unwrap().unwrap();
    assert_eq!(made, ENTRIES.replace("1.1:\n  name: \"Greeter 1.1.0\"\n", bugfix), "what it does not name stays");
    let whole = "\"1.1\":\n  name: \"Greeter 1.1.1\"\n  compatibility: [\"y\"]\n";
    let made = once(ENTRIES, &key("1.1"), whole).unwrap().unwrap();
    assert_eq!(made, ENTRIES.replace("1.1:\n  name: \"Greeter 1.1.0\"\n  compatibility: [\"x\"]\n", whole));
    assert_eq!(once("# nothing yet\n", &key("1.2"), wanted).unwrap().unwrap(), format!("# nothing yet\n{wanted}"));
}

#[test]
fn further_fields_of_an_entry_stay_in_whatever_form() {
    let before = "1.1:\n    name: Greeter 1.1.0\n    # of the council\n    notes: |\n      one\n\n        two\n    mirrors:\n    - \
                  a\n    - b\n    more:\n        deep: {x: 1}\n\n# older\n1.0:\n  name: Greeter 1.0.0\n";
    let bugfix = "\"1.1\":\n  name: \"Greeter 1.1.1\"\n";
    let made = once(before, &key("1.1"), bugfix).unwrap().unwrap();
    let kept = "  notes: |\n    one\n\n      two\n  mirrors:\n  - a\n  - b\n  more:\n      deep: {x: 1}\n";
    assert_eq!(made, format!("{bugfix}{kept}\n# older\n1.0:\n  name: Greeter 1.0.0\n"));
    assert_eq!(once(&made, &key("1.1"), bugfix), Ok(None), "a second time");
    let moved =
        made.replace("  name: \"Greeter 1.1.1\"\n", "").replace("  mirrors", "  name: \"Greeter 1.1.1\"\n  mirrors");
    assert_eq!(once(&moved, &key("1.1"), bugfix), Ok(None), "in another order");
    let items = "all:\n  - name: a\n    version: 1\n    note: x\n  - name: b\n";
    let change =
        Change::YamlItem { file: "a.yml".into(), list: "all".into(), identity: "name".into(), from: "t".into() };
    let made = once(items, &change, "-\n  name: a\n  version: 2\n").unwrap().unwrap();
    assert_eq!(made, "all:\n  -\n    name: a\n    version: 2\n    note: x\n  - name: b\n");
    let fault = once("1.1: {name: y, more: x}\n", &key("1.1"), bugfix).unwrap_err();
    assert!(fault.contains("cannot be edited line by line"), "{fault}");
}

#[test]
fn lines_end_as_they_did() {
    let with_carriages = |text: &str| text.replace('\n', "\r\n");
    let made = once(&with_carriages(ARCHIVE), &item(), ITEM).unwrap().unwrap();
    assert_eq!(made, with_carriages(&once(ARCHIVE, &item(), ITEM).unwrap().unwrap()));
    let bugfix = "\"1.1\":\n  name: \"Greeter 1.1.1\"\n";
    let made = once(&with_carriages(ENTRIES), &key("1.1"), bugfix).unwrap().unwrap();
    assert_eq!(made, with_carriages(&once(ENTRIES, &key("1.1"), bugfix).unwrap().unwrap()));
    assert_eq!(once(&made, &key("1.1"), bugfix), Ok(None), "a second time");
    // a file without an end of its last line keeps that too
    let open = ENTRIES.trim_end();
    let made = once(open, &key("1.2"), "\"1.2\":\n  name: x\n").unwrap().unwrap();
    assert!(made.ends_with("\"1.10\":\n  name: other"), "{made}");
    let line = Change::Line { file: "a.yml".into(), line: "1.2=B".into() };
    assert_eq!(once("1.0=A\r\n1.1=A", &line, "").unwrap().unwrap(), "1.0=A\r\n1.1=A\r\n1.2=B\r\n");
    let toml = Change::Toml { file: "a.yml".into(), path: "a".into(), value: "2".into(), keeps_higher: false };
    assert_eq!(once("a = 1\r\nb = 1\r\n", &toml, "").unwrap().unwrap(), "a = 2\r\nb = 1\r\n");
}

#[test]
fn what_does_not_fit_is_refused() {
    let entry = "\"1.2\":\n  name: x\n";
    for (text, change, prepared, expected) in [
        ("release_archive: {}\n", item(), ITEM, "no list release_archive.greeter"),
        (ARCHIVE, item(), "version_long: 1.2.0\n", "one item with version_long"),
        (ARCHIVE, item(), "- [\n", "what is no YAML"),
        ("release_archive: {greeter: [{version_long: 1.1.0}]}\n", item(), ITEM, "cannot be edited line by line"),
        ("{1.1: {name: y}}\n", key("1.1"), "\"1.1\":\n  name: x\n", "cannot be edited line by line"),
        ("- a\n", key("1.2"), entry, "no mapping"),
        ("a: 1\n---\nb: 2\n", key("1.2"), entry, "2 documents"),
        (ENTRIES, key("1.3"), entry, "the one entry 1.3"),
    ] {
        let fault = once(text, &change, prepared).unwrap_err();
        assert!(fault.contains(expected), "{fault}, expected {expected}");
    }
    let twice = ARCHIVE.replace("version_long: 1.0.0", "version_long: 1.1.0");
    let fault = once(&twice, &item(), &ITEM.replace("1.2.0", "1.1.0")).unwrap_err();
    assert!(fault.contains("2 items with version_long 1.1.0"), "{fault}");
}

#[test]
fn values_lines_and_files() {
    let toml = "[params]\n  Stable = \"1.1.0\"\n  Short = \"1.1\"\n";
    let tree =
        Tree::from([("c.toml".to_owned(), toml.as_bytes().to_vec()), ("keys.txt".to_owned(), b"1.1=A".to_vec())]);
    let set = |path: &str, value: &str| Change::Toml {
        file: "c.toml".into(),
        path: format!("params.{path}"),
        value: value.into(),
        keeps_higher: true,
    };
    let line = Change::Line { file: "keys.txt".into(), line: "1.2=B".into() };
    let file = Change::File { file: "posts/x.md".into(), from: "t".into() };
    let changes = [set("Stable", "\"1.2.0\""), set("Short", "\"1.2\""), line, file];
    let made = changed(&tree, &changes, &texts("post\n")).unwrap();
    let text = |name: &str| String::from_utf8(made[name].clone()).unwrap();
    assert_eq!(text("c.toml"), toml.replace("1.1", "1.2"));
    assert_eq!(text("keys.txt"), "1.1=A\n1.2=B\n");
    assert_eq!(text("posts/x.md"), "post\n");
    assert_eq!(changed(&made, &changes, &texts("another\n")).unwrap(), Tree::new(), "a page that is there is people's");
    let older = [set("Stable", "\"1.0.3\""), set("Short", "\"1.0\"")];
    assert_eq!(changed(&tree, &older, &BTreeMap::new()).unwrap(), Tree::new(), "an older series is not the stable one");
    let wrong = changed(&tree, &[set("Other", "1"), set("Stable", "true")], &BTreeMap::new()).unwrap_err();
    assert_eq!(wrong.len(), 2, "{wrong:?}");
}
