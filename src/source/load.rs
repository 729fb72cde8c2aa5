//! The only reader of source files: bytes from disk, within a limit.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// Bytes that one source file may have. Offsets are 32-bit, and a config of this size is a
/// mistake: 100,000 models take about 43 MB.
pub const MAX_FILE_BYTES: u64 = 500 * 1024 * 1024;

/// Bytes that are read of a larger file: enough for a picture of its beginning, and the rest is
/// not worth the memory.
const BEGINNING: u64 = 4096;

/// Why a file could not be read at all. (What is wrong *inside* a file is a finding.)
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The operating system refused.
    #[error("cannot read `{path}`: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A link leads to a file that is not there.
    #[error("cannot read `{path}`: it is a link to `{target}`, which does not exist")]
    LostLink {
        /// The link.
        path: PathBuf,
        /// Where it leads, as it is written in the link.
        target: PathBuf,
    },
    /// A folder, a socket or a device stands where a file is expected.
    #[error("cannot read `{path}`: it is {what}, not a file")]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it is, with its article.
        what: &'static str,
    },
}

/// Reads a whole file.
///
/// `Ok(None)` when nothing is there. A file above [`MAX_FILE_BYTES`] gives its first bytes only,
/// and `true`: the caller reports it.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn read_file(path: &Path) -> Result<Option<(Vec<u8>, bool)>, LoadError> {
    let io = |source| LoadError::Io { path: path.to_path_buf(), source };
    // Asked before opening: opening a named pipe would wait for a writer for ever.
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            // Nothing there, or a link to nothing: this one is a mistake of somebody.
            return match std::fs::read_link(path) {
                Ok(target) => Err(LoadError::LostLink { path: path.to_path_buf(), target }),
                Err(_) => Ok(None),
            };
        }
        Err(error) => return Err(io(error)),
    };
    if !metadata.is_file() {
        let what = if metadata.is_dir() { "a folder" } else { "a device, a pipe or a socket" };
        return Err(LoadError::NotAFile { path: path.to_path_buf(), what });
    }
    let file = File::open(path).map_err(io)?;
    let fits = if metadata.len() > MAX_FILE_BYTES { BEGINNING } else { metadata.len() };
    let mut bytes = Vec::with_capacity(usize::try_from(fits).unwrap_or(0) + 1);
    if metadata.len() > MAX_FILE_BYTES {
        file.take(BEGINNING).read_to_end(&mut bytes).map_err(io)?;
        return Ok(Some((bytes, true)));
    }
    // The limit holds while reading too: a file may grow after it was measured.
    file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(io)?;
    let too_large = u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_FILE_BYTES);
    if too_large {
        bytes.truncate(usize::try_from(BEGINNING).unwrap_or(0));
    }
    Ok(Some((bytes, too_large)))
}
