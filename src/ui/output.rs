// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! stdout for data, stderr for talk; colour where a terminal wants it, and never
//! as the only sign.

use std::io::{self, IsTerminal, Write};

use owo_colors::{OwoColorize, Style as Ansi};
use serde::Serialize;

use super::exit::ExitCode;
use super::visible::{escaped, visible};

/// What a piece of text means; shown by colour where colour is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Nothing in particular.
    Plain,
    /// A heading.
    Heading,
    /// Good.
    Good,
    /// To be looked at.
    Warning,
    /// Bad.
    Bad,
    /// Less important.
    Faint,
}

/// The program's voice.
#[derive(Debug, Clone, Copy)]
pub struct Ui {
    colour_out: bool,
    colour_err: bool,
    interactive: bool,
    width: usize,
}

/// How many columns text takes where no terminal says how many there are.
const USUAL_WIDTH: usize = 80;

impl Ui {
    /// A voice for the present terminal; `no_colour` is whether the user asked for none.
    pub fn new(no_colour: bool) -> Self {
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        Self {
            colour_out: out && !no_colour,
            colour_err: err && !no_colour,
            interactive: io::stdin().is_terminal() && err,
            width: width(),
        }
    }

    /// Whether somebody can be asked.
    pub fn interactive(self) -> bool {
        self.interactive
    }

    /// How many columns there are for text.
    pub fn width(self) -> usize {
        self.width
    }

    /// Whether stderr is a terminal that takes colour and moving lines.
    pub fn lively(self) -> bool {
        self.colour_err
    }

    /// Writes data. A reader that went away ends the program quietly.
    pub fn data(self, text: &str) {
        self.write(&visible(text, self.colour_out));
    }

    fn write(self, text: &str) {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(ExitQuietly::CODE),
            Err(error) => {
                self.complain(&format!("cannot write to standard output: {error}"), None);
                std::process::exit(ExitCode::Service as i32);
            }
        }
    }

    /// Writes a line of data.
    pub fn line(self, text: &str) {
        self.data(&format!("{text}\n"));
    }

    /// Writes a value as JSON.
    pub fn json(self, value: &impl Serialize) {
        let json = serde_json::to_string_pretty(value).expect("plain data");
        self.write(&escaped(&(json + "\n")));
    }

    /// Says a line to the person.
    pub fn say(self, text: &str) {
        // Talk that nobody hears is no reason to stop.
        let _ = writeln!(io::stderr().lock(), "{}", visible(text, self.colour_err));
    }

    /// Says what went wrong, and what to do.
    pub fn complain(self, what: &str, hint: Option<&str>) {
        self.say(&format!("{} {what}", self.paint_err("error:", Style::Bad)));
        if let Some(hint) = hint {
            self.say(&format!("{} {hint}", self.paint_err("hint:", Style::Heading)));
        }
    }

    /// Says what should be looked at.
    pub fn warn(self, what: &str) {
        self.say(&format!("{} {what}", self.paint_err("warning:", Style::Warning)));
    }

    /// Text for stdout, in a style.
    pub fn paint(self, text: &str, style: Style) -> String {
        paint(text, style, self.colour_out)
    }

    /// Text for stderr, in a style.
    pub fn paint_err(self, text: &str, style: Style) -> String {
        paint(text, style, self.colour_err)
    }
}

/// The columns of the terminal that is written to, within what can be read well.
fn width() -> usize {
    let out = rustix::termios::tcgetwinsize(io::stdout());
    let size = out.or_else(|_| rustix::termios::tcgetwinsize(io::stderr()));
    match size.map(|size| usize::from(size.ws_col)) {
        Ok(0) | Err(_) => USUAL_WIDTH,
        Ok(columns) => columns.clamp(60, 110),
    }
}

struct ExitQuietly;

impl ExitQuietly {
    /// As a shell reports a program that SIGPIPE ended.
    const CODE: i32 = 141;
}

pub(super) fn paint(text: &str, style: Style, colour: bool) -> String {
    let ansi = match style {
        _ if !colour => return text.to_owned(),
        Style::Plain => return text.to_owned(),
        Style::Heading => Ansi::new().bold(),
        Style::Good => Ansi::new().green(),
        Style::Warning => Ansi::new().yellow(),
        Style::Bad => Ansi::new().red().bold(),
        Style::Faint => Ansi::new().dimmed(),
    };
    text.style(ansi).to_string()
}
