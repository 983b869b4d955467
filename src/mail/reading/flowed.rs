// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Text that was sent as format=flowed (RFC 3676): soft line ends joined again.

/// `text` with its soft line ends joined, each paragraph one line, quotes behind `>` as before.
pub(super) fn unflowed(text: &str, delete_space: bool) -> String {
    let mut result = String::with_capacity(text.len());
    let mut open: Option<usize> = None;
    for line in text.split('\n') {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content);
        let signature = content == "-- ";
        let joins = open == Some(depth) && !signature;
        if !joins {
            if open.is_some() || !result.is_empty() {
                result.push('\n');
            }
            if depth > 0 {
                result.extend(std::iter::repeat_n('>', depth));
                result.push(' ');
            }
        }
        let soft = content.ends_with(' ') && !signature;
        result.push_str(if soft && delete_space { &content[..content.len() - 1] } else { content });
        open = soft.then_some(depth);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::unflowed;

    #[test]
    fn soft_ends_are_joined() {
        assert_eq!(unflowed("a \nb\nc\n> d \n> e\n-- \nsig", false), "a b\nc\n> d e\n-- \nsig");
        assert_eq!(unflowed("+1 (non- \nbinding)", true), "+1 (non-binding)");
    }
}
