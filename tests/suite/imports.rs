// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The direction of imports between the top modules of `src/`; docs/architecture.md
//! says why it is as it is. Paths that begin with `crate::` (in the program itself
//! also `quorate::`) are looked at, in code alone: not in comments, not in strings.
//! A file's tests, at its bottom, in `tests.rs` or in `…_tests/`, may use the rehearsal's servers too.

use std::path::Path;

use crate::tree;

/// What each top module may import beside itself.
const MAY_IMPORT: [(&str, &[&str]); 13] = [
    ("release", &["governance"]),
    ("governance", &["release"]),
    ("engine", &[]),
    ("config", &["release", "governance"]),
    ("mail", &["release", "governance"]),
    ("services", &["release"]),
    ("verify", &["release"]),
    ("actions", &["release", "governance", "engine", "config", "mail", "services", "verify", "probes"]),
    ("probes", &["release", "governance", "engine", "config", "mail", "services", "verify", "actions"]),
    ("ui", &["release", "engine"]),
    ("rehearsal", &["release", "governance", "engine", "config", "mail", "services", "verify", "actions", "probes"]),
    ("commands", EVERYTHING),
    ("main", EVERYTHING),
];

const EVERYTHING: &[&str] = &[
    "release",
    "governance",
    "engine",
    "config",
    "mail",
    "services",
    "verify",
    "actions",
    "probes",
    "ui",
    "rehearsal",
    "commands",
];

#[test]
fn imports_go_in_the_direction_of_the_architecture() {
    let mut violations = Vec::new();
    let mut looked_at = 0;
    for path in tree::files("src").iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let module = top_module(path);
        if module != "lib" {
            looked_at += 1;
            violations.extend(faults(&module, &tree::text(path), &path.display().to_string()));
        }
    }
    assert!(looked_at > 20, "only {looked_at} files were looked at");
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

#[test]
fn an_import_against_the_direction_is_found_wherever_it_stands() {
    let place = |module: &str, text: &str| faults(module, text, "x.rs");
    assert_eq!(
        place("engine", "use std::fmt;\nuse crate::services::Git;\n"),
        ["x.rs:2: `engine` imports `services`; it may import nothing of ours"]
    );
    assert_eq!(
        place("mail", "use crate::{\n    release::{Version, services},\n    services::{Git},\n};"),
        ["x.rs:3: `mail` imports `services`; it may import release, governance"]
    );
    assert_eq!(place("config", "fn f() -> crate::services::Git { crate :: ui::g() }").len(), 2);
    assert_eq!(place("actions", "pub(in crate::commands) fn f() {}").len(), 1);
    assert_eq!(place("release", "use crate::newcomer::X;").len(), 1);
    assert_eq!(place("newcomer", "use crate::release::X;").len(), 1);
    let tests = "use crate::rehearsal::A;\n#[cfg(test)]\nmod tests {\n use crate::rehearsal::B;\n use crate::ui;\n}";
    assert_eq!(place("mail", tests).len(), 2);
    assert_eq!(faults("mail", tests, "src/mail/tests.rs").len(), 1);
    assert_eq!(place("main", "use quorate::commands::run;\nuse quorate::nothing;").len(), 1);
}

#[test]
fn what_is_no_import_is_left_alone() {
    for text in [
        "// use crate::commands::X;\n/* crate::commands /* crate::ui */ crate::ui */",
        "//! [`crate::commands`] knows it\n",
        "let a = \"use crate::commands::X;\"; let b = r#\"\"crate::ui\"#; let c = b\"\\\"crate::ui\";",
        "let quote = '\"'; let escaped = '\\''; fn f<'a>(x: &'a str) { /* \" */ }",
        "use my_crate::commands::X; pub(crate) fn f() {}",
        "use crate::engine; use crate::engine::{Action, Probe};",
    ] {
        assert_eq!(faults("engine", &text.replace("crate::release::Version; ", "std; "), "x.rs"), [""; 0], "{text}");
    }
}

/// The module that a file of `src/` belongs to: `src/engine/plan.rs` is `engine`'s.
fn top_module(path: &Path) -> String {
    let first = path.components().nth(1).expect("a file under src").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn faults(module: &str, text: &str, file: &str) -> Vec<String> {
    let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
        return vec![format!("{file}: `{module}` is not in this test's table: say there what it may import")];
    };
    let list = if allowed.is_empty() { "nothing of ours".to_owned() } else { allowed.join(", ") };
    let code = code_alone(text);
    let all_tests = file.split('/').any(|part| part.trim_end_matches(".rs").ends_with("tests"));
    let tests_begin = if all_tests { 1 } else { first_line_of_tests(&code) };
    imports(&code, module == "main")
        .into_iter()
        .filter(|(_, imported)| imported != module && !allowed.contains(&imported.as_str()))
        .filter(|(line, imported)| !(imported == "rehearsal" && *line >= tests_begin))
        .map(|(line, imported)| format!("{file}:{line}: `{module}` imports `{imported}`; it may import {list}"))
        .collect()
}

/// Where `#[cfg(test)] mod tests {` stands.
fn first_line_of_tests(code: &str) -> usize {
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let opens = |at: usize| lines[at] == "#[cfg(test)]" && lines[at + 1..].iter().take(3).any(|l| *l == "mod tests {");
    (0..lines.len()).find(|at| opens(*at)).map_or(usize::MAX, |at| at + 1)
}

/// Line and top module of each path from the crate's root, one line for each of a group.
fn imports(code: &str, by_name: bool) -> Vec<(usize, String)> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    for (index, (_, token)) in tokens.iter().enumerate() {
        let from_root = *token == "crate" || (by_name && *token == "quorate");
        if !from_root || tokens.get(index + 1).is_none_or(|(_, next)| *next != "::") {
            continue;
        }
        match tokens.get(index + 2) {
            Some((_, "{")) => found.extend(heads_of_group(&tokens[index + 2..])),
            Some((line, name)) => found.push((*line, (*name).to_owned())),
            None => {}
        }
    }
    found
}

/// The first name of each item of a `{ … }` group that `tokens` begin with.
fn heads_of_group(tokens: &[(usize, &str)]) -> Vec<(usize, String)> {
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut at_head = false;
    for (line, token) in tokens {
        match *token {
            "{" => {
                depth += 1;
                at_head = depth == 1;
            }
            "}" if depth == 1 => break,
            "}" => depth -= 1,
            "," if depth == 1 => at_head = true,
            name if at_head => {
                heads.push((*line, name.to_owned()));
                at_head = false;
            }
            _ => {}
        }
    }
    heads
}

/// Names, `::` and single other characters, each with its line.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if is_name(first) {
                rest.find(|c| !is_name(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (token, after) = rest.split_at(length);
            found.push((number + 1, token));
            rest = after.trim_start();
        }
    }
    found
}

/// `text` with comments, strings and characters blanked out, line for line.
fn code_alone(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after_name = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let length = opaque(rest, after_name);
        if length == 0 {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            let (gone, after) = rest.split_at(length);
            code.push(' ');
            code.extend(gone.chars().filter(|c| *c == '\n'));
            rest = after;
        }
    }
    code
}

/// The length of the comment, string or character that `text` begins with; 0 where it begins with none.
fn opaque(text: &str, after_name: bool) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return block_comment(text);
    }
    if text.starts_with('"') {
        return quoted(text);
    }
    if text.starts_with('\'') {
        return character(text);
    }
    if text.starts_with('r') && !after_name { raw_string(text) } else { 0 }
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        match rest {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn quoted(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A character literal; a lifetime is none.
fn character(text: &str) -> usize {
    if text[1..].starts_with('\\') {
        return text[3..].find('\'').map_or(0, |end| end + 4);
    }
    let Some(character) = text[1..].chars().next() else { return 0 };
    let end = 1 + character.len_utf8();
    if text[end..].starts_with('\'') { end + 1 } else { 0 }
}

fn raw_string(text: &str) -> usize {
    let hashes = text[1..].len() - text[1..].trim_start_matches('#').len();
    let opening = 1 + hashes;
    if !text[opening..].starts_with('"') {
        return 0;
    }
    let closing = format!("\"{}", "#".repeat(hashes));
    text[opening + 1..].find(&closing).map_or(text.len(), |at| opening + 1 + at + closing.len())
}
