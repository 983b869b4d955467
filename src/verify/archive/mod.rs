// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A walk over an archive that trusts nothing in it: whether it is whole, whether it is
//! safe to unpack, and what is in it, without ever unpacking it to the disk.

mod compressed;
mod entry;
mod faults;
mod kind;
mod limits;
mod links;
mod names;
mod safety;
mod tarball;
mod unread;
mod walk;
mod zip;
mod zip_extra;
mod zip_forms;
mod zip_records;

pub use compressed::unpacked;
pub use entry::{Entry, EntryKind, Visitor};
pub use faults::{Faults, printable};
pub use kind::ArchiveKind;
pub use limits::{GROWS, Limits};
pub use names::{folded, turns};
pub use unread::{unread_by_magic, unread_by_name};
pub use walk::{ROOT, SAFE, WHOLE, walk};
pub use zip::begins as zip_begins;
