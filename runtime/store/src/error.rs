// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can be wrong with a store.

use std::path::PathBuf;

use crate::FORMAT;

/// What is wrong with a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has it open.
    #[error("the store {} is in use by another process", path.display())]
    Busy {
        /// Its directory.
        path: PathBuf,
    },
    /// It is there and is none that this program can read.
    #[error("the store {} is of format {found}; this program knows formats up to {FORMAT}", path.display())]
    Newer {
        /// Its directory.
        path: PathBuf,
        /// The format that it says it has.
        found: u32,
    },
    /// It says nothing that this program understands.
    #[error("the directory {} holds something, but no store of this program", path.display())]
    Foreign {
        /// Its directory.
        path: PathBuf,
    },
    /// What its directory is to be is none, or lies below something that is none.
    #[error("{} cannot be the directory of a store: {what} is a file", path.display(), what = file.display())]
    NoDirectory {
        /// What was named.
        path: PathBuf,
        /// What is no directory: the same, or above it.
        file: PathBuf,
    },
    /// The file that says what it is says something else.
    #[error("the file {} has {found:?} where the number of the store's format is expected", path.display())]
    Mark {
        /// The file.
        path: PathBuf,
        /// How it begins.
        found: String,
    },
    /// It could not be opened.
    #[error("the store {} cannot be opened", path.display())]
    Open {
        /// Its directory.
        path: PathBuf,
        /// Why.
        source: Box<fjall::Error>,
    },
    /// It did not give what was asked for.
    #[error("the store cannot be read")]
    Read {
        /// Why.
        source: Box<fjall::Error>,
    },
    /// It did not take what was to be written.
    #[error("the store cannot be written")]
    Write {
        /// Why.
        source: Box<fjall::Error>,
    },
    /// Its disk is full. What was committed before is there when it is opened anew.
    #[error("the disk of the store {} is full", path.display())]
    Full {
        /// Its directory.
        path: PathBuf,
        /// What could not be done.
        source: Box<fjall::Error>,
    },
    /// The process may not have more files open.
    #[error("the store {} cannot open a file: the process has as many open as it may", path.display())]
    TooManyFiles {
        /// Its directory.
        path: PathBuf,
        /// What could not be done.
        source: Box<fjall::Error>,
    },
    /// A simulated crash.
    #[error("the simulated disk is gone")]
    Gone,
}
