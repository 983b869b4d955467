// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Functions, and what is said of their state before they are called.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use statefun_engine::{Address, Answer, Catalogue, Embedded, Expiry, FunctionType, Hosted, Reached, Request, Spec};
use statefun_protocol::{EncodedValue, Simple, SimpleError, TypedValue};

use crate::Context;

/// A function: what it does with one message.
///
/// A batch's messages come one by one, each seeing the state that the one before left. An
/// error undoes the whole batch; its messages are then tried one by one.
pub trait StatefulFunction: Send + Sync {
    /// Takes a message.
    ///
    /// # Errors
    /// When the message cannot be processed.
    fn call(&self, context: &mut Context<'_>, message: &Message) -> Result<(), Failure>;
}

impl<F> StatefulFunction for F
where
    F: Fn(&mut Context<'_>, &Message) -> Result<(), Failure> + Send + Sync,
{
    fn call(&self, context: &mut Context<'_>, message: &Message) -> Result<(), Failure> {
        self(context, message)
    }
}

/// Why a message cannot be processed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failure(pub String);

impl From<SimpleError> for Failure {
    fn from(error: SimpleError) -> Self {
        Self(error.to_string())
    }
}

/// A message to a function.
#[derive(Debug, Clone)]
pub struct Message {
    argument: EncodedValue,
}

impl Message {
    pub(crate) fn new(argument: EncodedValue) -> Self {
        Self { argument }
    }

    /// What it says, with its type.
    ///
    /// # Errors
    /// When its bytes are no typed value.
    pub fn typed(&self) -> Result<TypedValue, Failure> {
        TypedValue::open(self.argument.clone())
            .map_err(|error| Failure(format!("the message is no typed value: {error}")))
    }

    /// What it says, as a simple type.
    ///
    /// # Errors
    /// When it is of another type.
    pub fn get<T: Simple>(&self) -> Result<T, Failure> {
        match T::from_view(&self.argument) {
            Some(value) => Ok(value),
            None => Ok(T::from_typed(&self.typed()?)?),
        }
    }

    /// The typed value as it came, with every field.
    pub fn encoded(&self) -> &EncodedValue {
        &self.argument
    }
}

/// A value that a function keeps for each of its instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueSpec(pub(crate) Spec);

impl ValueSpec {
    /// A value of a simple type.
    #[must_use]
    pub fn new<T: Simple>(name: &str) -> Self {
        Self::of_type(name, T::TYPENAME)
    }

    /// A value of any type.
    #[must_use]
    pub fn of_type(name: &str, typename: &str) -> Self {
        Self(Spec { name: name.into(), typename: typename.into(), expiry: Expiry::Never })
    }

    /// The same, gone so long after it was last written.
    #[must_use]
    pub fn expire_after_write(mut self, time: Duration) -> Self {
        self.0.expiry = Expiry::AfterWrite(time);
        self
    }

    /// The same, gone so long after its function was last called.
    #[must_use]
    pub fn expire_after_call(mut self, time: Duration) -> Self {
        self.0.expiry = Expiry::AfterInvoke(time);
        self
    }
}

/// Functions by their types.
#[derive(Default)]
pub struct Functions {
    functions: HashMap<FunctionType, Bound>,
}

struct Bound {
    specs: Arc<[Spec]>,
    function: Arc<dyn StatefulFunction>,
}

/// The most messages that an embedded function is given at once.
const MOST_IN_BATCH: usize = 1000;

impl Functions {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Has `function` called for messages to `function_type`, with these values.
    pub fn bind(
        &mut self,
        function_type: FunctionType,
        specs: impl IntoIterator<Item = ValueSpec>,
        function: impl StatefulFunction + 'static,
    ) {
        let specs = specs.into_iter().map(|spec| spec.0).collect();
        self.functions.insert(function_type, Bound { specs, function: Arc::new(function) });
    }

    /// Hosts all of them in a catalogue, whose callee with this index they are.
    pub fn host(&self, catalogue: &mut Catalogue, callee: usize) {
        for function in self.functions.keys() {
            catalogue.host(function.clone(), Hosted { most_in_batch: MOST_IN_BATCH, callee });
        }
    }
}

impl Embedded for Functions {
    fn call(&self, request: &Request) -> Answer {
        let failed = |cause: String| Answer::Failed(statefun_engine::Failure { reached: Reached::Yes, cause });
        let Some(bound) = self.functions.get(&request.address.function) else {
            return failed(format!("there is no function of type {}", request.address.function));
        };
        let is_given = |spec: &&Spec| request.state.iter().any(|value| value.name == spec.name);
        if bound.specs.iter().any(|spec| !is_given(&spec)) {
            return Answer::Incomplete(bound.specs.iter().filter(|spec| !is_given(spec)).cloned().collect());
        }
        let mut context = Context::new(&request.address, &bound.specs, &request.state);
        for letter in &request.letters {
            context.begin(letter.caller.as_ref());
            if let Err(failure) = bound.function.call(&mut context, &Message::new(letter.argument.clone())) {
                return failed(failure.0);
            }
        }
        Answer::Done(context.into_outcome())
    }
}

/// An address that a message may be for.
pub(crate) fn check(address: &Address) -> Result<(), Failure> {
    address.check().map_err(|error| Failure(error.to_string()))
}
