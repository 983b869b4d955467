// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Tests of the project as a whole: one binary, one module per subject.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod automation;
mod bad_files;
mod bad_input;
mod bad_record;
mod cancelling;
mod configuration;
mod docs;
mod doctor;
mod ending;
mod faults;
mod flip;
mod guide;
mod headers;
mod imports;
mod itself;
mod lost_record;
mod mail_nonsense;
mod plain_text;
mod products;
mod real_release;
mod reconfigure;
mod sample;
mod shapes;
mod survival;
mod take_over;
mod terminal;
mod tree;
mod user;
mod verify;
mod voice;
mod vote;
mod vote_bad_mails;
mod vote_in_release;
mod vote_mail;
mod ways_out;
