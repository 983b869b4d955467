//! stub
use super::CommandError;
use super::environment::Environment;
use crate::ui::ExitCode;
/// x
#[derive(Debug, clap::Args)]
pub struct Args {}
pub fn run(_: &Environment, _: Args) -> Result<ExitCode, CommandError> {
    Ok(ExitCode::Done)
}
