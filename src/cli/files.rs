//! A look at the files of a run before its work: better to fail then than after it.

use std::path::{Path, PathBuf};

use newstopics::{Error, Result};
use same_file::{Handle, is_same_file};

/// Complains of an output that cannot be one: its folder is not there, it is a folder itself, or
/// it is one of the files that are read.
pub fn check_outputs<'p>(
    outputs: impl IntoIterator<Item = &'p PathBuf>,
    inputs: &[&[PathBuf]],
) -> Result<()> {
    for output in outputs {
        let folder = output.parent().filter(|f| !f.as_os_str().is_empty());
        if folder.is_some_and(|folder| !folder.is_dir()) {
            return Err(Error::usage("its folder does not exist").in_file(output));
        }
        if output.is_dir() {
            return Err(Error::usage("is a folder, expected a file to write").in_file(output));
        }
        // A device may be both.
        if output.is_file()
            && inputs
                .iter()
                .flat_map(|inputs| inputs.iter())
                .any(|input| is_same_file(input, output).unwrap_or(false))
        {
            return Err(Error::usage(
                "is read and would be written over, expected another file for the output",
            )
            .in_file(output));
        }
    }
    Ok(())
}

/// Complains when standard output goes to a file that is read: there would be no end of it.
pub fn check_stdout(inputs: &[PathBuf]) -> Result<()> {
    let Ok(output) = Handle::stdout() else {
        return Ok(());
    };
    for input in inputs {
        let handle = match input == Path::new("-") {
            true => Handle::stdin(),
            false => Handle::from_path(input),
        };
        // What cannot be opened is complained of when it is its turn.
        let Ok(handle) = handle else { continue };
        let is_file = handle.as_file().metadata().is_ok_and(|data| data.is_file());
        if is_file && handle == output {
            return Err(Error::usage(
                "is read and standard output goes to it, expected another file for the output",
            )
            .in_file(input));
        }
    }
    Ok(())
}
