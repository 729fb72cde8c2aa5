//! The counts in the notes are those of the file.

use crate::checks::Context;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::source::Field;

/// The record.
pub static RULE: Rule = Rule {
    name: "metadata-count-wrong",
    stage: Stage::References,
    severity: Severity::Info,
    summary: "a count in `metadata` differs from the file",
    page: include_str!("metadata_count_wrong.md"),
};

/// Compares `total_providers` with the active providers and `total_models_available` with their
/// models.
pub fn check(context: &Context<'_>, out: &mut Reporter<'_>) {
    let documents = context.documents;
    let Some(metadata) = documents.providers.metadata.value() else { return };
    let entries = documents.providers.providers.value();
    let unread = entries.is_none_or(|all| {
        all.iter().any(|entry| {
            entry.value.value().is_none_or(|row| row.status.is_broken() || row.models.is_broken())
        })
    });
    // What could not be read cannot be counted, and an environment may have more or less.
    if unread || documents.overlaid || !documents.incomplete.is_empty() {
        return;
    }
    let routing = context.routing;
    let active = || routing.providers.iter().filter(|provider| provider.active);
    let models = active().map(|provider| routing.models_of(provider).len()).sum();
    compare(
        "total_providers",
        "active providers",
        &metadata.total_providers,
        active().count(),
        out,
    );
    let written = &metadata.total_models_available;
    compare("total_models_available", "models of active providers", written, models, out);
}

fn compare(key: &str, what: &str, written: &Field<u64>, counted: usize, out: &mut Reporter<'_>) {
    let Some(given) = written.copied() else { return };
    if usize::try_from(given.value) == Ok(counted) {
        return;
    }
    out.report(
        format!("`{key}` says {}, and the file has {counted}", given.value),
        given.span,
        format!("the number of {what} is {counted}"),
    )
    .help("correct it, or leave the count out: nothing depends on it")
    .fix(format!("change it to {counted}"), given.span, counted.to_string());
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn a_count_of_former_times() {
        insta::assert_snapshot!(only("metadata-count-wrong", "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
metadata: {total_providers: 3, total_models_available: 2}
"), @"
        info[metadata-count-wrong]: `total_providers` says 3, and the file has 1
          --> providers.yaml:7:29 `3` the number of active providers is 1
          help: correct it, or leave the count out: nothing depends on it
          fix: change it to 1
        ");
    }

    #[test]
    fn right_counts_are_silent() {
        insta::assert_snapshot!(only("metadata-count-wrong", "
--- providers.yaml
providers:
  ollama:
    type: ollama
    base_url: 'http://127.0.0.1:11434'
    status: active
    models: [phi4, qwen3]
metadata: {total_providers: 1, total_models_available: 2}
"), @"");
    }

    #[test]
    fn the_fix_corrects_the_count() {
        insta::assert_snapshot!(crate::testing::fixed("metadata-count-wrong", "providers.yaml", "
--- providers.yaml
providers: {}
metadata: {total_providers: 3}
"), @"
        providers: {}
        metadata: {total_providers: 0}
        ");
    }
    #[test]
    fn an_environment_with_fewer_providers_is_no_mistake_of_the_file() {
        insta::assert_snapshot!(only("metadata-count-wrong", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [x]}
  b: {type: ollama, base_url: 'http://127.0.0.1:2', status: active, models: [y]}
metadata: {total_providers: 2}
--- overlay.yaml
providers: {b: null}
"), @"");
    }
}
