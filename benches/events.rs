//! The floor: reads files, checks their UTF-8 and runs the parser's events, nothing else.
//!
//! What gwcfg adds is measured against this process; `cargo bench --bench pipeline` does it.

use std::process::ExitCode;

use granit_parser::{Options, Parser};

fn main() -> ExitCode {
    let paths = std::env::args_os().skip(1).filter(|argument| argument != "--bench");
    let mut events = 0_usize;
    for path in paths {
        let text = match std::fs::read(&path).map(String::from_utf8) {
            Ok(Ok(text)) => text,
            Ok(Err(error)) => return failed(&path, &error),
            Err(error) => return failed(&path, &error),
        };
        let mut options = Options::default();
        options.emit_unresolved_aliases = true;
        options.set_emit_comments(false);
        for event in Parser::new_from_str_with_options(&text, options) {
            match event {
                Ok(event) => events += usize::from(std::hint::black_box(event).1.start.line() > 0),
                Err(error) => return failed(&path, &error),
            }
        }
    }
    // The sum is what keeps the loop.
    if events == usize::MAX { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn failed(path: &std::ffi::OsStr, error: &dyn std::error::Error) -> ExitCode {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{}: {error}", path.display());
    ExitCode::FAILURE
}
