//! The output on disk: written with its header, and looked at before it is overwritten, so that
//! an edit by hand is never lost unseen.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read as _, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::diff::{self, Line, Side};
use super::hash;
use super::hashing::hashed;
use super::header::{self, Found, Header};
use super::store::{Generation, Store};

/// Above this many bytes an edit is noticed, but not shown.
const MAX_DIFF_BYTES: u64 = 64 * 1024 * 1024;

/// What stands at the output's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnDisk {
    /// Nothing.
    Missing,
    /// What gwcfg put there last, with this state folder.
    Current,
    /// An output of gwcfg as it was written, from elsewhere: another checkout, or another state
    /// folder.
    Ours,
    /// An output of gwcfg that was changed since.
    Edited {
        /// From what gwcfg wrote to what is there; `None` when no copy of what it wrote is left.
        /// May hold secrets: hide them before showing it.
        diff: Option<Vec<Line>>,
    },
    /// A file without the header of gwcfg.
    Foreign,
}

/// The output could not be looked at.
#[derive(Debug, thiserror::Error)]
#[error("cannot look at `{path}` before it is written: {source}")]
pub struct ReadError {
    /// The file.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// Looks at the output without keeping it in memory (but for the diff of an edit). `current` is
/// the generation that is in place as far as the store knows.
///
/// # Errors
/// When the file is there and cannot be read, or is no file.
pub fn inspect(
    output: &Path,
    store: &Store,
    current: Option<&Generation>,
) -> Result<OnDisk, ReadError> {
    let failed = |source| ReadError { path: output.to_path_buf(), source };
    let Some(mut file) = open(output).map_err(failed)? else {
        return Ok(OnDisk::Missing);
    };
    if let Some(current) = current {
        let length = file.get_ref().metadata().map_err(failed)?.len();
        if length == current.bytes {
            let (sha256, _) = hash::of_reader(&mut file).map_err(failed)?;
            if sha256 == current.sha256 {
                return Ok(OnDisk::Current);
            }
            file.rewind().map_err(failed)?;
        }
    }
    let header = match header::read(&mut file).map_err(failed)? {
        Found::None => return Ok(OnDisk::Foreign),
        Found::Touched(header) => header,
        Found::Whole(header) => {
            let (sha256, _) = hash::of_reader(&mut file).map_err(failed)?;
            if sha256 == header.content_sha256 {
                return Ok(OnDisk::Ours);
            }
            Some(header)
        }
    };
    // The generation is what this file was before only when both tell of the same content.
    // Without a readable header there is nothing better than what was in place last.
    let before = current
        .filter(|current| current.bytes <= MAX_DIFF_BYTES)
        .and_then(|current| store.bytes(current).ok());
    let written = before.as_ref().and_then(|before| match header::read(&mut before.as_slice()) {
        Ok(Found::Whole(header)) => Some(header),
        Ok(Found::Touched(_) | Found::None) | Err(_) => None,
    });
    let matches = written.is_some_and(|written| {
        header.is_none_or(|header| header.content_sha256 == written.content_sha256)
    });
    let diff = match before {
        Some(before) if matches => diff_of(&before, output)?,
        Some(_) | None => None,
    };
    Ok(OnDisk::Edited { diff })
}

/// The header of a file that gwcfg wrote; `None` when there is no file, or no whole header.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn read_header(output: &Path) -> Result<Option<Header>, ReadError> {
    let failed = |source| ReadError { path: output.to_path_buf(), source };
    let Some(mut file) = open(output).map_err(failed)? else {
        return Ok(None);
    };
    match header::read(&mut file).map_err(failed)? {
        Found::Whole(header) => Ok(Some(header)),
        Found::Touched(_) | Found::None => Ok(None),
    }
}

/// The header with the hash of the content that `body` writes. When it equals the header of an
/// output that is [`OnDisk::Ours`], there is nothing to write.
///
/// # Errors
/// When `body` fails.
pub fn complete(
    header: &Header,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<Header> {
    Ok(Header { content_sha256: hashed(&mut io::sink(), body)?, ..header.clone() })
}

/// Writes header and content to a stream that cannot go back, such as a pipe: `body` runs twice.
///
/// # Errors
/// When `body` or the stream fails.
pub fn stream(
    out: &mut dyn Write,
    header: &Header,
    body: impl Fn(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let header = complete(header, &body)?;
    out.write_all(header.to_string().as_bytes())?;
    body(out)
}

/// Writes header and content, then goes back to put the hash into the header.
///
/// # Errors
/// When `body` or the file fails.
pub fn write(
    out: &mut (impl Write + Seek),
    header: &Header,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    out.write_all(header.to_string().as_bytes())?;
    let content_sha256 = hashed(out, body)?;
    out.seek(SeekFrom::Start(header.hash_offset()))?;
    out.write_all(content_sha256.as_bytes())?;
    out.seek(SeekFrom::End(0))?;
    out.flush()
}

/// `None` when nothing is there. Looked at before it is opened: a pipe would wait for ever.
fn open(path: &Path) -> io::Result<Option<BufReader<File>>> {
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(Some(BufReader::new(File::open(path)?))),
        Ok(metadata) if metadata.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(_) => Err(io::Error::other("it is a device, a pipe or a socket, not a file")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn diff_of(before: &[u8], new: &Path) -> Result<Option<Vec<Line>>, ReadError> {
    let Some(after) = read_text(new)? else { return Ok(None) };
    let before = String::from_utf8_lossy(before);
    let name = new.display().to_string();
    let old_name = format!("{name} (as gwcfg wrote it)");
    let new_name = format!("{name} (as it is)");
    let old = Side { name: &old_name, text: &before, before: 0 };
    Ok(Some(diff::lines(&old, &Side { name: &new_name, text: &after, before: 0 })))
}

/// `None` when the file is too large to be shown, or gone.
fn read_text(path: &Path) -> Result<Option<String>, ReadError> {
    let failed = |source| ReadError { path: path.to_path_buf(), source };
    let Some(file) = open(path).map_err(failed)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    let read = file.take(MAX_DIFF_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    let fits = u64::try_from(read).is_ok_and(|read| read <= MAX_DIFF_BYTES);
    Ok(fits.then(|| String::from_utf8_lossy(&bytes).into_owned()))
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
