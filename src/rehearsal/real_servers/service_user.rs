// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The user that a server becomes which root starts: what it is to read and write has to be its own,
//! and the way there open.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::rehearsal::command::{Failed, run};

/// Others may pass through a directory.
const PASS: u32 = 0o001;

/// A user that is no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServiceUser {
    /// Its name.
    pub name: String,
    /// The name of its group.
    pub group: String,
}

/// Whether this process is root's.
pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

impl ServiceUser {
    /// The first of `names` that this machine knows.
    pub(super) fn find(names: &[&str]) -> Option<Self> {
        names.iter().find_map(|name| {
            let output = Command::new("id").args(["-gn", name]).stdin(Stdio::null()).stderr(Stdio::null()).output();
            let output = output.ok().filter(|output| output.status.success())?;
            let group = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            Some(Self { name: (*name).to_owned(), group })
        })
    }

    /// Makes `paths` in `world` its own, and opens the world for passing through.
    pub(super) fn own(&self, world: &Path, paths: &[&Path]) -> Result<(), Failed> {
        let fail = |error: std::io::Error| Failed::new(&format!("open {}", world.display()), &error.to_string());
        let mut permissions = fs::metadata(world).map_err(fail)?.permissions();
        permissions.set_mode(permissions.mode() | PASS);
        fs::set_permissions(world, permissions).map_err(fail)?;
        let owner = format!("{}:{}", self.name, self.group);
        let paths = paths.iter().map(|path| path.display().to_string());
        run(
            world,
            "chown",
            &["-R".to_owned(), "--".to_owned(), owner].into_iter().chain(paths).collect::<Vec<_>>(),
            &[],
        )?;
        Ok(())
    }
}

/// The outermost directory on the way to `world` through which not everybody may pass.
pub(super) fn closed(world: &Path) -> Option<PathBuf> {
    let passes = |directory: &&Path| fs::metadata(directory).is_ok_and(|found| found.permissions().mode() & PASS == 0);
    world.ancestors().skip(1).filter(passes).last().map(Path::to_owned)
}

/// Why a server that becomes one of the users `names` where root starts it cannot serve `world`.
pub(super) fn barred(world: &Path, names: &[&str]) -> Option<String> {
    if !is_root() {
        return None;
    }
    if ServiceUser::find(names).is_none() {
        return Some(format!("root starts it as {}, and this machine knows no such user", names.join(" or ")));
    }
    let closed = closed(world)?;
    Some(format!("root starts it as another user, who may not pass through {}", closed.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_is_shut_is_found_and_the_world_itself_is_opened() {
        let place = tempfile::tempdir_in("/tmp").unwrap();
        let world = place.path().join("a/world");
        fs::create_dir_all(&world).unwrap();
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(closed(&world).as_deref(), Some(place.path()));
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o711)).unwrap();
        assert_eq!(closed(&world), None);
        fs::set_permissions(&world, fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(closed(&world), None, "the world is the rehearsal's own");
        if !is_root() {
            return;
        }
        let Some(user) = ServiceUser::find(&["no-such-user-here", "nobody"]) else { return };
        assert_eq!(user.name, "nobody");
        let file = world.join("file");
        fs::write(&file, "").unwrap();
        user.own(&world, &[&file]).unwrap();
        assert_eq!(fs::metadata(&world).unwrap().permissions().mode() & 0o777, 0o701);
        assert_ne!(std::os::unix::fs::MetadataExt::uid(&fs::metadata(&file).unwrap()), 0);
    }
}
