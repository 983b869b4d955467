// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a value of the configuration can be expected to be: each question answers
//! with what was expected, where the text is something else.

use std::net::IpAddr;

use globset::{GlobBuilder, GlobMatcher};

/// Whether a text is what is expected; else what that is.
pub(super) type Question = fn(&str) -> Result<(), &'static str>;

/// Answers `expected` where a text is not so.
fn demand(so: bool, expected: &'static str) -> Result<(), &'static str> {
    if so { Ok(()) } else { Err(expected) }
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(char::is_control)
}

/// One line that says something.
pub(super) fn line(text: &str) -> Result<(), &'static str> {
    demand(is_line(text), "one line, and not an empty one")
}

/// The name of one file or directory.
pub(super) fn plain_name(text: &str) -> Result<(), &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-+~".contains(c);
    demand(
        !text.is_empty() && text.chars().all(plain) && !text.starts_with(['.', '-']),
        "a plain name of letters, digits and `._-+~`, without a directory",
    )
}

/// Rules or people by a name among the assets, or by the path of a file.
pub(super) fn rules(text: &str) -> Result<(), &'static str> {
    let named = plain_name(text).is_ok() && !text.ends_with(".toml");
    demand(
        named || absolute_path(text).is_ok(),
        "a plain name without `.toml`, or the path of a file from the root `/`",
    )
}

/// A file on this machine, wherever the program is started.
pub(super) fn absolute_path(text: &str) -> Result<(), &'static str> {
    let path = std::path::Path::new(text);
    demand(is_line(text) && path.is_absolute(), "the path of a file from the root `/`")
}

/// A path in the tree that is released, or a glob over such paths.
pub(super) fn path_in_tree(text: &str) -> Result<(), &'static str> {
    let inside = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.eq_ignore_ascii_case(".git");
    let inside = text.split('/').all(inside);
    let inside = inside || text.strip_suffix('/').is_some_and(|text| path_in_tree(text).is_ok());
    demand(
        inside && is_line(text) && !text.contains('\\') && globset::Glob::new(text).is_ok(),
        "a path from the root of the tree, or a glob over such paths: without `/` before it, `..` and `.git`",
    )
}

/// Whether a program, run in a directory of the tree, is one by its name or its whole path, or one of the
/// tree.
pub(super) fn is_in_tree(directory: &str, program: &str) -> bool {
    if program.starts_with('/') || !program.contains('/') {
        return true;
    }
    let mut depth = 0_u32;
    for part in directory.split('/').chain(program.split('/')) {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return false,
            ".." => depth -= 1,
            _ => depth += 1,
        }
    }
    true
}

/// A place in a JSON file.
pub(super) fn json_pointer(text: &str) -> Result<(), &'static str> {
    demand(is_line(text) && text.starts_with('/') && text.len() > 1, "a JSON pointer (RFC 6901): /version")
}

/// A place in a TOML file.
pub(super) fn toml_path(text: &str) -> Result<(), &'static str> {
    fn is_chain(value: &toml::Value) -> bool {
        match value {
            toml::Value::Table(table) => table.len() == 1 && table.values().all(is_chain),
            value => value.as_integer() == Some(0),
        }
    }
    let read = toml::from_str::<toml::Table>(&format!("{text} = 0"));
    let so = is_line(text) && read.is_ok_and(|table| is_chain(&toml::Value::Table(table)));
    demand(so, "a dotted TOML key: params.Version")
}

/// A value as TOML has it.
pub(super) fn toml_value(text: &str) -> Result<(), &'static str> {
    let read = toml::from_str::<toml::Table>(&format!("value = {}", text.trim()));
    demand(read.is_ok_and(|table| table.len() == 1), "a TOML value: true, or '\"1.2\"' for a string")
}

/// The source archive's name.
pub(super) fn source_archive(text: &str) -> Result<(), &'static str> {
    plain_name(text)?;
    let made = [".tgz", ".tar.gz"].iter().any(|end| text.len() > end.len() && text.ends_with(end));
    demand(made, "a name that ends in .tgz or .tar.gz: that is what is made")
}

/// A project of a Python package index, by PEP 508.
pub(super) fn pypi_name(text: &str) -> Result<(), &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let ends =
        text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.ends_with(|c: char| c.is_ascii_alphanumeric());
    demand(ends && text.chars().all(plain), "the name of a Python package: letters, digits and `._-` between them")
}

/// A project's name as an index compares it, by PEP 503.
pub(super) fn normalised(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// A package of an npm registry.
pub(super) fn npm_name(text: &str) -> Result<(), &'static str> {
    let part = |part: &str| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-._~".contains(c);
        !part.is_empty() && !part.starts_with(['.', '_']) && part.chars().all(plain)
    };
    let named = match text.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| part(scope) && part(name)),
        None => part(text),
    };
    demand(
        named && text.len() <= 214,
        "the name of an npm package: small letters, digits and `-._~`, at most 214, as apache-greeter or @apache/greeter",
    )
}

/// The name of a variable that a command is given.
pub(super) fn variable(text: &str) -> Result<(), &'static str> {
    demand(is_line(text) && !text.contains('='), "the name of a variable, without `=`")
}

/// A glob over names that cannot fit all of them.
pub(super) fn names(glob: &str) -> Result<GlobMatcher, &'static str> {
    let expected = "a glob over names of directories, which begins with letters of them";
    let begins_plainly = glob.starts_with(|c: char| c.is_ascii_alphanumeric());
    if !begins_plainly || glob.contains(['/', '\\']) || !is_line(glob) {
        return Err(expected);
    }
    let built = GlobBuilder::new(glob).literal_separator(true).build();
    built.map(|glob| glob.compile_matcher()).map_err(|_| expected)
}

/// Whether a glob over the paths of a tree fits this one.
pub(super) fn fits(glob: &str, path: &str) -> bool {
    let built = GlobBuilder::new(glob).literal_separator(true).build();
    built.is_ok_and(|glob| glob.compile_matcher().is_match(path))
}

/// Whether the version stands in a text, and not as a part of another one.
pub(super) fn holds_version(text: &str, version: &str) -> bool {
    fn goes_on(mut signs: impl Iterator<Item = char>) -> bool {
        let digit = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_digit());
        match signs.next() {
            Some('.') => digit(signs.next()),
            sign => digit(sign),
        }
    }
    let whole = |at: usize| !goes_on(text[..at].chars().rev()) && !goes_on(text[at + version.len()..].chars());
    text.match_indices(version).any(|(at, _)| whole(at))
}

/// The name of a container image in its registry.
pub(super) fn image(text: &str) -> Result<(), &'static str> {
    let part = |part: &str| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
        !part.is_empty() && part.chars().all(plain) && part.starts_with(|c: char| c.is_ascii_alphanumeric())
    };
    demand(text.split('/').all(part), "the name of an image in its registry: apache/greeter")
}

/// A tag of a container image.
pub(super) fn image_tag(text: &str) -> Result<(), &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let begins = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    demand(begins && text.len() <= 128 && text.chars().all(plain), "a tag of an image: letters, digits and `._-`")
}

/// Whether a glob over names begins with a letter or digit: it does not fit all names then.
pub(super) fn holds_fixed_part(glob: &str) -> bool {
    glob.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// The name of a branch.
pub(super) fn branch(text: &str) -> Result<(), &'static str> {
    let valid = is_line(text) && git2::Branch::name_is_valid(text).unwrap_or(false);
    demand(valid && text != "HEAD", "a name that git takes for a branch")
}

/// The name of a tag.
pub(super) fn tag(text: &str) -> Result<(), &'static str> {
    demand(is_line(text) && git2::Tag::is_valid_name(text), "a name that git takes for a tag")
}

/// The name of a remote.
pub(super) fn remote(text: &str) -> Result<(), &'static str> {
    let valid = is_line(text) && !text.starts_with('-') && git2::Remote::is_valid_name(text);
    demand(valid, "a name that git takes for a remote")
}

/// The address of a list.
pub(super) fn address(text: &str) -> Result<(), &'static str> {
    demand(text.parse::<lettre::Address>().is_ok(), "a mail address: dev@project.example.org")
}

/// A host's name or address.
pub(super) fn host(text: &str) -> Result<(), &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
    let named = !text.is_empty() && text.chars().all(plain) && !text.starts_with(['.', '-']);
    demand(named || text.parse::<IpAddr>().is_ok(), "the name of a host, without a port")
}

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A page or a service on the web.
pub(super) fn web_link(text: &str) -> Result<(), &'static str> {
    demand(is_url(text, &["https", "http"]), "a link: https://…")
}

/// A git repository: an address, `host:path`, or a path of this machine.
pub(super) fn repository(text: &str) -> Result<(), &'static str> {
    let url = is_url(text, &["https", "http", "ssh", "git"]);
    let local = text.strip_prefix("file://").unwrap_or(text).starts_with(['/', '.']) && is_line(text);
    let short = text.split_once(':').is_some_and(|(host, path)| {
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-_@".contains(c);
        !host.is_empty()
            && host.chars().all(plain)
            && !path.is_empty()
            && !path.starts_with("//")
            && is_blank_free(path)
    });
    demand(url || local || short, "the address or the path of a git repository: https://…")
}

/// Whether what goes to an address can be read and changed on its way.
pub(super) fn is_open_to_all(url: &str) -> bool {
    let host = |rest: &str| rest.split(['/', ':']).next().is_some_and(is_loopback);
    url.strip_prefix("http://").is_some_and(|rest| !host(rest))
}

/// Whether an address is another one, or in the directory that it names.
pub(super) fn is_within(inner: &str, outer: &str) -> bool {
    let outer = outer.trim_end_matches('/');
    inner.trim_end_matches('/').strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A directory or file of a Subversion repository.
pub(super) fn svn_url(text: &str) -> Result<(), &'static str> {
    let url = is_url(text, &["https", "http", "svn", "svn+ssh"]);
    let local = text.strip_prefix("file:///").is_some_and(|path| !path.is_empty() && is_blank_free(path));
    demand(url || local, "the address of a Subversion repository: https://…")
}

fn is_url(text: &str, schemes: &[&str]) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        schemes.contains(&scheme) && !host.is_empty() && is_blank_free(rest)
    })
}

fn is_blank_free(text: &str) -> bool {
    !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_stands_for_itself() {
        for (text, holds) in [
            ("1.2.0", true),
            ("v1.2.0-java11", true),
            ("greeter-1.2.0.", true),
            ("11.2.0", false),
            ("1.2.01", false),
            ("0.1.2.0", false),
            ("1.2.0.1", false),
            ("1.2", false),
            ("11.2.0 and 1.2.0", true),
        ] {
            assert_eq!(holds_version(text, "1.2.0"), holds, "{text}");
        }
    }

    #[test]
    fn images_and_their_tags_are_what_a_registry_takes() {
        for (text, taken) in
            [("apache/greeter", true), ("greeter", true), ("", false), ("Apache/g", false), ("a//b", false)]
        {
            assert_eq!(image(text).is_ok(), taken, "{text}");
        }
        for (text, taken) in [("1.2.0-java11", true), ("latest", true), ("", false), ("-1", false), ("a/b", false)] {
            assert_eq!(image_tag(text).is_ok(), taken, "{text}");
        }
    }
}
