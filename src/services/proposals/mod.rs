// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The homes of proposals: a git repository of Markdown files, and a wiki. Both hold pages by
//! their places, say of each in which revision it is, and take a change of a page only where
//! it is still in the revision that was read. What the pages mean is none of their business.

mod confluence;
mod entries;
mod git_registry;
mod history;
mod home;
mod publish;
#[cfg(test)]
mod tests;
mod undertaking;
mod writing;

pub use confluence::Confluence;
pub use git_registry::{GitRegistry, RegistryLock};
pub use home::{HomeError, PageChange, ProposalHome, SETTINGS, Sheet};
pub use writing::{FileChange, carried_over};
