// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! All that a web server lists below an address. A server may list without end, so depth
//! and number are bounded.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Url;
use reqwest::blocking::Client;

use super::error::{DownloadError, shown};
use super::listing::{children, path_below};
use super::{Progress, RemoteFile, fetch};

/// How many files are downloaded, and directories listed, at a time.
const WORKERS: usize = 8;
/// The most directories that are listed below one address.
const MOST_DIRECTORIES: usize = 10_000;
/// The most files that are listed there.
const MOST_FILES: usize = 100_000;
/// How deep directories may lie in one another; a Maven repository needs ten.
const DEEPEST: usize = 30;

/// The files that the directory at `root` lists, and the directories below it, sorted.
///
/// # Errors
/// When one cannot be listed, there is no file, or there is no end of them.
pub(super) fn list(client: &Client, mut root: Url, progress: Progress<'_>) -> Result<Vec<RemoteFile>, DownloadError> {
    if !root.path().ends_with('/') {
        root.set_path(&format!("{}/", root.path()));
    }
    let too = |most, what| DownloadError::TooLarge { url: shown(&root), most, what };
    let (mut files, mut level, mut depth, mut listed) = (Vec::new(), vec![root.clone()], 0, 0);
    while !level.is_empty() {
        if depth > DEEPEST {
            return Err(too(DEEPEST, "directories in one another"));
        }
        (depth, listed) = (depth + 1, listed + level.len());
        if listed > MOST_DIRECTORIES {
            return Err(too(MOST_DIRECTORIES, "directories"));
        }
        let pages = several(&level, |directory| Ok(children(directory, &fetch::page(client, directory, progress)?)))?;
        let (below, found): (Vec<Url>, Vec<Url>) =
            pages.into_iter().flatten().partition(|child| child.path().ends_with('/'));
        if files.len() + found.len() > MOST_FILES {
            return Err(too(MOST_FILES, "files"));
        }
        for url in found {
            let path = path_below(&root, &url).ok_or_else(|| DownloadError::Name { url: shown(&url) })?;
            files.push(RemoteFile { path, url });
        }
        level = below;
    }
    files.sort();
    files.dedup();
    match files.is_empty() {
        true => Err(DownloadError::Empty { url: shown(&root) }),
        false => Ok(files),
    }
}

/// Does `work` with several items at a time, and returns what came of each, in their order;
/// the first that fails ends it.
pub(super) fn several<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(&I) -> Result<T, DownloadError> + Sync,
) -> Result<Vec<T>, DownloadError> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return Ok(done) };
            done.push((at, work(item).inspect_err(|_| next.store(items.len(), Ordering::Relaxed))?));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS.min(items.len())).map(|_| scope.spawn(worker)).collect();
        let ended = workers.into_iter().map(|worker| worker.join().expect("downloading does not panic"));
        ended.collect::<Result<Vec<Vec<_>>, DownloadError>>()
    })?
    .into_iter()
    .flatten()
    .collect::<Vec<_>>();
    done.sort_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, what)| what).collect())
}
