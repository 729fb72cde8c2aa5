//! The SHA-256 of what is written. Where much is written, it is made beside the writing, so that
//! neither waits for the other.

use std::io::{self, Write};
use std::panic;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, Scope, ScopedJoinHandle};

use sha2::{Digest as _, Sha256};

/// Bytes that are written and hashed at a time.
const PIECE: usize = 256 * 1024;

/// Pieces that may wait for the hash.
const WAITING: usize = 4;

/// Runs `body`, which writes to `out`, and gives the hash of what it wrote, in 64 lower-case
/// hexadecimal digits.
///
/// # Errors
/// When `body` or `out` fails.
pub(super) fn hashed(
    out: &mut dyn Write,
    body: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<String> {
    thread::scope(|scope| {
        let piece = Vec::new();
        let mut hashing = Hashing { out, scope, piece, hasher: Hasher::Here(Sha256::new()) };
        body(&mut hashing)?;
        hashing.finish()
    })
}

/// Hashes what passes through.
struct Hashing<'scope, 'env, 'w> {
    out: &'w mut dyn Write,
    scope: &'scope Scope<'scope, 'env>,
    /// What is neither written nor hashed yet.
    piece: Vec<u8>,
    hasher: Hasher<'scope>,
}

/// Where the hash is made.
enum Hasher<'scope> {
    /// By the writer: little was written so far, or no thread is to be had.
    Here(Sha256),
    /// By a thread that gets the pieces.
    Apart(SyncSender<Vec<u8>>, ScopedJoinHandle<'scope, Sha256>),
}

impl Hashing<'_, '_, '_> {
    /// Writes and hashes a piece; more will come.
    fn pass(&mut self) -> io::Result<()> {
        self.out.write_all(&self.piece)?;
        if let Hasher::Here(hasher) = &mut self.hasher {
            let mut ours = hasher.clone();
            let (sender, receiver) = sync_channel::<Vec<u8>>(WAITING);
            let run = move || {
                receiver.into_iter().for_each(|piece| ours.update(piece));
                ours
            };
            match thread::Builder::new().spawn_scoped(self.scope, run) {
                Ok(thread) => self.hasher = Hasher::Apart(sender, thread),
                Err(_) => hasher.update(&self.piece),
            }
        }
        if let Hasher::Apart(sender, _) = &self.hasher {
            let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
            // It goes on until the sender is dropped, unless it panics: the end tells of that.
            drop(sender.send(piece));
        }
        self.piece.clear();
        Ok(())
    }

    fn finish(self) -> io::Result<String> {
        self.out.write_all(&self.piece)?;
        let mut hasher = match self.hasher {
            Hasher::Here(hasher) => hasher,
            Hasher::Apart(sender, thread) => {
                drop(sender);
                thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic))
            }
        };
        hasher.update(&self.piece);
        Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

impl Write for Hashing<'_, '_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.pass()?;
        }
        Ok(bytes.len())
    }

    /// What waits is a piece still: the end writes it.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes, and then no more.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let fits = bytes.len().min(self.0);
            self.0 -= fits;
            Ok(fits)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_hash_is_that_of_all_bytes_however_many() {
        for length in [0, 1, 100, PIECE - 1, PIECE, PIECE + 1, 9 * PIECE + 7] {
            let bytes: Vec<u8> = (0..length).map(|at| (at * 7 % 251) as u8).collect();
            for step in [3_usize, 1000, PIECE, 10 * PIECE] {
                let mut out = Vec::new();
                let hash = hashed(&mut out, |out| {
                    bytes.chunks(step).try_for_each(|part| out.write_all(part))
                });
                let digest = Sha256::digest(&bytes);
                let expected: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!(hash.unwrap(), expected, "{length} bytes by {step}");
                assert!(out == bytes, "{length} bytes by {step}");
            }
        }
    }

    #[test]
    fn a_full_disk_and_a_body_that_fails_are_told() {
        for room in [0, PIECE / 2, 3 * PIECE + 1] {
            let written = hashed(&mut Full(room), |out| {
                (0..40).try_for_each(|_| out.write_all(&[b'a'; PIECE / 10]))
            });
            assert_eq!(written.unwrap_err().kind(), io::ErrorKind::WriteZero);
        }
        let failed = hashed(&mut Vec::new(), |out| {
            out.write_all(&[b'a'; 2 * PIECE])?;
            Err(io::Error::other("no more"))
        });
        assert_eq!(failed.unwrap_err().to_string(), "no more");
    }
}
