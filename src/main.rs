//! gwcfg on the command line: argv in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    gwcfg::cli::main()
}
