// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Streams, colours, prompts, progress and exit codes: the only place that talks
//! to a terminal.

mod exit;
mod file_count;
mod output;
mod progress;
mod prompt;
mod text;
mod time;
mod visible;

pub use exit::ExitCode;
pub use file_count::FileCount;
pub use output::{Style, Ui};
pub use progress::{Asking, Progress, Waiting, aside, in_short};
pub use prompt::{Approver, TerminalPerson};
pub use text::{few, hang, reflow, sentence, warning_lines};
pub use time::{from_now, minute};
