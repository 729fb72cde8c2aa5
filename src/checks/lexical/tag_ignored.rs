//! Values say by their looks what they are.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::source::DifferenceKind;

use super::File;

/// The record.
pub static RULE: Rule = Rule {
    name: "tag-ignored",
    stage: Stage::Lexical,
    severity: Severity::Warning,
    summary: "a tag says what a value is, and gwcfg or PyYAML takes no notice of it",
    page: include_str!("tag_ignored.md"),
};

/// Reports every tag that says something else than the looks of its value.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    for difference in file.differences {
        if difference.kind != DifferenceKind::Tag {
            continue;
        }
        let tag = file.sources.slice(difference.at);
        if tag == "!" {
            out.report(
                "the tag `!` makes any value a text for YAML 1.2 readers such as gwcfg, and says \
                 nothing to PyYAML",
                difference.at,
                "not for PyYAML",
            )
            .help("put what is meant as text in quotes, without the tag");
            continue;
        }
        out.report(
            format!(
                "gwcfg ignores the tag `{tag}`; PyYAML reads another value because of it, or \
                 refuses the file"
            ),
            difference.at,
            "ignored",
        )
        .help("remove it; what is meant as text stands in quotes");
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::only;

    #[test]
    fn tags_that_change_a_value_are_shown() {
        insta::assert_snapshot!(only("tag-ignored", "
--- providers.yaml
providers:
  a: !mine {type: ollama, base_url: 'http://127.0.0.1:1', status: active,
    models: [! 8, !!int \"8\", {name: !!binary cGhpNA==}], tags: !!set {x, y}}
"), @"
        warning[tag-ignored]: gwcfg ignores the tag `!mine`; PyYAML reads another value because of it, or refuses the file
          --> providers.yaml:2:6 `!mine` ignored
          help: remove it; what is meant as text stands in quotes
        warning[tag-ignored]: the tag `!` makes any value a text for YAML 1.2 readers such as gwcfg, and says nothing to PyYAML
          --> providers.yaml:3:14 `!` not for PyYAML
          help: put what is meant as text in quotes, without the tag
        warning[tag-ignored]: gwcfg ignores the tag `!!int`; PyYAML reads another value because of it, or refuses the file
          --> providers.yaml:3:19 `!!int` ignored
          help: remove it; what is meant as text stands in quotes
        warning[tag-ignored]: gwcfg ignores the tag `!!binary`; PyYAML reads another value because of it, or refuses the file
          --> providers.yaml:3:37 `!!binary` ignored
          help: remove it; what is meant as text stands in quotes
        warning[tag-ignored]: gwcfg ignores the tag `!!set`; PyYAML reads another value because of it, or refuses the file
          --> providers.yaml:3:64 `!!set` ignored
          help: remove it; what is meant as text stands in quotes
        ");
    }

    #[test]
    fn tags_that_say_what_is_seen_are_silent() {
        insta::assert_snapshot!(only("tag-ignored", "
--- providers.yaml
providers: !!map
  a: &a {type: !!str ollama, base_url: 'http://127.0.0.1:1', status: ! active, timeout: !!int 8,
    models: !!seq [!!str 8]}
  b: {!!merge <<: *a, base_url: 'http://127.0.0.1:2'}
"), @"");
    }
}
