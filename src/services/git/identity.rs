// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who somebody is, as git itself says: by its configuration wherever that is, and by `GIT_AUTHOR_NAME`
//! and `GIT_AUTHOR_EMAIL`, which libgit2 does not look at.

use std::path::Path;
use std::process::{Command, Stdio};

use super::command::apart_from_the_caller;

/// Name and address that a commit made at `path` would have; `None` where git does not know them or
/// would make them up.
pub fn author_at(path: &Path) -> Option<(String, String)> {
    let mut command = Command::new("git");
    // what is not there yet has the directory that it will be in
    let place = path.ancestors().find(|place| place.is_dir()).unwrap_or(Path::new("."));
    command.arg("-C").arg(place).args(["-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT"]);
    apart_from_the_caller(&mut command);
    let done = command.env("LC_ALL", "C").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let said = String::from_utf8(done.stdout).ok().filter(|_| done.status.success())?;
    let (name, rest) = said.trim_end().split_once(" <")?;
    let (email, _) = rest.rsplit_once("> ")?;
    let plain = |text: &str| !text.trim().is_empty() && !text.chars().any(char::is_control);
    (plain(name) && plain(email)).then(|| (name.to_owned(), email.to_owned()))
}
