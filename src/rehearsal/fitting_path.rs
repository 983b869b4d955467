// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A path for what is made up, where the configuration has a glob.

/// A path that fits the glob: what stands for any directories is left out, what stands for
/// any name is `example`, and of `{a,b}` it is the first.
pub(super) fn fitting_path(glob: &str) -> String {
    let mut path = String::new();
    let mut rest = glob;
    while let Some((before, inside)) = rest.split_once('{') {
        path.push_str(before);
        let (choices, after) = inside.split_once('}').unwrap_or((inside, ""));
        path.push_str(choices.split(',').next().unwrap_or_default());
        rest = after;
    }
    path.push_str(rest);
    path.replace("**/", "").replace("**", "*").replace('*', "example").replace('?', "x")
}

#[cfg(test)]
mod tests {
    use globset::GlobBuilder;

    use super::*;

    #[test]
    fn fits_its_glob() {
        for glob in [
            "pom.xml",
            "**/pom.xml",
            "python/**/{requirements.txt,setup.py}",
            "**/*.{md,txt}",
            "docs/?/*-{a,b}",
            ".github/*.yml",
            "tools/**",
        ] {
            let built = GlobBuilder::new(glob).literal_separator(true).build().unwrap();
            let path = fitting_path(glob);
            assert!(built.compile_matcher().is_match(&path), "{glob}: {path}");
            assert!(!path.contains(['*', '?']), "{glob}: {path}");
        }
        assert_eq!(fitting_path("python/**/{requirements.txt,setup.py}"), "python/requirements.txt");
    }
}
