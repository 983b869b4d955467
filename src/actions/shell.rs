// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Words and lines for a shell: what the guide shows for a person to type.

use std::path::Path;

use crate::config::Build;

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/:@%=,_".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) && !word.starts_with('~') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Words of one command.
pub(crate) fn command(words: &[impl AsRef<str>]) -> String {
    words.iter().map(|word| quoted(word.as_ref())).collect::<Vec<_>>().join(" ")
}

/// A path as a shell takes it.
pub(super) fn path(path: impl AsRef<Path>) -> String {
    quoted(&path.as_ref().display().to_string())
}

/// A text in which the shell fills in variables and nothing else.
pub(super) fn with_variables(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\"").replace('`', "\\`"))
}

/// A glob over names as an extended regular expression.
pub(super) fn name_pattern(glob: &str) -> String {
    let letter = |letter: char| match letter {
        '*' => ".*".to_owned(),
        '?' => ".".to_owned(),
        letter if letter.is_ascii_alphanumeric() || "-_[]".contains(letter) => letter.to_string(),
        special => format!("\\{special}"),
    };
    format!("^{}$", glob.chars().map(letter).collect::<String>())
}

/// A build, run in the tree that lies in `tree`.
pub(super) fn build(build: &Build, tree: &str) -> String {
    let directory = if build.directory.is_empty() { tree.to_owned() } else { format!("{tree}/{}", build.directory) };
    let mut words: Vec<String> =
        build.environment.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
    words.push(command(&build.command));
    format!("(cd {} && {})", quoted(&directory), words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_can_be_pasted() {
        assert_eq!(command(&["git", "tag", "-m", "Ann's"]), r"git tag -m 'Ann'\''s'");
        assert_eq!(quoted("NAME_OF_IT"), "NAME_OF_IT");
        assert_eq!(with_variables("version=\"$OLD\" `x`"), "\"version=\\\"$OLD\\\" \\`x\\`\"");
        assert_eq!(name_pattern("flink-1.0-rc*"), r"^flink-1\.0-rc.*$");
    }
}
