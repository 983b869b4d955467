// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip new`: a page with the next free number.

use serde_json::json;

use super::Place;
use super::claim::{Claimed, NOT_AGREED, Where, claim};
use super::edit::{PageEdit, commit, tell_what_stays};
use super::registry::{Registry, Wanted, failed, today};
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::governance::proposals::{
    Corpus, Field, Page, Scheme, TitleForm, file_name, new_page, parse_number, pending_name,
};
use crate::release::unfit;
use crate::ui::{ExitCode, Ui};

/// How many characters a heading may have.
const LONGEST_HEADING: usize = 200;

/// Makes a page with the next free number and all sections.
///
/// The number is beyond all that were ever used, also by pages that are gone. Where the
/// registry has a remote, the page is pushed there, so that nobody takes the same number:
/// that is shown first and wants --execute or a yes. With --unnumbered it has the
/// placeholder in its number's place, and gets a number later by `quorate flip number`.
///
///   quorate flip new "Stop jobs gracefully"
///   quorate flip new "Stop jobs gracefully" --execute
///   quorate flip new "Stop jobs gracefully" --unnumbered
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The heading, without the number.
    #[arg(value_name = "TITLE")]
    title: String,
    /// Who proposes; else as git knows you.
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// Without a number yet; it stays in this registry.
    #[arg(long, conflicts_with_all = ["execute", "local"])]
    unnumbered: bool,
    #[command(flatten)]
    place: Where,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Gives a page with the placeholder the next free number.
///
/// Its file, title and first heading change; everything else on it stays.
///
///   quorate flip number FLIP-XXX-stop-jobs-gracefully
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct NumberArgs {
    /// The page: its file's name.
    #[arg(value_name = "PAGE")]
    page: String,
    #[command(flatten)]
    place: Where,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, place: &Place, args: &Args) -> Result<ExitCode, CommandError> {
    let registry = Registry::open(environment, place, Wanted::There)?;
    let heading = heading(&registry.scheme, &args.title)?;
    let author = args.author.clone().unwrap_or_else(|| registry.author().to_owned());
    if args.unnumbered {
        return unnumbered(environment.ui, &registry, &heading, &author, args.json);
    }
    let make = |corpus: &Corpus<'_>, number: u32| {
        let scheme = corpus.scheme;
        let place = format!("{}/{}", scheme.directory, file_name(scheme, number, 1));
        let text = new_page(scheme, Some(number), &heading, &author, corpus.today);
        Ok(PageEdit { before: None, after: Some(Page::read(scheme, &place, &text)) })
    };
    let claimed = claim(environment.ui, &registry, &args.place, &make)?;
    tell(environment.ui, &registry, claimed, args.json)
}

pub fn run_number(environment: &Environment, place: &Place, args: &NumberArgs) -> Result<ExitCode, CommandError> {
    let registry = Registry::open(environment, place, Wanted::There)?;
    let make = |corpus: &Corpus<'_>, number: u32| {
        let page = registry.one(&corpus.pages, &args.page)?;
        match page.number() {
            None => Ok(PageEdit { before: Some(page.clone()), after: Some(numbered(corpus.scheme, page, number)) }),
            // of two pages with one number the one that is named gets another
            Some(twin) if corpus.numbered(twin).count() > 1 => {
                Ok(PageEdit { before: Some(page.clone()), after: Some(numbered(corpus.scheme, page, number)) })
            }
            Some(_) => Err(CommandError::usage(
                format!("{} has a number already: {}", page.place, page.name(corpus.scheme)),
                format!("pages without one are {}", pending(corpus)),
            )),
        }
    };
    // what cannot be numbered is refused before anything is asked of the remote
    make(&registry.corpus(today(None))?, 1)?;
    let claimed = claim(environment.ui, &registry, &args.place, &make)?;
    tell(environment.ui, &registry, claimed, args.json)
}

fn pending(corpus: &Corpus<'_>) -> String {
    let names: Vec<String> =
        corpus.pages.iter().filter(|page| page.number().is_none()).map(|page| page.name(corpus.scheme)).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// The page with its number: in its file's name, its head, its title and its first heading.
fn numbered(scheme: &Scheme, page: &Page, number: u32) -> Page {
    let heading = page.heading(scheme);
    let title = TitleForm::form(scheme, Some(number), &heading);
    let old = format!("# {}", page.title());
    let body = page.body();
    let at = body.lines().find(|line| line.trim_end() == old).and_then(|line| body.find(line));
    let page = match at {
        Some(at) => page.with_body(scheme, &format!("{}# {title}{}", &body[..at], &body[at + old.len()..])),
        None => page.clone(),
    };
    let page = page.with(scheme, Field::Number, &number.to_string()).with(scheme, Field::Title, &title);
    let place = format!("{}/{}", scheme.directory, file_name(scheme, number, 1));
    Page::read(scheme, &place, &page.text)
}

fn unnumbered(ui: Ui, registry: &Registry, heading: &str, author: &str, json: bool) -> Result<ExitCode, CommandError> {
    let _lock = registry.git.lock().map_err(failed)?;
    let corpus = registry.corpus(today(None))?;
    let scheme = &registry.scheme;
    let name = |copy: usize| match copy {
        1 => pending_name(scheme, heading),
        copy => pending_name(scheme, &format!("{heading} {copy}")),
    };
    let is_free = |place: &String| corpus.pages.iter().all(|page| page.place != *place);
    let place = (1..).map(|copy| format!("{}/{}", scheme.directory, name(copy))).find(is_free).unwrap_or_default();
    let text = new_page(scheme, None, heading, author, corpus.today);
    let edit = PageEdit { before: None, after: Some(Page::read(scheme, &place, &text)) };
    let message = TitleForm::form(scheme, None, heading);
    let commit = commit(registry, &corpus, std::slice::from_ref(&edit), &message)?;
    tell(ui, registry, Some(Claimed { edit, commit, pushed: None }), json)
}

fn tell(ui: Ui, registry: &Registry, claimed: Option<Claimed>, json: bool) -> Result<ExitCode, CommandError> {
    let Some(Claimed { edit, commit, pushed }) = claimed else { return Ok(NOT_AGREED) };
    let Some(page) = edit.after else { return Ok(ExitCode::Done) };
    tell_what_stays(ui, registry, &[&page.place])?;
    if json {
        ui.json(&json!({
            "number": page.number(), "id": page.name(&registry.scheme), "title": page.title(), "place": page.place,
            "commit": commit, "pushed": pushed,
        }));
        return Ok(ExitCode::Done);
    }
    ui.line(&format!("{}  {}", page.name(&registry.scheme), registry.git.path().join(&page.place).display()));
    let scheme = &registry.scheme;
    let discuss = scheme.subject(&scheme.subjects.discuss, page.number(), &page.heading(scheme));
    ui.say(&format!("Fill its sections in, and commit them; then discuss it on {} as `{discuss}`.", scheme.list));
    if page.number().is_none() {
        ui.say(&format!(
            "Open that thread by a mail of your own, and give its link: `quorate flip set {0} --state discussion --discussion \
             URL`; before the vote somebody gives it a number: `quorate flip number {0}`.",
            page.word()
        ));
    }
    Ok(ExitCode::Done)
}

/// The heading that was given, without a number before it.
fn heading(scheme: &Scheme, title: &str) -> Result<String, CommandError> {
    let refused =
        |what: String| CommandError::usage(what, "give a descriptive heading in one line: \"Stop jobs gracefully\"");
    if let Some(why) = unfit(title) {
        return Err(refused(format!("the title {why}")));
    }
    if title.contains('\n') {
        return Err(refused("the title has several lines".to_owned()));
    }
    let read = TitleForm::read(scheme, title);
    if let Some(number) = read.number.flatten().or_else(|| parse_number(scheme, title)) {
        let what = format!("the title has the number {number} in it; the number is given by this command");
        return Err(refused(what));
    }
    if read.heading.is_empty() {
        return Err(refused("the title is empty".to_owned()));
    }
    let length = read.heading.chars().count();
    if length > LONGEST_HEADING {
        return Err(refused(format!("the title has {length} characters; at most {LONGEST_HEADING} are taken")));
    }
    Ok(read.heading)
}
