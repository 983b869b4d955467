// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A world's bare remote: a copy of a repository, which is only read.

use std::path::Path;

use git2::Repository;

use crate::rehearsal::command::{Failed, run};

/// The remote of a clone whose branches are what would be released: the one that the configuration
/// names, else the only one; `None` where neither is there, and the clone's own branches are it.
pub fn remote_to_copy(clone: &Path, named: &str) -> Option<String> {
    let repository = Repository::open(clone).ok()?;
    let names = repository.remotes().ok()?;
    let mut names = names.iter().flatten().flatten().map(str::to_owned).collect::<Vec<_>>();
    match names.iter().position(|name| name == named) {
        Some(at) => Some(names.swap_remove(at)),
        None if names.len() == 1 => names.pop(),
        None => None,
    }
}

/// Makes `remote.git` in `directory`, with all branches and tags of `source`, and the branches of its
/// remote in the place of its own.
pub(super) fn copy_repository(directory: &Path, source: &Path, named: &str, main: &str) -> Result<(), Failed> {
    let remote = directory.join("remote.git");
    run(directory, "git", &["init", "--quiet", "--bare", &format!("--initial-branch={main}"), "remote.git"], &[])?;
    let from = source.display().to_string();
    let of_remote = remote_to_copy(source, named).map(|name| format!("+refs/remotes/{name}/*:refs/heads/*"));
    let own = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
    for refs in own.into_iter().chain(of_remote.as_deref()) {
        run(&remote, "git", &["fetch", "--quiet", "--no-tags", "--update-head-ok", &from, refs], &[])?;
    }
    // A clone's note of its remote's own HEAD is no branch.
    let _ = run(&remote, "git", &["update-ref", "-d", "refs/heads/HEAD"], &[]);
    let branch = format!("refs/heads/{main}");
    run(&remote, "git", &["rev-parse", "--verify", "--quiet", &branch], &[])
        .map_err(|_| Failed::new("copy the repository", &format!("{from} has no branch `{main}`")))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository of one commit on `main`, which its message names.
    fn repository(directory: &Path, name: &str) {
        let git = |arguments: &[&str]| run(directory, "git", arguments, &[]).unwrap();
        git(&["init", "--quiet", "--initial-branch=main", name]);
        commit(directory, name, name);
    }

    fn commit(directory: &Path, repository: &str, message: &str) {
        let who = ["-c", "user.name=Bob Example", "-c", "user.email=bob@example.org"];
        let arguments = ["-C", repository, "commit", "--quiet", "--allow-empty", "--message", message];
        run(directory, "git", &[&who[..], &arguments].concat(), &[]).unwrap();
    }

    /// What is at the tip of `main` after a clone of `ours` with these remotes was copied.
    fn copied(remotes: &[(&str, &str)], named: &str) -> (Option<String>, String) {
        let place = tempfile::tempdir().unwrap();
        let directory = place.path();
        let git = |arguments: &[&str]| run(directory, "git", arguments, &[]).unwrap();
        for name in ["ours", "official", "fork"] {
            repository(directory, name);
        }
        for (name, of) in remotes {
            git(&["-C", "ours", "remote", "add", name, &directory.join(of).display().to_string()]);
            git(&["-C", "ours", "fetch", "--quiet", name]);
            git(&["-C", "ours", "remote", "set-head", name, "main"]);
        }
        copy_repository(directory, &directory.join("ours"), named, "main").unwrap();
        let refs = git(&["--git-dir=remote.git", "for-each-ref", "--format=%(refname)"]);
        assert_eq!(refs, "refs/heads/main\n", "a remote's HEAD is no branch");
        let tip = git(&["--git-dir=remote.git", "log", "--max-count=1", "--format=%s", "main"]);
        (remote_to_copy(&directory.join("ours"), named), tip.trim().to_owned())
    }

    #[test]
    fn the_remote_that_is_named_or_the_only_one_is_copied() {
        let of = |name: &str, tip: &str| (Some(name.to_owned()), tip.to_owned());
        assert_eq!(copied(&[("origin", "official")], "origin"), of("origin", "official"));
        assert_eq!(copied(&[("origin", "fork"), ("upstream", "official")], "upstream"), of("upstream", "official"));
        assert_eq!(copied(&[("apache", "official")], "origin"), of("apache", "official"), "the only one");
        assert_eq!(copied(&[("apache", "official"), ("mine", "fork")], "origin"), (None, "ours".to_owned()));
        assert_eq!(copied(&[], "origin"), (None, "ours".to_owned()));
    }

    #[test]
    fn a_repository_without_the_branch_is_refused() {
        let place = tempfile::tempdir().unwrap();
        repository(place.path(), "ours");
        let error = copy_repository(place.path(), &place.path().join("ours"), "origin", "master").unwrap_err();
        assert!(error.to_string().contains("has no branch `master`"), "{error}");
    }
}
