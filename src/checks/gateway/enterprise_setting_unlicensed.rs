//! Settings that do nothing, or harm, without a licence.

use crate::diagnostic::{Reporter, Rule, Severity, Stage};
use crate::gateway::litellm::value::Value;

use super::{Context, is_licensed};

/// The record.
pub static RULE: Rule = Rule {
    name: "enterprise-setting-unlicensed",
    stage: Stage::Behaviour,
    severity: Severity::Warning,
    summary: "a setting that does not do its work without a licence",
    page: include_str!("enterprise_setting_unlicensed.md"),
};

/// Settings of the proxy, and what happens without a licence.
const SETTINGS: [(&str, &str); 5] = [
    ("enable_jwt_auth", "requests that come with a JWT are refused with 403"),
    ("enable_oauth2_auth", "every request to a model is refused with 403"),
    ("max_request_size_mb", "no size is looked at"),
    ("max_response_size_mb", "no size is looked at"),
    ("public_routes", "the routes still want a key"),
];

/// Callbacks that write nothing without one.
const CALLBACKS: [&str; 2] = ["gcs_bucket", "gcs_pubsub"];

/// Reports every setting whose work is not done by an unlicensed gateway that starts.
pub fn check(context: &Context<'_, '_>, out: &mut Reporter<'_>) {
    if is_licensed(context) {
        return;
    }
    let mut tell = |at: Value<'_, '_>, name: &str, what: &str| {
        let message = format!("`{name}` wants an enterprise licence: without it {what}");
        out.report(message, at.span(), "wants a licence")
            .help("set `LITELLM_LICENSE` where the gateway runs, or remove it");
    };
    for (name, what) in SETTINGS {
        let entry = context.section("general_settings").and_then(|it| it.entry(name));
        if let Some((key, _)) = entry.filter(|(_, value)| !value.is_falsy()) {
            tell(key, name, what);
        }
    }
    for setting in ["callbacks", "success_callback", "failure_callback"] {
        let callbacks = context.setting("litellm_settings", setting);
        for callback in callbacks.into_iter().flat_map(Value::items) {
            if let Some(name) = callback.text().filter(|name| CALLBACKS.contains(name)) {
                tell(callback, name, "it writes nothing");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::linted;

    #[test]
    fn each_is_told_with_what_follows() {
        insta::assert_snapshot!(linted("enterprise-setting-unlicensed", &[], "
litellm_settings: {success_callback: [langfuse, gcs_bucket]}
general_settings: {max_request_size_mb: 1, public_routes: [/x], enable_jwt_auth: true}
"), @"
        warning[enterprise-setting-unlicensed]: `gcs_bucket` wants an enterprise licence: without it it writes nothing
          --> config.yaml:1:49 `gcs_bucket` wants a licence
          help: set `LITELLM_LICENSE` where the gateway runs, or remove it
        warning[enterprise-setting-unlicensed]: `max_request_size_mb` wants an enterprise licence: without it no size is looked at
          --> config.yaml:2:20 `max_request_size_mb` wants a licence
          help: set `LITELLM_LICENSE` where the gateway runs, or remove it
        warning[enterprise-setting-unlicensed]: `public_routes` wants an enterprise licence: without it the routes still want a key
          --> config.yaml:2:44 `public_routes` wants a licence
          help: set `LITELLM_LICENSE` where the gateway runs, or remove it
        warning[enterprise-setting-unlicensed]: `enable_jwt_auth` wants an enterprise licence: without it requests that come with a JWT are refused with 403
          --> config.yaml:2:65 `enable_jwt_auth` wants a licence
          help: set `LITELLM_LICENSE` where the gateway runs, or remove it
        ");
    }

    #[test]
    fn what_is_off_is_silent() {
        insta::assert_snapshot!(linted("enterprise-setting-unlicensed", &[], "
general_settings: {enable_jwt_auth: false, public_routes: []}
"), @"");
    }
}
