// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Exim as the relay: STARTTLS, a login, and a queue. What it takes it hands on to the mail server of
//! the world, as to that of the lists, and comes again with what that did not take yet.
//!
//! It adds no `Received`, since it knows the machine's time and not the rehearsal's: by that time a
//! mail would come before it was written. Otherwise it leaves every mail as it is.

use std::fs;
use std::path::Path;
use std::process::Child;
use std::thread;
use std::time::Instant;

use toml::Value;

use super::process::{PATIENCE, found, said_of_any, started};
use super::server::{Server, Site};
use super::service_user::{ServiceUser, barred, is_root};
use crate::rehearsal::certificate::Identity;
use crate::rehearsal::command::Failed;

/// The release manager's account: nothing of value.
pub(super) const ACCOUNT: (&str, &str) = ("ann", "smtp-rehearsal-committer");
/// The relay's own account at the lists' mail server: nothing of value.
pub(in crate::rehearsal) const AT_THE_LISTS: (&str, &str) = ("relay", "smtp-rehearsal-relay");
/// Under which names it is installed.
const PROGRAMS: [&str; 2] = ["exim4", "exim"];
/// Whom root starts it as.
const USERS: [&str; 3] = ["Debian-exim", "exim", "mail"];
/// For how long a mail may be missing in the archive, in minutes.
const LAG: i64 = 1;
/// How often the queue is looked at.
const GLANCE: std::time::Duration = std::time::Duration::from_millis(20);

/// `exim4` or `exim`, built with TLS and with logins by user and password.
pub(super) struct Exim;

impl Server for Exim {
    fn name(&self) -> &'static str {
        "exim"
    }

    fn section(&self) -> &'static str {
        "mail"
    }

    fn version(&self) -> Option<String> {
        // It also says so, with another exit code, where the machine's own settings are wrong.
        let (program, said) = PROGRAMS.into_iter().find_map(|program| Some((program, said_of_any(program, "-bV")?)))?;
        let version = said.lines().next()?.strip_prefix("Exim version ")?.split(' ').next()?;
        let has = |line: &str, parts: &[&str]| {
            said.lines().any(|said| said.starts_with(line) && parts.iter().any(|part| said.contains(part)))
        };
        let fits = has("Support for:", &["GnuTLS", "OpenSSL"]) && has("Authenticators:", &["plaintext"]);
        fits.then(|| format!("{program} {version}"))
    }

    fn hindrance(&self, world: &Path) -> Option<String> {
        let plain = |character: char| character.is_alphanumeric() || "/._-+~@,".contains(character);
        let odd = world.to_str().is_none_or(|text| !text.chars().all(plain));
        odd.then(|| "its settings cannot name a path with other than letters, digits and ._-+~@,".to_owned())
            .or_else(|| barred(world, &USERS))
    }

    fn fields(&self, site: &Site<'_>, _project: &str) -> Vec<(&'static str, Value)> {
        vec![
            ("smtp_port", Value::from(i64::from(site.port))),
            ("smtp_ca", Value::from(site.place().join("authority.pem").display().to_string())),
            ("archive_lag_minutes", Value::from(LAG)),
        ]
    }

    fn start(&self, site: &Site<'_>) -> Result<Child, Failed> {
        let place = site.place();
        let program = PROGRAMS.into_iter().find_map(found).ok_or_else(|| Failed::new("start exim", "it is gone"))?;
        let write = || -> std::io::Result<()> {
            for directory in ["spool", "log"] {
                fs::create_dir_all(place.join(directory))?;
            }
            let identity = Identity::of_loopback().map_err(std::io::Error::other)?;
            fs::write(place.join("authority.pem"), &identity.authority)?;
            fs::write(place.join("server.pem"), identity.certificate())?;
            identity.write_key(&place.join("server.key"))
        };
        write().map_err(|error| Failed::new("set exim up", &error.to_string()))?;
        let user = if is_root() { ServiceUser::find(&USERS) } else { None };
        fs::write(place.join("exim.conf"), settings(site, &program.display().to_string(), user.as_ref()))
            .map_err(|error| Failed::new("write exim.conf", &error.to_string()))?;
        if let Some(user) = user {
            let own = ["spool", "log", "server.key"].map(|name| place.join(name));
            user.own(site.world, &own.each_ref().map(std::path::PathBuf::as_path))?;
        }
        let file = place.join("exim.conf").display().to_string();
        started(&place, &[&program.display().to_string(), "-C", &file, "-bdf", "-q5s"])
    }

    /// What an earlier run left in its queue is handed on first: nobody takes it for lost.
    fn set_up(&self, site: &Site<'_>) -> Result<(), Failed> {
        await_delivery(&site.place())
    }
}

/// Waits until nothing is in the queue of the relay in `place`.
pub(super) fn await_delivery(place: &Path) -> Result<(), Failed> {
    let begun = Instant::now();
    loop {
        let queued = queued(place).map_err(|error| Failed::new("look into exim's queue", &error.to_string()))?;
        if queued == 0 {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            let why = format!(
                "{queued} are in exim's queue after {} s: {} has what hinders them",
                PATIENCE.as_secs(),
                place.join("log").display()
            );
            return Err(Failed::new("hand the mails on", &why));
        }
        thread::sleep(GLANCE);
    }
}

/// How many mails it has taken and not handed on: each has one file of headers.
fn queued(place: &Path) -> std::io::Result<usize> {
    let entries = match fs::read_dir(place.join("spool/input")) {
        Ok(entries) => entries,
        // nothing has come yet
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut queued = 0;
    for entry in entries {
        queued += usize::from(entry?.file_name().as_encoded_bytes().ends_with(b"-H"));
    }
    Ok(queued)
}

fn settings(site: &Site<'_>, program: &str, user: Option<&ServiceUser>) -> String {
    let place = site.place().display().to_string();
    let (user_name, group) = match user {
        Some(user) => (user.name.clone(), user.group.clone()),
        None => (rustix::process::geteuid().as_raw().to_string(), rustix::process::getegid().as_raw().to_string()),
    };
    let Site { world, port, lists_port, .. } = site;
    let ((ann, password), (relay, secret)) = (ACCOUNT, AT_THE_LISTS);
    format!(
        r"primary_hostname = localhost
exim_path = {program}
exim_user = {user_name}
exim_group = {group}
spool_directory = {place}/spool
log_file_path = {place}/log/%slog
pid_file_path = {place}/spool/pid
keep_environment =
disable_ipv6 = true
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts = *
tls_certificate = {place}/server.pem
tls_privatekey = {place}/server.key
auth_advertise_hosts = ${{if eq{{$tls_in_cipher}}{{}}{{}}{{*}}}}
chunking_advertise_hosts =
smtputf8_advertise_hosts =
received_header_text =
queue_run_in_order = true
acl_smtp_mail = known
acl_smtp_rcpt = known

begin acl
known:
  accept authenticated = *
  deny message = log in first

begin routers
lists:
  driver = manualroute
  route_list = * localhost byname
  self = send
  transport = lists

begin transports
lists:
  driver = smtp
  port = {lists_port}
  hosts_require_tls = *
  tls_verify_certificates = {world}/mail/smtp-ca.pem
  tls_verify_hosts = *
  tls_verify_cert_hostnames = *
  hosts_require_auth = *

begin retry
* * F,1h,2s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if and{{{{eq{{$auth2}}{{{ann}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
  client_send = ^{relay}^{secret}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if and{{{{eq{{$auth1}}{{{ann}}}}}{{eq{{$auth2}}{{{password}}}}}}}}}
  server_set_id = $auth1
",
        world = world.display(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_queue_is_counted() {
        let place = tempfile::tempdir().unwrap();
        assert_eq!(queued(place.path()).unwrap(), 0);
        let input = place.path().join("spool/input");
        fs::create_dir_all(&input).unwrap();
        for name in ["1a-0-H", "1a-0-D", "1b-0-H", "1b-0-D"] {
            fs::write(input.join(name), "").unwrap();
        }
        assert_eq!(queued(place.path()).unwrap(), 2);
        for name in ["1a-0-H", "1b-0-H"] {
            fs::remove_file(input.join(name)).unwrap();
        }
        await_delivery(place.path()).unwrap();
    }

    #[test]
    fn nobody_sends_without_tls_and_a_login_and_it_logs_in_at_the_lists() {
        let site = Site { world: Path::new("/w"), port: 2525, lists_port: 2526, name: Exim.name() };
        let user = ServiceUser { name: "Debian-exim".into(), group: "mail".into() };
        let settings = settings(&site, "/usr/sbin/exim4", Some(&user));
        for line in [
            "exim_path = /usr/sbin/exim4",
            "exim_user = Debian-exim",
            "daemon_smtp_ports = 2525",
            "auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}",
            "  accept authenticated = *",
            "  server_condition = ${if and{{eq{$auth2}{ann}}{eq{$auth3}{smtp-rehearsal-committer}}}}",
            "  client_send = ^relay^smtp-rehearsal-relay",
            "  port = 2526",
            "  hosts_require_tls = *",
            "  tls_verify_certificates = /w/mail/smtp-ca.pem",
        ] {
            assert!(settings.lines().any(|one| one == line), "{line} is not in {settings}");
        }
    }

    #[test]
    fn a_path_that_its_settings_cannot_name_leaves_it_out() {
        assert!(Exim.hindrance(Path::new("/tmp/a: b/world")).is_some_and(|why| why.contains("letters")));
    }
}
