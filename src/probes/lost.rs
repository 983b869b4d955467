// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What to say of an artifact that is not on this machine any more.

use crate::actions::Services;
use crate::actions::shell;
use crate::engine::Context;

/// That `name` is not in `directory`, and how it is fetched from where it is `staged`.
pub(super) fn lost(cx: &Context<'_, Services>, directory: &str, name: &str, staged: &str) -> String {
    let here = cx.world.workspace.path(directory).join(name);
    if staged.is_empty() {
        return format!("{name} is not in {directory}");
    }
    let url = format!("{}/{name}", staged.trim_end_matches('/'));
    let command = shell::command(&["svn", "export", &url, &here.display().to_string()]);
    format!("{name} is not in {directory}; it is staged, and can be fetched from there: {command}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::offline;
    use crate::engine::Intent;

    #[test]
    fn what_is_staged_can_be_fetched() {
        let place = tempfile::tempdir().unwrap();
        let world = offline(place.path());
        let now = jiff::Timestamp::UNIX_EPOCH;
        let intent = Intent { at: now, token: "abc".into(), acted: None, resumed: false, anew: false };
        let cx = Context { world: &world, intent: &intent, now };
        assert_eq!(lost(&cx, "candidates/rc1/artifacts", "x.tgz", ""), "x.tgz is not in candidates/rc1/artifacts");
        let said = lost(&cx, "candidates/rc1/artifacts", "x.tgz", "https://dist.example.org/dev/x-rc1");
        assert!(said.contains(": svn export https://dist.example.org/dev/x-rc1/x.tgz /"), "{said}");
        assert!(said.ends_with("/candidates/rc1/artifacts/x.tgz"), "{said}");
    }
}
