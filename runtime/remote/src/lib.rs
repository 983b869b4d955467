// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Calls functions over HTTP.
//!
//! A request is one POST; what fails is tried again with growing pauses as long as the
//! call's budget allows. What a spent budget means for the messages is the engine's.

mod answer;
mod client;
mod endpoint;
mod exchange;
mod key;
mod progress;
mod room;
mod template;

pub use answer::read_answer;
pub use client::ClientError;
pub use endpoint::HttpFunction;
pub use key::KeyError;
pub use room::AnswerRoom;
