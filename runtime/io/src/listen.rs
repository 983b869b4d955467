// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Ports of this machine, taken before anything begins.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How long a client may take for the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(60);
/// How long nobody is let in when the machine has no more connections to give.
const PAUSE: Duration = Duration::from_millis(200);

/// A port that is taken.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
    most_connections: usize,
    head_time: Duration,
}

/// A port that cannot be taken.
#[derive(Debug, thiserror::Error)]
#[error("{what} cannot listen on {address}")]
pub struct ListenError {
    /// For what it was to be.
    pub what: &'static str,
    /// Which.
    pub address: SocketAddr,
    /// Why not.
    pub source: std::io::Error,
}

impl Listener {
    /// Takes an address for `what`.
    ///
    /// # Errors
    /// When somebody else has it.
    pub async fn bind(what: &'static str, address: SocketAddr) -> Result<Self, ListenError> {
        let refuse = |source| ListenError { what, address, source };
        let listener = TcpListener::bind(address).await.map_err(refuse)?;
        let address = listener.local_addr().map_err(refuse)?;
        Ok(Self { listener, address, most_connections: Semaphore::MAX_PERMITS, head_time: HEAD_TIME })
    }

    /// The same, with no more than so many connections at once; further clients wait.
    #[must_use]
    pub fn with_most_connections(self, most: usize) -> Self {
        Self { most_connections: most.min(Semaphore::MAX_PERMITS), ..self }
    }

    /// The same, with so long for the head of a request; who takes longer, or asks nothing for as long, is
    /// cut off.
    #[must_use]
    pub fn with_head_time(self, head_time: Duration) -> Self {
        Self { head_time, ..self }
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Serves until `stop` is true; requests that are under way are answered.
pub async fn serve(listener: Listener, router: Router, mut stop: watch::Receiver<bool>) {
    let Listener { listener, address, most_connections, head_time } = listener;
    let places = Arc::new(Semaphore::new(most_connections));
    let mut connections = JoinSet::new();
    let stopped = stop.clone();
    let mut until = pin!(async move {
        // Whoever would say so is gone: that is an end, too.
        let _ = stop.wait_for(|stop| *stop).await;
    });
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut until => break,
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Ok((stream, place)) => {
                let (router, stopped) = (router.clone(), stopped.clone());
                connections.spawn(async move {
                    serve_one(stream, router, stopped, head_time).await;
                    drop(place);
                });
            }
            Err(error) if is_of_one(&error) => {}
            Err(error) => {
                tracing::error!(%error, %address, "no connection can be taken");
                sleep(PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

type Place = tokio::sync::OwnedSemaphorePermit;

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> std::io::Result<(TcpStream, Place)> {
    let place = places.clone().acquire_owned().await.map_err(std::io::Error::other)?;
    Ok((listener.accept().await?.0, place))
}

async fn serve_one(stream: TcpStream, router: Router, mut stop: watch::Receiver<bool>, head_time: Duration) {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head_time);
    let until = async move {
        let _ = stop.wait_for(|stop| *stop).await;
    };
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = until => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke off");
    }
}

/// Whether an error is of the client that was to be let in, and of no other.
fn is_of_one(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset)
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::time::{Instant, timeout};

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n";

    /// A server that answers after 100 ms.
    async fn server(
        most: usize,
        head_time: Duration,
    ) -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
        let listener = Listener::bind("a test", "127.0.0.1:0".parse().unwrap()).await.unwrap();
        let listener = listener.with_most_connections(most).with_head_time(head_time);
        let address = listener.address();
        let (stop, stopped) = watch::channel(false);
        let answer = || async {
            sleep(Duration::from_millis(100)).await;
            "here"
        };
        let served = tokio::spawn(serve(listener, Router::new().route("/", get(answer)), stopped));
        (address, stop, served)
    }

    #[tokio::test]
    async fn whoever_does_not_finish_a_head_is_cut_off() {
        let (address, _stop, _served) = server(10, Duration::from_millis(200)).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(&REQUEST[..10]).await.unwrap();
        let mut rest = Vec::new();
        let ended = timeout(Duration::from_secs(10), slow.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "the connection is held");
    }

    #[tokio::test]
    async fn whoever_asks_nothing_gives_the_place_to_others() {
        let (address, _stop, _served) = server(2, Duration::from_millis(200)).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(REQUEST).await.unwrap();
        let _silent = TcpStream::connect(address).await.unwrap();
        let mut third = TcpStream::connect(address).await.unwrap();
        third.write_all(REQUEST).await.unwrap();
        let mut head = [0; 12];
        let answered = timeout(Duration::from_secs(10), third.read_exact(&mut head)).await;
        assert!(answered.is_ok_and(|read| read.is_ok()), "those before it asked nothing more");
    }

    #[tokio::test]
    async fn no_more_are_let_in_than_may_be_and_who_is_under_way_at_the_end_is_answered() {
        let (address, stop, served) = server(1, HEAD_TIME).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        first.write_all(REQUEST).await.unwrap();
        let mut head = [0; 12];
        first.read_exact(&mut head).await.unwrap();
        let mut second = TcpStream::connect(address).await.unwrap();
        second.write_all(REQUEST).await.unwrap();
        let waits = timeout(Duration::from_millis(300), second.read_exact(&mut head)).await;
        assert!(waits.is_err(), "there is one place");
        drop(first);
        sleep(Duration::from_millis(50)).await;
        let began = Instant::now();
        stop.send_replace(true);
        let mut all = Vec::new();
        second.read_to_end(&mut all).await.unwrap();
        assert!(all.starts_with(b"HTTP/1.1 200") && all.ends_with(b"here"));
        served.await.unwrap();
        assert!(began.elapsed() < Duration::from_secs(5));
    }
}
