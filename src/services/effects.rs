// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A hook around every outside effect: each write that a client makes goes
//! through [`Effects::around`], so that it can be traced, and so that a rehearsal
//! can be interrupted just before and just after it.

use std::sync::Arc;

/// On which side of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It is about to happen.
    Before,
    /// It has happened, and nothing was yet said of it.
    After,
}

type Watch = dyn Fn(Moment, &str) + Send + Sync;

/// Who is told of outside effects.
#[derive(Clone)]
pub struct Effects(Arc<Watch>);

impl Effects {
    /// Tells `watch` of every effect.
    pub fn new(watch: impl Fn(Moment, &str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(watch))
    }

    /// Tells nobody.
    pub fn unwatched() -> Self {
        Self::new(|_, _| {})
    }

    /// Has the effect `name` ("svn commit", "git push") happen between the two moments.
    pub fn around<T>(&self, name: &str, effect: impl FnOnce() -> T) -> T {
        (self.0)(Moment::Before, name);
        let result = effect();
        (self.0)(Moment::After, name);
        result
    }
}

impl std::fmt::Debug for Effects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Effects")
    }
}
