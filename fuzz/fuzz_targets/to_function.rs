// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Bytes at random as: a request to functions. What must hold stands in `runtime_bodies.rs`.

#![no_main]

#[expect(dead_code, reason = "each target has one body")]
#[path = "../runtime_bodies.rs"]
mod runtime_bodies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| runtime_bodies::to_function(bytes));
