// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `source-archive`: the workspace holds the source archive of a tag, whose
//! bytes depend on the tag's tree alone.

use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::sync::mpsc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Services;
use super::failures::{git_failed, outputs_do_not_fit, workspace_failed};
use super::shell;
use crate::engine::{Action, ActionError, Context, Probed, Problem, Reversal};
use crate::release::{ArchiveEntry, ArchiveError, FileDigest, PathRules, PatternError, Sha512, SourceArchive};
use crate::services::{FileKind, GitError, PeeledCommit, TreeFile, WorkspaceError};

const CORRECT_EXCLUDE: &str = "correct `source.exclude` in the product's configuration";

/// The source archive of a tag.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeSourceArchive {
    /// The tag's name.
    tag: String,
    /// The archive's name.
    file: String,
    /// The one directory in it.
    root: String,
    /// What is left out, as [`PathRules`].
    #[serde(default)]
    exclude: Vec<String>,
    /// Where it goes, from the root of the workspace.
    directory: String,
}

/// What was archived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceArchiveOutput {
    /// The archive's name.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its digest.
    pub sha512: Sha512,
    /// The commit that the tag peels to.
    pub commit: String,
    /// How many files and links are in it.
    pub files: u64,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error(transparent)]
    Pattern(#[from] PatternError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error("the target of the symbolic link {path} is no UTF-8")]
    Target { path: String },
}

impl Action<Services> for MakeSourceArchive {
    fn summary(&self) -> String {
        format!("writes the source archive {} from the tree of the tag {}", self.file, self.tag)
    }

    fn commands(&self, world: &Services) -> Vec<String> {
        let Self { tag, file, root, .. } = self;
        let artifacts = world.workspace.path(&self.directory);
        let mut words = vec!["--sort=name".to_owned(), "--owner=0".into(), "--group=0".into()];
        words.extend(self.exclude.iter().map(|pattern| format!("--exclude={pattern}")));
        words.push(root.clone());
        vec![
            format!("mkdir -p {}", shell::path(&artifacts)),
            "tree=$(mktemp -d)".to_owned(),
            format!("git archive --prefix={}/ {} | tar x -C \"$tree\"", shell::quoted(root), shell::quoted(tag)),
            format!("tar c -C \"$tree\" {} | gzip -n > {}", shell::command(&words), shell::path(artifacts.join(file))),
        ]
    }

    fn problems(&self, cx: &Context<'_, Services>) -> Result<Vec<Problem>, ActionError> {
        let mut problems = Vec::new();
        if let Err(error) = cx.world.git.peeled_commit(&self.reference()) {
            let hint = "make or fetch the tag first";
            problems.push(Problem::new(format!("there is no tag {} in the clone: {error}", self.tag), hint));
        }
        if let Err(error) = PathRules::new(&self.exclude) {
            problems.push(Problem::new(error.to_string(), CORRECT_EXCLUDE));
        }
        Ok(problems)
    }

    fn probe(&self, cx: &Context<'_, Services>) -> Result<Probed, ActionError> {
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let Some(found) = artifacts.digest(&self.file).map_err(workspace_failed)? else {
            return Ok(Probed::Absent);
        };
        let commit = self.commit(cx)?;
        let recorded = cx.intent.acted.clone().and_then(|outputs| serde_json::from_value(outputs).ok());
        if let Some(recorded) = recorded.filter(|recorded: &SourceArchiveOutput| {
            recorded.sha512 == found.sha512 && recorded.commit == commit.id && recorded.file == self.file
        }) {
            return Ok(Probed::Done(output(&recorded)?));
        }
        let path = artifacts.path(&self.file).map_err(workspace_failed)?;
        let file =
            File::open(&path).map_err(|source| workspace_failed(WorkspaceError { doing: "read", path, source }))?;
        let sink = Compare::with(BufReader::with_capacity(128 * 1024, file), found.bytes);
        match self.archive(cx, &commit, sink) {
            // A local file that is anything else is written anew.
            Ok((sink, files)) if sink.at_end() => Ok(Probed::Done(output(&self.made(found, commit, files))?)),
            Ok(_) => Ok(Probed::Absent),
            Err(Fault::Archive(ArchiveError::Write { .. })) => Ok(Probed::Absent),
            Err(fault) => Err(failed(fault)),
        }
    }

    fn act(&self, cx: &Context<'_, Services>) -> Result<Value, ActionError> {
        let commit = self.commit(cx)?;
        let artifacts = cx.world.workspace.artifacts(&self.directory);
        let files = artifacts
            .write_by(&self.file, |sink| self.archive(cx, &commit, sink).map(|(_, files)| files))
            .map_err(failed)?;
        let written = artifacts.digest(&self.file).map_err(workspace_failed)?.ok_or_else(|| {
            ActionError::refused(format!("{} was removed while it was written", self.file), "run the step again")
        })?;
        output(&self.made(written, commit, files))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo(format!("removes {} from the workspace", self.file))
    }

    fn undo(&self, cx: &Context<'_, Services>, _outputs: &Value) -> Result<(), ActionError> {
        cx.world.workspace.artifacts(&self.directory).remove(&self.file).map_err(workspace_failed)
    }
}

impl MakeSourceArchive {
    fn reference(&self) -> String {
        format!("refs/tags/{}", self.tag)
    }

    fn commit(&self, cx: &Context<'_, Services>) -> Result<PeeledCommit, ActionError> {
        cx.world.git.peeled_commit(&self.reference()).map_err(git_failed)
    }

    fn made(&self, written: FileDigest, commit: PeeledCommit, files: u64) -> SourceArchiveOutput {
        let FileDigest { name, bytes, sha512 } = written;
        SourceArchiveOutput { file: name, bytes, sha512, commit: commit.id, files }
    }

    fn archive<W: Write>(&self, cx: &Context<'_, Services>, commit: &PeeledCommit, sink: W) -> Result<(W, u64), Fault> {
        let left_out = PathRules::new(&self.exclude)?;
        let modified = u64::try_from(commit.committed_seconds).unwrap_or_default();
        let mut archive = SourceArchive::new(sink, &self.root, modified)?;
        // Inflating the tree's files takes as long as compressing the archive: each has a thread.
        let git = &cx.world.git;
        std::thread::scope(|scope| -> Result<(), Fault> {
            let (sender, files) = mpsc::sync_channel(READ_AHEAD);
            let reader = scope.spawn(move || {
                let visited = git.visit_files(
                    &commit.id,
                    |path| !left_out.fit(path),
                    |file| sender.send(file).map_err(|_| Ended::NobodyReads),
                );
                match visited {
                    Err(Ended::Git(error)) => Err(error),
                    Ok(()) | Err(Ended::NobodyReads) => Ok(()),
                }
            });
            // Moved into the loop, so that a fault in it hangs up and the reader ends.
            let added = files.into_iter().try_for_each(|file| add(&mut archive, file));
            reader.join().expect("reading a tree does not panic")?;
            added
        })?;
        Ok(archive.finish()?)
    }
}

/// How many files are read ahead of the one that is compressed.
const READ_AHEAD: usize = 16;

/// Why no more of the tree is read.
enum Ended {
    Git(GitError),
    NobodyReads,
}

impl From<GitError> for Ended {
    fn from(error: GitError) -> Self {
        Self::Git(error)
    }
}

fn add<W: Write>(archive: &mut SourceArchive<W>, file: TreeFile) -> Result<(), Fault> {
    let entry = match file.kind {
        FileKind::Regular => ArchiveEntry::File(&file.bytes),
        FileKind::Executable => ArchiveEntry::Executable(&file.bytes),
        FileKind::Symlink => match std::str::from_utf8(&file.bytes) {
            Ok(target) => ArchiveEntry::Symlink(target),
            Err(_) => return Err(Fault::Target { path: file.path }),
        },
    };
    Ok(archive.add(&file.path, entry)?)
}

fn output(output: &SourceArchiveOutput) -> Result<Value, ActionError> {
    serde_json::to_value(output).map_err(outputs_do_not_fit)
}

fn failed(fault: Fault) -> ActionError {
    match fault {
        Fault::Git(error) => git_failed(error),
        Fault::Workspace(error) => workspace_failed(error),
        Fault::Pattern(error) => ActionError::misconfigured(error.to_string(), CORRECT_EXCLUDE),
        fault => ActionError::service("archiving", fault, "see that the disk has room, and that the tree is sound"),
    }
}

/// A sink that takes what a reader yields, and nothing else.
struct Compare<R> {
    reader: R,
    length: u64,
    read: u64,
}

impl<R> Compare<R> {
    fn with(reader: R, length: u64) -> Self {
        Self { reader, length, read: 0 }
    }

    fn at_end(&self) -> bool {
        self.read == self.length
    }
}

impl<R: Read> Write for Compare<R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut found = vec![0; bytes.len()];
        self.reader.read_exact(&mut found)?;
        self.read += bytes.len() as u64;
        if found == bytes { Ok(bytes.len()) } else { Err(io::Error::other("the bytes differ")) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
