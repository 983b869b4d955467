// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Bad input is refused with one message that names the place or the value, what
//! was expected and what to do; nothing is written.

use std::fs;

use crate::user::{Place, User, VERSION, configuration};

/// What begins the release of the sample.
pub const START: [&str; 4] = ["start", VERSION, "--product", "sample"];

#[test]
fn a_version_is_three_numbers() {
    let user = User::looking();
    for (version, why) in [
        ("3.4", "a number is missing"),
        ("v3.4.0", "leave out the leading `v`"),
        ("3.4.0-SNAPSHOT", "a release is neither a snapshot nor a candidate"),
        ("3.4.0-rc1", "neither a snapshot nor a candidate"),
        ("3.4.0.1", "too many numbers"),
        ("3.four.0", "digits alone"),
        ("3.4.99999999999", "3.4.0"),
        ("", "3.4.0"),
        ("3.4.0 ", "digits alone"),
        ("٣.4.0", "digits alone"),
    ] {
        user.refused(2, &["start", version, "--product", "sample"], &[&format!("`{version}`"), "three numbers", why]);
        user.refused(2, &["rehearse", "--version", version], &[&format!("`{version}`"), why]);
    }
    user.refused(2, &["start"], &["<VERSION>"]);
}

#[test]
fn a_version_follows_on_what_the_clone_says() {
    let user = User::looking();
    let start = |version: &'static str| ["start", version, "--product", "sample"];
    for version in ["9.0.0", "1.3.0", "1.20.0"] {
        let says = [version, "`main`, which says 1.2-SNAPSHOT", "--any-version"];
        user.refused(2, &start(version), &says);
    }
    user.runs(0, &start("2.0.0"));
    user.runs(0, &[&start("9.0.0")[..], &["--any-version"]].concat());
    let doctor = user.run(&["doctor", "--release", "sample/9.0.0", "--offline"]);
    let said = doctor.out + &doctor.err;
    assert!(said.contains("9.0.0 does not follow on `main`, which says 1.2-SNAPSHOT"), "{said}");
    let doctor = user.run(&["doctor", "--release", "sample/2.0.0", "--offline"]);
    assert!(!(doctor.out + &doctor.err).contains("does not follow on"));
}

#[test]
fn where_no_product_is_named_the_clone_tells_it_or_those_there_are_are_listed() {
    let user = User::looking();
    let other = user.path("other");
    git2::Repository::init(&other).unwrap().remote("origin", "https://git.example.org/ann/other.git").unwrap();
    user.refused(
        2,
        &["start", VERSION, "--repo", &other.display().to_string()],
        &[
            "No product has its repository at git.example.org/ann/other",
            "--product: flink, flink-connector-kafka, flink-statefun, quorate, sample",
        ],
    );
    let ran = user.runs(0, &["start", VERSION]);
    assert!(ran.err.contains("The release of sample"), "{}", ran.err);
}

#[test]
fn a_short_vote_is_recorded_with_a_warning() {
    let user = User::looking();
    let product = user.place.world.configuration(&configuration()).unwrap();
    let short = product.replacen("vote_hours = 72", "vote_hours = 24", 1);
    assert_ne!(product, short);
    user.put("assets/release-config/sample.toml", &short);
    let ran = user.runs(0, &START);
    assert!(ran.err.contains("warning: waits.vote_hours = 24") && ran.err.contains("72 hours"), "{}", ran.err);
}

#[test]
fn a_candidate_without_its_number_is_refused() {
    let user = User::looking();
    let product = user.place.world.configuration(&configuration()).unwrap();
    let branch = "candidate_branch = \"release-{{ version }}";
    let without =
        product.replacen(&format!("{branch}-rc{{{{ candidate.number }}}}"), &format!("{branch}-candidate"), 1);
    assert_ne!(product, without);
    user.put("assets/release-config/sample.toml", &without);
    user.refused(2, &START, &["git.candidate_branch", "the candidate's number in it"]);
}

#[test]
fn an_unknown_product_or_workflow_is_refused_with_those_there_are() {
    let user = User::looking();
    user.put("assets/workflows/mine.toml", "");
    let start = |more: [&'static str; 2]| ["start", VERSION, more[0], more[1]];
    user.refused(
        2,
        &start(["--product", "smaple"]),
        &["there is no product `smaple`", "flink-statefun, quorate, sample"],
    );
    user.refused(2, &start(["--product", "../sample"]), &["there is no product `../sample`"]);
    let workflow = ["start", VERSION, "--product", "sample", "--workflow", "relaese"];
    user.refused(2, &workflow, &["there is no workflow `relaese`", "mine, release"]);
    let keep = user.path("world").display().to_string();
    user.refused(2, &["rehearse", "--keep", &keep, "--to", "bild"], &["--to bild", "decide, prepare, build"]);
    user.refused(2, &["rehearse", "--product", "smaple"], &["there is no product `smaple`"]);
    user.refused(2, &["--assets", "/nowhere/at/all", "status"], &["/nowhere/at/all", "no such directory"]);
}

#[test]
fn an_option_or_variable_that_is_empty_is_refused_by_its_name() {
    for (option, variable) in
        [("--release", "QUORATE_RELEASE"), ("--assets", "QUORATE_ASSETS"), ("--state", "QUORATE_STATE")]
    {
        let user = User::looking().with(variable, "");
        user.refused(2, &["status"], &[option, variable, "is empty"]);
    }
}

/// The branch of a series may start at an earlier commit than the main branch's tip.
#[test]
fn a_chosen_commit_is_one_of_the_main_branch_and_is_recorded() {
    let user = User::looking();
    let clone = git2::Repository::open(user.place.world.clone_path()).unwrap();
    let tip = clone.revparse_single("refs/remotes/origin/main").unwrap().id().to_string();
    let with = |commit: &str| {
        [&START[..], &["--commit", commit]].concat().iter().map(|&word| word.to_owned()).collect::<Vec<_>>()
    };
    let refused = |commit: &str, says: &str| {
        let words = with(commit);
        user.refused(2, &words.iter().map(String::as_str).collect::<Vec<_>>(), &["--commit", says]);
        assert!(!user.path("state").exists());
    };
    refused("0123456789", "there is no such commit in the clone");
    let me = git2::Signature::now("Ann Example", "ann@example.org").unwrap();
    let tree = clone.find_tree(clone.treebuilder(None).unwrap().write().unwrap()).unwrap();
    let elsewhere = clone.commit(None, &me, &me, "elsewhere", &tree, &[]).unwrap().to_string();
    refused(&elsewhere, "is not in origin/main");
    let words = with(&tip[..12]);
    user.runs(0, &words.iter().map(String::as_str).collect::<Vec<_>>());
    let plan = user.runs(0, &["plan"]).out;
    let said: String = plan.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(&format!("Creates the branch release-1.2 at {tip}")), "{plan}");
    assert!(said.contains(&format!("from {tip}, to see that the release build works")), "{plan}");
}

#[test]
fn a_note_that_a_mail_could_not_carry_is_refused_when_it_is_given() {
    let user = User::looking().started();
    let long = format!("{} is why", "x".repeat(100));
    for (note, says) in [
        (long.as_str(), "columns"),
        ("TODO: say why", "`TODO` is left over"),
        ("<b>Now</b>", "HTML"),
        ("‹why›", "fill in"),
    ] {
        let attest = ["attest", "make-the-case", "--note", note];
        user.refused(2, &attest, &["make-the-case", "propose-release", says, "nothing was recorded"]);
    }
    user.runs(0, &["attest", "make-the-case", "--note", "See [1] and NOTES[0].\nFrom x: many wishes"]);
    let plan = user.runs(0, &["plan", "--json"]).json();
    let of_step = |item: &&serde_json::Value| item["id"] == "propose-release";
    let items = plan["items"].as_array().unwrap();
    let mail = items.iter().find(of_step).unwrap()["document"].as_str().unwrap();
    assert!(mail.contains("\n\nSee (1) and NOTES(0).\n\nFrom x: many wishes\n\n"), "{mail}");
}

#[test]
fn a_usage_line_asks_for_nothing_that_the_environment_gives() {
    let user = User::looking();
    let ran =
        user.refused(2, &["attest", "make-the-case"], &["--note <TEXT>", "attest [OPTIONS] --note <TEXT> <STEP>"]);
    assert!(!ran.err.contains("--state <DIR>") && !ran.err.contains("--assets <DIR>"), "{}", ran.err);
    user.refused(2, &["rehearse", "--to", "build"], &["--to needs --keep", "goes on"]);
}

#[test]
fn a_shallow_clone_is_not_rehearsed_with_and_the_way_out_is_said() {
    let user = User::looking();
    let shallow = user.path("shallow").display().to_string();
    let remote = format!("file://{}", user.place.world.remote().display());
    let cloned =
        std::process::Command::new("git").args(["clone", "--quiet", "--depth=1", &remote, &shallow]).output().unwrap();
    assert!(cloned.status.success(), "{}", String::from_utf8_lossy(&cloned.stderr));
    let arguments = ["rehearse", "--product", "sample", "--version", VERSION, "--repo", &shallow];
    let wanted = format!("git -C {shallow} fetch --unshallow");
    user.refused(2, &arguments, &["this clone is shallow", &wanted]);
}

#[test]
fn a_token_that_cannot_be_one_is_refused_by_its_name() {
    let user = User::looking().with("QUORATE_NPM_TOKEN", "s3c\r\nret");
    let ran = user.refused(2, &["status"], &["QUORATE_NPM_TOKEN has a control character in it"]);
    assert!(!ran.err.contains("s3c") && !ran.err.contains("ret\n"), "{}", ran.err);
    let user = User::looking().with("QUORATE_NPM_TOKEN", "npm-s3cret\r\n");
    let ran = user.run(&["status"]);
    assert!(!ran.err.contains("QUORATE_NPM_TOKEN"), "what ends the line is no part of it: {}", ran.err);
}

#[test]
fn the_wrong_repository_is_refused() {
    let user = User::looking();
    let start = |path: &str| -> Vec<String> {
        ["start", VERSION, "--product", "sample", "--repo", path].map(str::to_owned).to_vec()
    };
    let refused = |path: &str, says: &[&str]| {
        let arguments = start(path);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        user.refused(2, &arguments, &[&[path], says].concat());
    };
    let plain = user.put("plain/file", "").parent().unwrap().display().to_string();
    refused(&plain, &["no git repository", "--repo"]);
    refused("/nowhere/at/all", &["no git repository"]);
    let git = |directory: &str, arguments: &[&str]| {
        let run = std::process::Command::new("git").arg("-C").arg(directory).args(arguments).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    };
    git(&plain, &["init", "--quiet", "--initial-branch=main"]);
    refused(
        &plain,
        &["no remote `origin`", "https://git.example.org/greeter"]
            .map(|s| if s.starts_with("https") { "clone of" } else { s }),
    );
    let other = user.path("other").display().to_string();
    let remote = user.place.world.remote().display().to_string();
    git(&plain, &["clone", "--quiet", &remote, &other]);
    git(&other, &["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "rm", "--quiet", "pom.xml"]);
    git(&other, &["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "--quiet", "--message=no"]);
    git(&other, &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    refused(&other, &["no repository of `sample`", "pom.xml", "no such file", "--product"]);
    git(&other, &["update-ref", "-d", "refs/remotes/origin/main"]);
    refused(&other, &["no branch `main` of `origin`", "git fetch origin"]);
    // A fork on the official repository's server; the remote that is meant is named.
    let text = fs::read_to_string(user.path("assets/release-config/sample.toml")).unwrap();
    let git_part = text.split("\n[git]\n").nth(1).unwrap();
    let url = git_part.lines().find_map(|line| line.strip_prefix("url = ")).unwrap().trim_matches('"').to_owned();
    let text = text.replacen(&format!("url = \"{url}\""), "url = \"https://git.example.org/apache/greeter\"", 1);
    user.put("assets/release-config/sample.toml", &text);
    git(&other, &["config", "remote.origin.url", "https://ann:s3cret@git.example.org/ann/greeter"]);
    refused(&other, &["its remote `origin` is git.example.org/ann/greeter", "git remote add upstream"]);
    git(&other, &["remote", "add", "official", "git@git.example.org:apache/greeter.git"]);
    refused(&other, &["what is pushed to a fork is not released", "git.remote = \"official\""]);
    git(&other, &["config", "remote.origin.url", "https://git.example.org/apache/greeter"]);
    git(&other, &["config", "remote.origin.pushurl", "git@git.example.org:ann/greeter.git"]);
    refused(&other, &["git.example.org/ann/greeter"]);
    let rehearse = ["rehearse", "--product", "sample", "--version", VERSION, "--repo"];
    user.refused(2, &[&rehearse[..], &[&plain]].concat(), &[&plain, "no branch `main`"]);
    user.refused(2, &[&rehearse[..], &["/nowhere"]].concat(), &["/nowhere", "no git repository"]);
    user.refused(2, &["rehearse", "--repo", &other], &["--repo needs --version"]);
}

#[test]
fn a_key_that_is_not_there_is_refused() {
    let user = User::looking();
    let short = &user.place.world.key[32..];
    let key = user.place.world.key.as_str();
    user.refused(2, &[&START[..], &["--key", short]].concat(), &[short, "short key ids are not taken", key]);
    user.refused(2, &[&START[..], &["--key", "nonsense"]].concat(), &["NONSENSE", key]);
    let gnupg = user.put("gnupg/x", "").parent().unwrap().to_owned();
    fs::remove_file(gnupg.join("x")).unwrap();
    fs::set_permissions(&gnupg, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let keyless = User::looking().with("GNUPGHOME", &gnupg.display().to_string());
    keyless.refused(2, &START, &["no secret key"]);
    let _ = quorate::services::OpenPgp::stop_agent(&gnupg);
}

#[test]
fn a_release_that_is_not_there_or_is_not_named_is_refused() {
    let user = User::looking();
    user.refused(2, &["status"], &["no release is under way", "quorate start"]);
    user.refused(2, &["--release", "sample/9.9.9", "status"], &["sample/9.9.9", "known: none"]);
    let user = user.started();
    user.refused(2, &START, &["recorded already", "quorate status"]);
    user.refused(2, &["--release", "sample/9.9.9", "status"], &["sample/9.9.9", "known: sample/1.2.0"]);
    user.runs(0, &["start", "1.3.0", "--product", "sample", "--any-version"]);
    for command in ["status", "plan", "log", "guide", "run"] {
        user.refused(2, &[command], &["several releases", "sample/1.2.0, sample/1.3.0", "--release"]);
    }
    user.runs(0, &["--release", "sample/1.3.0", "status"]);
}

#[test]
fn unknown_steps_and_phases_are_refused_by_every_command_that_takes_one() {
    let user = User::looking().started();
    let near = ["`make-the-cas`", "did you mean `make-the-case`?"];
    user.refused(2, &["run", "make-the-cas"], &near);
    user.refused(2, &["run", "make-the-cas", "--execute"], &near);
    user.refused(2, &["attest", "make-the-cas", "--note", "x"], &near);
    user.refused(2, &["skip", "make-the-cas", "--why", "x"], &near);
    user.refused(2, &["undo", "make-the-cas"], &near);
    user.refused(2, &["run", "make-the-cas", "--again", "--why", "x", "--execute"], &near);
    user.refused(2, &["log", "--step", "make-the-cas"], &["make-the-cas"]);
    user.refused(2, &["run", "prepare"], &["`prepare` is a phase", "--to prepare"]);
    user.refused(
        2,
        &["run", "track-release-branch", "--execute"],
        &["does not apply now", "it does for bugfix releases only"],
    );
    user.refused(2, &["run", "--to", "bild"], &["--to bild", "decide, prepare, build"]);
    user.refused(2, &["run", "--to", "bild", "--execute"], &["--to bild", "decide, prepare, build"]);
    user.refused(2, &["run", "propose-release", "--execute"], &["propose-release", "after make-the-case"]);
    user.refused(2, &["attest", "propose-release", "--note", "x"], &["propose-release", "after make-the-case"]);
    user.refused(2, &["attest", "choose-key", "--note", "x"], &["choose-key", "`prepare` is not at work"]);
    user.refused(2, &["undo", "make-the-case"], &["make-the-case", "not done"]);
    user.refused(2, &["run", "make-the-case", "--again", "--why", "x", "--execute"], &["not attempted"]);
    user.refused(2, &["cancel-candidate", "--why", "x", "--execute", "--confirm", VERSION], &["has not begun"]);
}

#[test]
fn what_must_be_said_must_not_be_empty() {
    let user = User::looking().started();
    user.refused(2, &["attest", "make-the-case"], &["--note"]);
    user.refused(2, &["attest", "make-the-case", "--note", "  "], &["--note is empty"]);
    user.refused(2, &["skip", "make-the-case", "--why", ""], &["--why is empty"]);
    user.refused(2, &["run", "--again"], &["STEP"]);
    user.refused(2, &["vote", "enter"], &["no votes were given", "--nobody"]);
    user.refused(2, &["vote", "enter", "--nobody"], &["not open", "send-vote"]);
}

#[test]
fn consent_names_the_version_of_this_release() {
    let user = User::looking().started();
    user.refused(2, &["run", "--execute", "--confirm", "1.2.1"], &["--confirm 1.2.1", "1.2.0"]);
    user.refused(2, &["run", "--confirm", VERSION], &["--execute"]);
    user.refused(2, &["cancel-candidate", "--why", "x", "--execute", "--confirm", "1.2"], &["--confirm", "1.2.0"]);
}

#[test]
fn half_an_account_is_refused_and_no_secret_is_said() {
    for (set, unset) in [
        ("QUORATE_SVN_USER", "QUORATE_SVN_PASSWORD"),
        ("QUORATE_SVN_PASSWORD", "QUORATE_SVN_USER"),
        ("QUORATE_SMTP_USER", "QUORATE_SMTP_PASSWORD"),
        ("QUORATE_SMTP_PASSWORD", "QUORATE_SMTP_USER"),
    ] {
        let user = User::looking().with(set, "hunter2");
        let ran = user.refused(2, &["status"], &[set, unset, "set both or neither"]);
        assert!(!ran.err.contains("hunter2"), "{}", ran.err);
    }
}

#[test]
fn a_rehearsal_builds_in_no_directory_of_somebody_else() {
    let user = User::looking();
    let foreign = user.put("foreign/letter.txt", "mine").parent().unwrap().display().to_string();
    user.refused(2, &["rehearse", "--keep", &foreign], &[&foreign, "not empty", "letter.txt", "new or an empty"]);
    let file = user.put("file", "").display().to_string();
    user.refused(2, &["rehearse", "--keep", &file], &[&file]);
}

#[test]
fn a_rehearsal_goes_on_with_the_options_it_was_made_with() {
    let user = User::looking();
    let world = user.place.path().display().to_string();
    let refused = |more: &[&str]| {
        user.refused(
            2,
            &[&["rehearse", "--keep", &world], more].concat(),
            &[&world, "another rehearsal: sample 1.2.0", "same options"],
        );
    };
    refused(&["--fail-first-candidate"]);
    refused(&["--version", "1.3.0"]);
    let clone = user.place.world.clone_path().display().to_string();
    refused(&["--repo", &clone, "--product", "sample", "--version", VERSION]);
}

#[test]
fn a_rehearsal_is_taken_up_by_its_directory_alone() {
    let user = User::looking();
    let world = user.path("other").display().to_string();
    let keep = ["rehearse", "--stand-ins", "--keep", &world, "--to", "decide", "--json"];
    let made = ["--product", "quorate", "--version", "2.4.0", "--fail-first-candidate"];
    let first = user.runs(0, &[&keep[..], &made].concat());
    assert!(first.err.contains("Making a world in"), "{}", first.err);
    let again = user.runs(0, &keep);
    assert!(again.err.contains("Going on with the rehearsal in"), "{}", again.err);
    let of = |ran: &crate::user::Ran| ["product", "version"].map(|field| ran.json()["status"][field].clone());
    assert_eq!(of(&again), ["quorate", "2.4.0"]);
    assert_eq!(of(&first), of(&again));
    user.refused(2, &[&keep[..], &["--version", "2.5.0"]].concat(), &["another rehearsal: quorate 2.4.0"]);
}

#[test]
fn without_a_terminal_and_without_execute_nothing_is_done() {
    let user = User::looking().started();
    let before = user.listing();
    let ran = user.runs(0, &["run"]);
    assert!(ran.out.contains("make-the-case") && ran.err.contains("Nothing was done"), "{}{}", ran.out, ran.err);
    let ran = user.runs(0, &["run", "make-the-case"]);
    assert!(ran.out.contains("make-the-case") && !ran.out.contains("propose-release"), "{}", ran.out);
    assert_eq!(user.listing(), before, "a plan wrote something");
    user.runs(0, &["attest", "make-the-case", "--note", "x"]);
    let before = user.listing();
    let ran = user.runs(3, &["run", "--execute"]);
    assert!(ran.err.contains("propose-release") && ran.err.contains("--confirm 1.2.0"), "{}", ran.err);
    assert_eq!(user.listing(), before, "what is public was begun without consent");
    let end: serde_json::Value = serde_json::from_str(&user.runs(3, &["run", "--execute", "--json"]).out).unwrap();
    assert_eq!((&end["outcome"], &end["pending"][0]["kind"]), (&"pending".into(), &"person".into()), "{end}");
    assert_eq!(end["pending"][0]["id"], "propose-release");
    let plan: serde_json::Value = serde_json::from_str(&user.runs(0, &["run", "--json"]).out).unwrap();
    assert_eq!(plan, serde_json::from_str::<serde_json::Value>(&user.runs(0, &["plan", "--json"]).out).unwrap());
}

#[test]
fn unknown_commands_and_options_are_refused() {
    let user = User::looking();
    user.refused(2, &["relase"], &["relase"]);
    user.refused(2, &["status", "--jsno"], &["--jsno", "--json"]);
    user.refused(2, &["completions", "tcsh"], &["tcsh", "bash"]);
    let file = user.put("pages", "").display().to_string();
    user.refused(2, &["man", &file], &[&file, "name a directory"]);
    drop(Place::shared());
}
