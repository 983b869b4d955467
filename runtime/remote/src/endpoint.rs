// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Functions at an endpoint: where they are, and how often they are asked.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::{Client, Url};
use statefun_engine::{Answer, Failure, FunctionMetrics, Held, Reached, Remote, Request};
use statefun_module::{Endpoint, Functions, Transport};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::answer::{encode, read_answer};
use crate::client::{ClientError, client};
use crate::exchange::{Exchange, Fault, answers_at_all, post};
use crate::progress::Patience;
use crate::room::{AnswerRoom, Taken, Waiting};
use crate::template::Template;

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How many requests the transport without a pool size has under way at once.
const MOST_AT_ONCE: usize = 1024;
/// How often it is looked whether an answer still waits for room.
const LOOK: Duration = Duration::from_millis(10);
/// How long an answer is waited for to the question whether anybody is there.
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

/// The functions of one endpoint.
pub struct HttpFunction {
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    template: Template,
    at_once: Semaphore,
    budget: Duration,
    first_pause: Duration,
    most_bytes: u64,
    patience: Option<Patience>,
    persistence: Persistence,
    room: Arc<AnswerRoom>,
    /// When anything was last heard of the endpoint, in milliseconds since 1970; 0 for never.
    heard_at: AtomicU64,
    /// Held by who asks whether anybody is there.
    asking: Mutex<()>,
}

/// What is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Persistence {
    /// Everything.
    Always,
    /// What may pass.
    WhatMayPass,
}

impl HttpFunction {
    /// The functions of an endpoint, over no more than so many connections, whatever its
    /// transport allows; their answers share this room with those of others.
    ///
    /// # Errors
    /// When the transport's files are not there or not what they should be.
    pub fn new(endpoint: &Endpoint, most_connections: usize, room: Arc<AnswerRoom>) -> Result<Self, ClientError> {
        let template = Template::new(&endpoint.url_path_template)?;
        if let Functions::Type { name, .. } = &endpoint.functions {
            template.url(name)?;
        }
        let client = client(&endpoint.transport, template.text(), template.socket(), most_connections)?;
        let inner = match &endpoint.transport {
            Transport::Retrying(retrying) => Inner {
                client,
                template,
                at_once: Semaphore::new(retrying.pool_size.min(most_connections).min(Semaphore::MAX_PERMITS)),
                budget: retrying.call,
                first_pause: Duration::from_millis(2),
                most_bytes: retrying.payload_max_bytes,
                patience: None,
                persistence: Persistence::Always,
                room,
                heard_at: AtomicU64::new(0),
                asking: Mutex::default(),
            },
            Transport::Read(read) => Inner {
                client,
                template,
                at_once: Semaphore::new(MOST_AT_ONCE.min(most_connections)),
                budget: read.call,
                first_pause: Duration::from_millis(10),
                most_bytes: 32 << 20,
                patience: Some(Patience { read: read.read, write: read.write }),
                persistence: Persistence::WhatMayPass,
                room,
                heard_at: AtomicU64::new(0),
                asking: Mutex::default(),
            },
        };
        Ok(Self { inner: Arc::new(inner) })
    }
}

impl Remote for HttpFunction {
    fn call(&self, request: Request, metrics: Arc<FunctionMetrics>) -> Pin<Box<dyn Future<Output = Held> + Send>> {
        let inner = self.inner.clone();
        Box::pin(async move {
            let url = match inner.template.url(&request.address.function.name) {
                Ok(url) => url,
                Err(error) => {
                    return Answer::Failed(Failure { reached: Reached::Yes, cause: error.to_string() }).into();
                }
            };
            // Never closed; were it, the call would go out all the same.
            let _one_of_many = inner.at_once.acquire().await.ok();
            inner.call(&url, encode(&request), &metrics).await
        })
    }
}

impl Inner {
    fn exchange(&self, url: &Url, body: &Bytes) -> Exchange<'_> {
        Exchange {
            client: &self.client,
            url: url.clone(),
            body: body.clone(),
            most_bytes: self.most_bytes,
            patience: self.patience,
        }
    }

    fn note_heard(&self) {
        self.heard_at.fetch_max(now(), Ordering::Relaxed);
    }

    /// Whether the function was there. Where it said nothing, it may be at the messages of this call that
    /// it stands still: then others hear of it, or it answers when it is asked without them.
    async fn was_reached(&self, url: &Url, fault: &Fault, since: u64) -> Reached {
        let Reached::Silent { .. } = fault.reached() else { return fault.reached() };
        if self.heard_at.load(Ordering::Relaxed) < since
            // One who asks is enough: the others learn of it when their next call is met with silence.
            && let Ok(_asking) = self.asking.try_lock()
            && answers_at_all(&self.client, url, self.budget.min(SIGN_OF_LIFE)).await
        {
            self.note_heard();
        }
        let heard_at = self.heard_at.load(Ordering::Relaxed);
        Reached::Silent { heard_at: (heard_at != 0).then_some(heard_at) }
    }

    async fn call(&self, url: &Url, body: Bytes, metrics: &FunctionMetrics) -> Held {
        let since = now();
        let mut end = Instant::now() + self.budget;
        let mut pause = self.first_pause;
        let mut tries = 0_u32;
        let mut before = None;
        loop {
            tries += 1;
            let began = Instant::now();
            let mut room = Taken::new(self.room.clone());
            let waiting = room.waiting();
            let posted = within(end, &waiting, post(self.exchange(url, &body), &mut room)).await;
            end += waiting.time();
            metrics.remote_invocation_latency.note(began.elapsed());
            let read = |body| read_answer(body).map_err(Fault::no_answer);
            if let Ok(posted) = &posted
                && posted.as_ref().err().is_none_or(|fault| fault.reached() == Reached::Yes)
            {
                self.note_heard();
            }
            let fault = match posted.map(|posted| posted.and_then(read)) {
                Ok(Ok(answer)) => return Held { answer, room: room.kept() },
                Ok(Err(fault)) => fault,
                // A try that the budget cut short says less than the one before it.
                Err(Spent) => before.unwrap_or_else(Fault::silence),
            };
            let again = self.persistence == Persistence::Always || fault.may_pass();
            if !again || Instant::now() + pause >= end {
                let spent = if again { format!(", after {tries} tries in {:?}", self.budget) } else { String::new() };
                let cause = format!("{} {}{spent}", self.template.shown(url), fault.what());
                drop(room);
                return Answer::Failed(Failure { reached: self.was_reached(url, &fault, since).await, cause }).into();
            }
            tracing::debug!(%url, tries, fault = fault.what(), "the call is tried again");
            metrics.remote_invocation_failures.fetch_add(1, Ordering::Relaxed);
            before = Some(fault);
            drop(room);
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// The budget of a call is spent.
struct Spent;

/// What comes of it up to this time, and as much later as it waited for room.
async fn within<T>(end: Instant, waiting: &Waiting, work: impl Future<Output = T>) -> Result<T, Spent> {
    let mut work = pin!(work);
    loop {
        let due = end + waiting.time();
        match timeout_at(due, &mut work).await {
            Ok(done) => return Ok(done),
            Err(_) if end + waiting.time() > due => {
                // Not more often than is of use, where next to nothing is left of the budget.
                if let Ok(done) = timeout(LOOK, &mut work).await {
                    return Ok(done);
                }
            }
            Err(_) => return Err(Spent),
        }
    }
}

/// Milliseconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use statefun_engine::{Address, FunctionType};
    use statefun_module::{Place, RetryingTransport};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    const EMPTY: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: 0\r\n\r\n";

    /// A server that answers requests which begin so, and says nothing to any other.
    async fn server(answered: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, answered));
            }
        });
        format!("http://{address}/{{function.name}}")
    }

    async fn answer(mut stream: TcpStream, answered: &str) -> Option<()> {
        let mut request = vec![0; 10_000];
        loop {
            let read = stream.read(&mut request).await.ok().filter(|read| *read > 0)?;
            if request[..read].starts_with(answered.as_bytes()) {
                stream.write_all(EMPTY).await.ok()?;
            }
        }
    }

    fn functions(url_path_template: String) -> HttpFunction {
        functions_in(url_path_template, Arc::default())
    }

    fn functions_in(url_path_template: String, room: Arc<AnswerRoom>) -> HttpFunction {
        let place = Place { file: "m.yaml".into(), line: 1, column: 1 };
        let endpoint = Endpoint {
            place: place.clone(),
            url_place: place,
            file_places: Vec::new(),
            functions: Functions::Namespace { namespace: "a".to_owned() },
            url_path_template,
            max_num_batch_requests: 1,
            transport: Transport::Retrying(RetryingTransport {
                call: Duration::from_millis(200),
                ..RetryingTransport::default()
            }),
        };
        HttpFunction::new(&endpoint, 10, room).unwrap()
    }

    async fn call(functions: &HttpFunction, name: &str) -> Answer {
        let address: Address = FunctionType::new("a", name).instance("1");
        functions.call(Request { address, state: Vec::new(), letters: Vec::new() }, Arc::default()).await.answer
    }

    /// When something was last heard of functions that were silent.
    async fn heard_at(functions: &HttpFunction, name: &str) -> Option<u64> {
        match call(functions, name).await {
            Answer::Failed(Failure { reached: Reached::Silent { heard_at }, cause }) => {
                assert!(cause.contains("did not answer in time"), "{cause}");
                heard_at
            }
            other => panic!("it was not silent: {other:?}"),
        }
    }

    #[tokio::test]
    async fn a_process_that_stands_still_gives_no_sign_of_life() {
        let functions = functions(server("nobody is answered").await);
        assert_eq!(heard_at(&functions, "f").await, None);
    }

    #[tokio::test]
    async fn one_that_is_silent_to_a_message_alone_answers_a_question_without_content() {
        let functions = functions(server("HEAD /f ").await);
        let began = now();
        assert!(heard_at(&functions, "f").await.is_some_and(|heard| heard >= began + 200));
    }

    #[tokio::test]
    async fn what_others_heard_is_a_sign_of_life_of_its_time() {
        let functions = functions(server("POST /lives ").await);
        assert!(matches!(call(&functions, "lives").await, Answer::Done(_)));
        let after = now();
        let heard = heard_at(&functions, "silent").await;
        assert!(heard.is_some_and(|heard| heard <= after), "nothing since: {heard:?}, {after}");
    }

    /// A server whose answers have an unknown field of so many bytes.
    async fn large_server(bytes: u32) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = vec![0; 10_000];
                    let _read = stream.read(&mut request).await?;
                    let mut body = vec![0x7a];
                    let mut rest = bytes;
                    while rest > 127 {
                        body.push(u8::try_from(rest % 128).unwrap() | 128);
                        rest /= 128;
                    }
                    body.push(u8::try_from(rest).unwrap());
                    body.resize(body.len() + bytes as usize, 0);
                    let head = String::from_utf8_lossy(EMPTY).replace("length: 0", &format!("length: {}", body.len()));
                    stream.write_all(head.as_bytes()).await?;
                    stream.write_all(&body).await
                });
            }
        });
        format!("http://{address}/{{function.name}}")
    }

    #[tokio::test]
    async fn what_an_answer_waits_for_room_is_not_of_the_budget() {
        let room = Arc::new(AnswerRoom::new(100_000));
        let (mut first, mut second) = (Taken::new(room.clone()), Taken::new(room.clone()));
        first.grow(90_000, 90_000).await;
        second.grow(90_000, 90_000).await;
        let functions = functions_in(large_server(80_000).await, room);
        let calls = tokio::spawn(async move { call(&functions, "f").await });
        // The budget is 200 ms.
        sleep(Duration::from_millis(700)).await;
        assert!(!calls.is_finished(), "it waits");
        drop(first);
        let answer = timeout(Duration::from_secs(5), calls).await.unwrap().unwrap();
        assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
    }

    #[tokio::test]
    async fn a_socket_that_is_not_there_is_named() {
        let functions = functions("http+unix:///nowhere/f.sock/call/{function.name}".to_owned());
        let Answer::Failed(Failure { reached: Reached::No, cause }) = call(&functions, "a b").await else {
            panic!("nobody is there")
        };
        let named = "http+unix:///nowhere/f.sock/call/a%20b cannot be reached: No such file or directory";
        assert!(cause.starts_with(named), "{cause}");
    }

    #[tokio::test]
    async fn a_name_that_makes_no_address_is_said_to() {
        let functions = functions("http://{function.name}.functions/".to_owned());
        let Answer::Failed(Failure { reached: Reached::Yes, cause }) = call(&functions, "a/../b").await else {
            panic!("there is no such place")
        };
        assert_eq!(cause, "the function's name \"a/../b\" makes no address out of http://{function.name}.functions/");
    }
}
