// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Archives with one fault each, made here byte by byte, and archives of nonsense.

mod build;
mod content_faults;
mod faults;
mod nonsense;
mod packages;
mod packed;
mod tricks;
mod whole;

/// A wheel of `demo` 1.0.0 with this code in it, that passes; for whoever takes wheels.
pub fn demo_wheel(code: &str) -> Vec<u8> {
    let mut entries = build::good_wheel();
    entries[0].bytes.extend(code.as_bytes());
    build::zip(&build::recorded(entries))
}
