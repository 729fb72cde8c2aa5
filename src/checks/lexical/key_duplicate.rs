//! A key stands once in its mapping.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "key-duplicate",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "a key is written twice in one mapping",
    page: include_str!("key_duplicate.md"),
};

/// Reports every key that is written again in its mapping.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    for (earlier, later) in file.repeated {
        let name = file.tree.value(*later);
        out.report(
            format!("key `{name}` is written twice, so the first one is lost"),
            file.tree.span(*later),
            "this one counts",
        )
        .also(file.tree.span(*earlier), "this one is lost")
        .help("keep one of the two, or rename one");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn both_places_are_shown() {
        insta::assert_snapshot!(only("key-duplicate", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active}
  a: {type: ollama, base_url: 'http://127.0.0.1:2', status: active}
--- model-mappings.yaml
exact_matches: {}
"), @"
        error[key-duplicate]: key `a` is written twice, so the first one is lost
          --> providers.yaml:3:3 `a` this one counts
          ::: providers.yaml:2:3 `a` this one is lost
          help: keep one of the two, or rename one
        ");
    }

    #[test]
    fn equal_keys_of_different_mappings_are_silent() {
        insta::assert_snapshot!(only("key-duplicate", "
--- providers.yaml
providers:
  a: {type: ollama, base_url: 'http://127.0.0.1:1', status: active}
  b: {type: ollama, base_url: 'http://127.0.0.1:2', status: active}
--- model-mappings.yaml
exact_matches: {}
"), @"");
    }
}
