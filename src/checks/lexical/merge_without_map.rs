//! What `<<` brings in is a mapping.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::source::DifferenceKind;

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "merge-without-map",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "`<<` names no mapping, so it brings nothing in",
    page: include_str!("merge_without_map.md"),
};

/// Reports every `<<` whose value is neither a mapping nor a list of mappings.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    for difference in file.differences {
        if difference.kind != DifferenceKind::MergeOfNoMap {
            continue;
        }
        out.report(
            "`<<` merges mappings, and this is none, so the keys that were to come from it are \
             missing",
            difference.at,
            "no mapping",
        )
        .help("name a mapping by its alias, or remove the `<<`");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn what_is_no_mapping_is_shown() {
        insta::assert_snapshot!(only("merge-without-map", "
--- providers.yaml
common: &common {type: ollama, status: active}
models: &models [phi4]
providers:
  a: {<<: common, base_url: 'http://127.0.0.1:1'}
  b: {<<: *models, base_url: 'http://127.0.0.1:2'}
  c: {<<: [*common, 1], base_url: 'http://127.0.0.1:3'}
  d:
    <<:
    base_url: 'http://127.0.0.1:4'
"), @"
        error[merge-without-map]: `<<` merges mappings, and this is none, so the keys that were to come from it are missing
          --> providers.yaml:4:11 `common` no mapping
          help: name a mapping by its alias, or remove the `<<`
        error[merge-without-map]: `<<` merges mappings, and this is none, so the keys that were to come from it are missing
          --> providers.yaml:5:11 `*models` no mapping
          help: name a mapping by its alias, or remove the `<<`
        error[merge-without-map]: `<<` merges mappings, and this is none, so the keys that were to come from it are missing
          --> providers.yaml:6:21 `1` no mapping
          help: name a mapping by its alias, or remove the `<<`
        error[merge-without-map]: `<<` merges mappings, and this is none, so the keys that were to come from it are missing
          --> providers.yaml:8:5 `<<` no mapping
          help: name a mapping by its alias, or remove the `<<`
        ");
    }

    #[test]
    fn mappings_are_silent() {
        insta::assert_snapshot!(only("merge-without-map", "
--- providers.yaml
common: &common {type: ollama, status: active}
providers:
  a: {<<: *common, base_url: 'http://127.0.0.1:1'}
  b: {<<: [*common, {timeout: 5}], base_url: 'http://127.0.0.1:2'}
  \"<<\": {<<: {type: ollama}, base_url: 'http://127.0.0.1:3', status: active}
"), @"");
    }
}
