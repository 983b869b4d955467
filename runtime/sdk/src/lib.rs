// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Stateful functions in Rust: types, addresses, typed values, state with a time to live,
//! messages, delayed messages, egress.
//!
//! A function is written once. It runs embedded in a program together with the runtime, in a
//! test with [`Harness`], or behind HTTP with [`serve`], where any runtime of the protocol calls it.
//!
//! ```
//! use statefun_sdk::{Context, Failure, Functions, FunctionType, Harness, Message, ValueSpec};
//!
//! fn greet(context: &mut Context<'_>, message: &Message) -> Result<(), Failure> {
//!     let seen = context.get::<i32>("seen")?.unwrap_or_default() + 1;
//!     context.set("seen", seen)?;
//!     let greeting = format!("Hello {}, seen {seen} times", message.get::<String>()?);
//!     context.egress("example/greetings", greeting)
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut functions = Functions::new();
//! let greeter = FunctionType::parse("example/greeter")?;
//! functions.bind(greeter.clone(), [ValueSpec::new::<i32>("seen")], greet);
//! let harness = Harness::start(functions)?;
//! harness.send(greeter.instance("Ada"), "Ada".to_owned())?;
//! harness.send(greeter.instance("Ada"), "Ada".to_owned())?;
//! let greetings = harness.egressed::<String>("example/greetings", 2)?;
//! assert_eq!(greetings, ["Hello Ada, seen 1 times", "Hello Ada, seen 2 times"]);
//! # Ok(())
//! # }
//! ```

mod context;
mod function;
mod harness;
mod serve;

pub use context::Context;
pub use function::{Failure, Functions, Message, StatefulFunction, ValueSpec};
pub use harness::{Harness, HarnessError};
pub use serve::{handler, serve};
pub use statefun_engine::{Address, AddressError, FunctionType};
pub use statefun_protocol::{Simple, TypedValue};

#[cfg(test)]
mod tests;
