//! SHA-256 of what passes through. The only place that turns one into text.

use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256};

/// Hashes what is written through it.
pub(super) struct Hashing<W> {
    out: W,
    hasher: Sha256,
    bytes: u64,
}

impl<W: Write> Hashing<W> {
    pub(super) fn new(out: W) -> Self {
        Hashing { out, hasher: Sha256::new(), bytes: 0 }
    }

    /// The hash in 64 lower-case hexadecimal digits, the number of bytes, and the writer behind.
    pub(super) fn finish(self) -> (String, u64, W) {
        (hexadecimal(&self.hasher.finalize()), self.bytes, self.out)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        let taken = bytes.get(..written).unwrap_or(bytes);
        self.hasher.update(taken);
        self.bytes += u64::try_from(taken.len()).unwrap_or(u64::MAX);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The hash of all that a reader gives, and the number of bytes.
pub(super) fn of_reader(reader: &mut impl Read) -> io::Result<(String, u64)> {
    let mut hashing = Hashing::new(io::sink());
    io::copy(reader, &mut hashing)?;
    let (hash, bytes, _) = hashing.finish();
    Ok((hash, bytes))
}

/// The hash of a text, in 64 lower-case hexadecimal digits.
#[must_use]
pub fn of_bytes(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// True for 64 lower-case hexadecimal digits: nothing else may become the name of a file.
pub(super) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
