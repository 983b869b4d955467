// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A request as the protocol has it, and an answer out of it.

use std::time::Duration;

use bytes::Bytes;
use statefun_engine::{Address, Answer, Delayed, Egressed, Mutation, Outcome, Outgoing, Request, Spec};
use statefun_protocol::{
    DelayedInvocation, FromFunction, Invocation, InvocationBatchRequest, InvocationResponse, Message, MutationType,
    PersistedValue, PersistedValueMutation, Reply, ToFunction,
};

/// The bytes of a request.
pub(crate) fn encode(request: &Request) -> Bytes {
    let state = request
        .state
        .iter()
        .map(|value| PersistedValue { state_name: value.name.as_ref().into(), state_value: value.encoded.clone() });
    let invocations = request.letters.iter().map(|letter| Invocation {
        caller: letter.caller.as_ref().map(Into::into),
        argument: Some(letter.argument.clone()),
    });
    let batch = InvocationBatchRequest {
        target: Some((&request.address).into()),
        state: state.collect(),
        invocations: invocations.collect(),
    };
    ToFunction { request: Some(statefun_protocol::Request::Invocation(batch)) }.encode_to_vec().into()
}

/// Up to so many bytes, an answer may stay in memory with what is kept of it.
const SMALL: usize = 4096;

/// What is kept of answers, values and messages, without what else was in the answer: that is not counted
/// where they are kept, and may be much more.
#[derive(Clone, Copy)]
struct Keeping {
    whole: usize,
}

impl Keeping {
    fn part(self, part: Bytes) -> Bytes {
        if self.whole > SMALL && part.len() < self.whole / 2 { Bytes::copy_from_slice(&part) } else { part }
    }
}

/// The answer that a function gave in these bytes.
///
/// # Errors
/// Why it is none, as a sentence whose subject is the function: "answered …".
pub fn read_answer(bytes: Bytes) -> Result<Answer, String> {
    let keeping = Keeping { whole: bytes.len() };
    let message = FromFunction::decode(bytes)
        .map_err(|error| format!("answered with what is no message of the protocol: {error}"))?;
    let read = match message.reply {
        None => Ok(Answer::Done(Outcome::default())),
        Some(Reply::InvocationResult(result)) => outcome(result, keeping).map(Answer::Done),
        Some(Reply::Incomplete(incomplete)) => {
            incomplete.missing_values.iter().map(Spec::try_from).collect::<Result<_, _>>().map(Answer::Incomplete)
        }
    };
    read.map_err(|why| format!("answered what cannot be done: {why}"))
}

fn outcome(result: InvocationResponse, keeping: Keeping) -> Result<Outcome, String> {
    let messages = result
        .outgoing_messages
        .into_iter()
        .map(|message| outgoing(message.target.as_ref(), message.argument, keeping));
    let egresses = result.outgoing_egresses.into_iter().map(|message| Egressed {
        namespace: message.egress_namespace,
        name: message.egress_type,
        argument: message.argument.unwrap_or_default(),
    });
    Ok(Outcome {
        messages: messages.collect::<Result<_, _>>()?,
        delayed: result.delayed_invocations.into_iter().map(|one| delayed(one, keeping)).collect::<Result<_, _>>()?,
        egresses: egresses.collect(),
        mutations: result.state_mutations.into_iter().map(|one| mutation(one, keeping)).collect::<Result<_, _>>()?,
    })
}

fn outgoing(
    target: Option<&statefun_protocol::Address>,
    argument: Option<Bytes>,
    keeping: Keeping,
) -> Result<Outgoing, String> {
    let target = target.ok_or("it sends a message to nobody")?;
    let target = Address::try_from(target).map_err(|error| format!("it sends a message to no address: {error}"))?;
    Ok(Outgoing { target, argument: keeping.part(argument.unwrap_or_default()) })
}

fn delayed(delayed: DelayedInvocation, keeping: Keeping) -> Result<Delayed, String> {
    let token = delayed.cancellation_token;
    if delayed.is_cancellation_request {
        return Ok(Delayed::Cancel { token });
    }
    let millis = u64::try_from(delayed.delay_in_ms)
        .map_err(|_| format!("it sends a message with a delay of {} ms", delayed.delay_in_ms))?;
    let message = outgoing(delayed.target.as_ref(), delayed.argument, keeping)?;
    Ok(Delayed::Send { delay: Duration::from_millis(millis), message, token })
}

fn mutation(mutation: PersistedValueMutation, keeping: Keeping) -> Result<Mutation, String> {
    let name = mutation.state_name;
    let encoded = match MutationType::try_from(mutation.mutation_type) {
        Ok(MutationType::Delete) => None,
        Ok(MutationType::Modify) => mutation.state_value.map(|value| keeping.part(value)),
        Err(_) => return Err(format!("it changes the state {name:?} in the unknown way {}", mutation.mutation_type)),
    };
    Ok(Mutation { name, encoded })
}

#[cfg(test)]
mod tests {
    use statefun_protocol::EgressMessage;

    use super::*;

    /// Where the value that is kept of an answer lies, and the answer.
    fn kept(value: usize, egress: usize) -> (Bytes, Bytes) {
        let state_value = Some(Bytes::from(vec![1; value]));
        let mutation = PersistedValueMutation {
            mutation_type: MutationType::Modify.into(),
            state_name: "seen".to_owned(),
            state_value,
        };
        let sent = EgressMessage { argument: Some(Bytes::from(vec![2; egress])), ..EgressMessage::default() };
        let result = InvocationResponse {
            state_mutations: vec![mutation],
            outgoing_egresses: vec![sent],
            ..InvocationResponse::default()
        };
        let whole: Bytes = FromFunction { reply: Some(Reply::InvocationResult(result)) }.encode_to_vec().into();
        match read_answer(whole.clone()).unwrap() {
            Answer::Done(mut outcome) => (outcome.mutations.remove(0).encoded.unwrap(), whole),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_small_value_of_a_large_answer_does_not_keep_all_of_it_in_memory() {
        let is_within = |(part, whole): (Bytes, Bytes)| whole.as_ptr_range().contains(&part.as_ptr());
        assert!(!is_within(kept(100, 1_000_000)));
        assert!(is_within(kept(1_000_000, 100)), "what is most of it is not copied");
        assert!(is_within(kept(100, 1000)));
    }
}
