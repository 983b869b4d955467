// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Running `svn` and `svnmucc`: no shell, no prompt, no password in the argument
//! list, and an end to it after the client's time.

use std::ffi::OsString;
use std::io::{self, Read, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use secrecy::ExposeSecret as _;

use super::{Svn, SvnError, SvnFault};

/// Which of the two commands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Program {
    Svn,
    Svnmucc,
}

impl Svn {
    /// Runs `svn` and returns what it wrote to standard output.
    pub(super) fn ask<A: Into<OsString>>(
        &self,
        doing: &str,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<String, SvnError> {
        let answer = self.run(Program::Svn, doing, arguments, |mut output| {
            let mut bytes = Vec::new();
            output.read_to_end(&mut bytes).map(|_| bytes)
        })?;
        String::from_utf8(answer)
            .map_err(|error| SvnError::Unreadable { doing: doing.to_owned(), why: error.to_string() })
    }

    /// Runs `program`, with `consume` reading what it writes to standard output
    /// while it writes.
    pub(super) fn run<T, A: Into<OsString>>(
        &self,
        program: Program,
        doing: &str,
        arguments: impl IntoIterator<Item = A>,
        consume: impl FnOnce(Output) -> io::Result<T>,
    ) -> Result<T, SvnError> {
        let mut command = self.command(program, arguments);
        let program = command.get_program().to_owned();
        let mut child = command.spawn().map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => SvnError::NotInstalled { program: program.clone() },
            _ => SvnError::Run { program: program.clone(), source },
        })?;
        let run = self.attend(&mut child, consume).map_err(|source| SvnError::Run { program: program.clone(), source });
        let Attended { late, consumed, said } = match run {
            Ok(attended) => attended,
            Err(error) => {
                // What else can be done with a child that cannot be talked to?
                let _ = child.kill().and_then(|()| child.wait());
                return Err(error);
            }
        };
        let status = child.wait().map_err(|source| SvnError::Run { program: program.clone(), source })?;
        if status.success() || late.is_none() && consumed.is_err() {
            return consumed.map_err(|source| SvnError::Run { program, source });
        }
        if let Some(timeout) = late {
            return Err(SvnError::TimedOut { doing: doing.to_owned(), timeout });
        }
        Err(SvnError::Failed { doing: doing.to_owned(), fault: SvnFault::classify(&said) })
    }

    pub(super) fn command<A: Into<OsString>>(
        &self,
        program: Program,
        arguments: impl IntoIterator<Item = A>,
    ) -> Command {
        let mut command = Command::new(match program {
            Program::Svn => &self.svn,
            Program::Svnmucc => &self.svnmucc,
        });
        command.args(arguments.into_iter().map(Into::into)).args(["--non-interactive", "--no-auth-cache"]);
        if let Some((user, _)) = &self.account {
            command.args(["--username", user, "--password-from-stdin"]);
        }
        if let Some(config) = &self.config {
            command.arg("--config-dir").arg(config);
        }
        if let Some(authority) = &self.authority {
            let mut option = OsString::from("servers:global:ssl-authority-files=");
            option.push(authority);
            command.arg("--config-option").arg(option);
        }
        command.env("LC_ALL", "C.UTF-8").env_remove("LANGUAGE");
        command.stdin(if self.account.is_some() { Stdio::piped() } else { Stdio::null() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Feeds and reads `child` until it has ended, or ends it when its time is up.
    /// It is not yet reaped then, so that its id can't have come to mean another.
    fn attend<T>(&self, child: &mut Child, consume: impl FnOnce(Output) -> io::Result<T>) -> io::Result<Attended<T>> {
        let pid = Pid::from_child(child);
        let taken = || io::Error::other("its output is not connected");
        let output = Output { pipe: child.stdout.take().ok_or_else(taken)?, heard: Arc::default() };
        let heard = Arc::clone(&output.heard);
        let mut errors = child.stderr.take().ok_or_else(taken)?;
        let input = child.stdin.take();
        thread::scope(|scope| {
            let errors = scope.spawn(move || {
                let mut said = Vec::new();
                errors.read_to_end(&mut said).map(|_| String::from_utf8_lossy(&said).into_owned())
            });
            let (ended, end) = mpsc::channel::<()>();
            let watchdog = scope.spawn(move || {
                let late = self.too_long(&end, &heard);
                if late.is_some() {
                    // It may have ended by itself just now.
                    let _ = kill_process(pid, Signal::KILL);
                }
                late
            });
            if let (Some(mut input), Some((_, password))) = (input, &self.account) {
                // A command that fails before it asks for the password has closed the pipe.
                let _ = input.write_all(password.expose_secret().as_bytes()).and_then(|()| input.write_all(b"\n"));
            }
            let consumed = consume(output);
            rustix::io::retry_on_intr(|| waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT))?;
            drop(ended);
            let gone = |_| io::Error::other("a thread that reads its output failed");
            let late = watchdog.join().map_err(gone)?;
            let said = errors.join().map_err(gone)??;
            Ok(Attended { late, consumed, said })
        })
    }

    /// The time that was up, of the whole or of its silence; `None` where the command ended before.
    fn too_long(&self, end: &mpsc::Receiver<()>, heard: &Mutex<Option<Instant>>) -> Option<Duration> {
        let begun = Instant::now();
        loop {
            let last = heard.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or(begun);
            let whole = self.timeout.saturating_sub(begun.elapsed());
            let silence = self.silence.map(|silence| silence.saturating_sub(last.elapsed()));
            if whole.is_zero() {
                return Some(self.timeout);
            }
            if silence.is_some_and(|left| left.is_zero()) {
                return self.silence;
            }
            let left = silence.map_or(whole, |left| left.min(whole));
            if end.recv_timeout(left) != Err(RecvTimeoutError::Timeout) {
                return None;
            }
        }
    }
}

/// What a command writes to standard output, as it comes.
pub(super) struct Output {
    pipe: ChildStdout,
    /// When something came last.
    heard: Arc<Mutex<Option<Instant>>>,
}

impl Read for Output {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.pipe.read(buffer)?;
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        Ok(read)
    }
}

struct Attended<T> {
    /// The time after which it had to be ended, if it had to be.
    late: Option<Duration>,
    consumed: io::Result<T>,
    /// What it wrote to standard error.
    said: String,
}
