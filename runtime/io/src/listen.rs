// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Ports of this machine, taken before anything begins.

use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A port that is taken.
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
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
        Ok(Self { listener, address })
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Serves until `stop` is true; requests that are under way are answered.
pub async fn serve(listener: Listener, router: Router, mut stop: watch::Receiver<bool>) {
    let until = async move {
        // Whoever would say so is gone: that is an end, too.
        let _ = stop.wait_for(|stop| *stop).await;
    };
    if let Err(error) = axum::serve(listener.listener, router).with_graceful_shutdown(until).await {
        tracing::error!(%error, address = %listener.address, "a port is served no more");
    }
}
