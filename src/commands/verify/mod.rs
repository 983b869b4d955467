// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate verify`: whether a candidate is what it has to be.

mod place;
mod subject;
mod tag;
mod target;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Timestamp;

use self::subject::Subject;
use self::subject::product_of;
use self::target::{Here, Target};
use super::CommandError;
use super::environment::Environment;
use super::error::chain;
use super::keys::read_keys;
use crate::ui::{ExitCode, FileCount, Style};
use crate::verify::signature::KeyRing;
use crate::verify::{Against, Limits, Listed, RatExcludes, Report, Status, render};

/// Verifies a candidate: signatures, digests, archives, contents, the tag.
///
/// Each file is held against the KEYS of the project and against what a release has
/// to be; nothing is taken from what the candidate says of itself. TARGET is a
/// directory, an archive with what lies beside it, or the address of one: a directory
/// of dist.apache.org, a staging repository, a Subversion URL.
///
/// Exit codes: 0 all checks hold; 1 one does not; 2 wrong use; 4 a server could not be
/// asked, which is never "verified".
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A directory, an archive, or an address.
    #[arg(value_name = "TARGET", required_unless_present = "candidate")]
    target: Option<String>,
    /// Candidate N of the current release, as it is staged, against its recorded digests.
    #[arg(long, value_name = "N", conflicts_with_all = ["target", "expect", "version", "product"])]
    candidate: Option<u32>,
    /// The project's KEYS: a file or an address; else that of the product's configuration.
    #[arg(long, value_name = "FILE or URL")]
    keys: Option<String>,
    /// The set of files and their digests must be exactly those of this manifest.
    #[arg(long, value_name = "MANIFEST")]
    expect: Option<PathBuf>,
    /// The tag that the source archive is said to be made from; wants --repo.
    #[arg(long, value_name = "TAG", requires = "repo")]
    source_tag: Option<String>,
    /// Where the tag is: a clone, or an address.
    #[arg(long, value_name = "PATH or URL", requires = "source_tag")]
    repo: Option<String>,
    /// A product of release-config/; else the one whose source archive is there, else
    /// what every Apache release must be.
    #[arg(long)]
    product: Option<String>,
    /// The version; else read off the names of the files.
    #[arg(long)]
    version: Option<String>,
    /// Files of the tag that the source archive leaves out, beside those of the product's
    /// configuration; may be given again.
    #[arg(long, value_name = "GLOB", requires = "source_tag")]
    exclude: Vec<String>,
    /// What Apache RAT is told to leave out: its exclude file, or a pom.xml with the plugin's.
    #[arg(long, value_name = "FILE")]
    rat_excludes: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show every finding, and not just those that are no pass.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    limits: LimitArgs,
}

/// What an archive may hold at most.
#[derive(Debug, clap::Args)]
struct LimitArgs {
    /// The most bytes that an archive may hold, unpacked; else 16 GiB, and 8 GiB in one file.
    #[arg(long, value_name = "BYTES")]
    max_unpacked: Option<u64>,
    /// The most files that an archive may hold; else 500,000.
    #[arg(long, value_name = "COUNT")]
    max_entries: Option<u64>,
    /// The most bytes unpacked for each byte packed; else 250, counted from 64 MiB on.
    #[arg(long, value_name = "RATIO")]
    max_ratio: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line a file, details of what failed, the verdict last.
    Text,
    /// One object; docs/verifying.md says which.
    Json,
    /// JUnit's XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let report = report(environment, &args)?;
    print(environment, &args, &report);
    Ok(if report.passed { ExitCode::Done } else { ExitCode::DoesNotHold })
}

/// What verifying candidate `number` of the current release finds.
///
/// # Errors
/// When there is none, or a server cannot be asked.
pub fn report_of_candidate(environment: &Environment, number: u32) -> Result<Report, CommandError> {
    let args = Args {
        target: None,
        candidate: Some(number),
        keys: None,
        expect: None,
        source_tag: None,
        repo: None,
        product: None,
        version: None,
        exclude: Vec::new(),
        rat_excludes: None,
        format: Format::Json,
        all: false,
        limits: LimitArgs { max_unpacked: None, max_entries: None, max_ratio: None },
    };
    report(environment, &args)
}

fn report(environment: &Environment, args: &Args) -> Result<Report, CommandError> {
    let begun = Instant::now();
    let subject = match args.candidate {
        Some(number) => Subject::of_release(environment, number)?,
        None => {
            let product = args.product.as_deref().map(|product| product_of(environment, product)).transpose()?;
            let target = args.target.as_deref().unwrap_or_default();
            Subject::of_target(product, args.version.clone(), target, args.expect.as_deref())?
        }
    };
    let target = Target::of(&subject.target)?;
    // What is wrong with them is said before anything is downloaded.
    let known = args.keys.as_deref().or(subject.product.as_ref().map(|product| product.svn.keys.as_str()));
    let known = known.map(keys).transpose()?;
    let here = target.bring(environment)?;
    let files = here.files()?;
    let subject = subject.of_files(environment, &files)?;
    let keys = match (known, &subject.product) {
        (Some(keys), _) => keys,
        (None, Some(product)) => keys(&product.svn.keys)?,
        (None, None) => {
            return Err(CommandError::usage(
                "no keys are named, and no product of release-config/ has such files",
                "--keys names the project's KEYS: a file, or https://downloads.apache.org/PROJECT/KEYS; one that comes with the candidate proves nothing",
            ));
        }
    };
    verify(environment, args, &subject, &keys, &here, &files, begun)
}

fn verify(
    environment: &Environment,
    args: &Args,
    subject: &Subject,
    keys: &KeyRing,
    here: &Here,
    files: &[Listed],
    begun: Instant,
) -> Result<Report, CommandError> {
    let mut rules = subject.rules(files)?;
    if let Some(file) = &args.rat_excludes {
        rules.rat_excludes = rat_excludes(file)?;
    }
    let against = Against {
        keys,
        expect: subject.expect.as_ref(),
        limits: limits(&args.limits),
        now: Timestamp::now(),
        scope: here.scope(),
    };
    let count = FileCount::begin(environment.ui, "verifying");
    let progress = |name: &str, bytes| {
        count.bytes(name, bytes);
        count.file(name);
    };
    let mut found = rules.verify(here.directory(), files, &against, &progress);
    let named = args.source_tag.clone().zip(args.repo.clone());
    if let Some((tag, repository)) = named.or_else(|| subject.tag.clone()) {
        let left_out = subject.left_out(&args.exclude)?;
        tag::check(&left_out, &rules, keys, &tag, &repository, here, &mut found)?;
    } else {
        let why = "no tag was named by --source-tag, so the source archive was not held against the repository";
        found.whole.push(crate::verify::Finding::skip("source-tag", why));
    }
    Ok(Report::new(&subject.target, found.files, found.whole, found.bytes, begun.elapsed())
        .with_digests(&found.digests))
}

/// What RAT is told to leave out, by its exclude file or by a pom.
fn rat_excludes(file: &Path) -> Result<RatExcludes, CommandError> {
    let hint = "--rat-excludes names RAT's exclude file, or a pom.xml that configures apache-rat-plugin";
    let usage = |error: &(dyn std::error::Error + 'static)| {
        CommandError::usage(format!("{}: {}", file.display(), chain(error)), hint)
    };
    let text = fs::read_to_string(file).map_err(|error| usage(&error))?;
    if text.trim_start().starts_with('<') {
        return RatExcludes::from_pom(&text).map_err(|error| usage(&error));
    }
    Ok(RatExcludes::from_exclude_file(&text))
}

/// The keys at an address or in a file.
fn keys(place: &str) -> Result<KeyRing, CommandError> {
    let bytes = read_keys(place)?;
    let parsed = KeyRing::parse(&bytes).map_err(|error| format!("{place}: {}", chain(&error)));
    parsed.map_err(|what| CommandError::usage(what, "`quorate keys check` says what is wrong with a KEYS file"))
}

fn limits(args: &LimitArgs) -> Limits {
    let usual = Limits::default();
    Limits {
        total_bytes: args.max_unpacked.unwrap_or(usual.total_bytes),
        entry_bytes: args.max_unpacked.map_or(usual.entry_bytes, |most| most.min(usual.entry_bytes)),
        entries: args.max_entries.unwrap_or(usual.entries),
        ratio: args.max_ratio.unwrap_or(usual.ratio),
        ..usual
    }
}

fn print(environment: &Environment, args: &Args, report: &Report) {
    let ui = environment.ui;
    let paint = |text: &str, status: Status| {
        let style = match status {
            Status::Pass => Style::Good,
            Status::Warn => Style::Warning,
            Status::Skip => Style::Faint,
            Status::Fail => Style::Bad,
        };
        ui.paint(text, style)
    };
    match args.format {
        Format::Text => ui.data(&render::text(report, args.all, &paint)),
        Format::Json => ui.json(report),
        Format::Junit => ui.data(&render::junit(report)),
        Format::Sarif => ui.data(&render::sarif(report)),
        Format::Github => ui.data(&render::github(report)),
    }
}
