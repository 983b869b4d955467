// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the simulated functions do. All of it follows from the message alone, so that it is
//! known what must have happened in the end; only order follows from state.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use statefun_protocol::TypedValue;

use super::dice::mix;
use crate::{
    Address, Answer, Delayed, Egressed, Expiry, Failure, FunctionType, Mutation, Outcome, Outgoing, Reached, Request,
    Spec,
};

const SEEN: &str = "seen";
const SENT: &str = "sent";
/// How many messages were seen when it was last written: a value that goes by itself soon.
pub(super) const BRIEF: &str = "brief";
/// The same, and it goes by itself after everything else.
pub(super) const LASTING: &str = "lasting";
const BRIEF_MILLIS: u64 = 20;
const TYPE: &str = "simulation/value";
/// A delay that ends after everything else.
pub(super) const FOR_EVER: u64 = 1_000_000_000;
/// How many addresses there are: two types, each with so many ids.
const IDS: usize = 5;
pub(super) const ADDRESSES: usize = 2 * IDS;

/// A message: what it is called decides what comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) name: u64,
    /// How many generations may follow.
    pub(super) depth: u8,
    /// Which message it is of those that its sender sent to its target; 0 when it has no place in an order.
    pub(super) number: u64,
    /// Of which message of this address it cancels the delayed one; 0 for none.
    pub(super) cancels: u64,
}

/// A message that was processed, as its address remembers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Memory {
    pub(super) message: Message,
    /// The index of who sent it; none for the ingress.
    pub(super) sender: Option<usize>,
}

/// What follows from a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Child {
    pub(super) name: u64,
    pub(super) target: usize,
    pub(super) depth: u8,
    pub(super) how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Sent,
    Later(u64),
    /// Delayed for ever, and cancelled by the same answer.
    CancelledAtOnce,
    /// Delayed for ever, and cancelled by a message that the function sends itself.
    CancelledSoon,
    /// Delayed a little, and cancelled by a message that the function sends itself: either may be first.
    Raced(u64),
}

/// The address with an index.
pub(super) fn address(index: usize) -> Address {
    FunctionType::new("simulation", if index < IDS { "even" } else { "odd" }).instance(&(index % IDS).to_string())
}

/// The index of an address.
pub(super) fn index(address: &Address) -> usize {
    (0..ADDRESSES).find(|at| self::address(*at) == *address).expect("there are no others")
}

/// Whether a message can never be processed.
pub(super) fn is_poison(name: u64) -> bool {
    mix(name ^ 1).is_multiple_of(23)
}

/// Whether a message makes a record for the egress.
pub(super) fn makes_record(name: u64) -> bool {
    mix(name ^ 2).is_multiple_of(3)
}

/// What follows from a message at an address.
pub(super) fn children(message: &Message, at: usize) -> Vec<Child> {
    if message.depth == 0 || message.cancels != 0 || is_poison(message.name) {
        return Vec::new();
    }
    let count = mix(message.name ^ 3) % 4;
    let child = |number: u64| {
        let name = mix(message.name.wrapping_add(number + 1)) | 1;
        let dice = mix(name ^ 4);
        let target = usize::try_from(dice % 10).expect("it is small") % ADDRESSES;
        let how = match (dice >> 8) % 16 {
            0..9 => How::Sent,
            9..12 => How::Later((dice >> 16) % 500),
            12 => How::CancelledAtOnce,
            13 => How::CancelledSoon,
            _ => How::Raced((dice >> 16) % 100),
        };
        // One in ten goes to the sender itself.
        let target = if dice >> 40 & 7 == 0 { at } else { target };
        Child { name, target, depth: message.depth - 1, how }
    };
    (0..count).map(child).collect()
}

/// What a function answers.
pub(super) fn answer(request: &Request) -> Answer {
    let after = |millis| Expiry::AfterWrite(Duration::from_millis(millis));
    let missing: Vec<Spec> =
        [(SEEN, Expiry::Never), (SENT, Expiry::Never), (BRIEF, after(BRIEF_MILLIS)), (LASTING, after(FOR_EVER))]
            .into_iter()
            .filter(|(name, _)| !request.state.iter().any(|value| &*value.name == *name))
            .map(|(name, expiry)| Spec { name: name.into(), typename: TYPE.into(), expiry })
            .collect();
    if let Some(first) = missing.first() {
        // Some types ask for one after the other.
        let all = request.address.function.name.len() == 4;
        return Answer::Incomplete(if all { missing } else { vec![first.clone()] });
    }
    let value =
        |name: &str| request.state.iter().find(|value| &*value.name == name).and_then(|value| value.encoded.clone());
    let mut turn = Turn {
        at: index(&request.address),
        seen: read_seen(value(SEEN)),
        sent: read_sent(value(SENT)),
        outcome: Outcome::default(),
    };
    let before = write_count(turn.seen.len());
    let counted = |name: &str| value(name).map(|encoded| TypedValue::open(encoded).unwrap().value);
    assert!(counted(BRIEF).is_none_or(|count| count == before), "a value that expires is not the last one written");
    assert_eq!(counted(LASTING), (!turn.seen.is_empty()).then_some(before), "a value went before its time");
    for letter in &request.letters {
        let message = read(&letter.argument);
        if is_poison(message.name) {
            return Answer::Failed(Failure { reached: Reached::Yes, cause: "poison".to_owned() });
        }
        turn.process(message, letter.caller.as_ref().map(index));
    }
    let Turn { seen, sent, mut outcome, .. } = turn;
    let mutation = |name: &str, bytes: Bytes| Mutation {
        name: name.to_owned(),
        encoded: Some(TypedValue::new(TYPE, bytes).encoded()),
    };
    let count = write_count(seen.len());
    outcome.mutations = vec![
        mutation(SEEN, write_seen(&seen)),
        mutation(SENT, write_sent(&sent)),
        mutation(BRIEF, count.clone()),
        mutation(LASTING, count),
    ];
    Answer::Done(outcome)
}

struct Turn {
    at: usize,
    seen: Vec<Memory>,
    sent: [u64; ADDRESSES],
    outcome: Outcome,
}

impl Turn {
    fn process(&mut self, message: Message, sender: Option<usize>) {
        self.seen.push(Memory { message, sender });
        if makes_record(message.name) {
            let argument = write(&message);
            self.outcome.egresses.push(Egressed {
                namespace: "simulation".to_owned(),
                name: "egress".to_owned(),
                argument,
            });
        }
        if message.cancels != 0 {
            self.outcome.delayed.push(Delayed::Cancel { token: token(message.cancels) });
        }
        for Child { name, target, depth, how } in children(&message, self.at) {
            let unordered = Message { name, depth, number: 0, cancels: 0 };
            match how {
                How::Sent => self.send(target, unordered),
                How::Later(delay) => self.later(target, unordered, delay, String::new()),
                How::CancelledAtOnce => {
                    self.later(target, unordered, FOR_EVER, token(name));
                    self.outcome.delayed.push(Delayed::Cancel { token: token(name) });
                }
                How::CancelledSoon => {
                    self.later(target, unordered, FOR_EVER, token(name));
                    self.send(self.at, cancelling(name));
                }
                How::Raced(delay) => {
                    self.later(target, unordered, delay, token(name));
                    self.send(self.at, cancelling(name));
                }
            }
        }
    }

    fn send(&mut self, target: usize, message: Message) {
        self.sent[target] += 1;
        let argument = write(&Message { number: self.sent[target], ..message });
        self.outcome.messages.push(Outgoing { target: address(target), argument });
    }

    fn later(&mut self, target: usize, message: Message, delay: u64, token: String) {
        let message = Outgoing { target: address(target), argument: write(&message) };
        self.outcome.delayed.push(Delayed::Send { delay: Duration::from_millis(delay), message, token });
    }
}

/// The message that cancels the delayed one with this name; it is never poison.
pub(super) fn cancelling(name: u64) -> Message {
    let own = (0..)
        .map(|step| mix(name ^ 0xca9c_e100_0000_0000).wrapping_add(step))
        .find(|own| !is_poison(*own))
        .expect("most are not");
    Message { name: own, depth: 0, number: 0, cancels: name }
}

fn token(name: u64) -> String {
    format!("token of {name}")
}

/// The argument that is this message.
pub(super) fn write(message: &Message) -> Bytes {
    let mut bytes = BytesMut::new();
    put(&mut bytes, message);
    TypedValue::new(TYPE, bytes.freeze()).encoded()
}

/// The message in an argument.
pub(super) fn read(argument: &Bytes) -> Message {
    get(&mut TypedValue::open(argument.clone()).unwrap().value)
}

fn put(bytes: &mut BytesMut, message: &Message) {
    bytes.put_u64(message.name);
    bytes.put_u8(message.depth);
    bytes.put_u64(message.number);
    bytes.put_u64(message.cancels);
}

fn get(bytes: &mut Bytes) -> Message {
    Message { name: bytes.get_u64(), depth: bytes.get_u8(), number: bytes.get_u64(), cancels: bytes.get_u64() }
}

fn write_seen(seen: &[Memory]) -> Bytes {
    let mut bytes = BytesMut::new();
    for Memory { message, sender } in seen {
        put(&mut bytes, message);
        bytes.put_u8(sender.map_or(u8::MAX, |sender| u8::try_from(sender).expect("there are few")));
    }
    bytes.freeze()
}

/// What an address remembers.
pub(super) fn read_seen(encoded: Option<Bytes>) -> Vec<Memory> {
    let mut bytes = encoded.map(|encoded| TypedValue::open(encoded).unwrap().value).unwrap_or_default();
    let mut seen = Vec::new();
    while bytes.has_remaining() {
        let message = get(&mut bytes);
        let sender = Some(usize::from(bytes.get_u8())).filter(|sender| *sender < ADDRESSES);
        seen.push(Memory { message, sender });
    }
    seen
}

fn write_count(count: usize) -> Bytes {
    Bytes::copy_from_slice(&(count as u64).to_be_bytes())
}

fn write_sent(sent: &[u64; ADDRESSES]) -> Bytes {
    let mut bytes = BytesMut::new();
    for count in sent {
        bytes.put_u64(*count);
    }
    bytes.freeze()
}

fn read_sent(encoded: Option<Bytes>) -> [u64; ADDRESSES] {
    let mut sent = [0; ADDRESSES];
    if let Some(encoded) = encoded {
        let mut bytes = TypedValue::open(encoded).unwrap().value;
        for count in &mut sent {
            *count = bytes.get_u64();
        }
    }
    sent
}

/// The simulated egress: one topic, the message as it is.
pub(super) struct Format;

impl crate::EgressFormat for Format {
    fn read(&self, argument: &Bytes) -> Result<(Arc<str>, Bytes), String> {
        Ok(("topic".into(), argument.clone()))
    }
}
