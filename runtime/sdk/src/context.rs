// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a function sees and does while it processes a message.

use std::time::Duration;

use statefun_engine::{Address, Delayed, Egressed, FunctionType, GivenValue, Mutation, Outcome, Outgoing, Spec};
use statefun_protocol::{EncodedValue, Simple, TypedValue};

use crate::Failure;
use crate::function::check;

/// What a function sees and does: its address, its values, what it sends. Nothing of it
/// happens before the function has returned.
pub struct Context<'r> {
    address: &'r Address,
    caller: Option<&'r Address>,
    specs: &'r [Spec],
    values: Vec<Value>,
    outcome: Outcome,
}

struct Value {
    encoded: Option<EncodedValue>,
    changed: bool,
}

impl<'r> Context<'r> {
    pub(crate) fn new(address: &'r Address, specs: &'r [Spec], given: &[GivenValue]) -> Self {
        let value = |spec: &Spec| {
            let found = given.iter().find(|value| value.name == spec.name);
            Value { encoded: found.and_then(|value| value.encoded.clone()), changed: false }
        };
        let values = specs.iter().map(value).collect();
        Self { address, caller: None, specs, values, outcome: Outcome::default() }
    }

    pub(crate) fn begin(&mut self, caller: Option<&'r Address>) {
        self.caller = caller;
    }

    pub(crate) fn into_outcome(self) -> Outcome {
        let mut outcome = self.outcome;
        for (spec, value) in self.specs.iter().zip(self.values) {
            if value.changed {
                outcome.mutations.push(Mutation { name: spec.name.to_string(), encoded: value.encoded });
            }
        }
        outcome
    }

    /// Who is called.
    pub fn address(&self) -> &Address {
        self.address
    }

    /// The function that sent the message; none when it came through an ingress.
    pub fn caller(&self) -> Option<&Address> {
        self.caller
    }

    /// A value of a simple type; none when there is none.
    ///
    /// # Errors
    /// When the function did not say that it keeps it, or it is of another type.
    pub fn get<T: Simple>(&self, name: &str) -> Result<Option<T>, Failure> {
        match &self.values[self.position(name)?].encoded {
            None => Ok(None),
            Some(encoded) => match T::from_view(encoded) {
                Some(value) => Ok(Some(value)),
                None => Ok(self.get_typed(name)?.map(|value| T::from_typed(&value)).transpose()?),
            },
        }
    }

    /// A value with its type; none when there is none.
    ///
    /// # Errors
    /// When the function did not say that it keeps it.
    pub fn get_typed(&self, name: &str) -> Result<Option<TypedValue>, Failure> {
        let open = |encoded: &EncodedValue| {
            TypedValue::open(encoded.clone())
                .map_err(|error| Failure(format!("the value {name:?} is damaged: {error}")))
        };
        self.values[self.position(name)?].encoded.as_ref().map(open).transpose()
    }

    /// Keeps a value of a simple type.
    ///
    /// # Errors
    /// When the function did not say that it keeps it, or said so of another type.
    pub fn set<T: Simple>(&mut self, name: &str, value: T) -> Result<(), Failure> {
        let position = self.position_of(name, T::TYPENAME)?;
        self.values[position] = Value { encoded: Some(value.to_encoded()), changed: true };
        Ok(())
    }

    /// Keeps a value.
    ///
    /// # Errors
    /// When the function did not say that it keeps it, or said so of another type.
    pub fn set_typed(&mut self, name: &str, value: &TypedValue) -> Result<(), Failure> {
        let position = self.position_of(name, &value.typename)?;
        self.values[position] = Value { encoded: Some(value.encoded()), changed: true };
        Ok(())
    }

    /// Forgets a value.
    ///
    /// # Errors
    /// When the function did not say that it keeps it.
    pub fn remove(&mut self, name: &str) -> Result<(), Failure> {
        let position = self.position(name)?;
        self.values[position] = Value { encoded: None, changed: true };
        Ok(())
    }

    /// Where a value is that may be set to one of this type.
    fn position_of(&self, name: &str, typename: &str) -> Result<usize, Failure> {
        let position = self.position(name)?;
        let expected = &*self.specs[position].typename;
        if typename == expected {
            return Ok(position);
        }
        Err(Failure(format!("the value {name:?} is of type {expected}, not {typename}")))
    }

    fn position(&self, name: &str) -> Result<usize, Failure> {
        let found = self.specs.iter().position(|spec| &*spec.name == name);
        found.ok_or_else(|| Failure(format!("the function was bound without the value {name:?}")))
    }

    /// Sends a message of a simple type.
    ///
    /// # Errors
    /// When the target is no address.
    pub fn send<T: Simple>(&mut self, target: Address, value: T) -> Result<(), Failure> {
        self.send_encoded(target, value.to_encoded())
    }

    /// Sends a message that is encoded already, as one that is passed on.
    ///
    /// # Errors
    /// When the target is no address.
    pub fn send_encoded(&mut self, target: Address, argument: EncodedValue) -> Result<(), Failure> {
        check(&target)?;
        self.outcome.messages.push(Outgoing { target, argument });
        Ok(())
    }

    /// Sends a message later.
    ///
    /// # Errors
    /// When the target is no address.
    pub fn send_after<T: Simple>(&mut self, delay: Duration, target: Address, value: T) -> Result<(), Failure> {
        self.send_cancellable(delay, target, value, "")
    }

    /// Sends a message later, unless it is cancelled with this token before.
    ///
    /// # Errors
    /// When the target is no address. A token that another delayed message still has makes
    /// the whole batch fail.
    pub fn send_cancellable<T: Simple>(
        &mut self,
        delay: Duration,
        target: Address,
        value: T,
        token: &str,
    ) -> Result<(), Failure> {
        check(&target)?;
        let message = Outgoing { target, argument: value.to_encoded() };
        self.outcome.delayed.push(Delayed::Send { delay, message, token: token.to_owned() });
        Ok(())
    }

    /// Cancels a delayed message of this address, if it was not sent yet.
    pub fn cancel(&mut self, token: &str) {
        self.outcome.delayed.push(Delayed::Cancel { token: token.to_owned() });
    }

    /// Sends a value of a simple type to an egress: `example/greetings`.
    ///
    /// # Errors
    /// When the egress's name is none.
    pub fn egress<T: Simple>(&mut self, egress: &str, value: T) -> Result<(), Failure> {
        self.egress_typed(egress, &value.to_typed())
    }

    /// Sends a value to an egress.
    ///
    /// # Errors
    /// When the egress's name is none.
    pub fn egress_typed(&mut self, egress: &str, value: &TypedValue) -> Result<(), Failure> {
        let named = FunctionType::parse(egress).map_err(|_| Failure(format!("{egress:?} names no egress")))?;
        let (namespace, name) = (named.namespace.as_ref().into(), named.name.as_ref().into());
        self.outcome.egresses.push(Egressed { namespace, name, argument: value.encoded() });
        Ok(())
    }
}
