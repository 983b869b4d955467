// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a sync comes to: which page is which, and what differs.

use std::collections::BTreeMap;

use crate::commands::CommandError;
use crate::commands::flip::registry::{Registry, failed};
use crate::governance::proposals::{
    Agreed, Compared, Corpus, Field, Page, Proof, Scheme, Side, TitleForm, WikiPage, agreed_after, changed_here,
    compare, file_name, missing_evidence, new_here, pending_name, texts_differ, unfit_values,
};
use crate::services::{Confluence, Sheet};

/// What both homes said when they last were the same, one page a line.
pub const AGREED: &str = "confluence.jsonl";

/// Which side is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    There,
    Here,
    Both,
}

/// A page that both homes have.
#[derive(Debug)]
pub struct Pair {
    pub page: Page,
    pub sheet: Sheet,
    pub compared: Compared,
}

/// What a sync comes to.
#[derive(Debug)]
pub struct SyncPlan {
    pub pairs: Vec<Pair>,
    /// Pages to be made there.
    pub new_there: Vec<Page>,
    /// Pages to be made here, each from its page there.
    pub new_here: Vec<(Page, Sheet)>,
    /// What is amiss and belongs to no pair: of what, and what.
    pub amiss: Vec<(String, String)>,
    /// What both said the last time, by the page's id.
    pub agreed: BTreeMap<String, Agreed>,
    /// The file that keeps it, as it was read.
    pub agreed_text: Option<String>,
}

impl SyncPlan {
    /// Compares a registry with the pages of a wiki.
    pub fn make(
        registry: &Registry,
        corpus: &Corpus<'_>,
        wiki: &Confluence,
        sheets: Vec<Sheet>,
        direction: Direction,
    ) -> Result<Self, CommandError> {
        let agreed_text = registry.git.read(AGREED).map_err(failed)?;
        let agreed = read_agreed(registry, agreed_text.as_deref().unwrap_or_default())?;
        let mut plan = Self {
            pairs: Vec::new(),
            new_there: Vec::new(),
            new_here: Vec::new(),
            amiss: Vec::new(),
            agreed,
            agreed_text,
        };
        let mut rest = plan.pair(corpus, sheets);
        rest.sort_by(|a, b| a.place.len().cmp(&b.place.len()).then(a.place.cmp(&b.place)));
        plan.made_here(corpus, wiki, rest);
        if direction == Direction::There {
            plan.new_here.clear();
        }
        if direction == Direction::Here {
            plan.new_there.clear();
        }
        for pair in &mut plan.pairs {
            match direction {
                Direction::There => pair.compared.here.clear(),
                Direction::Here => pair.compared.there.clear(),
                Direction::Both => {}
            }
            pair.compared.problems.extend(without_evidence(corpus, pair));
        }
        Ok(plan)
    }

    /// Finds the page there of each page here: by its id, else by its number. The pages there
    /// that are left over.
    fn pair(&mut self, corpus: &Corpus<'_>, mut sheets: Vec<Sheet>) -> Vec<Sheet> {
        let scheme = corpus.scheme;
        let mut without = Vec::new();
        for page in &corpus.pages {
            let by_id = page.get(Field::Page).and_then(|id| sheets.iter().position(|sheet| sheet.place == id));
            match by_id {
                Some(at) => self.add(scheme, page, sheets.remove(at)),
                None => without.push(page),
            }
        }
        for page in without {
            let name = page.name(scheme);
            if let Some(id) = page.get(Field::Page) {
                let what = format!("its page there, {id}, is not below the page that was named");
                self.amiss.push((name, what));
                continue;
            }
            let same = |sheet: &&Sheet| {
                number_of(scheme, sheet).is_some_and(|number| number.is_some() && number == page.number())
            };
            let twins = corpus.pages.iter().filter(|other| other.number() == page.number()).count();
            let found: Vec<String> = sheets.iter().filter(same).map(|sheet| sheet.place.clone()).collect();
            match found.as_slice() {
                [id] if twins == 1 => {
                    if let Some(at) = sheets.iter().position(|sheet| sheet.place == *id) {
                        self.add(scheme, page, sheets.remove(at));
                    }
                }
                [] => self.new_there.push(page.clone()),
                several => {
                    let what = format!(
                        "{} pages there and {twins} here have its number: {}",
                        several.len(),
                        several.join(", ")
                    );
                    self.amiss.push((name, what));
                    sheets.retain(|sheet| !found.contains(&sheet.place));
                }
            }
        }
        sheets
    }

    fn add(&mut self, scheme: &Scheme, page: &Page, sheet: Sheet) {
        let compared = compare(scheme, page, &wiki_page(&sheet), self.agreed.get(&sheet.place));
        self.pairs.push(Pair { page: page.clone(), sheet, compared });
    }

    /// Pages there that are proposals and not here.
    fn made_here(&mut self, corpus: &Corpus<'_>, wiki: &Confluence, sheets: Vec<Sheet>) {
        let scheme = corpus.scheme;
        for sheet in sheets {
            let address = wiki.page_address(&sheet.place);
            let Some((number, text)) = new_here(scheme, &wiki_page(&sheet), &address) else {
                self.amiss.push((
                    format!("page {}", sheet.place),
                    format!("`{}` is no title of a {}", sheet.title, scheme.prefix),
                ));
                continue;
            };
            let heading = TitleForm::read(scheme, &sheet.title).heading;
            let name = |copy: usize| match number {
                Some(number) => file_name(scheme, number, copy),
                None if copy == 1 => pending_name(scheme, &heading),
                None => pending_name(scheme, &format!("{heading} {copy}")),
            };
            let taken = |place: &String| {
                corpus.pages.iter().chain(self.new_here.iter().map(|(page, _)| page)).any(|page| page.place == *place)
            };
            let place = (1..).map(|copy| format!("{}/{}", scheme.directory, name(copy))).find(|place| !taken(place));
            let page = Page::read(scheme, &place.unwrap_or_default(), &text);
            let here = corpus.pages.iter().chain(self.new_here.iter().map(|(page, _)| page));
            if number.is_some() && here.into_iter().any(|other| other.number() == number) {
                let what = format!(
                    "page {} there, `{}`, holds its number too, and is not made here: give one of them another number there",
                    sheet.place, sheet.title
                );
                self.amiss.push((page.name(scheme), what));
                continue;
            }
            let unfit = unfit_values(scheme, &wiki_page(&sheet));
            self.amiss.extend(unfit.into_iter().map(|what| (format!("page {}", sheet.place), what)));
            self.new_here.push((page, sheet));
        }
    }

    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.new_there.is_empty()
            && self.new_here.is_empty()
            && self.pairs.iter().all(|pair| pair.compared.here.is_empty() && pair.compared.there.is_empty())
    }

    /// Whether both are the same where nobody noted that yet: that is written without asking.
    pub fn only_remembers(&self, scheme: &Scheme) -> bool {
        let noted = |pair: &Pair| {
            let before = self.agreed.get(&pair.sheet.place);
            before == Some(&agreed_after(scheme, &pair.page, &wiki_page(&pair.sheet), before))
        };
        self.is_empty() && !self.pairs.iter().all(noted)
    }

    /// The pages whose text has other words there than here: texts are not synced, so none is lost.
    pub fn texts_apart(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.iter().filter(|pair| texts_differ(&pair.page, &pair.sheet.text))
    }

    /// What both sides changed.
    pub fn conflicts(&self) -> impl Iterator<Item = &Side> {
        self.pairs.iter().flat_map(|pair| &pair.compared.conflicts)
    }

    /// What is amiss: of what, and what.
    pub fn problems(&self) -> impl Iterator<Item = (String, String)> {
        let of_pair = |pair: &'_ Pair| -> Vec<(String, String)> {
            let name = format!("{} (page {} there)", pair.page.title(), pair.sheet.place);
            pair.compared.problems.iter().map(|what| (name.clone(), what.clone())).collect()
        };
        self.amiss.iter().cloned().chain(self.pairs.iter().flat_map(of_pair))
    }
}

/// What a state that is taken over from there lacks here: labels are put there without any.
fn without_evidence(corpus: &Corpus<'_>, pair: &Pair) -> Option<String> {
    let taken = pair.compared.here.iter().find(|change| change.field == Field::State)?;
    let state = corpus.scheme.state(&taken.after)?;
    let after = changed_here(corpus.scheme, &pair.page, &pair.compared.here);
    let missing = missing_evidence(corpus.scheme, &after, state, &Proof::of(corpus, &after, None));
    let lacks: Vec<String> = missing.into_iter().map(|missing| missing.what).collect();
    (!lacks.is_empty())
        .then(|| format!("it is `{}` there, and by what is known here there is {}", state.id, lacks.join("; ")))
}

/// A page of the wiki, without its revision.
pub fn wiki_page(sheet: &Sheet) -> WikiPage {
    WikiPage {
        id: sheet.place.clone(),
        title: sheet.title.clone(),
        body: sheet.text.clone(),
        labels: sheet.labels.clone(),
    }
}

fn number_of(scheme: &Scheme, sheet: &Sheet) -> Option<Option<u32>> {
    TitleForm::read(scheme, &sheet.title).number
}

fn read_agreed(registry: &Registry, text: &str) -> Result<BTreeMap<String, Agreed>, CommandError> {
    let mut agreed = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let (id, fields): (String, Agreed) = serde_json::from_str(line).map_err(|error| {
            let file = registry.git.path().join(AGREED);
            CommandError::usage(
                format!("{}:{number}: {error}", file.display()),
                "it is written by `quorate flip sync` alone; `git checkout` brings it back",
            )
        })?;
        agreed.insert(id, fields);
    }
    Ok(agreed)
}
