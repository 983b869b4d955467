// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Mails that are forwarded: what stands below is another's, and may be a vote that the sender brings.

/// "---------- Forwarded message ---------"
pub(super) fn is_forwarded(line: &str) -> bool {
    const MARKS: [&str; 7] = [
        "forwarded message",
        "forwarded by",
        "weitergeleitete nachricht",
        "message transféré",
        "mensaje reenviado",
        "转发邮件",
        "转发的邮件",
    ];
    let lower = line.to_lowercase();
    MARKS.iter().any(|mark| lower.contains(mark))
}

#[cfg(test)]
mod tests {
    use crate::mail::reading::own_text::own_text;

    #[test]
    fn what_is_forwarded_may_be_brought() {
        let mail = |mark: &str| {
            format!(
                "FYI, see below.\n\n{mark}\nFrom: Cat Stevens <cat@example.org>\nDate: Tue, Mar 3, 2026\nSubject: Re: [VOTE]\nTo: Bob\n\n+1 (binding)\n"
            )
        };
        let forwarded = mail("---------- Forwarded message ---------");
        let own = own_text(&forwarded);
        assert!(own.doubtful.contains(&"+1 (binding)") && !own.lines.contains(&"+1 (binding)"), "{own:?}");
        let answered = mail("-----Original Message-----");
        assert!(own_text(&answered).doubtful.is_empty());
    }
}
