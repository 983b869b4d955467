// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! OpenPGP signatures, verified in this process against the keys of a KEYS file alone:
//! no keyring of the user, no agent, no program.
//!
//! A [`SignatureFile`] is what lies beside an artifact, a [`Reading`] is one pass over
//! the artifact that makes every digest that is asked for, and [`KeyRing::verify`] puts
//! the two together. Sequoia does the cryptography and its standard policy says which
//! digests, bindings and revocations count; the order of the questions, and so the name
//! of what is wrong, is ours.

mod container;
mod hashing;
mod judge;
mod keyring;
mod keys_file;
mod reading;
mod report;
#[cfg(test)]
mod tests;
mod verdict;

pub use container::{Container, SignatureFile};
pub use keyring::{KeyRing, KeysError};
pub use keys_file::KeyFault;
pub use reading::{FurtherDigests, Reading};
pub use report::SignatureReport;
pub use verdict::{Caution, Fault, Signer, Verdict, Verified};

use container::Packet;
use hashing::Hashing;
pub(in crate::verify) use judge::{reason, timestamp};
pub(in crate::verify) use keys_file::KeysFile;
pub(in crate::verify) use report::printable;
#[cfg(test)]
pub(in crate::verify) use tests::world as testing;
pub(in crate::verify) use verdict::day;
