//! An overlay says that it removes something.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::source::Span;

use super::overlays::Laid;

/// The record.
pub static RULE: Rule = Rule {
    name: "overlay-value-empty",
    stage: Stage::Schema,
    severity: Severity::Warning,
    summary: "a key of an overlay has no value, which removes what the sources have",
    page: include_str!("overlay_value_empty.md"),
};

/// Reports each key with nothing behind it that removes something.
pub fn check(laid: &Laid<'_>, out: &mut Reporter<'_>) {
    for key in &laid.silent {
        let finding = out
            .report(
                format!("`{}` has no value, so it removes what the sources say there", key.value),
                key.span,
                "no value",
            )
            .help("write `null` when that is meant; else fill it, or take the line out");
        // The parser tells no place of what is not there: it is behind the colon.
        let text = laid.sources.text(key.span.file());
        let behind = text.get(key.span.range().end..).and_then(|rest| rest.find(':'));
        if let Some(colon) = behind {
            let at = key.span.range().end + colon + 1;
            let place = Span::new(key.span.file(), at, at);
            finding.unsafe_fix("say that it removes", place, " null");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, only};

    const TEXT: &str = "
--- overlay.yaml
exact_matches:
#  phi4: {provider: ollama}
providers: {ollama: {status: null, models: }}
";

    #[test]
    fn a_section_that_was_emptied_is_told() {
        insta::assert_snapshot!(only("overlay-value-empty", TEXT), @"
        warning[overlay-value-empty]: `exact_matches` has no value, so it removes what the sources say there
          --> overlay.yaml:1:1 `exact_matches` no value
          help: write `null` when that is meant; else fill it, or take the line out
          unsafe fix: say that it removes
        warning[overlay-value-empty]: `models` has no value, so it removes what the sources say there
          --> overlay.yaml:3:36 `models` no value
          help: write `null` when that is meant; else fill it, or take the line out
          unsafe fix: say that it removes
        ");
    }

    #[test]
    fn the_fix_says_what_happens() {
        insta::assert_snapshot!(fixed("overlay-value-empty", "overlay.yaml", TEXT), @"
        exact_matches: null
        #  phi4: {provider: ollama}
        providers: {ollama: {status: null, models: null }}
        ");
    }
}
