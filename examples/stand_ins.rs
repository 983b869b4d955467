// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Serves the stand-ins for the web services to independent clients:
//! `cargo run --example stand_ins -- DIRECTORY PORT` prints their address and serves
//! until its input ends. Their state is in the directory; port 0 is a free one.

use std::io::{self, Read, Write};
use std::path::Path;

use quorate::rehearsal::stand_ins::{Faults, StandIns};

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, port] = arguments.as_slice() else {
        return Err(io::Error::other("expected: DIRECTORY PORT"));
    };
    let port = port.parse().map_err(io::Error::other)?;
    let stand_ins = StandIns::start(Path::new(directory), port, Faults::default())?;
    writeln!(io::stdout(), "http://127.0.0.1:{}", stand_ins.port())?;
    io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
