// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Files that go by: how many, how many bytes, which one, on a terminal's last line.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use indicatif::{DecimalBytes, ProgressBar};

use super::output::Ui;
use super::progress::spinner;

/// A count of files on stderr where that is a terminal, for as long as this value lives;
/// elsewhere nothing.
pub struct FileCount {
    what: String,
    bar: Option<ProgressBar>,
    expected: AtomicUsize,
    files: AtomicUsize,
    bytes: AtomicU64,
}

impl FileCount {
    /// Begins to count for `what`: "downloading", "verifying".
    pub fn begin(ui: Ui, what: &str) -> Self {
        let bar = ui.lively().then(|| spinner(what.to_owned()));
        let (expected, files, bytes) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicU64::new(0));
        Self { what: what.to_owned(), bar, expected, files, bytes }
    }

    /// So many files are to come.
    pub fn expect(&self, files: usize) {
        self.expected.store(files, Ordering::Relaxed);
    }

    /// So many bytes of the file `name` went by.
    pub fn bytes(&self, name: &str, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.show(name);
    }

    /// The file `name` is done.
    pub fn file(&self, name: &str) {
        self.files.fetch_add(1, Ordering::Relaxed);
        self.show(name);
    }

    fn show(&self, name: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{} {name}", self.count()));
        }
    }

    /// "downloading 12 of 40 files, 3.40 MB"
    fn count(&self) -> String {
        let of = match self.expected.load(Ordering::Relaxed) {
            0 => String::new(),
            expected => format!(" of {expected}"),
        };
        let (files, bytes) = (self.files.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed));
        format!("{} {files}{of} files, {}", self.what, DecimalBytes(bytes))
    }
}

impl Drop for FileCount {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_by_is_counted() {
        let count = FileCount::begin(Ui::new(true), "downloading");
        count.bytes("a", 1_200_000);
        assert_eq!(count.count(), "downloading 0 files, 1.20 MB");
        count.expect(40);
        count.file("a");
        assert_eq!(count.count(), "downloading 1 of 40 files, 1.20 MB");
    }
}
