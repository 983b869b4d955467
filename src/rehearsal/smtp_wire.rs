// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! One connection to the rehearsal's mail server: lines in, answers out, before
//! and after STARTTLS.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The longest line that is read, in bytes; SMTP has 1000 at most, AUTH 12288.
const LINE_BYTES: usize = 16 * 1024;

/// A connection that is read by lines.
pub(super) struct Wire {
    stream: Stream,
    buffer: Vec<u8>,
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Wire {
    /// A connection as it was accepted.
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream: Stream::Plain(stream), buffer: Vec::new() }
    }

    /// The next line with its end; `None` where the client has gone.
    pub(super) fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                return Ok(Some(self.buffer.drain(..=end).collect()));
            }
            if self.buffer.len() > LINE_BYTES {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the line is too long"));
            }
            let mut piece = [0; 4096];
            let read = match &mut self.stream {
                Stream::Plain(stream) => stream.read(&mut piece),
                Stream::Tls(stream) => stream.read(&mut piece),
            };
            match read {
                Ok(0) => return Ok(None),
                Ok(count) => self.buffer.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends an answer.
    pub(super) fn answer(&mut self, bytes: &[u8]) -> io::Result<()> {
        let writer: &mut dyn Write = match &mut self.stream {
            Stream::Plain(stream) => stream,
            Stream::Tls(stream) => stream,
        };
        writer.write_all(bytes)?;
        writer.flush()
    }

    /// The same connection under TLS. What a client sent before its handshake, as
    /// if it had been protected, is refused.
    pub(super) fn secured(self, config: &Arc<ServerConfig>) -> io::Result<Self> {
        let Stream::Plain(stream) = self.stream else {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "TLS is on already"));
        };
        if !self.buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "there is plain text after STARTTLS"));
        }
        let connection = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        let mut tls = StreamOwned::new(connection, stream);
        while tls.conn.is_handshaking() {
            tls.conn.complete_io(&mut tls.sock)?;
        }
        Ok(Self { stream: Stream::Tls(Box::new(tls)), buffer: Vec::new() })
    }

    /// Ends TLS properly, so that the client does not take the end for a break.
    pub(super) fn close(mut self) {
        if let Stream::Tls(stream) = &mut self.stream {
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    }
}
