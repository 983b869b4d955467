// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the program asks of an ingress, of a router and of an egress, whatever is behind it.

use std::pin::Pin;
use std::sync::Arc;

use statefun_engine::{Address, FunctionType, Runtime, Sending};
use statefun_protocol::TypedValue;
use tokio::sync::watch;

/// What an ingress or an egress does until it is told to stop.
pub type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where messages come in: it has taken what it needs of the machine, and has not begun.
pub trait Ingress: Send {
    /// What it is and where, for the log.
    fn name(&self) -> String;

    /// Brings messages in until `stop` is true; what is under way then is brought to its end.
    ///
    /// A message goes to [`Runtime::send`] together with the position that its source has
    /// after it, and is acknowledged to its source when that returns, never before.
    fn run(self: Box<Self>, runtime: Arc<Runtime>, stop: watch::Receiver<bool>) -> Work;
}

/// Where records go out: it has taken what it needs of the machine, and has not begun.
pub trait Egress: Send {
    /// What it is and where, for the log.
    fn name(&self) -> String;

    /// Takes records out until `stop` is true.
    ///
    /// What [`Runtime::records`] gives is on the disk, and is given again to whoever asks
    /// again: an egress keeps count itself of what it has taken out.
    fn run(self: Box<Self>, runtime: Arc<Runtime>, stop: watch::Receiver<bool>) -> Work;
}

/// A message before it is decided for which functions it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The type of functions that its sender names, where senders do.
    pub function: Option<FunctionType>,
    /// What stands for the instance: an id, the key of a record.
    pub key: String,
    /// What it says.
    pub value: TypedValue,
}

/// Decides for which functions a message is that came in.
pub trait Router: Send + Sync {
    /// The message for each of them.
    ///
    /// # Errors
    /// Why it is for none, as a fragment of a sentence; such a message is refused.
    fn route(&self, message: &Incoming) -> Result<Vec<Sending>, String>;
}

/// To the instance that the sender names.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByName;

impl Router for ByName {
    fn route(&self, message: &Incoming) -> Result<Vec<Sending>, String> {
        let function = message.function.as_ref().ok_or("the message names no function")?;
        Ok(vec![sending(function, message)?])
    }
}

/// To each of these functions, at the instance whose id is the key: as the records of a
/// broker's topic are routed.
#[derive(Debug, Clone)]
pub struct ToEach {
    /// Which functions.
    pub targets: Vec<FunctionType>,
}

impl Router for ToEach {
    fn route(&self, message: &Incoming) -> Result<Vec<Sending>, String> {
        self.targets.iter().map(|function| sending(function, message)).collect()
    }
}

fn sending(function: &FunctionType, message: &Incoming) -> Result<Sending, String> {
    let target = Address::new(&function.namespace, &function.name, &message.key).map_err(|error| error.to_string())?;
    Ok(Sending { caller: None, target, argument: message.value.encoded() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(router: &dyn Router, function: Option<&str>, key: &str) -> Result<Vec<String>, String> {
        let function = function.map(|name| FunctionType::parse(name).unwrap());
        let incoming = Incoming { function, key: key.to_owned(), value: TypedValue::new("a/b", &b"x"[..]) };
        Ok(router.route(&incoming)?.iter().map(|sending| sending.target.to_string()).collect())
    }

    #[test]
    fn a_message_goes_where_its_sender_says_or_to_each_of_the_targets() {
        assert_eq!(to(&ByName, Some("example/greeter"), "Ada"), Ok(vec!["example/greeter/Ada".to_owned()]));
        assert!(to(&ByName, None, "Ada").unwrap_err().contains("names no function"));
        let targets = ["example/greeter", "example/counter"].map(|name| FunctionType::parse(name).unwrap());
        let each = ToEach { targets: targets.into() };
        assert_eq!(
            to(&each, None, "Ada"),
            Ok(vec!["example/greeter/Ada".to_owned(), "example/counter/Ada".to_owned()])
        );
        assert!(to(&each, None, &"x".repeat(20_000)).is_err(), "no id may be so long");
    }
}
