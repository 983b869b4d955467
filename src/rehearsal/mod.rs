// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The sandbox: servers on loopback that stand in for those of a real release,
//! with real protocols and real state in a directory.

mod archive_server;
mod archive_views;
pub(crate) mod certificate;
mod clock;
mod command;
mod contributor;
mod image;
mod interruption;
mod letters;
#[cfg(test)]
mod letters_tests;
mod made_tracker;
mod made_tree;
mod mail_store;
mod people;
mod ports;
mod post_office;
mod proposal_letters;
mod proposal_world;
mod real_servers;
mod sample_project;
mod sample_series;
mod sites;
mod smtp_server;
mod smtp_wire;
mod stand_in_services;
pub mod stand_ins;
mod world;

pub use archive_server::ArchiveServer;
pub use clock::SimulatedClock;
pub use command::Failed;
pub use contributor::mend;
pub use image::publish_images;
pub use interruption::Interruption;
pub use letters::{Letter, VoteMail, first_look, late_letter, letters, verdicts};
pub use mail_store::{MailStore, StoredMail};
pub use people::{Mood, SimulatedManager, has_mail, votes};
pub use ports::free_ports;
pub use post_office::PostOffice;
pub use proposal_letters::{PROPOSAL_LETTERS, ProposalLetter};
pub use proposal_world::{CARRIED, ProposalWorld, WIKI};
pub use real_servers::{RealServer, RealServers};
#[cfg(test)]
pub(crate) use sites::plant;
pub use smtp_server::{SmtpAccount, SmtpServer};
pub use stand_in_services::stand_in_services;
pub use world::{MANAGER, Source, Wish, World, remote_to_copy};
