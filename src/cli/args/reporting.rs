//! The options of every command that reports findings.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::report;

use super::words::{FailOn, Format};

#[derive(Debug, Args)]
#[command(next_help_heading = "Options of the report")]
pub(in crate::cli) struct Reporting {
    /// Format of the report
    #[arg(long, value_enum, default_value = "human")]
    pub(in crate::cli) format: Format,
    /// Write the report to a file, too, such as `sarif=gwcfg.sarif`; can be given again
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = report_file)]
    pub(in crate::cli) reports: Vec<ReportFile>,
    /// Findings that are known and do not count, as `--write-baseline` of `validate` and `lint`
    /// wrote them
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// Least severity that fails the command
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    pub(in crate::cli) fail_on: FailOn,
    #[command(flatten)]
    pub(in crate::cli) weights: Weights,
    /// Exit with 0 whatever is found
    #[arg(long)]
    pub(in crate::cli) exit_zero: bool,
}

/// Which fixes of the findings are made.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of the fixes")]
pub(in crate::cli) struct Fixes {
    /// Make the fixes whose meaning is certain, and report what is left
    #[arg(long)]
    pub(in crate::cli) fix: bool,
    /// With `--fix` or `--diff`: the likely fixes too, which may change what is meant
    #[arg(long)]
    pub(in crate::cli) unsafe_fixes: bool,
    /// Show what `--fix` would change as a diff, and exit with 1 when there is any; write nothing
    #[arg(long)]
    pub(in crate::cli) diff: bool,
}

impl Fixes {
    /// True when any fix is to be made or shown.
    ///
    /// # Errors
    /// When it is said which ones, and not that they are.
    pub(in crate::cli) fn are_wanted(&self) -> Result<bool, &'static str> {
        match (self.fix || self.diff, self.unsafe_fixes) {
            (false, true) => {
                Err("`--unsafe-fixes` says which fixes are made: say `--fix` to make \
                                  them, or `--diff` to see them")
            }
            (wanted, _) => Ok(wanted),
        }
    }
}

/// How rules weigh.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of the report")]
pub(in crate::cli) struct Weights {
    /// Raise a rule to an error
    #[arg(short = 'D', long = "deny", value_name = "RULE")]
    pub(super) deny: Vec<String>,
    /// Lower a rule to a warning
    #[arg(short = 'W', long = "warn", value_name = "RULE")]
    pub(super) warn: Vec<String>,
    /// Do not report a rule
    #[arg(short = 'A', long = "allow", value_name = "RULE")]
    pub(super) allow: Vec<String>,
}

impl Reporting {
    /// The reporting of a command whose answer is not a report.
    pub(in crate::cli) fn of(weights: &Weights) -> Self {
        Reporting {
            format: Format::Human,
            reports: Vec::new(),
            baseline: None,
            fail_on: FailOn::Error,
            weights: weights.clone(),
            exit_zero: false,
        }
    }
}

/// A report in a file.
#[derive(Debug, Clone)]
pub(in crate::cli) struct ReportFile {
    pub(in crate::cli) format: report::Format,
    pub(in crate::cli) path: PathBuf,
}

/// Reads `FORMAT=FILE`.
fn report_file(text: &str) -> Result<ReportFile, String> {
    let formats = report::Format::ALL.map(report::Format::as_str).join(", ");
    let Some((word, path)) = text.split_once('=') else {
        return Err(format!("write it as FORMAT=FILE; the formats are {formats}"));
    };
    let known = report::Format::ALL.into_iter().find(|format| format.as_str() == word);
    let Some(format) = known else {
        return Err(format!("there is no format `{word}`; the formats are {formats}"));
    };
    match path {
        "" => Err(format!("name the file: `{word}=FILE`")),
        "-" => Err(format!("stdout is for the main report: use `--format {word}`")),
        path => Ok(ReportFile { format, path: Path::new(path).to_path_buf() }),
    }
}
