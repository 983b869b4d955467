// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The program: parse, run, map the result to an exit code.

use std::process::ExitCode;

use quorate::commands::Cli;
use quorate::ui::{ExitCode as Code, Ui};

fn main() -> ExitCode {
    let cli = Cli::read();
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    let ui = Ui::new(no_colour);
    std::panic::set_hook(Box::new(move |panic| {
        ui.complain(
            &format!("a fault of this program: {panic}"),
            Some("the record is whole; please report this with the command that you gave"),
        );
        std::process::exit(Code::Internal as i32);
    }));
    // The HTTP and mail clients demand that one provider of cryptography is chosen.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match cli.run(ui) {
        Ok(code) => code.into(),
        Err(error) => {
            ui.complain(&error.what, error.hint.as_deref());
            error.code.into()
        }
    }
}
