// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Where the symbolic links of an archive lead once it is unpacked: through each other,
//! as a file system follows them, and not by their words alone.

use std::collections::BTreeMap;

use super::names::{folded, has_drive};

/// How many links one way may lead through, as on Linux.
const MOST_LINKS: usize = 40;

/// How many names one way may have, all links followed.
const MOST_NAMES: usize = 1000;

/// The links seen so far, in the order of their paths.
#[derive(Debug, Default)]
pub struct Links {
    /// By the path as a file system without cases has it.
    by_path: BTreeMap<String, Link>,
}

#[derive(Debug)]
struct Link {
    path: String,
    target: String,
}

impl Links {
    /// Adds the link at `path`.
    pub fn add(&mut self, path: &str, target: &str) {
        let link = Link { path: path.to_owned(), target: target.to_owned() };
        self.by_path.insert(folded(path), link);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.by_path.len()
    }

    /// The path and target of each link that leads out of `root` (or of the archive), or
    /// nowhere that could be known.
    pub fn leaving(&self, root: Option<&str>) -> impl Iterator<Item = (&str, &str)> {
        let leaves = move |link: &&Link| {
            let directory = link.path.rsplit_once('/').map_or("", |(directory, _)| directory);
            self.leaves(directory, &link.target, root)
        };
        self.by_path.values().filter(leaves).map(|link| (link.path.as_str(), link.target.as_str()))
    }

    /// Whether `target`, from `directory`, is outside of `root`.
    fn leaves(&self, directory: &str, target: &str, root: Option<&str>) -> bool {
        if is_absolute(target) {
            return true;
        }
        let mut at: Vec<&str> = names(directory).collect();
        let mut ahead: Vec<&str> = names(target).rev().collect();
        let (mut followed, mut passed) = (0, 0);
        while let Some(name) = ahead.pop() {
            passed += 1;
            if name == ".." {
                if at.pop().is_none() {
                    return true;
                }
            } else {
                at.push(name);
            }
            if outside(&at, root) || passed > MOST_NAMES {
                return true;
            }
            if name != ".."
                && let Some(link) = self.by_path.get(&folded(&at.join("/")))
            {
                followed += 1;
                if followed > MOST_LINKS || is_absolute(&link.target) {
                    return true;
                }
                at.pop();
                ahead.extend(names(&link.target).rev());
            }
        }
        false
    }
}

/// Whether `target`, from the archive's own directory, is outside of `root`.
pub fn leaves(target: &str, root: Option<&str>) -> bool {
    Links::default().leaves("", target, root)
}

fn outside(at: &[&str], root: Option<&str>) -> bool {
    root.is_some_and(|root| at.first().is_none_or(|first| *first != root))
}

/// A path that is not from where the link is; one that is none leads out too.
fn is_absolute(target: &str) -> bool {
    target.is_empty() || target.starts_with('/') || target.contains(['\\', '\0']) || has_drive(target)
}

fn names(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.split('/').filter(|name| !matches!(*name, "" | "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaving<'a>(links: &[(&'a str, &'a str)], root: Option<&str>) -> Vec<String> {
        let mut all = Links::default();
        links.iter().for_each(|(path, target)| all.add(path, target));
        all.leaving(root).map(|(path, _)| path.to_owned()).collect()
    }

    #[test]
    fn a_link_is_followed_through_other_links() {
        let up = ("r/a/b/c/l", "../../..");
        assert_eq!(leaving(&[up, ("r/m", "a/b/c/l/x")], Some("r")), [""; 0]);
        assert_eq!(leaving(&[up, ("r/a/b/c/m", "l/../../../etc/passwd")], Some("r")), ["r/a/b/c/m"]);
        assert_eq!(leaving(&[up, ("r/a/b/c/m", "L/../x")], Some("r")), ["r/a/b/c/m"], "where case does not count");
        assert_eq!(leaving(&[up, ("r/a/b/c/m", "l/../x")], None), [""; 0]);
        assert_eq!(leaving(&[up, ("r/a/b/c/m", "l/../../x")], None), ["r/a/b/c/m"]);
    }

    #[test]
    fn a_link_that_goes_round_or_to_a_bad_one_leads_out() {
        assert_eq!(leaving(&[("a", "b"), ("b", "a")], None), ["a", "b"]);
        assert_eq!(leaving(&[("a", "/etc"), ("b", "a/passwd")], None), ["a", "b"]);
        assert_eq!(leaving(&[("a/b", ".."), ("a/c", ".")], None), [""; 0]);
    }
}
