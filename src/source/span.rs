//! Places in source files: byte ranges and line-and-column positions.

use std::cmp::Ordering;
use std::fmt;
use std::num::NonZeroU32;

/// Number of a file in [`Sources`](super::Sources), in the order in which files were added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u16);

/// Bytes that a file may have at most: what an offset has room for.
pub(super) const MAX_OFFSET: u32 = (1 << OFFSET_BITS) - 2;

/// Files of a run at most: the six bits that two offsets leave free.
pub(super) const MAX_FILES: usize = 64;

const OFFSET_BITS: u32 = 29;
const OFFSET: u32 = (1 << OFFSET_BITS) - 1;

/// A half-open range of bytes in one file. Offsets count from the start of the file as it
/// stands on disk, a byte order mark included.
///
/// Eight bytes, because a project of a hundred thousand models has a million of them, and never
/// all zero, so that an `Option` of one is no bigger.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte; the low three bits of the file's number above it.
    start: u32,
    /// One past the last byte, plus one; the high three bits of the file's number above it.
    end: NonZeroU32,
}

impl Span {
    /// A range of `file`; a reversed range is read as empty at its start.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let start = offset(start);
        let end = offset(end).max(start);
        let file = u32::from(file.0);
        let low = (file & 7) << OFFSET_BITS;
        let high = (file >> 3 & 7) << OFFSET_BITS;
        Span { start: low | start, end: NonZeroU32::MIN.saturating_add(high | end) }
    }

    /// The empty range at the start of `file`.
    #[must_use]
    pub fn file_start(file: FileId) -> Self {
        Span::new(file, 0, 0)
    }

    /// The file.
    #[must_use]
    pub fn file(self) -> FileId {
        let high = (self.end.get() - 1) >> OFFSET_BITS << 3;
        FileId(u16::try_from(high | self.start >> OFFSET_BITS).unwrap_or(u16::MAX))
    }

    /// The first byte.
    #[must_use]
    pub fn start(self) -> u32 {
        self.start & OFFSET
    }

    /// One past the last byte.
    #[must_use]
    pub fn end(self) -> u32 {
        (self.end.get() - 1) & OFFSET
    }

    /// The same start with another end.
    #[must_use]
    pub fn until(self, end: u32) -> Self {
        Span::new(self.file(), self.start() as usize, end as usize)
    }

    /// The range as `usize`, for slicing.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start() as usize..self.end() as usize
    }

    /// As one number, for the reader; never zero.
    pub(super) fn to_bits(self) -> u64 {
        u64::from(self.start) << 32 | u64::from(self.end.get())
    }

    /// What [`Span::to_bits`] made.
    pub(super) fn from_bits(bits: u64) -> Option<Self> {
        let low = u32::try_from(bits & u64::from(u32::MAX)).ok()?;
        Some(Span { start: u32::try_from(bits >> 32).ok()?, end: NonZeroU32::new(low)? })
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}..{}", self.file().0, self.start(), self.end())
    }
}

impl Ord for Span {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |span: &Span| (span.file(), span.start(), span.end());
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Span {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Offsets have 29 bits because files above [`MAX_FILE_BYTES`](super::MAX_FILE_BYTES) are never
/// read; the saturation is unreachable and only spares a panic.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(MAX_OFFSET).min(MAX_OFFSET)
}

/// A value and where it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

/// A name as written, with its place. The text lives as long as [`Sources`](super::Sources).
pub type Name<'a> = Spanned<&'a str>;

/// Line and column, both counted from 1; columns count Unicode scalar values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Offset in bytes, from 0.
    pub byte: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_eight_bytes_and_keeps_everything() {
        assert_eq!(size_of::<Option<Span>>(), 8);
        let most = MAX_OFFSET as usize;
        for (file, start, end) in [(0, 0, 0), (63, most, most), (7, 0, most), (8, 5, 9)] {
            let span = Span::new(FileId(file), start, end);
            assert_eq!((span.file().0, span.range()), (file, start..end));
            assert_eq!(Span::from_bits(span.to_bits()), Some(span));
        }
    }

    #[test]
    fn a_reversed_range_is_empty() {
        assert_eq!(Span::new(FileId(1), 9, 3), Span::new(FileId(1), 9, 9));
    }

    #[test]
    fn spans_are_ordered_by_file_first() {
        assert!(Span::new(FileId(1), 9, 9) < Span::new(FileId(8), 0, 0));
    }
}
