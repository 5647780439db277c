//! The command line: the only place that prints, colours or exits.

mod args;
mod check;
mod compare;
mod completions;
mod cv;
mod evaluate;
mod explain;
mod files;
mod gates;
mod harmless;
mod inspect;
mod interrupt;
mod layout;
mod man;
mod output;
mod predict;
mod printers;
mod progress;
mod reporting;
mod screen;
mod settings;
mod style;
mod summary;
mod train;
mod tune;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use newstopics::{Error, Result, TopicClassifier};

use args::{Cli, Command};

/// Parses the arguments, runs the command and gives the exit code.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(said) => {
            let printed = said.print().map_err(output::write_error);
            return match said.use_stderr() {
                true => ExitCode::from(2),
                false => exit_code(printed),
            };
        }
    };
    if cli.quiet {
        output::be_quiet();
    }
    interrupt::listen();
    exit_code(match cli.command {
        Command::Predict(args) => predict::run(args),
        Command::Train(args) => train::run(args),
        Command::Tune(args) => tune::run(args),
        Command::Evaluate(args) => evaluate::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Cv(args) => cv::run(args),
        Command::Check(args) => check::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Inspect(args) => inspect::run(args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    })
}

/// Says what went wrong, if anything did.
fn exit_code(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(format_args!("error: {error}"));
            ExitCode::from(error.kind().exit_code())
        }
    }
}

/// The model of a file, or the embedded one.
fn load(model: Option<&std::path::Path>) -> Result<TopicClassifier> {
    match model {
        Some(path) => TopicClassifier::load(path).map_err(|error| {
            // A model that is not there is a model that cannot be used.
            Error::new(newstopics::ErrorKind::Model, error.message().to_owned()).in_file(path)
        }),
        None => Ok(TopicClassifier::pretrained()),
    }
}

/// Sets the number of threads; 0 is all there are.
fn use_threads(threads: usize) -> Result<()> {
    if threads == 0 {
        return Ok(());
    }
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .map_err(|e| Error::usage(format!("cannot use {threads} threads: {e}")))
}
