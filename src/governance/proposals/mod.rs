// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Proposals: a scheme says what a project's proposals are like, a page holds one, a corpus is
//! all of them. Pure: files, clocks and services belong to whoever calls.

mod corpus;
mod field;
mod front_matter;
mod import;
mod index;
mod index_source;
mod life;
mod link;
pub mod lint;
mod markdown;

mod number;
mod page;
mod scheme;
mod sections;
mod storage;

mod tally_read;
mod template;
mod title;
mod wiki;
mod yaml_value;

pub use corpus::Corpus;
pub use field::Field;
pub use front_matter::{FrontMatter, PageFault};
pub use import::{Imported, Planned, Side, plan_import};
pub use index::{IndexFormat, Listed, index, index_file, is_version, next_number_in, release_notes, versions};
pub use index_source::{SourceFault, SourceRow, read_rows};
pub use life::{Evidence, Missing, Proof, jira_fault, missing_evidence, moves_from, taken_up};
pub use link::{Archive, LinkFault, is_unset, link_fault};
pub use number::{LAST_NUMBER, file_name, next_number, number_in_file_name, parse_number, pending_name, slug};
pub use page::{Page, carried_over};
pub use scheme::{IndexWords, Scheme, SectionRule, Stage, StateRule, Subjects, Tracker};
pub use sections::{Heading, headings};

pub use storage::{Table, TableFault, label_edits, read_storage, set_cells, texts_differ, to_storage};
pub use tally_read::TallyRead;
pub use template::new_page;
pub use title::TitleForm;
pub use wiki::{
    Agreed, Compared, FieldChange, Labels, WikiPage, agreed_after, changed_here, changed_there, compare, new_here,
    new_there, unfit_values, wiki_fields,
};
