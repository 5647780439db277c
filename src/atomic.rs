//! Files that are either whole or not there.

use std::fs::{File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// What the names of temporary files begin and end with. A program that is killed may leave one
/// behind: nothing reads it, and it may be removed.
const PREFIX: &str = ".newstopics-";
const SUFFIX: &str = ".tmp";
/// As many links one after another as Linux follows.
const MOST_LINKS: usize = 40;

/// Writes a file, its parts one after another, by way of a temporary one in the same folder, made
/// durable and then renamed: whatever happens, the old or the new file is there.
///
/// A file that is there keeps its permissions, and its owner where the system lets it; a new one
/// has those that the umask leaves. A link stays, and what it leads to is replaced. A device or a
/// pipe is written to as it is. A file that is write-protected is not replaced.
pub(crate) fn write(path: &Path, parts: &[&[u8]]) -> Result<()> {
    write_parts(path, parts).map_err(|e| Error::io("write", path, e))
}

fn write_parts(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let old = std::fs::metadata(path).ok();
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        // A folder is refused here too.
        return write_all(&mut File::options().write(true).open(path)?, parts);
    }
    if old.as_ref().is_some_and(|old| old.permissions().readonly()) {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "the file is write-protected",
        ));
    }
    let path = end_of_links(path)?;
    let folder = folder_of(&path);
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    write_all(&mut file, parts)?;
    if let Some(old) = old {
        keep_rights(file.as_file(), &old)?;
    }
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|e| e.error)?;
    // The rename itself is durable once the folder is; not every system can sync a folder.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn write_all(file: &mut impl Write, parts: &[&[u8]]) -> io::Result<()> {
    parts.iter().try_for_each(|part| file.write_all(part))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// What a path leads to by its links, whether it is there or not.
fn end_of_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        // What is no link cannot be read as one.
        let Ok(next) = std::fs::read_link(&path) else {
            return Ok(path);
        };
        path = folder_of(&path).join(next);
    }
    Err(io::Error::other("too many links one after another"))
}

/// Gives a file the permissions of an old one, and its owner and group where that is allowed.
fn keep_rights(file: &File, old: &Metadata) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let new = file.metadata()?;
        if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
            // Only root may give a file away; a group may be one's own.
            let _ = fchown(file, Some(old.uid()), Some(old.gid()))
                .or_else(|_| fchown(file, None, Some(old.gid())));
        }
    }
    file.set_permissions(old.permissions())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_link_stays_and_its_end_is_replaced() {
        let room = tempfile::tempdir().unwrap();
        let at = |name: &str| room.path().join(name);
        std::fs::create_dir(at("store")).unwrap();
        std::fs::write(at("store/old"), "old").unwrap();
        symlink("store/old", at("first")).unwrap();
        symlink(at("first"), at("second")).unwrap();
        symlink("store/new", at("dangling")).unwrap();
        write(&at("second"), &[b"n", b"ew"]).unwrap();
        write(&at("dangling"), &[b"made"]).unwrap();
        assert!(at("second").is_symlink() && at("first").is_symlink());
        assert_eq!(std::fs::read(at("store/old")).unwrap(), b"new");
        assert_eq!(std::fs::read(at("store/new")).unwrap(), b"made");
        assert_eq!(names(room.path()), ["dangling", "first", "second", "store"]);
        assert_eq!(names(&at("store")), ["new", "old"]);
        symlink("b", at("a")).unwrap();
        symlink("a", at("b")).unwrap();
        assert!(write(&at("a"), &[b"x"]).is_err());
    }

    #[test]
    fn permissions_are_kept_and_protection_is_respected() {
        let room = tempfile::tempdir().unwrap();
        let file = room.path().join("file");
        let mode = |mode| {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        for kept in [0o600, 0o640, 0o664, 0o755] {
            std::fs::write(&file, "old").unwrap();
            mode(kept);
            write(&file, &[b"new"]).unwrap();
            let found = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(found & 0o7777, kept);
            assert_eq!(std::fs::read(&file).unwrap(), b"new");
        }
        mode(0o444);
        let error = write(&file, &[b"newer"]).unwrap_err().to_string();
        assert!(error.contains("write-protected"), "{error}");
        assert_eq!(std::fs::read(&file).unwrap(), b"new");
        assert_eq!(names(room.path()), ["file"]);
    }

    #[test]
    fn devices_and_folders_stay_what_they_are() {
        let room = tempfile::tempdir().unwrap();
        let link = room.path().join("null");
        symlink("/dev/null", &link).unwrap();
        write(&link, &[b"gone"]).unwrap();
        assert!(!std::fs::metadata("/dev/null").unwrap().is_file());
        assert!(write(room.path(), &[b"x"]).is_err());
        assert_eq!(names(room.path()), ["null"]);
    }
}
