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
    /// Least severity that fails the command
    #[arg(long, value_enum, default_value = "error", value_name = "SEVERITY")]
    pub(in crate::cli) fail_on: FailOn,
    #[command(flatten)]
    pub(in crate::cli) weights: Weights,
    /// Exit with 0 whatever is found
    #[arg(long)]
    pub(in crate::cli) exit_zero: bool,
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
    pub(super) fn of(weights: &Weights) -> Self {
        Reporting {
            format: Format::Human,
            reports: Vec::new(),
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
