// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The sandbox: servers on loopback that stand in for those of a real release,
//! with real protocols and real state in a directory.

mod archive_server;
mod archive_views;
mod mail_store;
mod smtp_server;
mod smtp_wire;

pub use archive_server::ArchiveServer;
pub use mail_store::{MailStore, StoredMail};
pub use smtp_server::{SmtpAccount, SmtpServer};
