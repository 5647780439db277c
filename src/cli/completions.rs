//! `newstopics completions`.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;
use newstopics::Result;

use super::args::Cli;
use super::output::{self, write_error};

pub const EXAMPLES: &str = "\
Examples:
  echo 'eval \"$(newstopics completions bash)\"' >> ~/.bashrc
  newstopics completions zsh > ~/.zfunc/_newstopics
  newstopics completions fish > ~/.config/fish/completions/newstopics.fish";

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell that completes
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

pub fn run(args: &CompletionsArgs) -> Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "newstopics", &mut script);
    let mut out = output::stdout();
    out.write_all(&script)
        .and_then(|()| out.flush())
        .map_err(write_error)
}
