//! `gwcfg lsp`.

use std::io::{BufReader, BufWriter};

use crate::lsp::{self, Ended};

use super::Terminal;
use super::args::Arguments;
use super::exit::Exit;

/// The root that the command line names is the one of every file; an editor's paths are absolute.
pub(super) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Exit {
    let mut wishes = arguments.places();
    if wishes.environment.is_some() {
        terminal.fail(
            "`--env` is for no editor: it is told what the sources are without an environment; \
             leave it out, and run `gwcfg validate --all-envs`",
        );
        return Exit::Usage;
    }
    for path in [&mut wishes.root, &mut wishes.config, &mut wishes.config_dir] {
        if let Some(named) = path {
            match named.canonicalize() {
                Ok(real) => *path = Some(real),
                Err(error) => {
                    terminal.fail(&format!("`{}`: {error}", named.display()));
                    return Exit::Usage;
                }
            }
        }
    }
    let (input, out) = (BufReader::new(std::io::stdin()), BufWriter::new(std::io::stdout()));
    match lsp::serve(input, out, wishes) {
        Ok(Ended::Orderly) => Exit::Done,
        // As the protocol wants it.
        Ok(Ended::Abrupt) => Exit::Findings,
        Err(error) => {
            terminal.fail(&format!("cannot write to the editor: {error}"));
            Exit::Usage
        }
    }
}
