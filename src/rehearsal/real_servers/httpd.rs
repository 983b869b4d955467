// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Apache httpd with mod_dav_svn over https, as the foundation's distribution repository is served:
//! all may read, who has an account may write.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;

use base64::Engine as _;
use sha1::{Digest as _, Sha1};
use toml::Value;

use super::process::{said, started};
use super::server::{Server, Site};
use super::service_user::{ServiceUser, barred, is_root};
use crate::rehearsal::certificate::Identity;
use crate::rehearsal::command::Failed;

/// The release manager's account: nothing of value.
pub(super) const ACCOUNT: (&str, &str) = ("ann", "svn-rehearsal-committer");
/// The path that the repository is at.
const REPOSITORIES: &str = "repos";
/// The authority behind its certificate.
const AUTHORITY: &str = "authority.pem";
/// Under which names it is installed.
const PROGRAMS: [&str; 2] = ["apache2", "httpd"];
/// Where its modules are: Debian, Fedora, Homebrew.
const MODULES: [&str; 4] = [
    "/usr/lib/apache2/modules",
    "/usr/lib64/httpd/modules",
    "/opt/homebrew/opt/httpd/lib/httpd/modules",
    "/usr/local/opt/httpd/lib/httpd/modules",
];
/// The module that serves a repository.
const DAV_SVN: &str = "mod_dav_svn.so";
/// What is loaded of the modules, where it is not built in: identifier and file.
const LOADED: [(&str, &str); 10] = [
    ("mpm_event_module", "mod_mpm_event.so"),
    ("unixd_module", "mod_unixd.so"),
    ("authn_core_module", "mod_authn_core.so"),
    ("authn_file_module", "mod_authn_file.so"),
    ("authz_core_module", "mod_authz_core.so"),
    ("authz_user_module", "mod_authz_user.so"),
    ("auth_basic_module", "mod_auth_basic.so"),
    ("ssl_module", "mod_ssl.so"),
    ("dav_module", "mod_dav.so"),
    ("dav_svn_module", DAV_SVN),
];
/// Whom root starts it as.
const USERS: [&str; 3] = ["www-data", "apache", "_www"];

/// `apache2` or `httpd`, over the world's repository.
pub(super) struct Httpd;

impl Server for Httpd {
    fn name(&self) -> &'static str {
        "httpd"
    }

    fn section(&self) -> &'static str {
        "svn"
    }

    fn version(&self) -> Option<String> {
        modules()?;
        let (program, said) = program()?;
        // Server version: Apache/2.4.62 (Debian)
        let version = said.lines().next()?.split_once("Apache/")?.1.split(' ').next()?;
        Some(format!("{program} {version} with mod_dav_svn"))
    }

    fn hindrance(&self, world: &Path) -> Option<String> {
        let odd = world.to_str().is_none_or(|text| text.contains(['"', '\\', '$', '\n']));
        odd.then(|| "its settings cannot name a path with a quotation mark, \\ or $".to_owned())
            .or_else(|| barred(world, &USERS))
    }

    fn fields(&self, site: &Site<'_>, project: &str) -> Vec<(&'static str, Value)> {
        let base = format!("https://localhost:{}/{REPOSITORIES}/dist", site.port);
        let keys = format!("{base}/release/{project}/KEYS");
        vec![
            ("dev", Value::from(format!("{base}/dev/{project}"))),
            ("release", Value::from(format!("{base}/release/{project}"))),
            ("keys", Value::from(keys)),
            ("ca", Value::from(site.place().join(AUTHORITY).display().to_string())),
        ]
    }

    fn start(&self, site: &Site<'_>) -> Result<Child, Failed> {
        let place = site.place();
        let (program, _) = program().ok_or_else(|| Failed::new("start httpd", "it is not on the PATH"))?;
        let modules = modules().ok_or_else(|| Failed::new("start httpd", "mod_dav_svn is not here"))?;
        write_files(&place).map_err(|error| Failed::new("set httpd up", &error.to_string()))?;
        let user = if is_root() { ServiceUser::find(&USERS) } else { None };
        let settings = settings(site, &modules, user.as_ref());
        fs::write(place.join("httpd.conf"), settings)
            .map_err(|error| Failed::new("write httpd.conf", &error.to_string()))?;
        if let Some(user) = user {
            user.own(site.world, &[&site.world.join("svn"), &place.join("run")])?;
        }
        let file = place.join("httpd.conf").display().to_string();
        started(&place, &[program, "-f", &file, "-DFOREGROUND"])
    }

    fn set_up(&self, _site: &Site<'_>) -> Result<(), Failed> {
        Ok(())
    }
}

fn program() -> Option<(&'static str, String)> {
    PROGRAMS.into_iter().find_map(|program| Some((program, said(program, "-v")?)))
}

fn modules() -> Option<PathBuf> {
    MODULES.into_iter().map(PathBuf::from).find(|modules| modules.join(DAV_SVN).exists())
}

/// Certificate and key of this run, the authority behind them, and who has an account.
fn write_files(place: &Path) -> std::io::Result<()> {
    fs::create_dir_all(place.join("run"))?;
    let identity = Identity::of_loopback().map_err(std::io::Error::other)?;
    fs::write(place.join(AUTHORITY), &identity.authority)?;
    fs::write(place.join("server.pem"), identity.certificate())?;
    identity.write_key(&place.join("server.key"))?;
    let (user, password) = ACCOUNT;
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha1::digest(password));
    fs::write(place.join("accounts"), format!("{user}:{{SHA}}{digest}\n"))
}

fn settings(site: &Site<'_>, modules: &Path, user: Option<&ServiceUser>) -> String {
    let (place, world) = (site.place().display().to_string(), site.world.display());
    let mut text = String::new();
    for (module, file) in LOADED {
        let file = modules.join(file);
        if file.exists() {
            let _ = writeln!(text, "<IfModule !{module}>\nLoadModule {module} \"{}\"\n</IfModule>", file.display());
        }
    }
    if let Some(ServiceUser { name, group }) = user {
        let _ = writeln!(text, "User {name}\nGroup {group}");
    }
    let (port, account) = (site.port, ACCOUNT.0);
    text + &format!(
        r#"ServerRoot "{place}"
ServerName localhost
DefaultRuntimeDir "{place}/run"
PidFile "{place}/run/pid"
DocumentRoot "{place}/run"
ErrorLog "{place}/error.log"
Listen 127.0.0.1:{port}
StartServers 1
ServerLimit 1
ThreadsPerChild 8
MaxRequestWorkers 8
MinSpareThreads 1
MaxSpareThreads 8
SSLEngine on
SSLCertificateFile "{place}/server.pem"
SSLCertificateKeyFile "{place}/server.key"
<Location /{REPOSITORIES}>
  DAV svn
  SVNPath "{world}/svn"
  AuthType Basic
  AuthName "the distribution repository"
  AuthBasicProvider file
  AuthUserFile "{place}/accounts"
  AuthzSendForbiddenOnFailure On
  <LimitExcept GET HEAD PROPFIND OPTIONS REPORT>
    Require user {account}
  </LimitExcept>
</Location>
"#
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn who_has_an_account_writes_and_the_key_is_for_nobody_else() {
        let place = tempfile::tempdir().unwrap();
        // a second run goes on in the same place
        for _ in 0..2 {
            write_files(place.path()).unwrap();
        }
        let read = |name: &str| fs::read_to_string(place.path().join(name)).unwrap();
        // what `openssl dgst -sha1 -binary | base64` makes of the password
        assert_eq!(read("accounts"), format!("ann:{{SHA}}{DIGEST}\n"));
        assert!(read(AUTHORITY).contains("BEGIN CERTIFICATE") && read("server.key").contains("PRIVATE KEY"));
        let mode = fs::metadata(place.path().join("server.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    const DIGEST: &str = "la7vBHgJZR4Bi4fgWiSVgOJ8fME=";

    #[test]
    fn the_settings_name_the_worlds_repository_and_whom_root_starts_it_as() {
        let site = Site { world: Path::new("/w"), port: 8443, lists_port: 25, name: Httpd.name() };
        let own = settings(&site, Path::new("/nonexistent"), None);
        for line in ["Listen 127.0.0.1:8443", "  SVNPath \"/w/svn\"", "    Require user ann", "SSLEngine on"] {
            assert!(own.lines().any(|one| one == line), "{line} is not in {own}");
        }
        assert!(!own.contains("\nUser ") && !own.contains("LoadModule"));
        let user = ServiceUser { name: "www-data".into(), group: "web".into() };
        assert!(settings(&site, Path::new("/nonexistent"), Some(&user)).contains("User www-data\nGroup web\n"));
    }
}
