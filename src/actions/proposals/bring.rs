// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Bringing proposals to what is wanted everywhere: one commit in the registry with pages, tallies,
//! index and ledger; the pages of the wiki with labels and tables; the links of the issues.
//!
//! Each part is asked and done by itself, so that what an interruption left undone is done later.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::book::ProposalBook;
use super::edit::{PageEdit, files_of};
use super::place::{ProposalPlace, book_failed, home_failed};
use super::wanted::{Change, Rules, Standing, Wanted};
use crate::actions::failures::web_failed;
use crate::engine::{ActionError, Probed, stands_for};
use crate::governance::proposals::{
    Corpus, Field, FieldChange, Page, Stage, WikiPage, changed_there, moves_from, wiki_fields,
};
use crate::services::{FileChange, Jira, PageChange, PageLink, Sheet};

/// How often others may be faster to push.
const ATTEMPTS: usize = 20;

/// All that proposals are brought to something with.
#[derive(Debug)]
pub struct Bringing<'a> {
    /// Where they are kept.
    pub place: &'a ProposalPlace,
    /// The tracker, where somebody is logged in there.
    pub jira: Option<&'a Jira>,
    /// What is wanted.
    pub wanted: &'a [Wanted],
    /// What the commit says.
    pub message: String,
    /// When it was decided.
    pub at: Timestamp,
}

/// How all stand: those that are so, those that are to be changed.
struct Looked<'b> {
    corpus: Corpus<'b>,
    so: Vec<Page>,
    open: Vec<Change>,
    blocked: Option<Probed>,
}

impl Bringing<'_> {
    fn look<'b>(&self, book: &'b ProposalBook) -> Result<Looked<'b>, ActionError> {
        let today = self.at.to_zoned(TimeZone::UTC).date();
        let corpus = book.corpus(today).map_err(book_failed)?;
        let (mut so, mut open, mut blocked) = (Vec::new(), Vec::new(), None);
        for wanted in self.wanted {
            match wanted.standing(book, &corpus)? {
                Standing::So(page) => so.push(page),
                Standing::Open(change) => open.push(*change),
                Standing::Blocked(probed) => blocked = blocked.or(Some(probed)),
            }
        }
        Ok(Looked { corpus, so, open, blocked })
    }

    /// Asks the truth; where all is so, the pages.
    ///
    /// # Errors
    /// When it could not be asked.
    pub fn ask(&self) -> Result<Result<Vec<Page>, Probed>, ActionError> {
        let book = self.place.book()?;
        let looked = self.look(&book)?;
        if let Some(blocked) = looked.blocked {
            return Ok(Err(blocked));
        }
        if let Some(waiting) = self.unresolved(&looked)? {
            return Ok(Err(waiting));
        }
        if !looked.open.is_empty() || !self.is_published(&book, &looked.so)? {
            return Ok(Err(Probed::Absent));
        }
        for page in &looked.so {
            match self.to_do_there(page)? {
                Ok(None) => {}
                Ok(Some(_)) => return Ok(Err(Probed::Absent)),
                Err(conflict) => return Ok(Err(conflict)),
            }
            if self.to_link(page)?.is_some() {
                return Ok(Err(Probed::Absent));
            }
        }
        Ok(Ok(looked.so))
    }

    /// Does what is not so yet; each page as it was, where it was changed here.
    ///
    /// # Errors
    /// When a part could not be done.
    pub fn bring(&self) -> Result<Vec<(Page, Page)>, ActionError> {
        let book = self.place.book()?;
        let _lock = book.git.lock().map_err(home_failed)?;
        let remote = self.place.remote(&book)?;
        let mut changed = Vec::new();
        for attempt in 0.. {
            if let Some(remote) = &remote {
                book.git.catch_up(remote).map_err(home_failed)?;
            }
            let looked = self.look(&book)?;
            if let Some(blocked) = looked.blocked {
                return Err(refusal(blocked));
            }
            let committed = self.commit(&book, &looked, remote.as_deref())?;
            changed = looked.open.into_iter().filter_map(|change| change.edit.before.zip(change.edit.after)).collect();
            let Some(remote) = &remote else { break };
            if book.git.push(remote).map_err(home_failed)? {
                break;
            }
            if !committed || attempt == ATTEMPTS {
                return Err(ActionError::refused(
                    "others were faster to push to the registry's remote",
                    format!("`git -C {} pull --rebase`, then run again", self.place.path.display()),
                ));
            }
            book.git.take_back().map_err(home_failed)?;
        }
        for page in self.look(&book)?.so {
            match self.to_do_there(&page)? {
                Ok(None) => {}
                Ok(Some((sheet, changes))) => self.put_there(&sheet, &changes)?,
                Err(conflict) => return Err(refusal(conflict)),
            }
            if let (Some((key, link)), Some(jira)) = (self.to_link(&page)?, self.jira) {
                jira.link_page(&key, &link).map_err(web_failed)?;
            }
        }
        Ok(changed)
    }

    /// Commits what is open; whether anything was.
    fn commit(&self, book: &ProposalBook, looked: &Looked<'_>, remote: Option<&str>) -> Result<bool, ActionError> {
        let (files, message) = (self.files(book, looked)?, format!("{}\n", self.message));
        if files.is_empty() {
            return Ok(false);
        }
        let commit = match remote {
            Some(_) => book.git.commit_to_push(&files, &message, self.at),
            None => book.git.commit(&files, &message, self.at),
        };
        commit.map(|_| true).map_err(home_failed)
    }

    fn files(&self, book: &ProposalBook, looked: &Looked<'_>) -> Result<Vec<FileChange>, ActionError> {
        let edits: Vec<PageEdit> = looked.open.iter().map(|change| change.edit.clone()).collect();
        if edits.is_empty() {
            return Ok(Vec::new());
        }
        let mut files = files_of(book, &looked.corpus, &edits).map_err(home_failed)?;
        files.extend(
            looked.open.iter().filter_map(|change| change.tally.clone()).filter(|file| file.before != file.after),
        );
        Ok(files)
    }

    /// What bringing them there changes, in lines for a person. Asks neither wiki nor tracker.
    ///
    /// # Errors
    /// When the registry cannot be read.
    pub fn plan(&self) -> Result<String, ActionError> {
        let book = self.place.book()?;
        let looked = self.look(&book)?;
        let mut lines = Vec::new();
        for Change { edit, .. } in &looked.open {
            let Some((before, after)) = edit.before.as_ref().zip(edit.after.as_ref()) else { continue };
            lines.push(format!("{}, {}", before.name(&book.scheme), before.place));
            for field in Field::ALL {
                let value = |page: &Page| shown(page.get(field).unwrap_or("(nothing)"));
                if value(before) != value(after) {
                    lines.push(format!("  {:<11} {} -> {}", field.key(), value(before), value(after)));
                }
            }
            lines.extend(self.plan_elsewhere(after));
        }
        let pages = |file: &FileChange| {
            looked.open.iter().any(|change| change.edit.after.as_ref().is_some_and(|page| page.place == file.place))
        };
        for file in self.files(&book, &looked)?.iter().filter(|file| !pages(file)) {
            let what = if file.before.is_none() { "new" } else { "changed" };
            lines.push(format!("{}  {what}", file.place));
        }
        if let (Some(remote), false) = (self.place.remote(&book)?, lines.is_empty()) {
            lines.push(format!("one commit, pushed to {remote}"));
        }
        Ok(lines.join("\n"))
    }

    fn plan_elsewhere(&self, after: &Page) -> Vec<String> {
        let mut lines = Vec::new();
        if let (Some(_), Some(id)) = (&self.place.wiki, after.get(Field::Page)) {
            lines.push(format!("  {:<11} page {id}: its label and its table, to the same", "wiki"));
        }
        if let Some((key, link)) = self.link_of(after) {
            lines.push(format!("  {:<11} {key} links to {}", "tracker", link.url));
        }
        lines
    }

    /// Of what is to be released: whether its issue is there, and resolved.
    fn unresolved(&self, looked: &Looked<'_>) -> Result<Option<Probed>, ActionError> {
        let Some(jira) = self.jira else { return Ok(None) };
        for Change { edit, .. } in &looked.open {
            let Some(page) = &edit.after else { continue };
            let released = page.state(looked.corpus.scheme).is_some_and(|state| state.stage == Stage::Released);
            let asked =
                self.wanted.iter().any(|wanted| Some(wanted.number) == page.number() && wanted.rules == Rules::Asked);
            let Some(key) = page.set(Field::Jira).filter(|_| released && asked) else { continue };
            let name = page.name(looked.corpus.scheme);
            match jira.issue(key) {
                Ok(issue) if issue.resolution.is_some() => {}
                Ok(issue) => {
                    let why = format!("{name}: {key} is {} at {}: {}", issue.status, jira.base(), issue.summary);
                    return Ok(Some(Probed::Waiting { until: None, why }));
                }
                Err(error) if error.is_missing() => {
                    let why = format!("{name}: {} shows no issue {key}", jira.base());
                    return Ok(Some(Probed::Waiting { until: None, why }));
                }
                Err(error) => return Err(web_failed(error)),
            }
        }
        Ok(None)
    }

    /// Whether the registry's remote says the same of these pages.
    fn is_published(&self, book: &ProposalBook, pages: &[Page]) -> Result<bool, ActionError> {
        let Some(remote) = self.place.remote(book)? else { return Ok(true) };
        let Some(tip) = book.git.remote_tip(&remote).map_err(home_failed)? else { return Ok(false) };
        for (page, wanted) in pages.iter().zip(self.wanted) {
            let Some(text) = book.git.read_at(&tip, &page.place).map_err(home_failed)? else { return Ok(false) };
            let there = Page::read(&book.scheme, &page.place, &text);
            let same = |field: &Field| there.get(*field) == page.get(*field);
            if !same(&Field::State) || !wanted.fields.keys().all(same) || !same(&Field::Result) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What is to be changed on the page's page of the wiki; a conflict where somebody wrote
    /// something else there.
    #[expect(clippy::type_complexity, reason = "what is to be done, nothing, or a conflict")]
    fn to_do_there(&self, page: &Page) -> Result<Result<Option<(Sheet, Vec<FieldChange>)>, Probed>, ActionError> {
        let (Some(wiki), Some(id)) = (&self.place.wiki, page.get(Field::Page)) else { return Ok(Ok(None)) };
        let scheme = &self.place.scheme;
        let Some(wanted) = self.wanted.iter().find(|wanted| Some(wanted.number) == page.number()) else {
            return Ok(Ok(None));
        };
        let sheet = wiki.sheet(id).map_err(home_failed)?;
        let (there, _) = wiki_fields(scheme, &as_wiki_page(&sheet));
        let mut changes = Vec::new();
        let shared = [Field::State, Field::Discussion, Field::Vote, Field::Jira, Field::Release];
        for field in shared {
            let after = page.set(field).unwrap_or_default().to_owned();
            let before = there.get(&field).cloned().unwrap_or_default();
            // what is not asked for is filled in where nothing stands there
            let asked = field == Field::State || wanted.fields.contains_key(&field);
            let has_place = asked || there.contains_key(&field);
            if before == after || (!asked && !before.is_empty()) || !has_place {
                continue;
            }
            let fits = match field {
                Field::State => {
                    let from = scheme.state(&before);
                    from.is_none_or(|from| moves_from(scheme, from).iter().any(|to| to.id == after))
                }
                _ => before.is_empty() || field == Field::Vote,
            };
            if !fits && wanted.rules == Rules::Asked {
                return Ok(Err(Probed::Conflict {
                    found: format!("the wiki's page {id} with the {field} `{before}`"),
                    expected: format!("`{after}`, or what came before it; `quorate flip sync` shows both sides"),
                }));
            }
            changes.push(FieldChange { field, before, after });
        }
        Ok(Ok((!changes.is_empty()).then_some((sheet, changes))))
    }

    fn put_there(&self, sheet: &Sheet, changes: &[FieldChange]) -> Result<(), ActionError> {
        use crate::services::ProposalHome;
        let Some(wiki) = &self.place.wiki else { return Ok(()) };
        let (page, labels) = changed_there(&self.place.scheme, &as_wiki_page(sheet), changes).map_err(|fault| {
            ActionError::refused(
                format!("the wiki's page {}: {fault}", sheet.place),
                format!(
                    "nothing was written there; mend its table, {}, and run again",
                    wiki.page_address(&sheet.place)
                ),
            )
        })?;
        let change = PageChange {
            place: sheet.place.clone(),
            revision: Some(sheet.revision.clone()),
            title: page.title,
            text: page.body,
            labels,
        };
        wiki.put(&change).map(drop).map_err(home_failed)
    }

    /// The link that the page's issue lacks.
    fn to_link(&self, page: &Page) -> Result<Option<(String, PageLink)>, ActionError> {
        let (Some(jira), Some((key, link))) = (self.jira, self.link_of(page)) else { return Ok(None) };
        let links = jira.page_links(&key).map_err(web_failed)?;
        let there = links.iter().any(|one| one.url == link.url && one.title == link.title);
        Ok((!there).then_some((key, link)))
    }

    /// The link from the page's issue to its page on the wiki, where there are both and somebody
    /// is logged in at the tracker.
    fn link_of(&self, page: &Page) -> Option<(String, PageLink)> {
        self.jira.filter(|jira| jira.logs_in())?;
        let key = page.set(Field::Jira)?;
        let url = self.place.page_address(page.get(Field::Page)?)?;
        Some((key.to_owned(), PageLink { id: url.clone(), url, title: page.title().to_owned() }))
    }
}

/// A value for a person; a link of a mail that is not sent yet has no address.
fn shown(value: &str) -> String {
    match stands_for("link", value) {
        true => "(the link of the mail above, once it is sent)".to_owned(),
        false => value.to_owned(),
    }
}

fn as_wiki_page(sheet: &Sheet) -> WikiPage {
    WikiPage {
        id: sheet.place.clone(),
        title: sheet.title.clone(),
        body: sheet.text.clone(),
        labels: sheet.labels.clone(),
    }
}

/// What a probe found in the way, as the error of acting all the same.
fn refusal(probed: Probed) -> ActionError {
    match probed {
        Probed::Conflict { found, expected } => ActionError::Conflict { found, expected },
        Probed::Waiting { why, .. } => ActionError::refused(why, "run again when it is so"),
        Probed::Done(_) | Probed::Absent => ActionError::refused("it was changed meanwhile", "run again"),
    }
}
