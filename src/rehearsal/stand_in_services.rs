// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The services for which a rehearsal has stand-ins, by the names that people know them by.

use std::collections::BTreeMap;

use toml::Table;

use super::real_servers::RealServer;

/// What stands in unless a real server is used: the table of the configuration that has it in use, the
/// server, and its name.
const REPLACED: [(&str, RealServer, &str); 5] = [
    ("svn", RealServer::Httpd, "the Subversion server (its repository is used by its path)"),
    ("mail", RealServer::Exim, "the mail relay"),
    ("docker", RealServer::DockerRegistry, "the image registry"),
    ("pypi", RealServer::Devpi, "PyPI"),
    ("npm", RealServer::Verdaccio, "the npm registry"),
];

/// What stands in always: the tables, of which one has it in use, and its name.
const ALWAYS: [(&[&str], &str); 6] = [
    (&["mail"], "the mailing lists and their archive (Pony Mail)"),
    (&["maven"], "Nexus and Maven Central"),
    (&["jira"], "JIRA"),
    (&["git"], "GitHub"),
    (&["website", "documentation", "links"], "the website, documentation and download servers"),
    (&["vote"], "Whimsy (a roster in its place)"),
];

/// The services of a product with this configuration for which a rehearsal has stand-ins, where these
/// real servers are used.
pub fn stand_in_services(configuration: &Table, real: &BTreeMap<RealServer, u16>) -> Vec<String> {
    let replaced =
        REPLACED.iter().filter(|(table, server, _)| configuration.contains_key(*table) && !real.contains_key(server));
    let always = ALWAYS.iter().filter(|(tables, _)| tables.iter().any(|table| configuration.contains_key(*table)));
    let whimsy = configuration.get("vote").is_some_and(|vote| vote.get("whimsy").is_some());
    always
        .filter(|(tables, _)| *tables != ["vote"] || whimsy)
        .map(|(_, name)| *name)
        .chain(replaced.map(|(_, _, name)| *name))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_product_uses_and_no_real_server_serves_is_named() {
        let product: Table = "[git]\n[svn]\n[mail]\n[jira]\n[npm]\n[vote]\nroster = \"x\"\n".parse().unwrap();
        let real = BTreeMap::from([(RealServer::Httpd, 1), (RealServer::Exim, 2)]);
        let named = stand_in_services(&product, &real);
        assert_eq!(named, ["the mailing lists and their archive (Pony Mail)", "JIRA", "GitHub", "the npm registry"]);
        let alone = stand_in_services(&product, &BTreeMap::new());
        assert!(alone.iter().any(|name| name.starts_with("the Subversion server")), "{alone:?}");
        assert!(alone.contains(&"the mail relay".to_owned()) && !alone.contains(&"PyPI".to_owned()), "{alone:?}");
    }
}
