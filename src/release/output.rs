//! The output on disk: written with its header, and looked at before it is overwritten, so that
//! an edit by hand is never lost unseen.

use std::fs::{DirBuilder, File};
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::thread;

use super::atomic::{AtomicFile, STATE_MODE, WriteError};
use super::diff;
use super::hashing::hashed;
use super::header::{self, Found, Header};
use super::place::Place;

/// Above this many bytes an edit is noticed, but not shown.
const MAX_DIFF_BYTES: u64 = 64 * 1024 * 1024;

/// What stands at the output's path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnDisk {
    /// Nothing.
    Missing,
    /// An output of gwcfg, as it was written.
    Ours {
        /// It is the one that was written last with this state folder; false when it came from
        /// elsewhere, such as another checkout.
        same: bool,
    },
    /// An output of gwcfg that was changed since.
    Edited {
        /// From what gwcfg wrote to what is there; `None` when no copy of what it wrote is left.
        /// May hold secrets: hide them before showing it.
        diff: Option<String>,
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

/// Looks at the output without keeping it in memory (but for the diff of an edit).
///
/// # Errors
/// When the file is there and cannot be read, or is no file.
pub fn inspect(output: &Path, state_dir: &Path) -> Result<OnDisk, ReadError> {
    let failed = |source| ReadError { path: output.to_path_buf(), source };
    let Some(mut file) = open(output).map_err(failed)? else {
        return Ok(OnDisk::Missing);
    };
    let copy = last_copy(output, state_dir);
    let written = read_header(&copy)?;
    let header = match header::read(&mut file).map_err(failed)? {
        Found::None => return Ok(OnDisk::Foreign),
        Found::Touched(header) => header,
        Found::Whole(header) => {
            if hash_of(&mut file).map_err(failed)? == header.content_sha256 {
                return Ok(OnDisk::Ours { same: written == Some(header) });
            }
            Some(header)
        }
    };
    // The copy is what this file was before only when both tell of the same content. Without a
    // readable header there is nothing better than the last copy.
    let matches = written.is_some_and(|written| {
        header.is_none_or(|header| header.content_sha256 == written.content_sha256)
    });
    let diff = if matches { diff_of(&copy, output)? } else { None };
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

/// Replaces the output by `header` and what `body` writes, in one pass, and keeps a copy in the
/// state folder. Gives the header with the hash of the content. Does not look at what is there
/// now: [`inspect`] it first.
///
/// # Errors
/// When a place is refused, `body` fails, or the disk does. The output is untouched then, unless
/// the error is about the copy's own last step.
pub fn write(
    place: &Place<'_>,
    state_dir: &Path,
    header: &Header,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Header, WriteError> {
    let copy_path = last_copy(place.path, state_dir);
    make_state_folder(state_dir)?;
    let copy_place = Place { path: &copy_path, root: state_dir, new_mode: STATE_MODE };
    let failed = |source| WriteError::new(place.path, source);
    let mut output = AtomicFile::create(place)?;
    let header = write_hashed(&mut output, header, body).map_err(failed)?;
    let mut copy = AtomicFile::create(&copy_place)?;
    let written = output.reopen()?;
    thread::scope(|scope| {
        // The disk gets the output while the copy is made. What it says of it is asked again
        // before the output gets its name.
        let _ = thread::Builder::new().spawn_scoped(scope, || written.sync_all());
        copy.fill_from(&written)
    })?;
    // Everything that may fail for want of space is done: now the output, then its copy.
    output.commit()?;
    copy.commit()?;
    Ok(header)
}

/// Writes header and content, then goes back to put the hash into the header.
fn write_hashed(
    out: &mut (impl Write + Seek),
    header: &Header,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<Header> {
    out.write_all(header.to_string().as_bytes())?;
    let content_sha256 = hashed(out, body)?;
    out.seek(SeekFrom::Start(header.hash_offset()))?;
    out.write_all(content_sha256.as_bytes())?;
    out.seek(SeekFrom::End(0))?;
    out.flush()?;
    Ok(Header { content_sha256, ..header.clone() })
}

/// Makes the state folder, for its owner alone and out of reach of git: what gwcfg wrote may hold
/// secrets.
///
/// # Errors
/// When the folder cannot be made.
pub fn make_state_folder(state_dir: &Path) -> Result<(), WriteError> {
    let last = state_dir.join(LAST);
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&last);
    made.map_err(|source| {
        if matches!(source.kind(), ErrorKind::AlreadyExists | ErrorKind::NotADirectory) {
            WriteError::NotAFolder { path: last.clone(), folder: state_dir.to_path_buf() }
        } else {
            WriteError::new(&last, source)
        }
    })?;
    let ignore = state_dir.join(".gitignore");
    match File::create_new(&ignore).and_then(|mut file| file.write_all(b"*\n")) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(WriteError::new(&ignore, source)),
    }
}

/// Folder of the copies, in the state folder.
const LAST: &str = "last";

/// Where the copy of what gwcfg wrote last is kept.
#[must_use]
pub fn last_copy(output: &Path, state_dir: &Path) -> PathBuf {
    state_dir.join(LAST).join(output.file_name().unwrap_or_default())
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

fn diff_of(old: &Path, new: &Path) -> Result<Option<String>, ReadError> {
    let (Some(before), Some(after)) = (read_text(old)?, read_text(new)?) else {
        return Ok(None);
    };
    let name = new.display().to_string();
    let old_name = format!("{name} (as gwcfg wrote it)");
    Ok(Some(diff::unified(&before, &after, &old_name, &format!("{name} (as it is)"))))
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

fn hash_of(reader: &mut impl Read) -> io::Result<String> {
    hashed(&mut io::sink(), |out| io::copy(reader, out).map(|_| ()))
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
