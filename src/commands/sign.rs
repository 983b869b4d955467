// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate sign`: detached, armored signatures beside files.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::CommandError;
use super::environment::Environment;
use super::hash::refuse_link;
use super::identity::signing_key;
use crate::release::stands_beside;
use crate::services::{Effects, OpenPgp, OpenPgpError, Verdict};
use crate::ui::{ExitCode, Waiting};
use crate::verify::Status;
use crate::verify::signature::{Caution, FurtherDigests, KeyRing, Reading, SignatureFile, Verdict as Judged};

/// Signs files: FILE.asc is written beside each.
///
/// The signature is detached and armored, by the key that you name or the one that
/// you have, through your agent. A signature that is there and good is left as it is;
/// one that is not is replaced only with --force. A key whose signatures `quorate verify` refuses
/// signs nothing. Signatures and digests among the files
/// are left out.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The full fingerprint of your signing key; else git's user.signingkey, else
    /// your only secret key.
    #[arg(long, value_name = "FINGERPRINT")]
    key: Option<String>,
    /// Replace signatures that do not hold.
    #[arg(long)]
    force: bool,
}

const HOW_TO_SIGN: &str = "sign by a key of RSA 4096 or Ed25519 that is in KEYS; where the key is such a one, gpg.conf says how \
                           signatures are made: look there for digest-algo, textmode, default-sig-expire, sig-notation";

/// The most that a signature may have, in bytes.
const SIGNATURE_BYTES: u64 = 1 << 20;

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    for path in &args.files {
        if !path.is_file() {
            return Err(CommandError::usage(format!("{} is no file", path.display()), "name the files to be signed"));
        }
    }
    let files: Vec<&PathBuf> = args.files.iter().filter(|path| !stands_beside(&path.to_string_lossy())).collect();
    for path in args.files.iter().filter(|path| stands_beside(&path.to_string_lossy())) {
        environment.ui.warn(&format!("{} stands beside an artifact, and is not signed itself", path.display()));
    }
    if files.is_empty() {
        return Err(CommandError::usage(
            "there is nothing to be signed",
            "name the artifacts: signatures and digests are not signed",
        ));
    }
    let here = std::env::current_dir().unwrap_or_default();
    let key = signing_key(environment, &here, args.key.as_deref())?;
    let openpgp = OpenPgp::new(environment.accounts.gnupg_home.clone(), &key, Effects::unwatched());
    for path in files {
        let mut target = path.as_os_str().to_owned();
        target.push(".asc");
        let target = PathBuf::from(target);
        refuse_link(&target)?;
        let fail = |error: OpenPgpError| CommandError::from_error(ExitCode::Service, &error, error.hint());
        let own = own_key(&openpgp)?;
        if let Some(present) = present(&target)? {
            let why = match openpgp.verify_file(&present, path).map_err(fail)? {
                Verdict::Good { .. } => refusal(&own, &present, path)?,
                Verdict::Bad { why } => Some(why),
            };
            let Some(why) = why else {
                environment.ui.say(&format!("{} holds already", target.display()));
                continue;
            };
            if !args.force {
                let what = format!("{} is there, and is no good signature of {}", target.display(), path.display());
                let hint = "look at it; --force replaces it";
                return Err(CommandError::new(ExitCode::Conflict, format!("{what} by your key: {why}"), hint));
            }
        }
        let _waiting = Waiting::begin(environment.ui, &format!("signing {}", path.display()));
        let signature = openpgp.sign_file(path).map_err(fail)?;
        if let Some(why) = refusal(&own, signature.as_bytes(), path)? {
            let what = format!("no release can be signed so by key {key}, and nothing was written: {why}");
            return Err(CommandError::usage(what, HOW_TO_SIGN));
        }
        fs::write(&target, signature).map_err(|error| {
            CommandError::new(
                ExitCode::Service,
                format!("cannot write {}: {error}", target.display()),
                "make its directory writable",
            )
        })?;
        environment.ui.say(&format!("wrote {}", target.display()));
    }
    Ok(ExitCode::Done)
}

/// The key as everybody sees it who has only KEYS.
fn own_key(openpgp: &OpenPgp) -> Result<KeyRing, CommandError> {
    let block = openpgp.export_armored();
    let block = block.map_err(|error| CommandError::from_error(ExitCode::Service, &error, error.hint()))?;
    KeyRing::parse(block.as_bytes()).map_err(|error| {
        let what = format!("your key is none that signatures are verified by: {error}");
        CommandError::usage(what, "`gpg --export --armor` shows it, `quorate keys check` looks it over")
    })
}

/// Why `quorate verify` would refuse `signature` over the file at `path`, by a KEYS with the key `own`.
fn refusal(own: &KeyRing, signature: &[u8], path: &Path) -> Result<Option<String>, CommandError> {
    let file = SignatureFile::parse(signature);
    let read = fs::File::open(path).and_then(|bytes| Reading::of(bytes, Some(&file), FurtherDigests::default()));
    let reading = read.map_err(|error| {
        CommandError::usage(format!("cannot read {}: {error}", path.display()), "name files that are yours to read")
    })?;
    let report = own.verify(&file, &reading, Timestamp::now());
    if !report.passed() {
        let faults = report.findings().into_iter().filter(|finding| finding.status == Status::Fail);
        return Ok(Some(faults.map(|finding| finding.detail).collect::<Vec<_>>().join("; ")));
    }
    // it holds today, for this program: others may read line ends otherwise, and downloads are verified for years
    let cautions = report.signatures.into_iter().filter_map(|signature| match signature.verdict {
        Judged::Good(cautions) => Some(cautions),
        _ => None,
    });
    let lasting = |caution: &Caution| !matches!(caution, Caution::TextMode | Caution::Until(_));
    let passing: Vec<String> =
        cautions.flatten().filter(|caution| !lasting(caution)).map(|caution| caution.to_string()).collect();
    Ok((!passing.is_empty()).then(|| passing.join("; ")))
}

/// What is at the place of a signature, whatever it is.
///
/// # Errors
/// When something is there that is not read: it is not written over unseen.
fn present(target: &Path) -> Result<Option<Vec<u8>>, CommandError> {
    let unread = |why: String| {
        let what = format!("{} is there, and cannot be looked at: {why}", target.display());
        CommandError::new(ExitCode::Conflict, what, "move it away, and sign again")
    };
    match fs::metadata(target) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unread(error.to_string())),
        Ok(data) if !data.is_file() => return Err(unread("it is no regular file".to_owned())),
        Ok(data) if data.len() > SIGNATURE_BYTES => return Err(unread("it is larger than any signature".to_owned())),
        Ok(_) => {}
    }
    fs::read(target).map(Some).map_err(|error| unread(error.to_string()))
}
