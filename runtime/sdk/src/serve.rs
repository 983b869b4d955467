// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Functions behind HTTP, for any runtime of the protocol.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use statefun_engine::{Address, Answer, Delayed, Embedded, GivenValue, Letter, Outcome, Request};
use statefun_protocol as wire;
use statefun_protocol::Message as _;
use tokio::net::TcpListener;

use crate::Functions;

/// The most bytes of a request.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Serves the functions at every path of a listener, until it fails.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, functions: Functions) -> std::io::Result<()> {
    axum::serve(listener, handler(functions)).await
}

/// The functions as a part of a server: a POST to any path is a request of a runtime.
pub fn handler(functions: Functions) -> Router {
    let router = Router::new().route("/", post(answer)).route("/{*path}", post(answer));
    router.layer(DefaultBodyLimit::max(MOST_BYTES)).with_state(Arc::new(functions))
}

async fn answer(State(functions): State<Arc<Functions>>, body: Bytes) -> Response {
    let Some(request) = read(&body) else {
        return (StatusCode::BAD_REQUEST, "this is no request of the protocol\n").into_response();
    };
    // A function may take its time, which a server's thread has not.
    let answered = tokio::task::spawn_blocking(move || functions.call(&request)).await;
    match answered {
        Ok(Answer::Failed(failure)) => (StatusCode::INTERNAL_SERVER_ERROR, failure.cause).into_response(),
        Ok(answer) => ([(CONTENT_TYPE, "application/octet-stream")], write(answer)).into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "the function panicked").into_response(),
    }
}

fn read(body: &Bytes) -> Option<Request> {
    let wire::Request::Invocation(batch) = wire::ToFunction::decode(body.clone()).ok()?.request?;
    let address = Address::try_from(&batch.target?).ok()?;
    let state =
        batch.state.into_iter().map(|value| GivenValue { name: value.state_name.into(), encoded: value.state_value });
    let letter = |invocation: wire::Invocation| Letter {
        sequence: 0,
        caller: invocation.caller.and_then(|caller| Address::try_from(&caller).ok()),
        argument: invocation.argument.unwrap_or_default(),
    };
    Some(Request { address, state: state.collect(), letters: batch.invocations.into_iter().map(letter).collect() })
}

fn write(answer: Answer) -> Vec<u8> {
    let reply = match answer {
        Answer::Done(outcome) => wire::Reply::InvocationResult(response(outcome)),
        Answer::Incomplete(specs) => wire::Reply::Incomplete(wire::IncompleteInvocationContext {
            missing_values: specs.iter().map(Into::into).collect(),
        }),
        Answer::Failed(_) => return Vec::new(),
    };
    wire::FromFunction { reply: Some(reply) }.encode_to_vec()
}

fn response(outcome: Outcome) -> wire::InvocationResponse {
    let mutation = |mutation: statefun_engine::Mutation| {
        let kind = if mutation.encoded.is_some() { wire::MutationType::Modify } else { wire::MutationType::Delete };
        wire::PersistedValueMutation {
            mutation_type: kind.into(),
            state_name: mutation.name,
            state_value: mutation.encoded,
        }
    };
    let message = |message: statefun_engine::Outgoing| wire::Outgoing {
        target: Some((&message.target).into()),
        argument: Some(message.argument),
    };
    let egress = |egress: statefun_engine::Egressed| wire::EgressMessage {
        egress_namespace: egress.namespace,
        egress_type: egress.name,
        argument: Some(egress.argument),
    };
    wire::InvocationResponse {
        state_mutations: outcome.mutations.into_iter().map(mutation).collect(),
        outgoing_messages: outcome.messages.into_iter().map(message).collect(),
        delayed_invocations: outcome.delayed.into_iter().map(delayed).collect(),
        outgoing_egresses: outcome.egresses.into_iter().map(egress).collect(),
    }
}

fn delayed(delayed: Delayed) -> wire::DelayedInvocation {
    match delayed {
        Delayed::Send { delay, message, token } => wire::DelayedInvocation {
            delay_in_ms: millis(delay),
            target: Some((&message.target).into()),
            argument: Some(message.argument),
            is_cancellation_request: false,
            cancellation_token: token,
        },
        Delayed::Cancel { token } => wire::DelayedInvocation {
            is_cancellation_request: true,
            cancellation_token: token,
            ..wire::DelayedInvocation::default()
        },
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
