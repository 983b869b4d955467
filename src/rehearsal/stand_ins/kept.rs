// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A stand-in's state, which a file keeps over the end of the process.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// State that every change writes to its file; each clone has the same one.
#[derive(Debug)]
pub struct Kept<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    file: PathBuf,
    state: Mutex<T>,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Serialize + DeserializeOwned> Kept<T> {
    /// The state in `file`; `initial` where there is no such file.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub fn open(file: impl Into<PathBuf>, initial: T) -> io::Result<Self> {
        let file = file.into();
        let state = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => initial,
            Err(error) => return Err(error),
        };
        Ok(Self(Arc::new(Inner { file, state: Mutex::new(state) })))
    }

    /// A view of the state.
    pub fn read<R>(&self, view: impl FnOnce(&T) -> R) -> R {
        view(&self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state; it is in the file when this returns.
    ///
    /// # Panics
    /// When the file cannot be written: a stand-in without its state is of no use.
    pub fn change<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
        let result = change(&mut state);
        let text = serde_json::to_vec_pretty(&*state).expect("plain data");
        let beside = self.0.file.with_extension("new");
        let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, &self.0.file));
        written.unwrap_or_else(|error| panic!("cannot write {}: {error}", self.0.file.display()));
        result
    }
}
