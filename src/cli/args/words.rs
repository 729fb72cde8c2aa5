//! The words that an option may have as its value.

use clap::ValueEnum;

use crate::cli::color;
use crate::diagnostic::Severity;
use crate::gateway::litellm::walk::Failure;
use crate::{document, report};

/// How a request fails.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum ErrorClass {
    /// The context is too long
    Context,
    /// The content is refused
    Policy,
    /// 429
    RateLimit,
    /// 401
    Auth,
    /// No answer in time
    Timeout,
    /// 500
    Server,
}

impl From<ErrorClass> for Failure {
    fn from(class: ErrorClass) -> Self {
        match class {
            ErrorClass::Context => Failure::ContextWindow,
            ErrorClass::Policy => Failure::ContentPolicy,
            ErrorClass::RateLimit => Failure::RateLimit,
            ErrorClass::Auth => Failure::Authentication,
            ErrorClass::Timeout => Failure::Timeout,
            ErrorClass::Server => Failure::Server,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum Plain {
    Human,
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for color::Choice {
    fn from(choice: Color) -> Self {
        match choice {
            Color::Auto => color::Choice::Auto,
            Color::Always => color::Choice::Always,
            Color::Never => color::Choice::Never,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum Format {
    Human,
    Json,
}

impl From<Format> for report::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Human => report::Format::Human,
            Format::Json => report::Format::Json,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum FailOn {
    Error,
    Warning,
    Info,
}

impl From<FailOn> for Severity {
    fn from(limit: FailOn) -> Self {
        match limit {
            FailOn::Error => Severity::Error,
            FailOn::Warning => Severity::Warning,
            FailOn::Info => Severity::Info,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(in crate::cli) enum Document {
    /// gwcfg.yaml
    Gwcfg,
    /// providers.yaml
    Providers,
    /// model-mappings.yaml
    ModelMappings,
    /// ports.yaml
    Ports,
    /// An overlay of an environment
    Overlay,
}

impl Document {
    /// What the file may hold, as JSON.
    pub(in crate::cli) fn schema(self) -> serde_json::Result<String> {
        let schema = match self {
            Document::Gwcfg => document::Document::Project.schema(),
            Document::Providers => document::Document::Providers.schema(),
            Document::ModelMappings => document::Document::Mappings.schema(),
            Document::Ports => document::Document::Ports.schema(),
            Document::Overlay => document::overlay_schema(),
        };
        serde_json::to_string_pretty(&schema)
    }
}
