// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The rules that set versions, as a person would apply them in a shell.

use super::shell::{quoted, with_variables};
use crate::release::{EditRule, VersionChange};

/// Replaces a text in files: `put FILES OLD NEW`.
const PUT: &str =
    r#"put() { git ls-files -z ":(glob)$1" | OLD="$2" NEW="$3" xargs -0r perl -pi -e 's/\Q$ENV{OLD}\E/$ENV{NEW}/g'; }"#;

/// Where a value of a TOML file may stand: `$h` begins its table, `$n` is the head of another one.
macro_rules! in_table {
    () => {
        r#"my $t = $ENV{TABLE}; my $h = length $t ? qr/^\h*\[\h*\Q$t\E\h*\][^\n]*\n/m : qr/\A/; my $n = qr/^\h*\[\[?[^\[\]"\x27,]+\]\]?\h*(?:#[^\n]*)?$/m; "#
    };
}

/// Sets a value of a TOML file: `set_toml FILES TABLE KEY VALUE`; the table is empty for one before the first.
const SET_TOML: &str = concat!(
    r#"set_toml() { git ls-files -z ":(glob)$1" | TABLE="$2" KEY="$3" NEW="$4" xargs -0r perl -0777 -pi -e '"#,
    in_table!(),
    r#"s/($h(?:(?!$n)[^\n]*\n)*?\h*\Q$ENV{KEY}\E\h*=\h*)(?:\[(?![^\n]*\]\h*$).*?^\h*\]|[^\n]*)/$1$ENV{NEW}/ms'; }"#
);

/// Puts an entry before the others of an array in a TOML file.
const PREPEND_TOML: &str = concat!(
    r#"prepend_toml() { git ls-files -z ":(glob)$1" | TABLE="$2" KEY="$3" NEW="$4" xargs -0r perl -0777 -pi -e '"#,
    in_table!(),
    r#"s/($h(?:(?!$n)[^\n]*\n)*?(\h*)\Q$ENV{KEY}\E\h*=\h*\[)/$1\n$2  $ENV{NEW},/m'; }"#
);

/// The lines that apply `rules` in a checkout; `to` is the version that they set.
pub(super) fn edit_commands(rules: &[&EditRule], authority: Option<&EditRule>, to: Option<&str>) -> Vec<String> {
    let mut lines = Vec::new();
    if let (Some(authority), Some(_)) = (authority, to) {
        lines.push(old_version(authority));
    }
    let mut helpers: Vec<&str> = rules.iter().filter_map(|rule| helper(rule)).collect();
    helpers.sort_unstable();
    helpers.dedup();
    lines.extend(helpers.into_iter().map(str::to_owned));
    lines.extend(rules.iter().map(|rule| apply(rule, to)));
    lines
}

fn helper(rule: &EditRule) -> Option<&'static str> {
    match rule {
        EditRule::MavenPoms { .. } | EditRule::Text { .. } => Some(PUT),
        EditRule::Toml { .. } => Some(SET_TOML),
        EditRule::TomlPrepend { .. } => Some(PREPEND_TOML),
        EditRule::Json { .. } => None,
    }
}

/// Reads the tree's present version into `$old`.
fn old_version(authority: &EditRule) -> String {
    let file = quoted(authority.files());
    match authority {
        EditRule::MavenPoms { .. } => {
            format!(r"old=$(perl -0777 -ne 's/<parent>.*?<\/parent>//s; print $1 if /<version>\s*([^<\s]+)/' {file})")
        }
        EditRule::Json { pointer, .. } => {
            format!("old=$(jq -r {} {file})", quoted(&format!("getpath({})", keys(pointer))))
        }
        EditRule::Toml { path, .. } | EditRule::TomlPrepend { path, .. } => {
            let (table, key) = placed(path);
            let find = r#"print $1 if /$h(?:(?!$n)[^\n]*\n)*?\h*\Q$ENV{KEY}\E\h*=\h*"([^"]*)"/m"#;
            format!("old=$(TABLE={} KEY={} perl -0777 -ne '{}{find}' {file})", quoted(table), quoted(key), in_table!())
        }
        EditRule::Text { .. } => "old=VERSION_OF_THE_TREE".to_owned(),
    }
}

fn apply(rule: &EditRule, to: Option<&str>) -> String {
    let files = quoted(rule.files());
    let to = to.unwrap_or_default();
    // The old version is a variable, the new one is known.
    let filled = |text: &str| {
        if !text.contains("OLD@") && !text.contains('\'') {
            return quoted(&VersionChange::new("", to).fill(text));
        }
        let safe = text.replace('$', "\\$");
        with_variables(&VersionChange::new("@OLD@", to).fill(&safe).replace("@OLD@", "$old")).replace("\\\\$", "\\$")
    };
    match rule {
        EditRule::MavenPoms { .. } => format!("put {files} \"$old\" {}", quoted(to)),
        EditRule::Text { find, replace, .. } => format!("put {files} {} {}", filled(find), filled(replace)),
        EditRule::Json { pointer, value, .. } => {
            let set = format!("setpath({}; $new)", keys(pointer));
            format!(
                "for file in $(git ls-files {}); do jq --arg new {} {} \"$file\" > \"$file.new\" && mv \"$file.new\" \"$file\"; done",
                quoted(&format!(":(glob){}", rule.files())),
                filled(value),
                quoted(&set)
            )
        }
        EditRule::Toml { path, value, .. } => {
            let (table, key) = placed(path);
            format!("set_toml {files} {} {} {}", quoted(table), quoted(key), filled(value))
        }
        EditRule::TomlPrepend { path, value, .. } => {
            let (table, key) = placed(path);
            format!("prepend_toml {files} {} {} {}", quoted(table), quoted(key), filled(value))
        }
    }
}

/// The table in which a value is, and its name there: the last part of its path.
fn placed(path: &str) -> (&str, &str) {
    let (table, key) = path.rsplit_once('.').unwrap_or(("", path));
    (table, key.trim_matches('"'))
}

/// A JSON pointer as the path that jq takes.
fn keys(pointer: &str) -> String {
    let keys: Vec<String> = pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
    serde_json::json!(keys).to_string()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    /// What a shell makes of `text` in a file of a repository by the lines for `rules`, and says.
    fn shell(text: &str, rules: &[EditRule], to: Option<&str>) -> (String, String) {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("p.toml");
        fs::write(&file, text).unwrap();
        for arguments in [&["init", "--quiet"][..], &["add", "--all"]] {
            assert!(Command::new("git").args(arguments).current_dir(place.path()).status().unwrap().success());
        }
        let rules: Vec<&EditRule> = rules.iter().collect();
        let lines = edit_commands(&rules, rules.first().copied(), to).join("\n") + "\necho \"$old\"\n";
        let output = Command::new("bash").args(["-euc", &lines]).current_dir(place.path()).output().unwrap();
        assert!(output.status.success(), "{lines}\n{}", String::from_utf8_lossy(&output.stderr));
        (fs::read_to_string(file).unwrap(), String::from_utf8(output.stdout).unwrap())
    }

    fn rule(kind: &str, path: &str, value: &str) -> EditRule {
        let rule = serde_json::json!({"kind": kind, "files": "p.toml", "path": path, "value": value});
        serde_json::from_value(rule).unwrap()
    }

    #[test]
    fn a_value_of_toml_is_set_in_its_own_table() {
        let text = "name = \"top\"\n[tool.bump]\nversion = \"7\"\n\n[project] # ours\nlist = [\n  [\"a\", \"b\"],\n]\n\
                    version = \"1.2.0.dev0\"\n\n[[other]]\nversion = \"8\"\n";
        let (set, old) = shell(text, &[rule("toml", "project.version", "\"@NEW@\"")], Some("1.2.0"));
        assert_eq!((set, &*old), (text.replace("1.2.0.dev0", "1.2.0"), "1.2.0.dev0\n"));
        let (set, _) = shell(text, &[rule("toml", "name", "\"@NEW@\"")], Some("1.2.0"));
        assert_eq!(set, text.replace("\"top\"", "\"1.2.0\""));
        let (set, _) = shell(text, &[rule("toml", "version", "\"@NEW@\"")], Some("1.2.0"));
        assert_eq!(set, text, "there is none before the first table");
        let (set, _) = shell(text, &[rule("toml", "project.list", "[]")], Some("1.2.0"));
        assert_eq!(set, text.replace("[\n  [\"a\", \"b\"],\n]", "[]"));
        let entry = rule("toml-prepend", "project.list", "[\"x\"]");
        assert_eq!(shell(text, &[entry], Some("1.2.0")).0, text.replace("list = [\n", "list = [\n  [\"x\"],\n"));
    }
}
