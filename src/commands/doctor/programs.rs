// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The programs that every release needs.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

use super::ask::Part;
use super::item::{Item, Name};

/// A program, the package that has it, the version from which it has what is used of it, and
/// what that is.
struct Needed {
    program: &'static str,
    package: &'static str,
    least: [u32; 2],
    because: &'static str,
}

const NEEDED: [Needed; 4] = [
    Needed { program: "git", package: "git", least: [2, 29], because: "`git fetch --no-write-fetch-head`" },
    Needed { program: "svn", package: "subversion", least: [1, 10], because: "`--password-from-stdin`" },
    Needed { program: "svnmucc", package: "subversion", least: [1, 10], because: "`--password-from-stdin`" },
    Needed { program: "gpg", package: "gnupg", least: [2, 2], because: "the agent's way of signing" },
];

/// Each program with its version.
pub fn examine() -> Part {
    Part::Found(NEEDED.iter().map(|needed| judge(needed, &first_line(needed.program))).collect())
}

fn judge(needed: &Needed, said: &Result<String, String>) -> Item {
    let Needed { program, package, least: [major, minor], because } = needed;
    let name = Name::new(*program, format!("{program} {major}.{minor} or later"));
    let install = format!("install {program} {major}.{minor} or later: it is in the package {package}");
    let line = match said {
        Ok(line) => line,
        Err(why) => return name.failed(why, install),
    };
    match version(line) {
        Some(found) if found >= [*major, *minor] => name.ok(line),
        Some(_) => name.failed(format!("{line}, which lacks {because}"), install),
        None => name.warning(
            format!("its version cannot be told from `{line}`"),
            format!("see that it is {major}.{minor} or later"),
        ),
    }
}

/// The first line of what `program --version` says.
fn first_line(program: &str) -> Result<String, String> {
    let output = Command::new(program).arg("--version").env("LC_ALL", "C").stdin(Stdio::null()).output();
    match output {
        Ok(output) if output.status.success() => {
            Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
        }
        Ok(output) => Err(format!("`{program} --version` ended with {}", output.status)),
        Err(error) if error.kind() == ErrorKind::NotFound => Err("it is not on the PATH".to_owned()),
        Err(error) => Err(format!("it cannot be run: {error}")),
    }
}

/// The first two numbers of the first word that is a version.
fn version(line: &str) -> Option<[u32; 2]> {
    line.split_whitespace().find_map(|word| {
        let mut numbers = word.split(|letter: char| !letter.is_ascii_digit());
        Some([numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?])
    })
}

#[cfg(test)]
mod tests {
    use super::super::item::Standing;
    use super::*;

    #[test]
    fn versions_are_read_as_the_programs_say_them() {
        assert_eq!(version("git version 2.39.5 (Apple Git-154)"), Some([2, 39]));
        assert_eq!(version("svn, version 1.14.2 (r1899510)"), Some([1, 14]));
        assert_eq!(version("gpg (GnuPG) 2.4.0-beta1"), Some([2, 4]));
        assert_eq!(version("gpg (GnuPG/MacGPG2) 2.2.41"), Some([2, 2]));
        assert_eq!(version("git"), None);
    }

    #[test]
    fn what_is_missing_or_old_fails() {
        let state = |said: Result<&str, &str>| judge(&NEEDED[1], &said.map(str::to_owned).map_err(str::to_owned)).state;
        assert_eq!(state(Ok("svn, version 1.10.0 (r1)")), Standing::Ok);
        assert_eq!(state(Ok("svn, version 2.0.0 (r1)")), Standing::Ok);
        assert_eq!(state(Ok("svn, version 1.9.7 (r1)")), Standing::Failed);
        assert_eq!(state(Ok("svn from somewhere")), Standing::Warning);
        assert_eq!(state(Err("it is not on the PATH")), Standing::Failed);
        assert!(first_line("no-such-program").unwrap_err().contains("PATH"));
    }
}
