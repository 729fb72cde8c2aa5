//! What a comment allows is there.

use crate::checks::words::listed;
use crate::diagnostic::{Allow, AllowedRule, Reporter, Rule, Severity, Stage};
use crate::source::Span;

use super::Comments;

/// The record.
pub static RULE: Rule = Rule {
    name: "unused-allow",
    stage: Stage::Lexical,
    severity: Severity::Warning,
    summary: "a comment allows what is not there",
    page: include_str!("unused_allow.md"),
};

const HELP: &str = "remove it; a comment speaks of its own line, or of the line right below it";

/// Reports each comment once, whatever number of its rules find nothing.
pub fn check(comments: &Comments<'_>, out: &mut Reporter<'_>) {
    for allow in &comments.allows.given {
        let unused: Vec<&AllowedRule> = comments.unused(allow).collect();
        let Some(first) = unused.first() else { continue };
        let all = unused.len() == allow.rules.len();
        let place = if all { allow.comment.span } else { first.span };
        let names = listed(unused.iter().map(|rule| rule.name.as_str()));
        let verb = if unused.len() == 1 { "finds" } else { "find" };
        let line = match (&allow.comment.line, allow.comment.alone) {
            (Some(_), true) => "on the line below: it would hide what comes there later",
            (Some(_), false) => "on this line: it would hide what comes there later",
            (None, _) => "because no line follows",
        };
        let message = format!("the comment allows {names}, which {verb} nothing {line}");
        let finding = out.report(message, place, "allows nothing").help(HELP);
        let (title, edit, text) = mended(comments, allow, &unused);
        // A fix is safe when it hides no other mistake, and changes no value.
        if comments.errors_left || (all && allow.comment.ends_block) {
            finding.unsafe_fix(title, edit, text);
        } else {
            finding.fix(title, edit, text);
        }
    }
}

/// What mends it: its title, the place, and the text that comes there.
fn mended(
    comments: &Comments<'_>,
    allow: &Allow,
    unused: &[&AllowedRule],
) -> (String, Span, String) {
    let is_kept = |rule: &&AllowedRule| {
        unused.binary_search_by_key(&rule.span, |unused| unused.span).is_err()
    };
    let kept: Vec<&str> =
        allow.rules.iter().filter(is_kept).map(|rule| rule.name.as_str()).collect();
    if kept.is_empty() {
        let text = comments.sources.text(allow.list.file());
        return ("remove the comment".to_owned(), whole(text, allow), String::new());
    }
    let names = listed(unused.iter().map(|rule| rule.name.as_str()));
    (format!("remove {names} from it"), allow.list, kept.join(", "))
}

/// The comment with what stands between it and the text before it; one that stands alone, with
/// its line.
fn whole(text: &str, allow: &Allow) -> Span {
    let comment = allow.comment.span;
    let before = text.get(..comment.start() as usize).unwrap_or("");
    let start = before.trim_end_matches([' ', '\t']).len();
    let behind = text.get(comment.end() as usize..).unwrap_or("");
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    let mut end = comment.end() as usize + blanks;
    if allow.comment.alone {
        let rest = text.get(end..).unwrap_or("");
        let line_end = ["\r\n", "\n", "\r"].into_iter().find(|line_end| rest.starts_with(line_end));
        end += line_end.map_or(0, str::len);
    }
    Span::new(comment.file(), start, end)
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, only, with_report};

    const PROJECT: &str = "
--- model-mappings.yaml
exact_matches: # gwcfg: allow[weights-sum] spent elsewhere
  # gwcfg: allow[provider-unknown, fallback-cycle, weights-sum] it comes next week
  phi4: {provider: nobody}
  # about the next one
  # gwcfg: allow[provider-unknown] it is there by now
  # more about it
  other: {provider: ollama, backend_model: phi4}
# gwcfg: allow[fallback-cycle, fallback-self]
";

    #[test]
    fn each_comment_is_shown_once() {
        insta::assert_snapshot!(only("unused-allow", PROJECT), @"
        warning[unused-allow]: the comment allows `weights-sum`, which finds nothing on this line: it would hide what comes there later
          --> model-mappings.yaml:1:16 `# gwcfg: allow[weights-sum] spent elsewhere` allows nothing
          help: remove it; a comment speaks of its own line, or of the line right below it
          fix: remove the comment
        warning[unused-allow]: the comment allows `fallback-cycle`, `weights-sum`, which find nothing on the line below: it would hide what comes there later
          --> model-mappings.yaml:2:36 `fallback-cycle` allows nothing
          help: remove it; a comment speaks of its own line, or of the line right below it
          fix: remove `fallback-cycle`, `weights-sum` from it
        warning[unused-allow]: the comment allows `provider-unknown`, which finds nothing on the line below: it would hide what comes there later
          --> model-mappings.yaml:5:3 `# gwcfg: allow[provider-unknown] it is there by now` allows nothing
          help: remove it; a comment speaks of its own line, or of the line right below it
          fix: remove the comment
        warning[unused-allow]: the comment allows `fallback-cycle`, `fallback-self`, which find nothing because no line follows
          --> model-mappings.yaml:8:1 `# gwcfg: allow[fallback-cycle, fallback-self]` allows nothing
          help: remove it; a comment speaks of its own line, or of the line right below it
          fix: remove the comment
        ");
    }

    #[test]
    fn what_allows_nothing_goes() {
        insta::assert_snapshot!(fixed("unused-allow", "model-mappings.yaml", PROJECT), @"
        exact_matches:
          # gwcfg: allow[provider-unknown] it comes next week
          phi4: {provider: nobody}
          # about the next one
          # more about it
          other: {provider: ollama, backend_model: phi4}
        ");
    }

    #[test]
    fn line_ends_and_the_last_line_stay_whole() {
        let text = "\n--- model-mappings.yaml\n\u{feff}# gwcfg: allow[weights-sum]\r\n\
            exact_matches:\t# gwcfg: allow[weights-sum] \r\n  phi4: {provider: ollama}\r\n\
            # gwcfg: allow[weights-sum]";
        let text = fixed("unused-allow", "model-mappings.yaml", text);
        assert_eq!(text, "\u{feff}exact_matches:\r\n  phi4: {provider: ollama}\r\n");
    }

    #[test]
    fn a_fix_is_not_safe_while_errors_may_hide_more() {
        let project = "
--- model-mappings.yaml
exact_matches: # gwcfg: allow[weights-sum]
  phi4: {provider: nobody}
";
        insta::assert_snapshot!(only("unused-allow", project), @"
        warning[unused-allow]: the comment allows `weights-sum`, which finds nothing on this line: it would hide what comes there later
          --> model-mappings.yaml:1:16 `# gwcfg: allow[weights-sum]` allows nothing
          help: remove it; a comment speaks of its own line, or of the line right below it
          unsafe fix: remove the comment
        ");
    }

    #[test]
    fn a_comment_that_ends_a_block_of_text_is_not_removed_for_certain() {
        let project = "
--- model-mappings.yaml
exact_matches:
  phi4:
    provider: ollama
    description: |
      text
  # gwcfg: allow[weights-sum]

";
        insta::assert_snapshot!(only("unused-allow", project), @"
        warning[unused-allow]: the comment allows `weights-sum`, which finds nothing on the line below: it would hide what comes there later
          --> model-mappings.yaml:6:3 `# gwcfg: allow[weights-sum]` allows nothing
          help: remove it; a comment speaks of its own line, or of the line right below it
          unsafe fix: remove the comment
        ");
    }

    #[test]
    fn what_did_not_run_is_not_called_unused() {
        let broken = "
--- model-mappings.yaml
exact_matches: # gwcfg: allow[weights-sum]
  phi4: [
--- providers.yaml
providers: # gwcfg: allow[key-duplicate]
  ollama: {type: ollama, base_url: 'http://127.0.0.1:11434', status: active, models: [phi4]}
";
        insta::assert_snapshot!(only("unused-allow", broken), @"");
        let errors = "
--- model-mappings.yaml
exact_matches: # gwcfg: allow[left-out]
  phi4: {provider: nobody}
";
        insta::assert_snapshot!(only("unused-allow", errors), @"");
    }

    #[test]
    fn what_allows_something_is_silent() {
        let project = "
--- model-mappings.yaml
exact_matches:
  # gwcfg: allow[provider-unknown] it comes next week
  # gwcfg: allow[left-out]
  phi4: {provider: nobody}
";
        insta::assert_snapshot!(only("unused-allow", project), @"");
        with_report(project, |_, report| assert_eq!(report.suppressed().len(), 2));
    }
}
