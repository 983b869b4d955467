// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Asking the person whether something is meant.

use std::io::{BufRead, IsTerminal, Write, stderr, stdin};

use crate::error::CliError;

/// Whether the person at the terminal says yes to a question.
///
/// # Errors
/// When there is none, with what `would` be done.
pub(crate) fn confirmed(question: &str, would: &str) -> Result<bool, CliError> {
    if !stdin().is_terminal() || !stderr().is_terminal() {
        return Err(CliError::Unconfirmed { what: would.to_owned() });
    }
    Ok(asked(question, &mut stdin().lock(), &mut stderr().lock()))
}

/// Whether the answer is yes; whoever says nothing does not.
fn asked(question: &str, answers: &mut impl BufRead, questions: &mut impl Write) -> bool {
    let mut answer = String::new();
    let heard = write!(questions, "{question} [y/N] ")
        .and_then(|()| questions.flush())
        .and_then(|()| answers.read_line(&mut answer));
    heard.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_a_yes() {
        let asked = |answer: &str| {
            let mut questions = Vec::new();
            let is_yes = asked("drop 2 dead letters?", &mut answer.as_bytes(), &mut questions);
            assert_eq!(questions, b"drop 2 dead letters? [y/N] ");
            is_yes
        };
        assert!(asked("y\n") && asked(" YES \n"));
        assert!(!asked("n\n") && !asked("\n") && !asked("") && !asked("yesterday\n"));
    }
}
