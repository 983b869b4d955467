// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A text as a value of YAML, for whatever writes files that others read as YAML.

/// `text` in double quotes, such that every reader of YAML 1.1 and 1.2 reads the same text; on one
/// line.
pub fn yaml_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            letter if letter.is_control() || is_end_of_line(letter) => {
                quoted.push_str(&format!("\\U{:08X}", u32::from(letter)));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// YAML's further ends of lines, and the mark of the order of bytes.
fn is_end_of_line(letter: char) -> bool {
    matches!(letter, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use yaml_rust2::{Yaml, YamlLoader};

    use super::*;

    #[test]
    fn what_is_plain_stays_as_it_is() {
        assert_eq!(yaml_quoted("Greeter 1.2.0 & more, c'est ça"), "\"Greeter 1.2.0 & more, c'est ça\"");
        assert_eq!(yaml_quoted("a \"b\": \\c\n"), r#""a \"b\": \\c\n""#);
    }

    proptest! {
        #[test]
        fn a_reader_reads_the_same_text(text in "(?s).{0,40}") {
            let read = YamlLoader::load_from_str(&format!("a: {}\n", yaml_quoted(&text))).unwrap();
            prop_assert_eq!(&read[0]["a"], &Yaml::String(text));
        }
    }
}
