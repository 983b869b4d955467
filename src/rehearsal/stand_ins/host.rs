// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! An HTTP server on loopback that ends when it is dropped.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;
use tower_service::Service;

use super::Faults;

/// A running server.
#[derive(Debug)]
pub struct Host {
    port: u16,
    end: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

impl Host {
    /// Serves `router` on `port` of loopback (0: a free one), in a thread called `name`.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub fn start(name: &str, port: u16, router: Router, faults: Faults) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (end, ended) = oneshot::channel();
        let serving = thread::Builder::new().name(name.to_owned()).spawn(move || {
            runtime.block_on(async {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                tokio::select! {
                    () = accept(listener, router, faults) => {}
                    _ = ended => {}
                }
            });
            runtime.shutdown_background();
        })?;
        Ok(Self { port, end: Some(end), serving: Some(serving) })
    }

    /// Its base address, without a slash at the end.
    pub fn base(&self) -> String {
        format!("http://{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        if let Some(serving) = self.serving.take() {
            let _ = serving.join();
        }
    }
}

async fn accept(listener: tokio::net::TcpListener, router: Router, faults: Faults) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let (router, faults) = (router.clone(), faults.clone());
        tokio::spawn(async move {
            let answer = service_fn(move |request| answer(router.clone(), faults.clone(), request));
            // an error here is a connection that the other side, or a fault, has cut
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
        });
    }
}

/// The router's answer, or what a fault makes of it; an error cuts the connection.
async fn answer(mut router: Router, faults: Faults, request: Request<Incoming>) -> io::Result<Response<Body>> {
    let fault = faults.take(request.method().as_str(), request.uri().path());
    let request = request.map(Body::new);
    let mut routed = async move |request| {
        let answered: Result<Response<Body>, Infallible> = router.call(request).await;
        answered.unwrap_or_else(|never| match never {})
    };
    match fault {
        None => Ok(routed(request).await),
        Some(fault) => fault.happen(request, routed).await,
    }
}
