// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Bytes at random and good archives with damage: nothing panics, nothing of another
//! content passes as whole.

use std::io::{self, Cursor, Read};
use std::sync::LazyLock;

use proptest::prelude::*;

use super::build::*;
use crate::verify::archive::{Entry, Faults, Limits, SAFE, Visitor, WHOLE, walk};
use crate::verify::{ArchiveForm, Status};

static GOOD: LazyLock<Vec<(&'static str, Vec<u8>)>> = LazyLock::new(|| {
    let bytes = tar(&good());
    vec![("a.tgz", gzip(&bytes)), ("a.tar.xz", xz(&bytes)), ("a.jar", zip(&good_jar())), ("a.tar", bytes)]
});

/// All that is in an archive, and whether it is whole and safe.
#[derive(Default)]
struct All(Vec<(Entry, Vec<u8>)>);

impl Visitor for All {
    fn entry(&mut self, entry: &Entry, content: &mut dyn Read, _: &mut Faults) -> io::Result<()> {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes)?;
        // an archive may say more or less of its modes and times
        self.0.push((Entry { mode: None, time: None, ..entry.clone() }, bytes));
        Ok(())
    }
}

fn unpacked(name: &str, bytes: &[u8]) -> (Vec<(Entry, Vec<u8>)>, bool) {
    let (mut all, mut faults) = (All::default(), Faults::default());
    let walked = walk(name, Cursor::new(bytes), &[], Limits::default(), &mut all, &mut faults);
    (all.0, walked.complete && faults.failed(WHOLE) == 0 && faults.failed(SAFE) == 0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_pass(kind in 0..4usize, start in 0..3usize, bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let (name, good) = &GOOD[kind];
        let mut nonsense = good[..[0, 6, 40][start]].to_vec();
        nonsense.extend(bytes);
        let report = check(name, nonsense, ArchiveForm::Source);
        let passed = report.findings.iter().any(|finding| finding.name == WHOLE && finding.status == Status::Pass);
        prop_assert!(!passed);
    }

    #[test]
    fn damage_never_passes_as_something_else(
        kind in 0..3usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (name, good) = &GOOD[kind];
        let mut bytes = good.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let (found, passes) = unpacked(name, &bytes);
        // a time or comment may be another; what is inside may not
        prop_assert!(!passes || found == unpacked(name, good).0);
    }

    #[test]
    fn a_damaged_tar_never_panics(at in any::<prop::sample::Index>(), byte: u8, form in 0..6usize) {
        let forms = [ArchiveForm::Source, ArchiveForm::Sdist, ArchiveForm::Wheel, ArchiveForm::Jar, ArchiveForm::Npm, ArchiveForm::Other];
        let (name, good) = &GOOD[3];
        let mut bytes = good.clone();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        check(name, bytes, forms[form]);
    }
}
