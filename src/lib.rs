// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Quorate takes an Apache-style release from "decide to release" to
//! "promoted". docs/architecture.md is the map.

pub mod actions;
pub mod commands;
pub mod config;
pub mod engine;
pub mod governance;
pub mod mail;
pub mod probes;
pub mod rehearsal;
pub mod release;
pub mod services;
pub mod ui;
pub mod verify;
