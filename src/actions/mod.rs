// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a step can do: one file per action, each saying what is true afterwards.
//!
//! An action does not print, prompt, read the environment or the clock, build a
//! client, call another action, retry, or touch the journal.

mod addresses;
mod prepare_text;
mod send_mail;
mod services;
mod wait;

pub use prepare_text::PrepareText;
pub use send_mail::SendMail;
pub use services::{Author, Services};
pub use wait::Wait;

#[cfg(test)]
mod offline;
#[cfg(test)]
pub(crate) use offline::offline;
