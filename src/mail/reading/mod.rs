// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading the mails of a vote: from a file or directory of mails to statements that a tally
//! can count. What could not be read is a value too, never silence.
//!
//! What a mail's own words mean is `governance::reading`'s; here they are found.

mod asked;
mod attribution;
mod body;
mod caller;
mod charset;
mod checked;
mod collapsed;
mod flowed;
mod forwarded;
mod head;
mod headers;
mod html;
mod otherwise;
mod own_text;
mod same;
mod selection;
mod sender;
mod source;
mod thread;
mod threads;
mod unseen;

#[cfg(test)]
mod other_vote_tests;
#[cfg(test)]
mod tests;

pub use own_text::{OwnText, own_text};
pub use selection::TWICE;
pub use source::SourceError;
pub use thread::{LeftOut, Selection, ThreadRead, read_bytes, read_text, read_thread};
