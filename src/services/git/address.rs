// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Addresses of repositories: which mean the same one, and what a clone has for its remote.

use std::path::Path;

use git2::Repository;
use reqwest::Url;

use crate::services::web::is_here;

/// Whether an address is across a network, and no place on this machine.
pub fn across_network(address: &str) -> bool {
    match address.split_once("://") {
        Some((scheme, _)) => scheme != "file",
        // git's `host:path`; a path has its first slash before a colon.
        None => address.split_once(':').is_some_and(|(host, _)| !host.contains('/')),
    }
}

/// Whether an address leads to another machine.
pub fn to_another_machine(address: &str) -> bool {
    across_network(address) && !Url::parse(address).is_ok_and(|url| is_here(&url))
}

/// The scheme of an address over which anybody on the way could change what comes, unless it is
/// this machine's.
pub fn unprotected(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once("://")?;
    let open = ["http", "git", "ftp"].contains(&scheme.to_ascii_lowercase().as_str());
    (open && !Url::parse(address).is_ok_and(|url| is_here(&url))).then_some(scheme)
}

/// Host and path of `https://host/path.git`, `ssh://git@host/path` or `git@host:path`, in lower
/// case.
pub fn host_and_path(url: &str) -> Option<(String, String)> {
    place(url).map(|(host, path)| (host, path.to_lowercase()))
}

/// The same, the path as it is written.
fn place(url: &str) -> Option<(String, String)> {
    let (host, path) = match url.split_once("://") {
        Some(("file", _)) => return None,
        Some((_, rest)) => rest.split_once('/')?,
        None if across_network(url) => url.split_once(':')?,
        None => return None,
    };
    let host = host.rsplit('@').next()?.split(':').next()?;
    let path = path.trim_matches('/');
    Some((host.to_lowercase(), path.strip_suffix(".git").unwrap_or(path).to_owned()))
}

/// Whether two addresses mean the same repository: those on one server by host and path,
/// others where they are written alike.
pub fn same_repository(one: &str, other: &str) -> bool {
    match (host_and_path(one), host_and_path(other)) {
        (Some(one), Some(other)) => one == other,
        (None, None) => one.trim_end_matches('/') == other.trim_end_matches('/'),
        _ => false,
    }
}

/// Whether two addresses on one server name different repositories. One on another server
/// may be a mirror, or an address of the same.
pub fn is_fork(url: &str, official: &str) -> bool {
    match (host_and_path(url), host_and_path(official)) {
        (Some((host, path)), Some((official_host, official_path))) => host == official_host && path != official_path,
        _ => false,
    }
}

/// Whether an address is on another server than the repository that it should mean. The
/// foundation has each repository on two servers, which are one place.
pub fn is_elsewhere(url: &str, official: &str) -> bool {
    let place = |url| host_and_path(url).map(|(host, path)| of_foundation(&host, &path).unwrap_or((host, path)));
    match (across_network(url), across_network(official)) {
        (false, false) => false,
        (true, true) => place(url) != place(official) && !is_fork(url, official),
        _ => true,
    }
}

/// The name at GitHub of a repository that the foundation serves itself (facts: gitbox.apache.org
/// and github.com/apache take pushes alike).
fn of_foundation(host: &str, path: &str) -> Option<(String, String)> {
    let name = path.strip_prefix("repos/asf/").filter(|_| host == "gitbox.apache.org")?;
    Some(("github.com".to_owned(), format!("apache/{name}")))
}

/// `OWNER/NAME` of a repository at github.com or of the foundation's, which is there too; `None`
/// of one elsewhere. `OWNER/NAME` alone is at GitHub.
pub fn at_github(address: &str) -> Option<String> {
    let bare = || {
        let (owner, name) = address.split_once('/')?;
        (!owner.is_empty() && !name.contains('/') && !address.contains(':')).then(|| address.to_owned())
    };
    let Some((host, path)) = place(address) else { return bare() };
    let (host, path) = of_foundation(&host, &path).unwrap_or((host, path));
    matches!(host.as_str(), "github.com" | "www.github.com" | "ssh.github.com").then_some(path)
}

/// The address that a clone has for its remote `remote`, as it is written in its configuration,
/// without a login; `None` where there is none.
pub fn remote_address(clone: &Path, remote: &str) -> Option<String> {
    let config = Repository::open(clone).and_then(|clone| clone.config()).ok()?;
    let url = config.get_string(&format!("remote.{remote}.url")).ok()?;
    Some(without_login(url.trim_end_matches('/')))
}

/// An address as it may be shown: without the name and password that it may hold.
pub fn without_login(url: &str) -> String {
    host_and_path(url).map_or_else(|| url.to_owned(), |(host, path)| format!("{host}/{path}"))
}

/// Whether the address `one` is of something in the directory at the address `directory`.
pub fn is_below(one: &str, directory: &str) -> bool {
    let parts = |address: &str| {
        let place = host_and_path(address).map(|(host, path)| format!("{host}/{path}"));
        place.unwrap_or_else(|| address.to_owned()).trim_end_matches('/').to_owned()
    };
    parts(one).strip_prefix(&parts(directory)).is_some_and(|rest| rest.starts_with('/'))
}

/// An address as it was given, without the name and password that it may hold, and without
/// the values of its query: one may be a token.
pub fn hide_login(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    let hidden = if query.len() > 1 { "?…" } else { query };
    format!("{scheme}://{}{path}{hidden}", host.rsplit('@').next().unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_repository_has_many_addresses() {
        let expected = "https://github.com/apache/greeter";
        for same in [
            "https://github.com/apache/greeter.git",
            "https://ann:s3cret@GitHub.com/apache/greeter/",
            "git@github.com:apache/greeter.git",
            "ssh://git@github.com:22/apache/greeter",
        ] {
            assert!(same_repository(same, expected), "{same}");
        }
        for other in ["https://github.com/ann/greeter", "/srv/apache/greeter", "https://example.org/apache/greeter"] {
            assert!(!same_repository(other, expected), "{other}");
        }
        assert!(is_fork("git@github.com:ann/greeter.git", expected));
        for same in ["git@github.com:apache/greeter.git", "https://gitbox.example.org/greeter.git", "/srv/mirror.git"] {
            assert!(!is_fork(same, expected), "{same}");
        }
        for elsewhere in
            ["https://gitlab.com/apache/greeter", "git@gitlab.com:ann/greeter.git", "/srv/mirror.git", "file:///srv/m"]
        {
            assert!(is_elsewhere(elsewhere, expected), "{elsewhere}");
        }
        for not in [expected, "https://gitbox.apache.org/repos/asf/greeter.git", "git@github.com:ann/g"] {
            assert!(!is_elsewhere(not, expected), "{not}");
        }
        assert!(is_elsewhere("https://gitbox.apache.org/repos/asf/other.git", expected));
        assert!(same_repository("/srv/greeter.git/", "/srv/greeter.git"));
        assert_eq!(without_login("https://ann:s3cret@GitHub.com/apache/greeter/"), "github.com/apache/greeter");
    }

    #[test]
    fn what_is_in_a_directory_is_told_from_what_is_beside_it() {
        let directory = "https://dist.example.org/dev/rc1/";
        for below in ["https://dist.example.org/dev/rc1/KEYS", "https://ann@DIST.example.org:443/dev/rc1/a/KEYS"] {
            assert!(is_below(below, directory), "{below}");
        }
        for other in ["https://dist.example.org/dev/KEYS", "https://dist.example.org/dev/rc10/KEYS", "file:///rc1/KEYS"]
        {
            assert!(!is_below(other, directory), "{other}");
        }
        assert!(is_below("file:///srv/rc1/KEYS", "file:///srv/rc1") && !is_below("KEYS", "file:///srv"));
    }

    #[test]
    fn a_login_is_hidden_and_nothing_else_changes() {
        for (address, shown) in [
            ("https://ann:s3c@ret@Dist.example.org:8443/a@b/", "https://Dist.example.org:8443/a@b/"),
            ("https://example.org/rc1/?token=s3cret", "https://example.org/rc1/?…"),
            ("https://example.org?token=s3cret#a", "https://example.org?…"),
            ("https://example.org/rc1/?", "https://example.org/rc1/?"),
            ("https://ann@dist.example.org", "https://dist.example.org"),
            ("file:///srv/a@b", "file:///srv/a@b"),
            ("git@github.com:apache/greeter.git", "git@github.com:apache/greeter.git"),
            ("./rc1", "./rc1"),
        ] {
            assert_eq!(hide_login(address), shown);
        }
    }

    #[test]
    fn what_protects_nothing_is_told_unless_it_is_this_machine() {
        for address in [
            "http://example.org/a/b",
            "git://example.org/a/b",
            "HTTP://ann@127.0.0.1.example.org:80/a/b",
            "ftp://example.org/a",
            "http://",
        ] {
            assert!(unprotected(address).is_some(), "{address}");
        }
        for address in [
            "https://example.org/a/b",
            "ssh://git@example.org/a/b",
            "http://127.0.0.1:80/a",
            "git://[::1]:9418/a",
            "http://ann@localhost/a",
            "git@example.org:a/b",
        ] {
            assert_eq!(unprotected(address), None, "{address}");
        }
    }

    #[test]
    fn what_is_at_github_is_told_from_another_hosts() {
        for address in [
            "https://github.com/apache/greeter",
            "git@github.com:apache/greeter.git",
            "ssh://git@GitHub.com/apache/greeter",
            "https://ann@github.com/apache/greeter",
            "https://gitbox.apache.org/repos/asf/greeter.git",
            "apache/greeter",
            "https://github.com/apache/greeter/",
        ] {
            assert_eq!(at_github(address).as_deref(), Some("apache/greeter"), "{address}");
        }
        assert_eq!(at_github("https://github.com/Ann/Greeter.git").as_deref(), Some("Ann/Greeter"));
        for address in [
            "https://gitlab.example.org/a/b",
            "/w/a/b.git",
            "/a",
            "git@git.example.org:a/b.git",
            "https://github.com.example.org/a/b",
            "file:///a/b",
            "https://example.org/github.com/b",
        ] {
            assert_eq!(at_github(address), None, "{address}");
        }
    }

    #[test]
    fn a_place_on_this_machine_is_told_from_an_address() {
        for address in ["https://x/y", "svn+ssh://x/y", "git@github.com:x/y.git", "host:y"] {
            assert!(across_network(address), "{address}");
        }
        for address in ["file:///x", "/x/y", "../x", "/x:y", "./x:y", ""] {
            assert!(!across_network(address), "{address}");
        }
    }
}
