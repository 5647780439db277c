//! `newstopics man`.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_mangen::Man;
use newstopics::{Error, Result, report};

use super::args::Cli;
use super::interrupt;
use super::output::{self, write_error};

pub const EXAMPLES: &str = "\
Examples:
  newstopics man | man -l -
  newstopics man ~/.local/share/man/man1";

#[derive(Debug, Args)]
pub struct ManArgs {
    /// Folder to write the pages of the program and of every command to [default: only the
    /// program's page, to standard output]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

pub fn run(args: &ManArgs) -> Result<()> {
    let mut program = Cli::command();
    // Fills in the commands' full names and what they inherit.
    program.build();
    let Some(folder) = &args.folder else {
        let mut out = output::stdout();
        return out
            .write_all(text(&manual(program))?.as_bytes())
            .and_then(|()| out.flush())
            .map_err(write_error);
    };
    std::fs::create_dir_all(folder).map_err(|e| Error::io("make the folder", folder, e))?;
    let commands: Vec<clap::Command> = program
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
        .cloned()
        .collect();
    for command in std::iter::once(program).chain(commands) {
        let page = manual(command);
        let _whole = interrupt::whole();
        report::save(folder.join(page.get_filename()), &text(&page)?)?;
    }
    Ok(())
}

/// A page that says of which program and version it is.
fn manual(command: clap::Command) -> Man {
    Man::new(command).source(concat!("newstopics ", env!("CARGO_PKG_VERSION")))
}

fn text(page: &Man) -> Result<String> {
    let mut text = Vec::new();
    page.render(&mut text).map_err(write_error)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
