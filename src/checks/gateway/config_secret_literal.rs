//! Secrets that stand in the config.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};

use crate::source::secrets::Secret;

use super::Context;

/// The record.
pub static RULE: Rule = Rule {
    name: "config-secret-literal",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a key or a password stands in the config",
    page: include_str!("config_secret_literal.md"),
};

/// Reports every literal secret. No text of the finding holds it, and the reports mask it in the
/// lines that they show.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    let mut done = 0;
    for secret in context.secrets {
        // One secret may be seen twice: by its key and by its shape.
        if secret.span.start() < done {
            continue;
        }
        done = secret.span.end();
        if is_dummy(context, secret) {
            continue;
        }
        let what = secret.key.map_or_else(
            || "a secret stands in this file".to_owned(),
            |key| format!("`{key}` holds a secret itself"),
        );
        out.report(
            format!("{what}, so whoever reads the file can use it"),
            secret.span,
            "a literal secret",
        )
        .help("write `os.environ/NAME`, and make a new one: this one has been written down");
    }
}

/// Letters that a key of a provider has at least; those of the known ones have 32 and more.
const SHORTEST: usize = 16;

/// Words that stand for a password in examples.
const EXAMPLES: [&str; 7] =
    ["password", "secret", "pass", "postgres", "changeme", "yourpassword", "example"];

/// A local server wants some key and takes any; a comment shows how a password would be written.
/// The key of the manuals has a rule of its own.
fn is_dummy(context: &Context<'_, '_>, secret: &Secret<'_>) -> bool {
    let text = context.sources.slice(secret.span).trim_matches(['"', '\'']);
    let before = context.sources.text(context.file).get(..secret.span.start() as usize);
    let line = before.and_then(|before| before.rsplit('\n').next()).unwrap_or("");
    let is_comment = line.trim_start().starts_with('#');
    let word = !text.bytes().any(|byte| byte.is_ascii_digit()) || text.len() < SHORTEST;
    match secret.key {
        Some("master_key") => text == "sk-1234",
        Some("api_key") => word,
        Some(_) | None => is_comment && EXAMPLES.contains(&text.to_ascii_lowercase().as_str()),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn secrets_are_told_without_their_text() {
        insta::assert_snapshot!(linted("config-secret-literal", &[], "
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, api_key: sk-proj-0123456789abcdef0123456789}}
general_settings: {master_key: hunter2hunter2, database_url: 'postgres://me:hunter2@db/x'}
"), @"
        warning[config-secret-literal]: `api_key` holds a secret itself, so whoever reads the file can use it
          --> config.yaml:2:67 `sk-proj-0123456789abcdef0123456789` a literal secret
          help: write `os.environ/NAME`, and make a new one: this one has been written down
        warning[config-secret-literal]: `master_key` holds a secret itself, so whoever reads the file can use it
          --> config.yaml:3:32 `hunter2hunter2` a literal secret
          help: write `os.environ/NAME`, and make a new one: this one has been written down
        warning[config-secret-literal]: a secret stands in this file, so whoever reads the file can use it
          --> config.yaml:3:77 `hunter2` a literal secret
          help: write `os.environ/NAME`, and make a new one: this one has been written down
        ");
    }

    #[test]
    fn dummies_references_and_examples_in_comments_are_silent() {
        insta::assert_snapshot!(linted("config-secret-literal", &[], "
# database_url: postgresql://user:password@localhost/x
model_list:
  - {model_name: chat, litellm_params: {model: openai/x, api_key: sk-local}}
general_settings: {master_key: sk-1234, database_url: os.environ/URL}
"), @"");
    }
}
