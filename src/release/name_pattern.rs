// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Names of files and patterns over names: `*.whl` is every wheel. A configuration may give a
//! pattern where a name is only known once the file is there.

use globset::GlobBuilder;

/// Whether `text` is a pattern over names, and no name.
pub fn is_name_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// Whether `wanted`, a name or a pattern, means the file `name`.
pub fn means_file(wanted: &str, name: &str) -> bool {
    let fits = || {
        GlobBuilder::new(wanted).literal_separator(true).build().is_ok_and(|glob| glob.compile_matcher().is_match(name))
    };
    wanted == name || (is_name_pattern(wanted) && fits())
}

/// Those of `names` that `wanted`, names and patterns, mean, each once and in the order of
/// `wanted`. Of what means none of them the text itself stays, so that it is missed.
pub fn meant_files<'a>(wanted: &[String], names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<&str> = names.into_iter().collect();
    let mut meant: Vec<String> = Vec::new();
    for one in wanted {
        let mut found: Vec<&str> = names.iter().copied().filter(|name| means_file(one, name)).collect();
        found.sort_unstable();
        if found.is_empty() {
            found.push(one);
        }
        for name in found {
            if !meant.iter().any(|before| before == name) {
                meant.push(name.to_owned());
            }
        }
    }
    meant
}

/// A path that fits the glob: what stands for any directories is left out, what stands for
/// any name is `example`, of `{a,b}` it is the first, and of `[ab]` too.
pub fn fitting_path(glob: &str) -> String {
    let mut path = String::new();
    let mut rest = glob;
    while let Some(at) = rest.find(['{', '[']) {
        let (before, inside) = rest.split_at(at);
        path.push_str(before);
        let (close, inside) = (if inside.starts_with('{') { '}' } else { ']' }, &inside[1..]);
        let (choices, after) = inside.split_once(close).unwrap_or((inside, ""));
        match close {
            '}' => path.push_str(choices.split(',').next().unwrap_or_default()),
            // what is none of these letters is another one
            _ if choices.starts_with(['!', '^']) => path.push('x'),
            _ => path.extend(choices.chars().next()),
        }
        rest = after;
    }
    path.push_str(rest);
    path.replace("**/", "").replace("**", "*").replace('*', "example").replace('?', "x")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_fits_fits_its_glob() {
        for glob in [
            "pom.xml",
            "**/pom.xml",
            "python/**/{requirements.txt,setup.py}",
            "**/*.{md,txt}",
            "docs/?/*-{a,b}",
            ".github/*.yml",
            "tools/**",
            "dist/apache[-_]demo-1.0.0.tar.gz",
            "demo-1.0.0-cp3[!0-9]-*.whl",
        ] {
            let built = GlobBuilder::new(glob).literal_separator(true).build().unwrap();
            let path = fitting_path(glob);
            assert!(built.compile_matcher().is_match(&path), "{glob}: {path}");
            assert!(!is_name_pattern(&path), "{glob}: {path}");
        }
        assert_eq!(fitting_path("python/**/{requirements.txt,setup.py}"), "python/requirements.txt");
    }

    #[test]
    fn a_name_means_itself_and_a_pattern_each_name_that_fits() {
        let names = ["demo-1.0.0.tar.gz", "demo-1.0.0-cp39-b.whl", "demo-1.0.0-cp39-a.whl"];
        let meant = |wanted: &[&str]| {
            meant_files(&wanted.iter().map(|&text| text.to_owned()).collect::<Vec<_>>(), names).join(" ")
        };
        assert_eq!(meant(&["demo-1.0.0.tar.gz"]), "demo-1.0.0.tar.gz");
        assert_eq!(meant(&["demo-*-cp39-*.whl"]), "demo-1.0.0-cp39-a.whl demo-1.0.0-cp39-b.whl");
        assert_eq!(meant(&["*.whl", "*-a.whl"]), "demo-1.0.0-cp39-a.whl demo-1.0.0-cp39-b.whl", "each once");
        assert_eq!(meant(&["*-cp40-*.whl", "x"]), "*-cp40-*.whl x", "what is missing is missed by its own text");
        assert!(!means_file("*.whl", "dist/demo.whl"), "over names");
        assert!(!means_file("[", "x"), "no glob means nothing");
    }
}
