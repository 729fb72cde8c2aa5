//! The options of every command that reports findings.

use clap::Args;

use super::words::{FailOn, Format};

#[derive(Debug, Args)]
#[command(next_help_heading = "Options of the report")]
pub(in crate::cli) struct Reporting {
    /// Format of the report
    #[arg(long, value_enum, default_value = "human")]
    pub(in crate::cli) format: Format,
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
            fail_on: FailOn::Error,
            weights: weights.clone(),
            exit_zero: false,
        }
    }
}
