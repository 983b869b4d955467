// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Waiting for a time and for people; what people are asked, and when.

use std::path::PathBuf;

use super::stage::{Scripted, Stage, in_the_way, later, refusal};
use crate::engine::{Answer, Event, Goal, Halt, JournalReader, Person, StepPreview};

const WAITING: &str = r#"
[[phase]]
id = "one"
title = "One"
step = [
  { id = "pause", title = "Pause", action = "wait", with = { hours = 72 }, effect = "local" },
  { id = "bob", title = "Bob", action = "wait-for", with = { fact = "bob" }, effect = "local" },
  { id = "tag", title = "Tag", action = "put", with = { facts = ["tag"], value = "1" }, effect = "local" },
  { id = "after", title = "After", action = "put", with = { facts = ["after"], value = "1" }, needs = ["pause", "bob"], effect = "local" },
]
"#;

#[test]
fn what_waits_does_not_hold_up_what_does_not_need_it() {
    let stage = Stage::new(WAITING);
    let until = "2027-01-18T08:00:00Z";
    let expected = [format!("pause: until {until}: votes may come in"), "bob: person: nobody has put bob".into()];
    assert_eq!(in_the_way(&stage.run()), expected);
    assert_eq!(stage.world.sorted_effects(), ["put tag"]);
    assert_eq!(stage.stands("pause"), "waiting (votes may come in)");
    let plan = stage.plan();
    assert_eq!(plan.step("pause").unwrap().until.map(|until| until.to_string()).as_deref(), Some(until));
    assert_eq!(plan.step("bob").unwrap().until, None);
    assert_eq!(plan.next, ["pause", "bob"]);

    let before = stage.entries().len();
    assert_eq!(in_the_way(&stage.run()), expected);
    assert_eq!(stage.entries().len(), before, "waiting on is not recorded again");

    stage.clock.forward(72);
    assert_eq!(in_the_way(&stage.run()), ["bob: person: nobody has put bob"]);
    stage.world.set("bob", "was here");
    assert!(matches!(stage.run(), Halt::Completed));
    assert_eq!(stage.tokens("pause").len(), 1, "it waited from its first intention on");
}

#[test]
fn a_clock_that_can_lets_the_time_pass() {
    let stage = Stage::new(WAITING);
    stage.clock.passes.set(true);
    assert_eq!(in_the_way(&stage.run()), ["bob: person: nobody has put bob"]);
    assert_eq!(stage.stands("pause"), "done");
}

#[test]
fn a_time_that_passed_in_vain_is_not_waited_for_again_and_again() {
    let stage = Stage::new(
        r#"
[[phase]]
id = "one"
title = "One"
step = [ { id = "bob", title = "Bob", action = "wait-for", with = { fact = "bob", stuck = true }, effect = "local" } ]
"#,
    );
    assert_eq!(in_the_way(&stage.run()), ["bob: until 2027-01-15T08:00:00Z: nobody has put bob"]);
}

const CONSENT: &str = r#"
[[phase]]
id = "one"
title = "One"
step = [
  { id = "choose", title = "Choose", person = true, question = "Chosen for {{ version }}?", commands = ["choose {{ version }}"], effect = "local", guide = "Choose **well**." },
  { id = "tag", title = "Tag", action = "put", with = { facts = ["tag"], value = "{{ version }}" }, effect = "public", guide = "Tag it." },
  { id = "last", title = "Last", action = "put", with = { facts = ["last"], value = "1" }, effect = "local" },
]
"#;

/// Looks into the journal whenever it is asked.
struct Watching {
    journal: PathBuf,
    seen: Vec<StepPreview>,
}

impl Watching {
    fn look(&mut self, item: &StepPreview) -> Answer {
        let entries = JournalReader::open(&self.journal).unwrap().entries;
        let about = entries.iter().filter(|entry| entry.step.as_ref() == Some(&item.id)).count();
        assert_eq!(about, 0, "{} is asked before anything is recorded of it", item.id);
        self.seen.push(item.clone());
        Answer::Yes { note: "yes".into() }
    }
}

impl Person for Watching {
    fn consent(&mut self, step: &StepPreview) -> Answer {
        self.look(step)
    }

    fn attest(&mut self, item: &StepPreview) -> Answer {
        self.look(item)
    }
}

#[test]
fn a_person_is_asked_before_the_intention_is_recorded_and_sees_what_will_happen() {
    let stage = Stage::new(CONSENT);
    let mut person = Watching { journal: stage.journal_path(), seen: Vec::new() };
    assert!(matches!(stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap(), Halt::Completed));
    let [choose, tag, last] = &person.seen[..] else { panic!("{:?}", person.seen) };
    assert_eq!((choose.question.as_str(), choose.commands[0].as_str()), ("Chosen for 1.0.0?", "choose 1.0.0"));
    assert_eq!((choose.guide.as_str(), choose.phase.as_str()), ("Choose **well**.", "One"));
    assert_eq!((tag.summary.as_str(), tag.document.as_deref()), ("Puts tag", Some("tag = 1.0.0")));
    assert_eq!(last.id, "last");
}

#[test]
fn a_person_who_puts_a_step_off_leaves_no_trace_and_the_others_go_on() {
    let stage = Stage::new(CONSENT);
    let mut person = Scripted::agreeable().answering("tag", later("needs --confirm 1.0.0"));
    let halt = stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap();
    assert_eq!(in_the_way(&halt), ["tag: person: needs --confirm 1.0.0"]);
    assert!(stage.events("tag").is_empty());
    assert_eq!(stage.world.sorted_effects(), ["put last"]);
    assert_eq!(stage.stands("tag"), "ready");
}

#[test]
fn a_person_who_stops_ends_the_run_at_once() {
    for (id, done) in [("choose", 0), ("tag", 0), ("last", 1)] {
        let stage = Stage::new(CONSENT);
        let mut person = Scripted::agreeable().answering(id, Answer::Stop);
        let halt = stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap();
        assert!(matches!(halt, Halt::Stopped));
        assert!(stage.events(id).is_empty(), "{id}");
        assert_eq!(stage.world.sorted_effects().len(), done, "{id}");
        let mut person = Scripted::agreeable().answering(id, Answer::Stop);
        let items = Goal::Items(vec![id.to_owned()]);
        assert!(matches!(stage.with(|driver| driver.advance(&items, &mut person)).unwrap(), Halt::Stopped));
        assert!(matches!(stage.run(), Halt::Completed));
    }
}

#[test]
fn the_note_of_an_attestation_is_recorded_with_who_gave_it() {
    let stage = Stage::new(CONSENT);
    stage.run();
    let entries = stage.entries();
    let attested = entries.iter().find(|entry| entry.step.as_deref() == Some("choose")).unwrap();
    assert_eq!(attested.event, Event::StepAttested { note: "Ann says so of choose".into() });
    assert_eq!(attested.who, "Ann Example <ann@example.org>");
}

const LINKED: &str = r#"
[[phase]]
id = "one"
title = "One"
step = [ { id = "propose", title = "Propose", person = true, note = "link", effect = "shared" } ]
check = [ { id = "proposed", title = "Proposed", question = "So?", note = "link" } ]
"#;

#[test]
fn a_note_whose_link_a_later_text_takes_holds_no_other() {
    let two = "merged in https://example.org/pull/9; https://example.org/post.html";
    let stage = Stage::new(LINKED);
    let (what, _) = refusal(stage.with(|driver| driver.attest("propose", two)));
    assert!(what.contains("one link alone"), "{what}");
    stage.with(|driver| driver.attest("propose", "https://example.org/1, that is (https://example.org/2)")).unwrap();
    // Where no text takes it there may be several.
    let several = LINKED.replace("question = \"So?\", note = \"link\"", "question = \"So?\", note = \"links\"");
    let stage = Stage::new(&several);
    stage.with(|driver| driver.attest("propose", "https://example.org/1")).unwrap();
    stage.with(|driver| driver.attest("proposed", two)).unwrap();
}

#[test]
fn a_note_that_a_later_text_needs_holds_a_link() {
    let yes = |note: &str| Answer::Yes { note: note.to_owned() };
    let (none, not_whole) = (
        "the note must hold a link (https://…)",
        "its link must be whole and stand by itself: `https://host.org/page`, without brackets or quotes",
    );
    for (vague, fault) in [
        ("ok fine", none),
        ("see http", none),
        ("https://", not_whole),
        ("https://x", not_whole),
        ("(https://example.org/1)", not_whole),
        ("[post](https://example.org/1)", not_whole),
    ] {
        let stage = Stage::new(LINKED);
        let (what, _) = refusal(stage.with(|driver| driver.attest("propose", vague)));
        assert_eq!(what, format!("cannot attest `propose`: {fault}"));
        let mut person = Scripted::agreeable().answering("propose", yes(vague));
        let halt = stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap();
        assert_eq!(in_the_way(&halt), [format!("propose: person: {fault}")]);
        assert!(stage.events("propose").is_empty());
        stage.with(|driver| driver.attest("propose", "it is https://example.org/1 by Ann")).unwrap();
        let mut person = Scripted::agreeable().answering("proposed", yes(vague));
        let halt = stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap();
        assert_eq!(in_the_way(&halt), [format!("proposed: person: {fault}")]);
        let mut person = Scripted::agreeable().answering("proposed", yes("https://example.org/1"));
        assert!(matches!(stage.with(|driver| driver.advance(&Goal::All, &mut person)).unwrap(), Halt::Completed));
    }
}
