//! Two configs compared for a reader, with the secrets of both masked.

use std::io::{self, Write as _};

use crate::diagnostic::{Report, stars};
use crate::release::diff;
use crate::source::{self, SourceFile, Sources, secrets};

use super::Terminal;

/// Writes the unified diff of two configs to stdout.
pub(super) fn write(
    old: &[u8],
    new: &[u8],
    old_name: &str,
    new_name: &str,
    terminal: &mut Terminal,
) -> io::Result<()> {
    let (before, after) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let text = diff::unified(&before, &after, old_name, new_name);
    let mut sources = Sources::default();
    let mut report = Report::default();
    for bytes in [old, new] {
        let file = sources.add(SourceFile::new(String::new(), bytes.to_vec(), false));
        let parsed = source::parse(&sources, file);
        report.hide(&secrets::find(&sources, file, &parsed.tree, parsed.errors.is_empty()));
    }
    let shown = report.redactions(&sources).hide(&text).into_owned();
    let shown = stars(&shown, &secrets::in_text(&shown));
    terminal.out.write_all(shown.as_bytes())?;
    terminal.out.flush()
}
