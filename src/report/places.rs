//! Lines and columns of many spans: the line table of a file is made when first asked for.

use std::cell::OnceCell;

use crate::source::{FileId, Lines, Position, Sources, Span};

/// The line tables of a run's files.
#[derive(Debug)]
pub(super) struct Places<'a> {
    pub(super) sources: &'a Sources,
    lines: Vec<OnceCell<Lines>>,
    /// For a file number that was never given out: such a span is drawn at an empty text.
    none: Lines,
}

impl<'a> Places<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        let lines = sources.files().map(|_| OnceCell::new()).collect();
        Places { sources, lines, none: Lines::new("") }
    }

    pub(super) fn lines(&self, file: FileId) -> &Lines {
        let cell = self.lines.get(usize::from(file.0));
        cell.map_or(&self.none, |cell| cell.get_or_init(|| Lines::new(self.sources.text(file))))
    }

    pub(super) fn position(&self, file: FileId, byte: u32) -> Position {
        self.lines(file).position(self.sources.text(file), byte)
    }

    pub(super) fn of(&self, span: Span) -> (Position, Position) {
        (self.position(span.file(), span.start()), self.position(span.file(), span.end()))
    }
}
