//! What LiteLLM cannot express, or only approximately. Collected while lowering; the rules of the
//! lowering stage tell of it at its place.

use crate::source::{Name, Span};

/// One thing that does not survive the lowering as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss<'a> {
    /// Where it was written.
    pub span: Span,
    /// What.
    pub what: Lost<'a>,
}

/// What is lost, and what happens instead.
#[derive(Debug, Clone, PartialEq)]
pub enum Lost<'a> {
    /// A condition on requests. LiteLLM routes by name alone.
    Condition {
        /// Whose condition: a section and a name.
        of: String,
    },
    /// A strategy that LiteLLM does not have; the words say what is done instead.
    Strategy {
        /// As written.
        strategy: &'a str,
        /// Whose.
        owner: Name<'a>,
        /// What LiteLLM does instead.
        instead: &'static str,
        /// Words that would be compiled here.
        words: &'static [&'static str],
    },
    /// Weights beside a strategy that does not look at them (only `simple-shuffle` does).
    Weights {
        /// How many names have such weights.
        count: usize,
        /// The first of them.
        first: Name<'a>,
        /// LiteLLM's strategy.
        strategy: String,
    },
    /// A pattern that is none of LiteLLM's wildcards: unknown names that match it are not served
    /// by its provider.
    Pattern {
        /// The provider.
        provider: &'a str,
        /// Who gets such names instead.
        instead: Option<&'a str>,
        /// Whether a later pattern may take some of them.
        later: bool,
    },
    /// Two wildcards that LiteLLM asks in another order than the file.
    PatternOrder {
        /// The pattern that is written first and asked later.
        first: Name<'a>,
        /// The pattern that LiteLLM asks first.
        asked: Name<'a>,
    },
    /// The default provider behind a pattern that takes every name.
    DefaultUnreachable {
        /// The pattern.
        pattern: Name<'a>,
    },
    /// A special case that LiteLLM does not have.
    SpecialCase {
        /// Its name.
        name: &'a str,
    },
    /// Cooldowns that LiteLLM counts and times in its own way.
    Cooldown {
        /// Seconds that were asked for here.
        asked: f64,
        /// Seconds that every deployment is left alone.
        used: f64,
    },
    /// An option that has no counterpart.
    Option {
        /// The key.
        key: &'static str,
        /// Whose.
        owner: &'a str,
        /// Why, and what happens.
        why: &'static str,
    },
    /// Context lengths that LiteLLM does not look at: behind `ollama_chat/`.
    ContextLimit {
        /// How many models of the project.
        models: usize,
        /// The first one.
        first: &'a str,
    },
    /// LiteLLM's health check is a completion, not a look at a URL.
    HealthCheck {
        /// Seconds between two rounds.
        interval: f64,
        /// Deployments that are really asked.
        asked: usize,
        /// All deployments.
        deployments: usize,
        /// What was written and is not done, and what is.
        unread: Vec<(Span, &'static str)>,
    },
    /// Paths of health checks that the gateway does not call.
    HealthEndpoint {
        /// How many providers have one.
        providers: usize,
        /// The first of them.
        first: &'a str,
    },
    /// An option of models that their servers would not get.
    ModelOption {
        /// The option.
        option: &'a str,
        /// How many models have it.
        models: usize,
        /// The first of them.
        first: &'a str,
    },
    /// A provider that needs a key, and nothing says which variable holds it.
    KeyUnnamed {
        /// The provider.
        provider: &'a str,
    },
    /// Nothing sets the master key, without which LiteLLM does not start.
    MasterKey,
}
