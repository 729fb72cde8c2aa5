//! Provider types are built in or declared.

use crate::diagnostic::suggest;
use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Status;
use crate::gateway::quoting::anywhere;
use crate::routing::provider_type::{known_words, unknown_bases};
use crate::source::Span;

use super::Values;

/// The record.
pub static RULE: Rule = Rule {
    name: "provider-type-unknown",
    stage: Stage::Schema,
    severity: Severity::Error,
    summary: "a provider type is neither built in nor declared",
    page: include_str!("provider_type_unknown.md"),
};

/// Reports unknown types of active providers, and declared types that extend unknown ones.
pub fn check(values: &Values<'_>, out: &mut Reporter<'_>) {
    let project = &values.documents.project;
    let known = known_words(project);
    for (word, span) in unknown_bases(project) {
        report(out, word, span, "a declared type extends", &known);
    }
    // Declared types would be missing in a `gwcfg.yaml` that could not be read.
    let types_are_whole =
        values.documents.incomplete.is_empty() && !project.provider_types.is_broken();
    let providers = values.documents.providers.providers.value();
    for (name, provider) in providers.into_iter().flat_map(crate::source::Entries::given) {
        let Some(kind) = provider.kind.given().filter(|_| types_are_whole) else { continue };
        let active = provider.status.value() == Some(&Status::Active);
        if active && !known.contains(kind.value) {
            let who = format!("provider `{}` has", name.value);
            report(out, kind.value, kind.span, &who, &known);
        }
    }
}

fn report(out: &mut Reporter<'_>, word: &str, span: Span, who: &str, known: &[&str]) {
    let finding = out.report(
        format!("{who} the unknown type `{word}`, so it cannot be compiled"),
        span,
        "neither built in nor declared",
    );
    match suggest::nearest(word, known.iter().copied()) {
        Some(near) => {
            finding.help(format!("did you mean `{near}`?")).unsafe_fix(
                format!("change it to `{near}`"),
                span,
                anywhere(near),
            );
        }
        None => {
            finding.help(format!(
                "write `openai_compatible`, or declare `{word}` under `provider_types` in \
                 `gwcfg.yaml`"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn unknown_types_are_named() {
        insta::assert_snapshot!(only("provider-type-unknown", "
--- providers.yaml
providers:
  a: {type: olama, base_url: 'http://127.0.0.1:1', status: active}
  b: {type: house_made, base_url: 'http://127.0.0.1:1', status: active}
--- gwcfg.yaml
provider_types: {mine: {extends: opnai}}
"), @"
        error[provider-type-unknown]: a declared type extends the unknown type `opnai`, so it cannot be compiled
          --> gwcfg.yaml:1:34 `opnai` neither built in nor declared
          help: did you mean `openai`?
          unsafe fix: change it to `openai`
        error[provider-type-unknown]: provider `a` has the unknown type `olama`, so it cannot be compiled
          --> providers.yaml:2:13 `olama` neither built in nor declared
          help: did you mean `ollama`?
          unsafe fix: change it to `ollama`
        error[provider-type-unknown]: provider `b` has the unknown type `house_made`, so it cannot be compiled
          --> providers.yaml:3:13 `house_made` neither built in nor declared
          help: write `openai_compatible`, or declare `house_made` under `provider_types` in `gwcfg.yaml`
        ");
    }

    #[test]
    fn known_and_declared_types_are_silent() {
        insta::assert_snapshot!(only("provider-type-unknown", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active, models: [phi4]}
  b: {type: mine, base_url: 'http://127.0.0.1:2', status: active}
--- gwcfg.yaml
provider_types: {mine: {extends: openai}}
"), @"");
    }
}
