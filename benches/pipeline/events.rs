//! The floor: reads files, checks their UTF-8 and runs the parser's events, nothing else.

use std::error::Error;
use std::ffi::OsString;
use std::hint::black_box;

use granit_parser::{Options, Parser};

/// Runs the events of every file.
pub fn run(paths: &[OsString]) -> Result<(), Box<dyn Error>> {
    for path in paths {
        let text = String::from_utf8(std::fs::read(path)?)?;
        let mut options = Options::default();
        options.emit_unresolved_aliases = true;
        options.set_emit_comments(false);
        for event in Parser::new_from_str_with_options(&text, options) {
            black_box(event?);
        }
    }
    Ok(())
}
