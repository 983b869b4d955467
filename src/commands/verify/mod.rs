// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate verify`: whether a candidate is what it has to be.

mod earlier;
mod here;
mod left_out;
mod output;
mod own_word;
mod place;
mod repository;
mod subject;
mod tag;
mod target;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Timestamp;

use self::here::{Here, Listing};
use self::left_out::LeftOut;
use self::output::{Also, Format};
use self::subject::{Subject, product_of};
use self::target::Target;
use super::CommandError;
use super::environment::Environment;
use super::error::chain;
use super::keys::read_keys;
use crate::config::Product;
use crate::services::address::hide_login;
use crate::ui::{ExitCode, FileCount};
use crate::verify::signature::KeyRing;
use crate::verify::{Against, CandidateFindings, Finding, Known, Limits, RatExcludes, Report};

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
    /// Files that are not held against the tag, beside what the product's configuration says that
    /// the source archive leaves out. Those in the archive that are not the tag's are told; may be
    /// given again.
    #[arg(long, value_name = "GLOB", requires = "source_tag")]
    exclude: Vec<String>,
    /// What Apache RAT is told to leave out: its exclude file, or a pom.xml with the plugin's.
    #[arg(long, value_name = "FILE")]
    rat_excludes: Option<PathBuf>,
    /// What to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write the report of the same run to a file too, in another form: `sarif=verify.sarif`;
    /// may be given again.
    #[arg(long, value_name = "FORMAT=FILE")]
    also: Vec<Also>,
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
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    max_unpacked: Option<u64>,
    /// The most files that an archive may hold; else 500,000.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    max_entries: Option<u64>,
    /// The most bytes unpacked for each byte packed, at least 1; else 250. Up to 64 MiB in all
    /// it is not counted.
    #[arg(long, value_name = "RATIO", value_parser = clap::value_parser!(u64).range(1..))]
    max_ratio: Option<u64>,
    /// How many archives in each other are looked into; else 8. What is deeper is told.
    #[arg(long, value_name = "DEPTH", value_parser = clap::value_parser!(u8).range(0..=64))]
    max_nesting: Option<u8>,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let recorded = args.candidate.map(|number| Subject::of_release(environment, number)).transpose()?;
    let files = [&args.expect, &args.rat_excludes].into_iter().flatten().filter_map(|file| file.to_str());
    let used: Vec<&str> = files.chain(args.keys.as_deref()).collect();
    let target = recorded.as_ref().map(|subject| subject.target.as_str()).or(args.target.as_deref());
    let clone = recorded.as_ref().and_then(|subject| subject.tag.as_ref()).map(|(_, clone)| clone.as_str());
    let kept = own_word::Kept {
        target: target.unwrap_or_default(),
        used: &used,
        clone: clone.or(args.repo.as_deref()),
        records: &environment.state,
    };
    for also in &args.also {
        own_word::refuse_report(also.file(), &kept)?;
        earlier::refuse_other(also.file())?;
    }
    output::begin(&args.also)?;
    let report = report(environment, &args, recorded)?;
    output::end(environment.ui, args.format, args.all, &args.also, &report)?;
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
        also: Vec::new(),
        all: false,
        limits: LimitArgs { max_unpacked: None, max_entries: None, max_ratio: None, max_nesting: None },
    };
    report(environment, &args, Some(Subject::of_release(environment, number)?))
}

/// What is found of the target, or of the candidate of a release that is `recorded`.
fn report(environment: &Environment, args: &Args, recorded: Option<Subject>) -> Result<Report, CommandError> {
    let begun = Instant::now();
    let subject = match recorded {
        Some(subject) => subject,
        None => {
            let product = args.product.as_deref().map(|product| product_of(environment, product)).transpose()?;
            let target = args.target.as_deref().unwrap_or_default();
            Subject::of_target(product, args.version.clone(), target, args.expect.as_deref())?
        }
    };
    let target = Target::of(&subject.target)?;
    let files = [("--expect", &args.expect), ("--rat-excludes", &args.rat_excludes)];
    let files = files.into_iter().filter_map(|(option, file)| Some((option, file.as_ref()?.to_string_lossy())));
    for (option, place) in files.chain(args.keys.iter().map(|keys| ("--keys", keys.into()))) {
        own_word::refuse(option, &place, &target)?;
    }
    let beside = args.keys.as_ref().and_then(|keys| own_word::beside(keys, &target));
    // What is wrong with them is said before anything is downloaded.
    let known = match (&args.keys, &subject.product) {
        (Some(place), _) => Some(keys(environment, place, None)?),
        (None, product) => product.as_ref().map(|product| keys_of(environment, product)).transpose()?,
    };
    let here = target.bring(environment)?;
    let listing = here.listing()?;
    let subject = subject.of_files(environment, &listing.files)?;
    let keys = match (known, &subject.product) {
        (Some(keys), _) => keys,
        (None, Some(product)) => keys_of(environment, product)?,
        (None, None) => {
            return Err(CommandError::usage(
                "no keys are named, and no product of release-config/ has such files",
                "--keys names the project's KEYS: a file, or https://downloads.apache.org/PROJECT/KEYS; one that comes with the candidate proves nothing",
            ));
        }
    };
    let mut found = verify(environment, args, &subject, &keys, &here, listing)?;
    found.whole.extend(beside);
    let target = hide_login(&subject.target);
    Ok(Report::new(&target, found.files, found.whole, found.bytes, begun.elapsed()).with_digests(&found.digests))
}

fn verify(
    environment: &Environment,
    args: &Args,
    subject: &Subject,
    keys: &KeyRing,
    here: &Here,
    listing: Listing,
) -> Result<CandidateFindings, CommandError> {
    let Listing { files, scope, notes } = listing;
    let mut rules = subject.rules(&files)?.with_r_packages(here.place(), &files);
    if let Some(file) = &args.rat_excludes {
        rules.rat_excludes = rat_excludes(file)?;
    }
    let against =
        Against { keys, expect: subject.expect.as_ref(), limits: limits(&args.limits), now: Timestamp::now(), scope };
    let count = FileCount::begin(environment.ui, "verifying");
    let progress = |name: &str, bytes| {
        count.bytes(name, bytes);
        count.file(name);
    };
    let mut found = rules.verify(here.place(), &files, &against, &progress);
    found.whole.extend(notes);
    found.whole.extend(rules.rat_excludes.unread());
    found.whole.extend(subject.beside_the_files(&files, scope));
    let named = args.source_tag.clone().zip(args.repo.clone());
    let mut commit = None;
    if let Some((tag, repository)) = named.or_else(|| subject.tag.clone()) {
        let left_out = LeftOut::of(subject.product.as_ref(), &args.exclude)?;
        let place = (tag.as_str(), repository.as_str());
        commit = tag::check(environment.ui, &left_out, &rules, &against, place, here, &mut found)?;
    } else {
        let unnamed = "no tag was named by --source-tag, so the source archive was not held against the repository";
        found.whole.push(Finding::skip("source-tag", subject.untagged.as_deref().unwrap_or(unnamed)));
    }
    if let Some(manifest) = &subject.expect {
        let (product, version) =
            (subject.product.as_ref().map(|product| product.id.as_str()), rules.version.as_deref());
        let known = Known { product, version, commit: commit.as_deref(), candidate: args.candidate };
        found.whole.extend(manifest.held_against(&known));
    }
    Ok(found)
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

/// The keys where a product's configuration says.
fn keys_of(environment: &Environment, product: &Product) -> Result<KeyRing, CommandError> {
    keys(environment, &product.svn.keys, product.svn.ca.as_deref().map(Path::new))
}

/// The keys at an address, whose server may have a certificate authority of its own, or in a file.
fn keys(environment: &Environment, place: &str, authority: Option<&Path>) -> Result<KeyRing, CommandError> {
    let bytes = read_keys(environment.ui, place, authority)?;
    let parsed = KeyRing::parse(&bytes).map_err(|error| format!("{}: {}", hide_login(place), chain(&error)));
    parsed.map_err(|what| CommandError::usage(what, "`quorate keys check` says what is wrong with a KEYS file"))
}

fn limits(args: &LimitArgs) -> Limits {
    let usual = Limits::default();
    Limits {
        total_bytes: args.max_unpacked.unwrap_or(usual.total_bytes),
        entry_bytes: args.max_unpacked.map_or(usual.entry_bytes, |most| most.min(usual.entry_bytes)),
        entries: args.max_entries.unwrap_or(usual.entries),
        ratio: args.max_ratio.unwrap_or(usual.ratio),
        nesting: args.max_nesting.map_or(usual.nesting, usize::from),
        ..usual
    }
}
