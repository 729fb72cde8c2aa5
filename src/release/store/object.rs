//! The bytes of the generations: `objects/<SHA-256>.gz`, each stored once. gzip, so that a person
//! without gwcfg can read them with `zcat`.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::super::atomic::{AtomicFile, STATE_MODE, WriteError};
use super::super::hash::{Hashing, is_hash};
use super::super::hashing::hashed;
use super::super::place::Place;
use super::StoreError;

/// Folder of the objects, in the state folder.
pub(super) const OBJECTS: &str = "objects";

/// The name under which an object is written until its hash is known.
const INCOMING: &str = "incoming.gz";

/// Bytes that are stored, and their name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// Their number.
    pub bytes: u64,
}

/// Where the object of a hash is; `None` when the text is no hash, and so names no file of ours.
pub(super) fn path_of(state_dir: &Path, sha256: &str) -> Option<PathBuf> {
    is_hash(sha256).then(|| state_dir.join(OBJECTS).join(format!("{sha256}.gz")))
}

/// Stores all that `from` gives. An object that is there already is left alone when its length
/// says that it is whole; its content is verified whenever it is read.
pub(super) fn store(state_dir: &Path, from: &mut impl Read) -> Result<Stored, WriteError> {
    let path = state_dir.join(OBJECTS).join(INCOMING);
    let failed = |source| WriteError::new(&path, source);
    let place = Place { path: &path, root: state_dir, new_mode: STATE_MODE };
    let mut file = AtomicFile::create(&place)?;
    let mut encoder = GzEncoder::new(BufWriter::new(&mut file), Compression::fast());
    let mut bytes = 0;
    let copied = hashed(&mut encoder, |out| io::copy(from, out).map(|copied| bytes = copied));
    let sha256 = copied.map_err(failed)?;
    encoder.finish().and_then(|mut buffered| buffered.flush()).map_err(failed)?;
    // Written again even when it is there: what lies there may have been damaged since.
    file.commit_as(&format!("{sha256}.gz"))?;
    Ok(Stored { sha256, bytes })
}

/// Writes the bytes of an object to `out`, and says whether they are what they were. More than
/// were stored are never written.
pub(super) fn copy(
    state_dir: &Path,
    number: u32,
    stored: &Stored,
    out: &mut dyn Write,
) -> Result<(), StoreError> {
    let damaged = |why: &'static str| StoreError::Damaged { number, why };
    let path = path_of(state_dir, &stored.sha256).ok_or_else(|| damaged("it has no hash"))?;
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(damaged("its bytes are gone"));
        }
        Err(source) => return Err(StoreError::Read { path, source }),
    };
    let mut hashing = Hashing::new(Tee { out, failed: None });
    let mut reader = GzDecoder::new(BufReader::new(file)).take(stored.bytes.saturating_add(1));
    let copied = io::copy(&mut reader, &mut hashing);
    let (sha256, bytes, tee) = hashing.finish();
    if let Some(source) = tee.failed {
        return Err(StoreError::Copy { number, source });
    }
    match copied {
        Err(_) => Err(damaged("its bytes cannot be unpacked")),
        Ok(_) if bytes != stored.bytes => Err(damaged("its length is not what was recorded")),
        Ok(_) if sha256 != stored.sha256 => Err(damaged("its bytes are not what was recorded")),
        Ok(_) => Ok(()),
    }
}

/// Tells an error of the writer from one of the reader.
struct Tee<'o> {
    out: &'o mut dyn Write,
    failed: Option<io::Error>,
}

impl Write for Tee<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write_all(bytes).map(|()| bytes.len()).map_err(|error| {
            let kind = error.kind();
            self.failed = Some(error);
            kind.into()
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
