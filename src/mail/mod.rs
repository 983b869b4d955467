// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Composing mails: templates, the message itself, what is wrong with it, and
//! the calendar entry for a vote's end; and reading the mails of a vote's thread.
//! Sending is a service's affair.

mod calendar;
mod compose;
mod lint;
pub mod reading;
mod render;
mod templates;
mod values;
mod wrap;

#[cfg(test)]
mod catalogue_tests;
#[cfg(test)]
mod vote_mail_tests;
#[cfg(test)]
mod website_tests;

pub use calendar::CalendarEntry;
pub use compose::{ComposeError, Draft, message_id};
pub use lint::{Fault, Kind, is_link, lint};
pub use templates::{TemplateError, Templates};
pub use values::without_references;
