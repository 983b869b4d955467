// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading a repository.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use roxmltree::{Document, Node};

use super::run::{Output, Program};
use super::{Revision, Svn, SvnError, SvnFault, SvnUrl};
use crate::release::{FileDigest, Sha512};

/// The revision property that says which run made a commit.
pub(super) const RUN_PROPERTY: &str = "release:run";

/// How many of a path's latest commits are looked through for a run's.
const COMMITS_LOOKED_AT: &str = "100";

/// Connections at a time; what limits it is the network, not the processors.
const READERS: usize = 6;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A directory.
    Directory,
}

/// What is at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// File or directory.
    pub kind: EntryKind,
    /// The repository's revision at which this was so.
    pub at: Revision,
    /// The last revision that changed it, or anything below it.
    pub last_changed: Revision,
}

/// A file or directory of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Relative to what was listed, with `/`.
    pub name: String,
    /// File or directory.
    pub kind: EntryKind,
    /// A file's size; 0 for a directory.
    pub bytes: u64,
    /// The last revision that changed it.
    pub revision: Revision,
}

/// How deep to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What is in the directory itself.
    Immediate,
    /// All that is below it.
    Whole,
}

/// A commit that a run made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunCommit {
    /// Its revision.
    pub revision: Revision,
    /// What it changed.
    pub changed: Vec<ChangedPath>,
}

/// A path that a commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedPath {
    /// `A`dded, `D`eleted, `M`odified or `R`eplaced.
    pub change: char,
    /// From the root of the repository.
    pub path: String,
}

impl Svn {
    /// What is at `url`, now or at revision `at`; `None` where nothing is.
    ///
    /// # Errors
    /// When that could not be asked.
    pub fn info(&self, url: &SvnUrl, at: Option<Revision>) -> Result<Option<Info>, SvnError> {
        let doing = format!("look at {url}");
        let xml = match self.ask(&doing, ["info", "--xml", &url.pegged(at)]) {
            Err(SvnError::Failed { fault: SvnFault::Missing(_), .. }) => return Ok(None),
            answer => answer?,
        };
        parse(&doing, &xml, |root| {
            let entry = child(root, "entry")?;
            let commit = child(entry, "commit")?;
            Some(Info { kind: kind(entry)?, at: revision(entry)?, last_changed: revision(commit)? })
        })
        .map(Some)
    }

    /// What is in the directory `url`, now or at revision `at`.
    ///
    /// # Errors
    /// When there is no such directory, or it could not be asked.
    pub fn list(&self, url: &SvnUrl, depth: Depth, at: Option<Revision>) -> Result<Vec<Entry>, SvnError> {
        let doing = format!("list {url}");
        let depth = match depth {
            Depth::Immediate => "immediates",
            Depth::Whole => "infinity",
        };
        let xml = self.ask(&doing, ["list", "--xml", "--depth", depth, &url.pegged(at)])?;
        parse(&doing, &xml, |root| {
            let entries = child(root, "list")?.children().filter(|node| node.has_tag_name("entry"));
            entries.map(listed).collect()
        })
    }

    /// Writes the file at `url`, as it is now or was at revision `at`, to `sink`;
    /// returns how many bytes. Keywords are left as they are stored, as they are
    /// for whoever downloads the file.
    ///
    /// # Errors
    /// When there is no such file, it could not be read or `sink` not be written.
    pub fn cat(&self, url: &SvnUrl, at: Option<Revision>, sink: &mut impl Write) -> Result<u64, SvnError> {
        self.cat_to(url, at, |mut output| io::copy(&mut output, sink))
    }

    /// Has the files of `url` below `directory`, all of one revision, which is returned;
    /// `None` where there is no such directory. `progress` hears of each file and its size.
    ///
    /// # Errors
    /// When it could not be asked, or a file cannot be written.
    pub fn export(
        &self,
        url: &SvnUrl,
        directory: &Path,
        progress: &dyn Fn(&str, u64),
    ) -> Result<Option<Revision>, SvnError> {
        // One revision for all files, whatever is committed meanwhile.
        let Some(at) = self.info(url, None)?.map(|info| info.at) else { return Ok(None) };
        for entry in self.list(url, Depth::Whole, Some(at))? {
            let source = url.join(&entry.name)?;
            let target = directory.join(&entry.name);
            let written = |error| SvnError::Write { path: target.clone(), source: error };
            match entry.kind {
                EntryKind::Directory => fs::create_dir_all(&target).map_err(written)?,
                EntryKind::File => {
                    target.parent().map_or(Ok(()), fs::create_dir_all).map_err(written)?;
                    let mut file = fs::File::create(&target).map_err(written)?;
                    progress(&entry.name, self.cat(&source, Some(at), &mut file)?);
                }
            }
        }
        Ok(Some(at))
    }

    /// Has the file at `url` in `directory`, and of `endings` those files beside it that are
    /// there, all of one revision; `None` where there is no such file.
    ///
    /// # Errors
    /// When it could not be asked, or a file cannot be written.
    pub fn export_with_companions(
        &self,
        url: &SvnUrl,
        endings: &[&str],
        directory: &Path,
        progress: &dyn Fn(&str, u64),
    ) -> Result<Option<Revision>, SvnError> {
        let Some((at, parent)) = self.info(url, None)?.map(|info| info.at).zip(url.parent()) else { return Ok(None) };
        let files: Vec<Entry> = self.list(&parent, Depth::Immediate, Some(at))?;
        let is_file = |entry: &&Entry| entry.kind == EntryKind::File && parent.join(&entry.name).as_ref() == Ok(url);
        let Some(file) = files.iter().find(is_file) else { return Ok(None) };
        let wanted =
            |name: &str| name.strip_prefix(&file.name).is_some_and(|rest| rest.is_empty() || endings.contains(&rest));
        for entry in files.iter().filter(|entry| entry.kind == EntryKind::File && wanted(&entry.name)) {
            let target = directory.join(&entry.name);
            let mut sink = fs::File::create(&target).map_err(|source| SvnError::Write { path: target, source })?;
            progress(&entry.name, self.cat(&parent.join(&entry.name)?, Some(at), &mut sink)?);
        }
        Ok(Some(at))
    }

    /// Size and digest of the file `name` in `directory`, read as a stream.
    ///
    /// # Errors
    /// When there is no such file, or it could not be read.
    pub fn digest(&self, directory: &SvnUrl, name: &str, at: Option<Revision>) -> Result<FileDigest, SvnError> {
        let (sha512, bytes) = self.cat_to(&directory.join(name)?, at, Sha512::of_reader)?;
        Ok(FileDigest { name: name.to_owned(), bytes, sha512 })
    }

    /// Sizes and digests of the files `names` in `directory`, several at a time.
    ///
    /// # Errors
    /// When one is missing or could not be read.
    pub fn digests(
        &self,
        directory: &SvnUrl,
        names: &[&str],
        at: Option<Revision>,
    ) -> Result<Vec<FileDigest>, SvnError> {
        let next = AtomicUsize::new(0);
        let results = Mutex::new(Vec::with_capacity(names.len()));
        thread::scope(|scope| {
            for _ in 0..READERS.min(names.len()) {
                scope.spawn(|| {
                    while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let digest = self.digest(directory, name, at);
                        results.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(digest);
                    }
                });
            }
        });
        let results = results.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut digests = results.into_iter().collect::<Result<Vec<FileDigest>, SvnError>>()?;
        digests.sort();
        Ok(digests)
    }

    /// The commit of the run `token` among the latest of `url`.
    ///
    /// # Errors
    /// When there is nothing at `url`, or it could not be asked.
    pub fn find_run(&self, url: &SvnUrl, token: &str) -> Result<Option<RunCommit>, SvnError> {
        let doing = format!("read the log of {url}");
        let property = RUN_PROPERTY;
        let limit = COMMITS_LOOKED_AT;
        let arguments = ["log", "--xml", "--verbose", "--limit", limit, "--with-revprop", property, &url.pegged(None)];
        let xml = self.ask(&doing, arguments)?;
        parse(&doing, &xml, |root| {
            let mut entries = root.children().filter(|node| node.has_tag_name("logentry"));
            let Some(entry) = entries.find(|entry| run_of(*entry) == Some(token)) else { return Some(None) };
            let paths = child(entry, "paths").into_iter().flat_map(|paths| paths.children());
            let changed = paths.filter(|node| node.has_tag_name("path")).map(changed).collect::<Option<_>>()?;
            Some(Some(RunCommit { revision: revision(entry)?, changed }))
        })
    }

    fn cat_to<T>(
        &self,
        url: &SvnUrl,
        at: Option<Revision>,
        consume: impl FnOnce(Output) -> io::Result<T>,
    ) -> Result<T, SvnError> {
        self.run(Program::Svn, &format!("read {url}"), ["cat", "--ignore-keywords", &url.pegged(at)], consume)
    }
}

/// Takes svn's XML apart; `take` says `None` where something is missing in it.
fn parse<T>(doing: &str, xml: &str, take: impl FnOnce(Node<'_, '_>) -> Option<T>) -> Result<T, SvnError> {
    let fail = |why: String| SvnError::Unreadable { doing: doing.to_owned(), why };
    let document = Document::parse(xml).map_err(|error| fail(error.to_string()))?;
    take(document.root_element()).ok_or_else(|| fail("an element or attribute is missing in its XML".to_owned()))
}

fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.has_tag_name(name))
}

fn revision(node: Node<'_, '_>) -> Option<Revision> {
    node.attribute("revision")?.parse().ok().map(Revision)
}

fn kind(node: Node<'_, '_>) -> Option<EntryKind> {
    match node.attribute("kind")? {
        "file" => Some(EntryKind::File),
        "dir" => Some(EntryKind::Directory),
        _ => None,
    }
}

fn listed(entry: Node<'_, '_>) -> Option<Entry> {
    let kind = kind(entry)?;
    let bytes = match kind {
        EntryKind::File => child(entry, "size")?.text()?.parse().ok()?,
        EntryKind::Directory => 0,
    };
    let name = child(entry, "name")?.text()?.to_owned();
    Some(Entry { name, kind, bytes, revision: revision(child(entry, "commit")?)? })
}

fn run_of<'a>(entry: Node<'a, '_>) -> Option<&'a str> {
    let properties = child(entry, "revprops")?;
    properties.children().find(|node| node.attribute("name") == Some(RUN_PROPERTY))?.text()
}

fn changed(path: Node<'_, '_>) -> Option<ChangedPath> {
    Some(ChangedPath { change: path.attribute("action")?.chars().next()?, path: path.text()?.to_owned() })
}
