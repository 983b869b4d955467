// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Ports for a world's servers. A world names them once and for all, and its servers come and go, so
//! they are none that the system gives away meanwhile: a connection to somewhere has one for a while.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

/// Below what systems give to those who ask for any port (32768 on Linux, 49152 elsewhere), and
/// above what services are known by.
const RANGE: std::ops::Range<u16> = 20_000..32_000;

/// How many are tried for one.
const TRIES: u32 = 200;

/// Ports of loopback that nobody listens on now, each another.
///
/// # Errors
/// When none was found, or the system gives no random number.
pub fn free_ports<const N: usize>() -> io::Result<[u16; N]> {
    // Each is held until all are found.
    let mut held: Vec<TcpListener> = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = any()?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

fn any() -> io::Result<TcpListener> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..TRIES {
        let random = u64::from(getrandom::u32().map_err(|error| io::Error::other(error.to_string()))?);
        let port = RANGE.start + u16::try_from(random % RANGE.len() as u64).unwrap_or_default();
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_free_another_and_none_that_the_system_gives_away() {
        let ports: [u16; 50] = free_ports().unwrap();
        let different: std::collections::BTreeSet<u16> = ports.into_iter().collect();
        assert_eq!(different.len(), 50);
        assert!(different.iter().all(|port| RANGE.contains(port) && TcpListener::bind(("127.0.0.1", *port)).is_ok()));
    }
}
