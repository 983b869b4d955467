// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A table of values that end a sentence or stand alone: votes, and what is not known to be one.

use super::tests::values_are;

#[test]
fn values_of_something_else_are_not_counted() {
    values_are(
        "unclear",
        &[
            "retention.ms: -1",
            "default: -1",
            "Return value: -1",
            "Exit value: -1",
            "max.retries: -1|Is this right?",
            "The config says retries: -1",
            "Actual: -1",
            "Reactions: +1",
            "re: -1",
            "Dora: +1",
            "Bob Example: +1 (binding)",
            "@bob: +1",
            "foo (-1)",
            "Berlin (+1)",
            "Bob's vote (+1)",
            "Bob's veto (-1) stands",
            "for i in range(10, -1, -1):",
            "stdout:|-1",
            "It prints||    -1||which is wrong",
            "The output is:||-1||Is it expected?",
            "$ echo +1|+1",
            "Got this from the script:|-1",
            "Zed Example - +1",
            "my_func(3, -1, 2)",
            "The last line of the log was|-1|and then it hung.",
            "Retries (-1) is the default",
            "Actual value: +1",
            "Expected: 0|Actual: -1",
            "It logs:||    -1",
            "Offset: -1",
            "Exit status of the job: -1",
            "The metric reads (-1)",
            "The return code of the smoke test: -1",
            "Cleo, Dan: +1",
            "Cleo's take: +1",
            "WIDGET-12: +1",
            "Votes so far: +1",
            "Diff: -1",
            "Temperature (+1)",
            "Score: +1",
            "We tried Kafka (-1)",
            "It says:|-1",
            "This is what I get:||-1",
            "Output:|-1",
            "$ ./check.sh|-1",
            "parse(\"x\", -1)",
            "Counter went up (+1)",
            "karma: +1",
            "level -1",
            "Bob => +1",
            "Bob -> +1",
            "Bob - +1",
            "The script ended with|-1",
            "and printed||    +1",
            "\"retries\": -1,",
            "Ops team: +1",
            "Kafka: -1, Flink: +1",
            "Bob (+1), Cleo (+1)",
            "Thanks to Bob (+1) and Cleo (+1)",
        ],
    );
    values_are(
        "none",
        &["CET (+1)", "In my time zone (+1) it's late", "num_retries = -1", "vote=-1", "vote = -1", "retries=-1"],
    );
}

#[test]
fn values_below_a_line_that_names_them() {
    values_are(
        "unclear",
        &[
            "The response was:||-1||Is it known?",
            "The job ended with|-1",
            "$ cat result|+1",
            "Stderr:|-1",
            "It only logs||    -1||and stops.",
        ],
    );
    values_are(
        "+1",
        &[
            "Steps:||$ mvn verify||+1",
            "Hello all:||+1",
            "I tested these:||+1 (binding)",
            "My verdict:||+1",
            "Here goes:|+1",
            "Built from source|+1",
        ],
    );
}

#[test]
fn votes_at_the_end_of_a_sentence() {
    values_are(
        "+1",
        &[
            "didn't find anything wrong so +1",
            "Many thanks for driving this +1",
            "Thank you Cleo for managing the release +1",
            "Tested on Linux and Mac +1",
            "Another +1",
            "And another +1 :)",
            "Yet another +1",
            "+1 binding: sigs, hashes, build",
            "Please count this as a +1",
            "let me +1 this",
            "-[x] +1 approve",
            "+1=binding",
            "+1binding",
            "plus1",
            "--|+1 (binding)",
            "We didn't see a problem, hence +1",
            "Nothing is wrong therefore +1",
            "Compiled it with JDK 21 and ran the suite +1",
            "Please consider that as a +1",
            "[x] +1 approve [ ] -1 reject",
            "+1nb",
            "Was not able to find problems, thus +1",
            "Nothing looks off so +1",
            "Thx for the release +1",
            "Thank you all for the effort +1",
            "Installed and verified on Windows +1",
            "Reviewed the code and docs +1",
            "All checks are green +1",
            "Signatures match +1",
            "Here's another +1",
            "Please take this as a +1",
            "Please count that as +1",
            "let me also +1 this",
            "- [x] +1",
            "+1non-binding",
            "+1(nb)",
            "Own vote: +1",
            "I can't think of any reason to block this, hence +1",
            "It isn't perfect, so what, +1",
        ],
    );
    values_are(
        "-1",
        &[
            "I could not verify the signature so -1",
            "It does not compile so -1",
            "The NOTICE is wrong, thus -1 because of policy.",
            "I need to -1 this",
            "[ ] +1 approve [x] -1 because it fails",
            "The tests don't pass for me so -1, sorry",
            "-1non-binding",
            "Cannot build it so -1",
            "The hash doesn't match therefore -1",
            "The tests are not passing, hence -1 for the time being",
            "I wasn't able to verify the tag so I vote -1",
            "I have no choice but to -1 this",
            "I must -1 this",
            "The tarball does not contain the LICENSE so it's -1 from me",
            "-1binding",
            "[ ] +1 [ ] 0 [x] -1 broken",
        ],
    );
    values_are(
        "unclear",
        &[
            "from a user's point of view +1",
            "One more +1",
            "minus one: the build fails",
            "We are +1 at ExampleCorp",
            "Widget: +1|Widget Core: +0",
            "We need to -1 this",
            "Plus one: all good",
        ],
    );
}

#[test]
fn votes_stay_votes() {
    values_are(
        "+1",
        &[
            "Myself +1",
            "Voto +1",
            "Ditto +1",
            "+1 from a quick look",
            "+1 with the comments above",
            "Everything works as expected: +1",
            "Final verdict: +1",
            "Checked signatures and hashes (+1)",
            "I'm in favor of this (+1)",
            "Hi all:||+1",
            "Here is what I checked:|- hashes|- signatures||+1",
            "My vote:||+1",
            "I checked:|* sigs|* LICENSE||+1 (binding)",
            "Thanks for driving this|+1",
            "So my conclusion is:||+1",
            "Vote:|+1 (binding)",
            "+1 for Widget 1.2.3",
            "+1 to the candidate",
            "+1 on releasing it",
            "+1||The default: -1 is odd though.",
            "+1||I noticed that the index -1 is out of bounds in a log.",
            "+1||Dora: +1 looks good on your side?",
            "+1 (binding)||Verified:|retries: -1 works",
            "+1 after checking the signatures",
            "+1 after testing on Linux",
            "+1 - great work",
            "+1 to ship",
            "+1 for going ahead with this",
            "+1 for the third RC2",
            "no objections from my side: +1",
            "+1 naïve question: where are the docs?",
            "+1 I ran it for +1 hour",
        ],
    );
}
