// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate roster show` and `who`: what a roster says.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Which;
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::governance::{Holding, Member, Office, Roster};
use crate::ui::ExitCode;

/// Shows who is on a roster, and whose votes bind.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    #[command(flatten)]
    which: Which,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Says who an address belongs to, and what their vote is worth.
///
/// Exit code 1 where it belongs to nobody on the roster.
#[derive(Debug, clap::Args)]
pub struct WhoArgs {
    /// An address, an id or a name.
    #[arg(value_name = "ADDRESS")]
    address: String,
    #[command(flatten)]
    which: Which,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn show(environment: &Environment, args: &ShowArgs) -> Result<ExitCode, CommandError> {
    let (roster, now) = (args.which.load()?, Timestamp::now());
    let count = |office| roster.holders(office, now).len();
    let (pmc, committers) = (count(Office::Pmc), count(Office::Committer));
    if args.json {
        let members: Vec<Value> = roster.members.iter().map(|member| described(member, now)).collect();
        environment.ui.json(&json!({
            "project": roster.project, "as_of": roster.as_of, "source": roster.source, "pmc": pmc,
            "committers": committers, "members": members,
        }));
        return Ok(ExitCode::Done);
    }
    let ui = environment.ui;
    ui.line(&headline(&roster));
    let longest = |part: fn(&Member) -> usize| roster.members.iter().map(part).max().unwrap_or(0);
    let (ids, names) = (longest(|one| one.id.chars().count()), longest(|one| one.name.chars().count()));
    for member in &roster.members {
        let emails = member.emails.join(", ");
        let line = format!("  {:ids$}  {:names$}  {}  {emails}", member.id, member.name, office_words(member, now));
        ui.line(line.trim_end());
    }
    ui.line(&format!("{pmc} binding votes of PMC members; {committers} of committers, PMC members among them"));
    Ok(ExitCode::Done)
}

pub fn who(environment: &Environment, args: &WhoArgs) -> Result<ExitCode, CommandError> {
    let (roster, now, ui) = (args.which.load()?, Timestamp::now(), environment.ui);
    let asked = args.address.trim();
    // as it stands in a From header
    let asked = asked.strip_suffix('>').and_then(|asked| asked.rsplit_once('<')).map_or(asked, |(_, address)| address);
    let found = roster.owner(asked).or_else(|| roster.member(asked));
    let namesakes: Vec<&str> = roster.namesakes(asked).iter().map(|member| member.id.as_str()).collect();
    if args.json {
        let member = found.map(|member| described(member, now));
        ui.json(&json!({"asked": asked, "as_of": roster.as_of, "member": member, "namesakes": namesakes}));
    } else if let Some(member) = found {
        ui.line(&format!("{asked} is {} (`{}`): {}", member.name, member.id, office_words(member, now)));
    } else if namesakes.is_empty() {
        ui.line(&format!("{asked} is on no entry of this roster: a vote from there does not bind"));
    } else {
        let ids = namesakes.join(", ");
        ui.line(&format!("{asked} is the name of {ids}; a name proves nothing, so give the address of the mail"));
    }
    Ok(if found.is_some() { ExitCode::Done } else { ExitCode::DoesNotHold })
}

fn headline(roster: &Roster) -> String {
    let project = if roster.project.is_empty() { "A project" } else { &roster.project };
    let day = roster.as_of.map_or_else(|| "of no day that it names".to_owned(), |day| format!("of {day}"));
    let source = roster.source.as_ref().map_or_else(String::new, |source| format!(", from {source}"));
    format!("{project}: {} people, roster {day}{source}", roster.members.len())
}

fn described(member: &Member, now: Timestamp) -> Value {
    let binds = |office| member.holds(office, now) == Holding::Active;
    json!({
        "id": member.id, "name": member.name, "emails": member.emails, "roles": member.roles,
        "emeritus": member.emeritus, "since": member.since,
        "binding": {"pmc": binds(Office::Pmc), "committer": binds(Office::Committer)},
    })
}

fn office_words(member: &Member, now: Timestamp) -> String {
    let office = if member.roles.contains(&Office::Pmc) { Office::Pmc } else { Office::Committer };
    let holder = office.holder();
    match member.holds(office, now) {
        Holding::Active => match member.since {
            Some(day) => format!("{holder} since {day}"),
            None => holder.to_owned(),
        },
        Holding::Emeritus => format!("{holder}, emeritus: no binding vote"),
        Holding::Later(day) => format!("{holder} only from {day} on"),
        Holding::Not => "no binding vote".to_owned(),
    }
}
