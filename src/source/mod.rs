//! Text and positions: files with limits, spans, and the YAML tree. Knows nothing of gateways.

mod bytes;
mod comments;
mod compose;
mod differences;
mod fields;
mod keys;
mod lines;
mod list;
mod load;
mod map;
mod nodes;
mod overlay;
mod parse;
mod read;
mod recover;
pub mod scalar;
pub mod secrets;
mod span;
mod tree;

pub use comments::{Comment, comments};
pub use compose::{Composed, Composer};
pub use differences::{Difference, DifferenceKind};
pub use fields::{Checked, Entries, Entry, Field, Given, Ignored, NameOr, Names, Scalar, Text};
pub use keys::{Expansion, MAX_EXPANDED_NODES};
pub use lines::{Lines, hidden_line_breaks, newlines};
pub use list::List;
pub use load::{LoadError, MAX_FILE_BYTES, read_file};
pub use map::{Encoding, SourceFile, Sources};
pub use overlay::{Idle, MAX_LAYERS, Overlaid, overlay};
pub use parse::{MAX_DEPTH, Parsed, SyntaxError, SyntaxErrorKind, parse};
pub use read::{Problems, Read, UnknownKey, read};
pub use recover::MAX_SYNTAX_ERRORS;
pub use span::{FileId, Name, Position, Span, Spanned};
pub use tree::{Items, Kind, NodeId, Pairs, Style, Tag, Tree};
