// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How one logs in at a service, and a login that is asked for when it is first needed.

use std::fmt;
use std::sync::{Arc, OnceLock};

use secrecy::SecretString;

/// How one logs in at a service.
#[derive(Debug, Clone, Default)]
pub enum Login {
    /// Not at all.
    #[default]
    Anonymous,
    /// By name and password, or the two parts of a user token.
    Basic(String, SecretString),
    /// By a token.
    Bearer(SecretString),
    /// As somebody says when something is to be changed.
    Asked(Asked),
}

/// A login that somebody is asked for once, when something is to be changed; what only
/// reads does without it until then.
#[derive(Clone)]
pub struct Asked {
    ask: Arc<dyn Fn() -> Login + Send + Sync>,
    answer: Arc<OnceLock<Box<Login>>>,
}

impl Asked {
    /// The login that `ask` gives.
    pub fn new(ask: impl Fn() -> Login + Send + Sync + 'static) -> Self {
        Self { ask: Arc::new(ask), answer: Arc::default() }
    }

    fn get(&self, harmless: bool) -> Option<&Login> {
        match harmless {
            true => self.answer.get().map(Box::as_ref),
            false => Some(self.answer.get_or_init(|| Box::new((self.ask)()))),
        }
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asked")
    }
}

impl Login {
    /// Whether one logs in at all.
    pub fn is_anonymous(&self) -> bool {
        matches!(self, Self::Anonymous)
    }

    /// The login of a request, which somebody is asked for where it changes something.
    pub(super) fn now(&self, harmless: bool) -> &Self {
        match self {
            Self::Asked(asked) => asked.get(harmless).unwrap_or(&Self::Anonymous),
            known => known,
        }
    }
}
