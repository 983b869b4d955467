// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether what somebody notes fits the texts that it goes into: those are sent later, when
//! the note cannot be changed any more, so it is asked before the note is recorded.

use super::driver::Driver;
use super::event::{Entry, Event};
use super::halt::DriverError;
use super::preview::{Doer, TextFault, text_faults};
use super::render::Renderer;
use super::state::State;

/// A note that no text is spoiled by.
const HARMLESS: &str = "https://unknown.invalid/note";

impl<W: ?Sized + 'static> Driver<'_, W> {
    /// What keeps the texts that are yet to be sent or written from being so once `event` is
    /// recorded with this text of the item `id`, and with another text would not; `None` where
    /// nothing does. No service is asked.
    ///
    /// # Errors
    /// When the release's values cannot be had, or a condition cannot be told.
    pub(super) fn spoiled_text(
        &self,
        scope: u32,
        id: Option<&str>,
        text: &str,
        event: impl Fn(String) -> Event,
    ) -> Result<Option<String>, DriverError> {
        let faults = |text: &str| {
            let mut supposed = self.state.clone();
            supposed.apply(&Entry {
                seq: 0,
                at: self.clock.now(),
                who: String::new(),
                candidate: scope,
                step: id.map(str::to_owned),
                event: event(text.to_owned()),
            });
            self.faults_of_texts(&supposed)
        };
        let found = faults(text)?;
        if found.is_empty() {
            return Ok(None);
        }
        // What cannot be told yet, or is wrong whatever is noted, is no fault of the note.
        let anyway = faults(HARMLESS)?;
        let new = found.into_iter().filter(|fault| anyway.iter().all(|known| known.step != fault.step));
        let told: Vec<String> = new.map(|fault| format!("`{}`: {}", fault.step, fault.what)).collect();
        Ok((!told.is_empty()).then(|| format!("a later text would be spoiled by it: {}", told.join("; "))))
    }

    /// Whether the current candidate can be cancelled for this reason, as far as the texts go
    /// that tell others of it.
    ///
    /// # Errors
    /// When one could not be sent.
    pub fn reason_fits(&self, why: &str) -> Result<(), DriverError> {
        match self.spoiled_text(0, None, why, |why| Event::CandidateCancelled { why })? {
            None => Ok(()),
            Some(fault) => Err(DriverError::Refused {
                what: format!("the reason cannot be told as it is: {fault}"),
                hint: "nothing was recorded; say it in other words, as plain text".into(),
            }),
        }
    }

    fn faults_of_texts(&self, state: &State) -> Result<Vec<TextFault>, DriverError> {
        let renderer = Renderer::new(self.values, state).map_err(DriverError::Values)?;
        let doer = Doer { registry: self.registry, world: self.world, now: self.clock.now() };
        Ok(text_faults(self.workflow, state, &renderer, &doer)?)
    }
}
