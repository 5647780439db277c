//! Files that are either whole or not there.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

/// Writes a file, its parts one after another, by way of a temporary one in the same folder, made
/// durable and then renamed.
pub(crate) fn write(path: &Path, parts: &[&[u8]]) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let failed = |e| Error::io("write", path, e);
    let mut file = tempfile::Builder::new()
        .prefix(".newstopics-")
        .tempfile_in(folder)
        .map_err(failed)?;
    for part in parts {
        file.write_all(part).map_err(failed)?;
    }
    // Temporary files are private; the result has the rights that a new file has.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_or(0o644, |m| m.permissions().mode());
        file.as_file()
            .set_permissions(std::fs::Permissions::from_mode(mode))
            .map_err(failed)?;
    }
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|e| failed(e.error))?;
    // The rename itself is durable once the folder is; not every system can sync a folder.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}
