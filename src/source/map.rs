//! All texts of one run, and the way from a byte offset to a line and a column.

use elsa::sync::FrozenVec;

use super::span::{FileId, MAX_FILES, Position, Span};

/// How the bytes of a file turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Valid UTF-8.
    Utf8,
    /// Not UTF-8; the text is what stands before the first bad byte.
    NotUtf8 {
        /// Offset of the first bad byte.
        at: u32,
        /// The file begins with a UTF-16 byte order mark.
        utf16: bool,
    },
    /// Larger than the limit; the text is its beginning.
    TooLarge,
    /// The file is required and not there; the text is empty.
    Missing,
}

/// One source file: its path for people, its text, and what was wrong with its bytes.
#[derive(Debug)]
pub struct SourceFile {
    /// Relative to the project root, with forward slashes.
    pub path: String,
    /// The text, or the readable beginning of it.
    pub text: String,
    /// How the bytes turned out.
    pub encoding: Encoding,
    /// Path of a file that has nearly the name of this one, which is not there.
    pub near: Option<String>,
    /// Read beside the sources, as a baseline is: nothing is compiled from it.
    pub beside: bool,
}

impl SourceFile {
    /// Takes the bytes of a file as they were read.
    #[must_use]
    pub fn new(path: String, bytes: Vec<u8>, too_large: bool) -> Self {
        let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let (text, mut encoding) = match String::from_utf8(bytes) {
            Ok(text) => (text, Encoding::Utf8),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let mut bytes = error.into_bytes();
                bytes.truncate(at);
                let at = u32::try_from(at).unwrap_or(u32::MAX);
                (String::from_utf8(bytes).unwrap_or_default(), Encoding::NotUtf8 { at, utf16 })
            }
        };
        if too_large {
            encoding = Encoding::TooLarge;
        }
        SourceFile { path, text, encoding, near: None, beside: false }
    }

    /// Stands for a required file that is not there.
    #[must_use]
    pub fn missing(path: String) -> Self {
        let (text, encoding) = (String::new(), Encoding::Missing);
        SourceFile { path, text, encoding, near: None, beside: false }
    }
}

/// Owns every text of a run, and the strings that had to be unescaped.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
    kept: FrozenVec<Box<str>>,
}

impl Sources {
    /// Adds a file and gives its number. A project has four; behind the number that a [`Span`] has
    /// room for, the last one is given again.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        let id = self.files.len().min(MAX_FILES - 1);
        self.files.push(file);
        FileId(u16::try_from(id).unwrap_or(u16::MAX))
    }

    /// All files with their numbers, in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| {
            let id = FileId(u16::try_from(index).unwrap_or(u16::MAX));
            (id, file)
        })
    }

    /// The files that are there and that something is compiled from, in the same order.
    pub fn inputs(&self) -> impl Iterator<Item = &SourceFile> {
        let there = |file: &&SourceFile| file.encoding != Encoding::Missing && !file.beside;
        self.files.iter().filter(there)
    }

    /// The file with this number.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(usize::from(id.0))
    }

    /// The text of a file; empty for a number that was never given out.
    #[must_use]
    pub fn text(&self, id: FileId) -> &str {
        self.get(id).map_or("", |file| file.text.as_str())
    }

    /// The path of a file, as people should see it.
    #[must_use]
    pub fn path(&self, id: FileId) -> &str {
        self.get(id).map_or("", |file| file.path.as_str())
    }

    /// The text of a range; empty when the range is not inside the text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file()).get(span.range()).unwrap_or("")
    }

    /// Keeps a string as long as the texts live.
    pub(super) fn keep(&self, text: &str) -> &str {
        self.kept.push_get(text.into())
    }

    /// Line and column of a byte offset. Counts newlines up to it: asked only when printing.
    #[must_use]
    pub fn position(&self, file: FileId, byte: u32) -> Position {
        let text = self.text(file);
        let mut end = (byte as usize).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = text.get(..end).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let lines = lines_in(before.as_bytes());
        let column = before.get(line_start..).unwrap_or("").chars().count();
        Position { line: count(lines) + 1, column: count(column) + 1, byte }
    }

    /// The line in which a range begins.
    #[must_use]
    pub fn line(&self, span: Span) -> u32 {
        let before = self.text(span.file()).as_bytes().get(..span.start() as usize);
        count(lines_in(before.unwrap_or_default())) + 1
    }

    /// Start and end of a range as positions.
    #[must_use]
    pub fn positions(&self, span: Span) -> (Position, Position) {
        (self.position(span.file(), span.start()), self.position(span.file(), span.end()))
    }
}

/// How many newlines there are.
fn lines_in(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_bytes_count_bytes() {
        let mut sources = Sources::default();
        let bytes = "a: é\nb: →x\n".as_bytes().to_vec();
        let file = sources.add(SourceFile::new("t.yaml".to_owned(), bytes, false));
        let byte = u32::try_from(sources.text(file).find('x').unwrap()).unwrap();
        assert_eq!(sources.position(file, byte), Position { line: 2, column: 5, byte });
        assert_eq!(sources.line(Span::new(file, byte as usize, byte as usize + 1)), 2);
    }

    #[test]
    fn a_bad_byte_keeps_what_stands_before_it() {
        let file = SourceFile::new("t.yaml".to_owned(), b"a: 1\nb: \xff".to_vec(), false);
        assert_eq!(file.text, "a: 1\nb: ");
        assert_eq!(file.encoding, Encoding::NotUtf8 { at: 8, utf16: false });
    }
}
