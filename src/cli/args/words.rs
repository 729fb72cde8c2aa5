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
    Sarif,
    Github,
    Gitlab,
    Junit,
    Plain,
}

impl From<Format> for report::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Human => report::Format::Human,
            Format::Json => report::Format::Json,
            Format::Sarif => report::Format::Sarif,
            Format::Github => report::Format::Github,
            Format::Gitlab => report::Format::Gitlab,
            Format::Junit => report::Format::Junit,
            Format::Plain => report::Format::Plain,
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
    /// Every one.
    pub(in crate::cli) const ALL: [Document; 5] = [
        Document::Gwcfg,
        Document::Providers,
        Document::ModelMappings,
        Document::Ports,
        Document::Overlay,
    ];

    /// The name of its schema's file without the ending.
    pub(in crate::cli) fn stem(self) -> &'static str {
        match self {
            Document::Gwcfg => document::Document::Project.stem(),
            Document::Providers => document::Document::Providers.stem(),
            Document::ModelMappings => document::Document::Mappings.stem(),
            Document::Ports => document::Document::Ports.stem(),
            Document::Overlay => "overlay",
        }
    }

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
