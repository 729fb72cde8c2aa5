//! Places in source files: byte ranges and line-and-column positions.

/// Number of a file in [`Sources`](super::Sources), in the order in which files were added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u16);

/// A half-open range of bytes in one file. Offsets count from the start of the file as it
/// stands on disk, a byte order mark included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A range of `file`; a reversed range is read as empty at its start.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let start = offset(start);
        Span { file, start, end: offset(end).max(start) }
    }

    /// The empty range at the start of `file`.
    #[must_use]
    pub fn file_start(file: FileId) -> Self {
        Span { file, start: 0, end: 0 }
    }

    /// The range as `usize`, for slicing.
    #[must_use]
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Offsets are 32-bit because files above [`MAX_FILE_BYTES`](super::MAX_FILE_BYTES) are never
/// read; the saturation is unreachable and only spares a panic.
fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
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
