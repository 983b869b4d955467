// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Clients of the outside world, one file each. A client knows no release
//! policy, no other service and no production address; it repeats no write
//! that is not harmless to repeat.

mod artifacts;
mod build;
mod central;
mod download;
mod effects;
mod git;
mod github;
mod jira;
mod keys_file;
mod nexus;
mod npm;
mod openpgp;
mod pages;
mod ponymail;
mod proposals;
mod pypi;
mod registry;
mod smtp;
mod svn;
mod web;
#[cfg(test)]
mod web_testing;
mod whimsy;
mod workspace;

pub use artifacts::Artifacts;
pub use build::{BuildError, BuildRun, find_output, find_outputs, missing_programs};
pub use central::Central;
pub use download::{Cache, Came, DownloadError, Downloader};
pub use effects::{Effects, Moment};
pub use git::address;
#[cfg(test)]
pub(crate) use git::testing as git_testing;
pub use git::{
    Attributes, Committer, ExportError, FileKind, Git, GitError, Head, LibGit2, LineEnds, NewCommit, NewFile, NewTag,
    Patch, PeeledCommit, RefUpdate, Tag, TreeFile, added_lines, apart_from_the_caller, author_at,
};
pub use github::{
    GitHub, NewPull, NewRelease, NoSlug, Pull, PullState, Release, ReleaseFile, Rights, Run, RunState, Slug, sha256_of,
};
pub use jira::{Issue, Jira, Jql, Open, PageLink, TrackerVersion};
pub use keys_file::{KEYS_BYTES, KeysFileError, fetch_keys_file};
pub use nexus::{Activity, ActivityEvent, Nexus, Pace, StagingProfile, StagingRepository, StagingState, Transition};
pub use npm::{Npm, Package, PublishedPackage, integrity};
#[cfg(test)]
pub(crate) use openpgp::tests::TestHome;
pub use openpgp::{KeyDescription, Keyring, OpenPgp, OpenPgpError, Session, SubkeyDescription, Verdict};
pub use pages::{Link, Pages};
pub use ponymail::{ArchiveError, Archived, ArchivedThread, PonyMail};
pub use proposals::{
    Confluence, FileChange, GitRegistry, HomeError, PageChange, ProposalHome, RegistryLock, SETTINGS, Sheet,
    carried_over,
};
pub use pypi::{IndexFile, PyPi, normal_name};
pub use registry::{ImageRights, Registries};
pub use smtp::{Authorities, MaybeSent, Relay, RelayAddress, RelayError, Security};
#[cfg(test)]
pub(crate) use svn::testing as svn_testing;
pub use svn::{
    Access, AccessError, Change, ChangedPath, CommitNote, Depth, Entry, EntryKind, Holding, Info, Revision, RunCommit,
    Svn, SvnError, SvnFault, SvnUrl, SvnUrlError,
};
pub use web::{Answer, Asked, Body, Limits, Login, Request, Web, WebError};
#[cfg(test)]
pub(crate) use web_testing::answering;
pub use whimsy::{Committee, CommitteeMember, Whimsy, WhimsyError};
pub use workspace::{Workspace, WorkspaceError};
