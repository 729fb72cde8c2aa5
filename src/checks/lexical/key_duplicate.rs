//! A key stands once in its mapping.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::NodeId;

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
        let text = |key: &NodeId| file.tree.value(file.tree.resolve(*key));
        let (first, name) = (text(earlier), text(later));
        let what = if first == name {
            format!("key `{name}` is written twice")
        } else {
            format!("`{first}` and `{name}` are one key to PyYAML")
        };
        out.report(
            format!("{what}, so the first one is lost"),
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
    fn one_key_in_two_spellings() {
        insta::assert_snapshot!(only("key-duplicate", "
--- providers.yaml
providers: {}
metadata: {1: a, true: b, 0x10: c, 16.0: d, 1.5: e, 1.50: f, ~: g, null: h}
notes: {1: a, '1': b, 1e3: c, 1000: d, .nan: e, 0: f, 0.5: g, '~': h}
"), @"
        error[key-duplicate]: `1` and `true` are one key to PyYAML, so the first one is lost
          --> providers.yaml:2:18 `true` this one counts
          ::: providers.yaml:2:12 `1` this one is lost
          help: keep one of the two, or rename one
        error[key-duplicate]: `0x10` and `16.0` are one key to PyYAML, so the first one is lost
          --> providers.yaml:2:36 `16.0` this one counts
          ::: providers.yaml:2:27 `0x10` this one is lost
          help: keep one of the two, or rename one
        error[key-duplicate]: `1.5` and `1.50` are one key to PyYAML, so the first one is lost
          --> providers.yaml:2:53 `1.50` this one counts
          ::: providers.yaml:2:45 `1.5` this one is lost
          help: keep one of the two, or rename one
        error[key-duplicate]: `~` and `null` are one key to PyYAML, so the first one is lost
          --> providers.yaml:2:68 `null` this one counts
          ::: providers.yaml:2:62 `~` this one is lost
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
