// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The pages on which web servers list a directory: mod_autoindex, mod_dav_svn, Nexus.
//! All are links; those that lead to something directly below the page count.

use html5gum::{Token, Tokenizer};
use reqwest::Url;

/// Where the page at `address` links to, in its order.
pub fn links(address: &Url, page: &str) -> Vec<Url> {
    Tokenizer::new(page)
        .flatten()
        .filter_map(|token| match token {
            Token::StartTag(tag) if *tag.name == b"a"[..] => {
                let (_, value) = tag.attributes.iter().find(|(name, _)| ***name == b"href"[..])?;
                Some(String::from_utf8_lossy(value).into_owned())
            }
            _ => None,
        })
        .filter_map(|link| address.join(&link).ok())
        .collect()
}

/// The files and directories (these with a slash at the end) that `page` links to and
/// that are directly in `directory`.
pub fn children(directory: &Url, page: &str) -> Vec<Url> {
    let mut found: Vec<Url> = links(directory, page)
        .into_iter()
        .filter(|url| url.query().is_none() && url.fragment().is_none())
        .filter(|url| {
            (url.scheme(), url.host(), url.port()) == (directory.scheme(), directory.host(), directory.port())
        })
        .filter(|url| {
            let below = url.path().strip_prefix(directory.path());
            below.is_some_and(|name| !name.is_empty() && !name.trim_end_matches('/').contains('/'))
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The path of `url` from `root`, unescaped; `None` where a name in it is none that a
/// file may have.
pub fn path_below(root: &Url, url: &Url) -> Option<String> {
    let below = url.path().strip_prefix(root.path())?;
    let names: Vec<String> = below.split('/').map(unescaped).collect::<Option<_>>()?;
    let good = |name: &String| {
        !matches!(name.as_str(), "" | "." | "..") && !name.chars().any(|sign| sign.is_control() || "/\\".contains(sign))
    };
    names.iter().all(good).then(|| names.join("/"))
}

fn unescaped(name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes().iter();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(page: &str) -> Vec<String> {
        let directory = Url::parse("https://dist.example.org/dev/x-1.0-rc1/").unwrap();
        children(&directory, page).iter().map(|url| url.as_str().replace(directory.as_str(), "")).collect()
    }

    #[test]
    fn what_is_directly_below_counts_whoever_made_the_page() {
        let autoindex = r#"<a href="?C=N;O=D">Name</a> <a href="/dev/">Parent</a>
            <a href="x-src.tgz">x-src.tgz</a><A HREF='x-src.tgz.asc'>sig</A> <a href="docs/">docs/</a>"#;
        assert_eq!(names(autoindex), ["docs/", "x-src.tgz", "x-src.tgz.asc"]);
        let nexus = r#"<a href="../">..</a><a href="https://dist.example.org/dev/x-1.0-rc1/a%2Bb.jar">a+b.jar</a>
            <a href="https://other.example.org/dev/x-1.0-rc1/c.jar">c</a> <a name="top">top</a> <a href='#top'>up</a>"#;
        assert_eq!(names(nexus), ["a%2Bb.jar"]);
        assert_eq!(names("<!-- <a href='hidden'> --> no <b>links</b>"), [""; 0]);
        assert_eq!(names("<a href='/dev/x-1.0-rc1/a/b.jar'>deeper</a><a href='./'>here</a>"), [""; 0]);
    }

    #[test]
    fn a_name_that_would_leave_the_directory_is_none() {
        let root = Url::parse("https://dist.example.org/dev/").unwrap();
        let path = |url: &str| path_below(&root, &Url::parse(url).unwrap());
        assert_eq!(path("https://dist.example.org/dev/a%2Bb/c%20d.jar").as_deref(), Some("a+b/c d.jar"));
        for name in ["%2e%2e%2fx", "a%2f..%2fx", "a%5Cb", "a%00b", "a%0Ab", "%ff", "%4"] {
            assert_eq!(path(&format!("https://dist.example.org/dev/{name}")), None, "{name}");
        }
    }
}
