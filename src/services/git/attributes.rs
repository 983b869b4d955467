// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the `.gitattributes` of a commit say of paths, as git itself reads them: of that commit
//! alone, never of a working tree, of `info/attributes` or of anybody's settings.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use git2::{Repository, RepositoryInitOptions};

use super::command::brief;
use super::{Git, GitError, apart_from_the_caller, local};

/// The attributes that are asked for.
const ASKED: [&str; 6] = ["text", "crlf", "eol", "export-subst", "export-ignore", "ident"];

/// How a path is checked out, as far as its bytes may become others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnds {
    /// As they are in the commit, on this system.
    #[default]
    Kept,
    /// Each end of a line becomes CR LF.
    CrLf,
    /// The same, of what is a text and has no CR.
    CrLfOfText,
}

/// What is said of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attributes {
    /// How the ends of its lines are checked out.
    pub line_ends: LineEnds,
    /// `export-subst`: an archive of git has `$Format:…$` in it expanded.
    pub export_subst: bool,
    /// `export-ignore`: an archive of git has it not.
    pub export_ignore: bool,
    /// `ident`: `$Id$` in it is expanded where it is checked out.
    pub ident: bool,
}

impl Git {
    /// What the `.gitattributes` of `commit` (an id) say of each of `paths`; of a directory, whose path
    /// ends with a slash, too. A path of which nothing is said has what is usual.
    ///
    /// # Errors
    /// When the commit cannot be read, or git not be run.
    pub fn attributes(&self, commit: &str, paths: &[String]) -> Result<BTreeMap<String, Attributes>, GitError> {
        if paths.is_empty() {
            return Ok(BTreeMap::new());
        }
        let place = tempfile::tempdir().map_err(|error| failed("make a directory for it", &error))?;
        self.apart(place.path())?;
        demand("read-tree", run(place.path(), "read-tree", &[commit], None)?)?;
        let mut arguments = vec!["--cached", "-z", "--stdin"];
        arguments.extend(ASKED);
        let asked: Vec<u8> = paths.iter().flat_map(|path| [path.as_bytes(), b"\0"].concat()).collect();
        let said = demand("check-attr", run(place.path(), "check-attr", &arguments, Some(asked))?)?;
        Ok(read(&said))
    }

    /// A repository in `place` that has the objects of this one, and none of its settings.
    fn apart(&self, place: &Path) -> Result<(), GitError> {
        let doing = format!("begin a repository in {}", place.display());
        let mut options = RepositoryInitOptions::new();
        options.bare(true).external_template(false);
        Repository::init_opts(place, &options).map_err(local(doing))?;
        let objects = self.repository()?.commondir().join("objects");
        let objects = fs::canonicalize(objects).map_err(|error| failed("find its objects", &error))?;
        let alternates = place.join("objects/info/alternates");
        fs::create_dir_all(place.join("objects/info"))
            .and_then(|()| fs::write(alternates, [objects.as_os_str().as_encoded_bytes(), b"\n"].concat()))
            .map_err(|error| failed("begin a repository beside it", &error))
    }
}

fn failed(doing: &str, error: &io::Error) -> GitError {
    GitError::Local { doing: doing.to_owned(), source: git2::Error::from_str(&error.to_string()).into() }
}

/// Runs `git doing arguments` in the repository at `place`, which also stands for the user's home, so
/// that nobody's settings are read.
fn run(place: &Path, doing: &str, arguments: &[&str], input: Option<Vec<u8>>) -> Result<Output, GitError> {
    let mut command = Command::new("git");
    command.arg("--git-dir").arg(place).args(["-c", "core.attributesFile=/dev/null"]).arg(doing).args(arguments);
    apart_from_the_caller(&mut command);
    for variable in ["GIT_ATTR_SOURCE", "GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG"] {
        command.env_remove(variable);
    }
    command.env("HOME", place).env("XDG_CONFIG_HOME", place).env("LC_ALL", "C").current_dir(place);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_ATTR_NOSYSTEM", "1");
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(GitError::NotInstalled)?;
    let feeder = child.stdin.take().zip(input).map(|(mut pipe, input)| {
        // Beside reading: both pipes may be full. One that git has closed is told by its status.
        thread::spawn(move || drop(pipe.write_all(&input)))
    });
    let output = child.wait_with_output().map_err(GitError::NotInstalled);
    if let Some(feeder) = feeder {
        let _ = feeder.join();
    }
    output
}

/// What it wrote, where it did not fail.
fn demand(doing: &'static str, output: Output) -> Result<Vec<u8>, GitError> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(GitError::Failed { doing, said: brief(&String::from_utf8_lossy(&output.stderr)) })
}

/// `PATH NUL ATTRIBUTE NUL VALUE NUL`, again and again.
fn read(said: &[u8]) -> BTreeMap<String, Attributes> {
    let words: Vec<&[u8]> = said.split(|byte| *byte == 0).collect();
    let mut values: BTreeMap<&[u8], BTreeMap<&[u8], &[u8]>> = BTreeMap::new();
    for triple in words.chunks_exact(3) {
        values.entry(triple[0]).or_default().insert(triple[1], triple[2]);
    }
    let of = |(path, values): (&[u8], BTreeMap<&[u8], &[u8]>)| {
        let value = |name: &str| values.get(name.as_bytes()).copied().unwrap_or(b"unspecified");
        let attributes = Attributes {
            line_ends: line_ends(value("text"), value("crlf"), value("eol")),
            export_subst: value("export-subst") == b"set",
            export_ignore: value("export-ignore") == b"set",
            ident: value("ident") == b"set",
        };
        Some((String::from_utf8(path.to_vec()).ok()?, attributes))
    };
    values.into_iter().filter_map(of).collect()
}

/// What the three attributes come to together (gitattributes(5), "End-of-line conversion"); `crlf` is
/// what `text` was called before.
fn line_ends(text: &[u8], crlf: &[u8], eol: &[u8]) -> LineEnds {
    let known = |value: &[u8]| matches!(value, b"set" | b"unset" | b"input" | b"auto");
    let text = if known(text) { text } else { crlf };
    match (text, eol) {
        (b"unset" | b"input", _) => LineEnds::Kept,
        (b"auto", b"crlf") => LineEnds::CrLfOfText,
        (_, b"crlf") => LineEnds::CrLf,
        _ => LineEnds::Kept,
    }
}

impl LineEnds {
    /// The bytes of a file as they are checked out; `None` where they stay as they are.
    pub fn checked_out(self, bytes: &[u8]) -> Option<Vec<u8>> {
        let bare = |at: usize| bytes[at] == b'\n' && (at == 0 || bytes[at - 1] != b'\r');
        let changes = match self {
            Self::Kept => false,
            Self::CrLf => true,
            Self::CrLfOfText => !bytes.contains(&b'\r') && !is_binary(bytes),
        };
        if !changes || !(0..bytes.len()).any(bare) {
            return None;
        }
        let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 16);
        for (at, byte) in bytes.iter().enumerate() {
            if bare(at) {
                out.push(b'\r');
            }
            out.push(*byte);
        }
        Some(out)
    }
}

/// Whether git takes the bytes for no text (`convert.c`): one that is 0, or more than one in 128 that
/// is not printed.
fn is_binary(bytes: &[u8]) -> bool {
    let odd = |byte: &&u8| matches!(**byte, 0..=7 | 11 | 14..=26 | 28..=31 | 127);
    let counted = bytes.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')).count();
    let ends_with_eof = usize::from(bytes.last() == Some(&0x1a));
    let unprinted = bytes.iter().filter(odd).count();
    bytes.contains(&0) || (counted - unprinted) >> 7 < unprinted - ends_with_eof
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::Effects;
    use crate::services::git::index_entry;

    #[test]
    fn three_attributes_say_how_lines_end() {
        for (text, crlf, eol, wanted) in [
            ("set", "unspecified", "crlf", LineEnds::CrLf),
            ("unspecified", "unspecified", "crlf", LineEnds::CrLf),
            ("auto", "unspecified", "crlf", LineEnds::CrLfOfText),
            ("unspecified", "set", "crlf", LineEnds::CrLf),
            ("unset", "unspecified", "crlf", LineEnds::Kept),
            ("unspecified", "unset", "crlf", LineEnds::Kept),
            ("set", "unspecified", "lf", LineEnds::Kept),
            ("set", "unspecified", "unspecified", LineEnds::Kept),
            ("auto", "unspecified", "unspecified", LineEnds::Kept),
        ] {
            assert_eq!(line_ends(text.as_bytes(), crlf.as_bytes(), eol.as_bytes()), wanted, "{text} {crlf} {eol}");
        }
    }

    #[test]
    fn lines_end_as_git_has_them_end() {
        let out = |ends: LineEnds, text: &str| {
            ends.checked_out(text.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap())
        };
        assert_eq!(out(LineEnds::CrLf, "a\nb\r\n\nc").as_deref(), Some("a\r\nb\r\n\r\nc"));
        assert_eq!(out(LineEnds::CrLf, "a\r\n"), None);
        assert_eq!(out(LineEnds::Kept, "a\n"), None);
        assert_eq!(out(LineEnds::CrLfOfText, "a\nb\n").as_deref(), Some("a\r\nb\r\n"));
        assert_eq!(out(LineEnds::CrLfOfText, "a\nb\r\n"), None);
        assert_eq!(out(LineEnds::CrLfOfText, "a\n\0"), None);
        assert_eq!(out(LineEnds::CrLfOfText, "a\n\u{1}"), None);
    }

    #[test]
    fn a_commits_own_attributes_are_read_and_no_others() {
        let directory = tempfile::tempdir().unwrap();
        let repository = Repository::init(directory.path()).unwrap();
        fs::create_dir_all(directory.path().join(".git/info")).unwrap();
        fs::write(directory.path().join(".git/info/attributes"), "*.sh eol=crlf\n").unwrap();
        fs::write(directory.path().join("own"), "*.sh eol=crlf\n").unwrap();
        let own = directory.path().join("own");
        repository.config().unwrap().set_str("core.attributesFile", &own.to_string_lossy()).unwrap();
        // What is in the working tree is not what the commit has.
        fs::write(directory.path().join(".gitattributes"), "* eol=crlf\n").unwrap();
        let rules = "*.bat text eol=crlf\nversion export-subst\nsub/ export-ignore\n";
        let mut index = repository.index().unwrap();
        for (path, text) in [(".gitattributes", rules), ("sub/.gitattributes", "x.bat -text\n"), ("run.bat", "a\n")] {
            let id = repository.blob(text.as_bytes()).unwrap();
            index.add(&index_entry(path, id, 0o100_644)).unwrap();
        }
        let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
        let author = git2::Signature::now("Ann Example", "ann@example.org").unwrap();
        let commit = repository.commit(None, &author, &author, "one", &tree, &[]).unwrap().to_string();
        let git = Git::new(directory.path(), "origin", Effects::unwatched());
        let paths = ["run.bat", "run.sh", "sub/x.bat", "sub/y.bat", "version", "sub/"].map(str::to_owned);
        let said = git.attributes(&commit, &paths).unwrap();
        let ends = |path: &str| said[path].line_ends;
        assert_eq!(ends("run.bat"), LineEnds::CrLf);
        assert_eq!(ends("run.sh"), LineEnds::Kept, "what is not in the commit says nothing");
        assert_eq!((ends("sub/x.bat"), ends("sub/y.bat")), (LineEnds::Kept, LineEnds::CrLf));
        assert!(said["version"].export_subst && !said["run.bat"].export_subst);
        assert!(said["sub/"].export_ignore && !said["run.bat"].export_ignore);
        assert!(git.attributes(&commit, &[]).unwrap().is_empty());
        assert!(git.attributes(&"0".repeat(40), &paths).is_err());
    }
}
