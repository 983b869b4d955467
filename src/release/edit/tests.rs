// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Rules against small trees.

use super::*;

fn tree(files: &[(&str, &str)]) -> Tree {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

fn rule(text: &str) -> EditRule {
    toml::from_str(text).unwrap()
}

fn release() -> VersionChange {
    VersionChange::new("3.4-SNAPSHOT", "3.4.0")
}

/// The one file after the one rule, and again after that.
fn changed(rule_text: &str, text: &str, versions: Option<&VersionChange>) -> String {
    let rules = [rule(rule_text)];
    let edits = apply(&tree(&[("file", text)]), &rules, versions).unwrap();
    let new = edits.changed.get("file").map_or(text.to_owned(), |bytes| String::from_utf8(bytes.clone()).unwrap());
    let again = apply(&tree(&[("file", &new)]), &rules, versions).unwrap();
    assert!(again.changed.is_empty(), "not idempotent: {:?}", again.changed);
    assert!(!again.hits[0].is_empty(), "what is so already counts as a hit");
    new
}

fn faults(rule_text: &str, text: &str, versions: Option<&VersionChange>) -> Vec<String> {
    let EditFaults(faults) = apply(&tree(&[("file", text)]), &[rule(rule_text)], versions).unwrap_err();
    faults.iter().map(ToString::to_string).collect()
}

const ROOT: &str = r#"<?xml version="1.0"?>
<!-- 3.4-SNAPSHOT in a comment of the root -->
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><groupId>org.apache</groupId><artifactId>apache</artifactId><version>3.4-SNAPSHOT</version></parent>
  <groupId>org.demo</groupId>
  <artifactId>demo-parent</artifactId>
  <version>3.4-SNAPSHOT</version> <!-- kept -->
  <properties>
    <demo.version>3.4-SNAPSHOT</demo.version>
    <other>1.0</other>
  </properties>
  <build><plugins>
    <plugin><groupId>org.demo</groupId><artifactId>p</artifactId><version> 3.4-SNAPSHOT </version></plugin>
    <plugin><artifactId>maven-x</artifactId><version>3.4-SNAPSHOT</version></plugin>
  </plugins></build>
</project>
"#;

const MODULE: &str = r#"<project>
	<parent>
		<groupId>org.demo</groupId>
		<artifactId>demo-parent</artifactId>
		<version>3.4-SNAPSHOT</version>
	</parent>
	<artifactId>demo-a</artifactId>
	<dependencies>
		<dependency><groupId>org.demo</groupId><artifactId>b</artifactId><version>3.4-SNAPSHOT</version></dependency>
		<dependency><groupId>${project.groupId}</groupId><artifactId>c</artifactId><version>3.4-SNAPSHOT</version></dependency>
		<dependency><groupId>org.demo</groupId><artifactId>old</artifactId><version>1.2</version></dependency>
		<dependency><groupId>org.demo</groupId><artifactId>e</artifactId><version>${project.version}</version></dependency>
		<dependency><groupId>org.else</groupId><artifactId>b</artifactId><version>3.4-SNAPSHOT</version></dependency>
	</dependencies>
</project>
"#;

const POMS: &str = "kind = 'maven-poms'\nfiles = '**/pom.xml'";

#[test]
fn poms_are_changed_where_they_mean_the_tree_and_nowhere_else() {
    let before = tree(&[("pom.xml", ROOT), ("a/pom.xml", MODULE), ("a/pom.xml.bak", MODULE)]);
    let edits = apply(&before, &[rule(POMS)], Some(&release())).unwrap();
    let root = String::from_utf8(edits.changed["pom.xml"].clone()).unwrap();
    let changed: Vec<usize> =
        (1..).zip(ROOT.lines().zip(root.lines())).filter(|(_, (old, new))| old != new).map(|(line, _)| line).collect();
    assert_eq!(changed, [7, 9, 13], "own version, property, plugin of the group");
    assert!(root.contains("<version> 3.4.0 </version>") && root.contains("<version>3.4.0</version> <!-- kept -->"));
    let module = String::from_utf8(edits.changed["a/pom.xml"].clone()).unwrap();
    let changed: Vec<usize> = (1..)
        .zip(MODULE.lines().zip(module.lines()))
        .filter(|(_, (old, new))| old != new)
        .map(|(line, _)| line)
        .collect();
    assert_eq!(changed, [5, 9, 10], "parent in the tree, dependencies of its group at the old version");
    assert_eq!(edits.changed.len(), 2);

    let mut after = before.clone();
    after.extend(edits.changed);
    let again = apply(&after, &[rule(POMS)], Some(&release())).unwrap();
    assert!(again.changed.is_empty() && again.hits[0].len() >= 5, "{:?}", again.hits);
}

#[test]
fn what_only_looks_like_a_dependency_is_none() {
    let rule = POMS.replace("**/pom.xml", "file");
    let pom = |rest: &str| {
        format!(
            "<project><groupId>g</groupId><artifactId>a</artifactId><version>3.4-SNAPSHOT</version>{rest}</project>"
        )
    };
    let set = |rest: &str| changed(&rule, &pom(rest), Some(&release()));
    // properties of these names make no second hit of the same place
    let properties = "<properties><groupId>g</groupId><version>3.4-SNAPSHOT</version></properties>";
    assert_eq!(set(properties), pom(properties).replace("3.4-SNAPSHOT", "3.4.0"));
    let configuration = "<build><plugins><plugin><artifactId>p</artifactId><configuration>\
        <dependency><groupId>g</groupId><version>3.4-SNAPSHOT</version></dependency>\
        </configuration></plugin></plugins></build>";
    assert_eq!(set(configuration), pom(configuration).replacen("3.4-SNAPSHOT", "3.4.0", 1));
}

#[test]
fn a_pom_at_a_third_version_is_a_fault_with_its_line() {
    let stale = MODULE.replacen("3.4-SNAPSHOT", "3.3-SNAPSHOT", 1);
    let broken = "<project><version>1</project>";
    let own = "<project>\n<artifactId>x</artifactId>\n<version>9</version></project>";
    let all = tree(&[("pom.xml", ROOT), ("a/pom.xml", &stale), ("b/pom.xml", broken), ("c/pom.xml", own)]);
    let EditFaults(faults) = apply(&all, &[rule(POMS)], Some(&release())).unwrap_err();
    let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 3, "{texts:#?}");
    assert!(texts[0].starts_with(
        "a/pom.xml:5: found `3.3-SNAPSHOT` as the version of a parent in the tree, expected `3.4-SNAPSHOT` or `3.4.0`"
    ));
    assert!(texts[1].starts_with("b/pom.xml:1: found what is no XML"));
    assert!(texts[2].starts_with("c/pom.xml:3: found `9` as the project's version"));
}

#[test]
fn an_expression_as_version_is_left_to_its_property() {
    let pom = "<project><groupId>g</groupId><artifactId>a</artifactId><version>${revision}</version>\
               <properties><revision>3.4-SNAPSHOT</revision></properties></project>";
    let edits = apply(&tree(&[("pom.xml", pom)]), &[rule(POMS)], Some(&release())).unwrap();
    let new = String::from_utf8(edits.changed["pom.xml"].clone()).unwrap();
    assert!(new.contains("<version>${revision}</version>") && new.contains("<revision>3.4.0</revision>"));
}

const JSON: &str = "kind = 'json'\nfiles = 'file'\npointer = '/version'\nvalue = '@NPM_NEW@'";

#[test]
fn json_keeps_all_else_byte_for_byte() {
    let text =
        "{\r\n\t\"a\" : {\"version\": \"3.4-SNAPSHOT\"},  \"version\"\t:\t\"3.4-SNAPSHOT\" ,\"x\":[1.50, \"\\u00e9\"]}";
    let new = changed(JSON, text, Some(&VersionChange::new("3.4-SNAPSHOT", "3.5-SNAPSHOT")));
    assert_eq!(new, text.replace("\t\"3.4-SNAPSHOT\" ,", "\t\"3.5.0-SNAPSHOT\" ,"));
    let deep = JSON.replace("/version", "/a/0/b~1c~0");
    assert_eq!(changed(&deep, r#"{"a":[{"b/c~":"3.4.0-SNAPSHOT"}]}"#, Some(&release())), r#"{"a":[{"b/c~":"3.4.0"}]}"#);
    let bom = "\u{feff}{\"version\":\"3.4\"}";
    assert_eq!(changed(JSON, bom, Some(&release())), "\u{feff}{\"version\":\"3.4.0\"}");
}

#[test]
fn json_that_is_not_as_expected_is_a_fault() {
    let fault = |text: &str| faults(JSON, text, Some(&release())).remove(0);
    let wrong = fault("{\n\n\"version\": \"3.3-SNAPSHOT\"}");
    assert!(
        wrong.starts_with("file:3: found `3.3-SNAPSHOT` at /version, expected `3.4-SNAPSHOT`, or another"),
        "{wrong}"
    );
    assert!(fault("{\"name\":\n1}").contains("found no `version`"));
    assert!(fault("{\"version\": 1}").contains("no string"));
    assert!(fault("{\"version\": \"3.4\", \"version\": \"3.4\"}").contains("more than once"));
    assert!(fault("{,}").contains("no JSON"));
    assert!(fault("[]").contains("an array where `version`"));
    assert!(faults(JSON, "{\"version\":\"1\"}", None)[0].contains("found @NPM_NEW@ in the rule"));
}

const TEXT: &str = "kind = 'text'\nfiles = 'file'\nfind = 'FROM demo:@OLD@'\nreplace = 'FROM demo:@NEW@'";

#[test]
fn text_is_replaced_where_the_version_is_a_whole_one() {
    let text = "FROM demo:3.4-SNAPSHOT\nFROM demo:3.4-SNAPSHOT-slim # 3.4-SNAPSHOT\n";
    let new = changed(TEXT, text, Some(&release()));
    assert_eq!(new, "FROM demo:3.4.0\nFROM demo:3.4.0-slim # 3.4-SNAPSHOT\n");
    let grow = "kind = 'text'\nfiles = 'file'\nfind = 'a'\nreplace = 'ab'";
    assert_eq!(changed(grow, "xa", None), "xab", "a replacement that holds what is sought is not replaced again");
}

#[test]
fn text_that_hits_nothing_is_a_fault_that_shows_what_is_near() {
    let near = faults(TEXT, "x\nFROM demo:3.2.0\n", Some(&release()));
    assert_eq!(near.len(), 1);
    assert!(near[0].starts_with("file:2: found `FROM demo:3.2.0`, expected `FROM demo:3.4-SNAPSHOT`"), "{near:?}");
    assert!(faults(TEXT, "x", Some(&release()))[0].starts_with("file: found nothing that the rule fits"));
    let stale = faults(TEXT, "FROM demo:3.4-SNAPSHOT\nFROM demo:3.3-SNAPSHOT\nFROM demo:3.2.0", Some(&release()));
    assert_eq!(stale.len(), 1, "beside a hit only another snapshot is at fault: {stale:?}");
    let longer = faults(TEXT, "FROM demo:3.4-SNAPSHOT2", Some(&release()));
    assert!(longer[0].contains("FROM demo:3.4-SNAPSHOT2"), "{longer:?}");
    let missing = format!("{TEXT}\nmay_miss = 'not today'");
    let edits = apply(&tree(&[("file", "FROM demo:3.2.0")]), &[rule(&missing)], Some(&release())).unwrap();
    assert!(edits.changed.is_empty() && edits.hits == [[]]);
    let empty = TEXT.replace("'FROM demo:@NEW@'", "''");
    assert!(faults(&empty, "x", Some(&release()))[0].contains("an empty `replace`"));
}

#[test]
fn a_rule_without_files_and_a_broken_glob_are_faults_together() {
    let rules = [rule(&TEXT.replace("'file'", "'other/*'")), rule(&JSON.replace("'file'", "'a[b'")), rule(TEXT)];
    let EditFaults(faults) = apply(&tree(&[("file", "")]), &rules, Some(&release())).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.place.as_str()).collect::<Vec<_>>(), ["other/*", "a[b", "file"]);
}

const CONFIG: &str = "# top\r\nbase = '//x'  # why\r\n\r\n[params]\r\n  Stable = false\r\n  Version = \"3.4-SNAPSHOT\" # v\r\n  \
     Docs = [\r\n    [\"3.3\", \"u/3.3\"], # newest\r\n    [\"3.2\", \"u/3.2\"]\r\n  ]\r\n  One = [\"b\"]\r\n  None = []\r\n";

fn toml_rule(kind: &str, path: &str, value: &str) -> String {
    format!("kind = '{kind}'\nfiles = 'file'\npath = '{path}'\nvalue = '''{value}'''")
}

#[test]
fn toml_keeps_comments_order_and_line_ends() {
    let set = |path: &str, value: &str| changed(&toml_rule("toml", path, value), CONFIG, Some(&release()));
    assert_eq!(set("params.Stable", "true"), CONFIG.replace("false", "true"));
    assert_eq!(set("base", "'//y'"), CONFIG.replace("'//x'", "'//y'"));
    assert_eq!(set("params.Version", "\"@NEW@\""), CONFIG.replace("3.4-SNAPSHOT", "3.4.0"));
    assert_eq!(set("params.\"One\"", "[\"c\",\n \"d\"]"), CONFIG.replace("[\"b\"]", "[\"c\",\n \"d\"]"));
    assert_eq!(set("base", "\"//x\""), CONFIG, "another way to write the same value changes nothing");
}

#[test]
fn toml_prepend_puts_an_entry_first_once() {
    let put = |path: &str, value: &str| changed(&toml_rule("toml-prepend", path, value), CONFIG, None);
    let new = put("params.Docs", "[\"3.4\", \"u/3.4\"]");
    assert_eq!(new, CONFIG.replace("    [\"3.3\"", "    [\"3.4\", \"u/3.4\"],\r\n    [\"3.3\""));
    assert_eq!(put("params.One", "\"a\""), CONFIG.replace("[\"b\"]", "[\"a\", \"b\"]"));
    assert_eq!(put("params.None", "\"a\""), CONFIG.replace("[]", "[\"a\"]"));
    assert_eq!(put("params.Docs", "['3.2', 'u/3.2']"), CONFIG, "there already, if not first");
}

#[test]
fn toml_that_is_not_as_expected_is_a_fault() {
    let fault = |kind: &str, path: &str, value: &str, text: &str| {
        faults(&toml_rule(kind, path, value), text, Some(&release())).remove(0)
    };
    assert!(fault("toml", "params.Gone", "1", CONFIG).contains("found no `params.Gone`"));
    let typed = fault("toml", "params.Stable", "\"true\"", CONFIG);
    assert!(typed.starts_with("file:5: found a value of type boolean at params.Stable"), "{typed}");
    let stale = CONFIG.replace("3.4-SNAPSHOT", "3.3-SNAPSHOT");
    let wrong = fault("toml", "params.Version", "\"@NEW@\"", &stale);
    assert!(wrong.starts_with("file:6: found `3.3-SNAPSHOT` at params.Version"), "{wrong}");
    assert!(fault("toml", "base", "nonsense", CONFIG).contains("found `nonsense`, expected a TOML value"));
    assert!(fault("toml", "base", "1\nx = 2", CONFIG).contains("expected a TOML value"));
    assert!(fault("toml", "a b", "1", CONFIG).contains("expected a dotted TOML key"));
    assert!(fault("toml", "base", "1", "base = = 1").contains("no TOML"));
    assert!(fault("toml", "base.x", "1", CONFIG).contains("no table"));
    assert!(fault("toml-prepend", "base", "1", CONFIG).contains("of type string, expected an array"));
}

#[test]
fn rules_apply_one_after_the_other() {
    let rules = [
        rule(&toml_rule("toml", "params.Version", "\"@NEW@\"")),
        rule(&toml_rule("toml", "params.Version", "\"3.4\"")),
    ];
    let edits = apply(&tree(&[("file", CONFIG)]), &rules, Some(&release())).unwrap();
    assert_eq!(edits.changed["file"], CONFIG.replace("3.4-SNAPSHOT", "3.4").as_bytes());
    let back = [rules[0].clone(), rule(&toml_rule("toml", "params.Version", "\"@OLD@\""))];
    assert!(apply(&tree(&[("file", CONFIG)]), &back, Some(&release())).unwrap().changed.is_empty());
}

#[test]
fn the_authority_says_the_version_or_where_it_is_not() {
    let all = tree(&[
        ("pom.xml", ROOT),
        ("a/pom.xml", MODULE),
        ("setup.py", "x\nversion='3.4-SNAPSHOT',\n"),
        ("package.json", "{\"version\": \"3.4.0\"}"),
        ("config.toml", CONFIG),
    ]);
    let says = |text: &str| authority(&rule(text), &all);
    assert_eq!(says("kind = 'maven-poms'\nfiles = 'pom.xml'").unwrap(), "3.4-SNAPSHOT", "its own, not its parent's");
    assert_eq!(says("kind = 'maven-poms'\nfiles = 'a/pom.xml'").unwrap(), "3.4-SNAPSHOT");
    let setup = "kind = 'text'\nfiles = 'setup.py'\nfind = \"version='@OLD@'\"\nreplace = \"version='@NEW@'\"";
    assert_eq!(says(setup).unwrap(), "3.4-SNAPSHOT");
    assert_eq!(says(&JSON.replace("'file'", "'package.json'")).unwrap(), "3.4.0");
    let version = toml_rule("toml", "params.Version", "\"@NEW@\"").replace("'file'", "'config.toml'");
    assert_eq!(says(&version).unwrap(), "3.4-SNAPSHOT");
    assert_eq!(says(POMS).unwrap_err().found, "several files");
    assert_eq!(says("kind = 'maven-poms'\nfiles = 'b/pom.xml'").unwrap_err().found, "no such file");
    let base = toml_rule("toml", "base", "\"@NEW@\"").replace("'file'", "'config.toml'");
    assert_eq!(says(&base).unwrap_err().place, "config.toml:2");
}

#[test]
fn what_is_left_of_an_old_version_is_named_with_its_line() {
    let mut all = tree(&[
        ("a", "13.4-SNAPSHOT\nx-3.4-SNAPSHOT.jar\n"),
        ("b/package.json", "\"3.4.0-SNAPSHOT\""),
        ("b/old.md", "3.4-SNAPSHOT"),
        ("picture", "\u{0}3.4-SNAPSHOT"),
    ]);
    all.insert("latin".into(), b"\xe9 3.4-SNAPSHOT".to_vec());
    let allow = [AllowedLeftover { files: "b/*.md".into(), why: "history".into() }];
    let left: Vec<String> = leftovers(&all, "3.4-SNAPSHOT", &allow).unwrap().iter().map(ToString::to_string).collect();
    let expected = [
        "a:2: 3.4-SNAPSHOT",
        "b/package.json:1: 3.4.0-SNAPSHOT",
        "latin:1: 3.4-SNAPSHOT",
        "picture (no text): 3.4-SNAPSHOT",
    ];
    assert_eq!(left, expected);
    let broken = [AllowedLeftover { files: "a[b".into(), why: String::new() }];
    assert!(leftovers(&all, "3.4-SNAPSHOT", &broken).is_err());
}

#[test]
fn other_snapshots_of_the_same_major_version_are_named() {
    let all = tree(&[
        ("a", "3.4-SNAPSHOT 3.5-SNAPSHOT 3.5.0-SNAPSHOT"),
        ("b", "2.2-SNAPSHOT 13.4-SNAPSHOT X-SNAPSHOT"),
        ("c", "v3.4.1-SNAPSHOT"),
    ]);
    let left: Vec<String> =
        other_snapshots(&all, "3.5-SNAPSHOT", &[]).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(left, ["a:1: 3.4-SNAPSHOT", "c:1: 3.4.1-SNAPSHOT"]);
}
