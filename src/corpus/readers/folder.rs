//! The files that folders stand for.

use std::io;
use std::path::{Path, PathBuf};

use super::Format;
use crate::error::{Error, Result};

/// The files that inputs stand for: files as they are, folders as all files in them and below
/// whose names tell a format, sorted, hidden ones left out.
pub fn expand(inputs: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for input in inputs {
        if input.is_dir() {
            let before = files.len();
            walk(input, &mut files)?;
            if files.len() == before {
                return Err(Error::data(format!(
                    "found no article, expected files ending in {}",
                    Format::extensions_in_words()
                ))
                .in_file(input));
            }
        } else {
            files.push(input.clone());
        }
    }
    Ok(files)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let mut entries = std::fs::read_dir(folder)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .map_err(|e| Error::io("list", folder, e))?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        // The entry's own type: a link to a folder is not followed, so that no circle traps us.
        let kind = entry
            .file_type()
            .map_err(|e| Error::io("look at", &path, e))?;
        if kind.is_dir() {
            walk(&path, files)?;
        } else if Format::of_path(&path).is_some() && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}
