//! Secrets stand in the environment, never in a file.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::document::Document;

use super::File;
use super::secret_reference::{Instead, instead};

/// The record.
pub static RULE: Rule = Rule {
    name: "secret-literal",
    stage: Stage::Lexical,
    severity: Severity::Error,
    summary: "a key or a password stands in a file",
    page: include_str!("secret_literal.md"),
};

/// Reports every literal secret. No text of the finding holds it, and the reports mask it in the
/// lines that they show.
pub fn check(file: &File<'_>, out: &mut Reporter<'_>) {
    let mut done = 0;
    for secret in file.secrets {
        // One secret may be seen twice: by its key and by its shape.
        if secret.span.start() < done {
            continue;
        }
        done = secret.span.end();
        let what = secret.key.map_or_else(
            || "a secret stands in this file".to_owned(),
            |key| format!("`{key}` holds a secret itself"),
        );
        let finding = out
            .report(
                format!(
                    "{what}, so whoever reads the file can use it; it is left out of the compiled \
                 config"
                ),
                secret.span,
                "a literal secret",
            )
            .help(help(file.document));
        // Where the key comes from changes, and the variable has to be set first: not safe.
        if let Some(Instead { span, text, variable }) = instead(file, secret) {
            let title = format!("take it from the variable `{variable}`, which has to be set then");
            finding.unsafe_fix(title, span, text);
        }
    }
}

fn help(document: Option<Document>) -> &'static str {
    match document {
        Some(Document::Providers) => {
            "put it into an environment variable and name that in `env_var`; give the provider a \
             new key, since this one has been written down"
        }
        Some(Document::Project) | None => {
            "put it into an environment variable and write `os.environ/NAME`; make a new one, \
             since this one has been written down"
        }
        Some(Document::Mappings | Document::Ports) => {
            "remove it, and make a new one, since this one has been written down"
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{fixed, only};

    #[test]
    fn secrets_are_shown_at_their_places_without_their_text() {
        insta::assert_snapshot!(only("secret-literal", "
--- providers.yaml
providers:
  a: {type: openai, status: active, env_var: sk-proj-0123456789abcdef, models: [m],
    headers: {Authorization: Bearer hunter2, X-Team: red}}  # api_key: hunter2hunter2
  b: {type: vllm, base_url: 'http://me:pass@host', status: active, models: [m]}
--- gwcfg.yaml
gateway: {general_settings: {master_key: 'sk-1234'}}
"), @r"
        error[secret-literal]: `master_key` holds a secret itself, so whoever reads the file can use it; it is left out of the compiled config
          --> gwcfg.yaml:1:42 `\'sk-1234\'` a literal secret
          help: put it into an environment variable and write `os.environ/NAME`; make a new one, since this one has been written down
          unsafe fix: take it from the variable `LITELLM_MASTER_KEY`, which has to be set then
        error[secret-literal]: `env_var` holds a secret itself, so whoever reads the file can use it; it is left out of the compiled config
          --> providers.yaml:2:46 `sk-proj-0123456789abcdef` a literal secret
          help: put it into an environment variable and name that in `env_var`; give the provider a new key, since this one has been written down
          unsafe fix: take it from the variable `OPENAI_API_KEY`, which has to be set then
        error[secret-literal]: `Authorization` holds a secret itself, so whoever reads the file can use it; it is left out of the compiled config
          --> providers.yaml:3:30 `Bearer hunter2` a literal secret
          help: put it into an environment variable and name that in `env_var`; give the provider a new key, since this one has been written down
          unsafe fix: take it from the variable `A_AUTHORIZATION`, which has to be set then
        error[secret-literal]: `api_key` holds a secret itself, so whoever reads the file can use it; it is left out of the compiled config
          --> providers.yaml:3:72 `hunter2hunter2` a literal secret
          help: put it into an environment variable and name that in `env_var`; give the provider a new key, since this one has been written down
        error[secret-literal]: a secret stands in this file, so whoever reads the file can use it; it is left out of the compiled config
          --> providers.yaml:4:40 `pass` a literal secret
          help: put it into an environment variable and name that in `env_var`; give the provider a new key, since this one has been written down
        ");
    }

    #[test]
    fn the_fix_names_a_variable_in_the_place_that_the_gateway_reads() {
        let text = "
--- providers.yaml
providers:
  openai:
    type: openai
    status: active
    api_key: sk-proj-0123456789abcdef  # the old one
    headers: {Authorization: Bearer hunter2}
  my-cloud: {type: openai_compatible, 'token': hunter2hunter2, env_var: CLOUD_KEY}
  other.one: {type: openai_compatible, env_var: 'sk-proj-0123456789abcdef', key:
    hunter2hunter2}
  9th: {type: vllm, headers: {X-Api-Key: 'hunter2 2'}, base_url: 'http://me:pass@host'}
--- gwcfg.yaml
gateway:
  general_settings: {master_key: 'sk-1234', database_url: 'postgres://me:pass@host/x'}
  litellm_settings: {cache_params: {password: hunter2hunter2}}
--- overlay.yaml
providers: {groq: {api_key: hunter2hunter2}}
gateway: {router_settings: {redis_password: hunter2hunter2}}
";
        insta::assert_snapshot!(fixed("secret-literal", "providers.yaml", text), @"
        providers:
          openai:
            type: openai
            status: active
            env_var: OPENAI_API_KEY  # the old one
            headers: {Authorization: os.environ/OPENAI_AUTHORIZATION}
          my-cloud: {type: openai_compatible, 'token': hunter2hunter2, env_var: CLOUD_KEY}
          other.one: {type: openai_compatible, env_var: OTHER_ONE_API_KEY, key:
            hunter2hunter2}
          9th: {type: vllm, headers: {X-Api-Key: os.environ/GATEWAY_9TH_X_API_KEY}, base_url: 'http://me:pass@host'}
        ");
        insta::assert_snapshot!(fixed("secret-literal", "gwcfg.yaml", text), @"
        gateway:
          general_settings: {master_key: os.environ/LITELLM_MASTER_KEY, database_url: 'postgres://me:pass@host/x'}
          litellm_settings: {cache_params: {password: os.environ/PASSWORD}}
        ");
        insta::assert_snapshot!(fixed("secret-literal", "overlay.yaml", text), @"
        providers: {groq: {env_var: GROQ_API_KEY}}
        gateway: {router_settings: {redis_password: os.environ/REDIS_PASSWORD}}
        ");
    }

    #[test]
    fn a_file_that_is_no_yaml_is_looked_at_too() {
        insta::assert_snapshot!(only("secret-literal", "
--- providers.yaml
providers:
  a: {type: openai, api_key: hunter2, models: [
"), @"
        error[secret-literal]: `api_key` holds a secret itself, so whoever reads the file can use it; it is left out of the compiled config
          --> providers.yaml:2:30 `hunter2` a literal secret
          help: put it into an environment variable and name that in `env_var`; give the provider a new key, since this one has been written down
        ");
    }

    #[test]
    fn references_and_dummies_are_silent() {
        insta::assert_snapshot!(only("secret-literal", "
--- providers.yaml
# the api_key: see the manual
providers:
  a: {type: openai, status: active, env_var: MY_KEY, models: [m], requires_api_key: true,
    headers: {Authorization: 'Bearer ${KEY}', X-Token: os.environ/TOKEN}, api_key: none}
--- gwcfg.yaml
gateway: {general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}}
"), @"");
    }
}
