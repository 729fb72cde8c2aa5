//! Everything of which LiteLLM's loader and router say at the start that they cannot go on, section
//! by section. A value that stands in a variable of the environment is left to whoever sets it.

pub(super) mod models;
pub(super) mod router;
pub(super) mod sections;
pub(super) mod settings;

use crate::diagnostic::Reporter;
use crate::gateway::litellm::value::Value;
use crate::source::Span;

/// Reports one reason.
pub(super) fn fails(out: &mut Reporter<'_>, span: Span, why: impl AsRef<str>, help: &str) {
    let message = format!("LiteLLM does not start: {}", why.as_ref());
    out.report(message, span, "stops the start").help(help.to_owned());
}

/// Where to point in the value of a key: the key, where the value takes many lines.
pub(super) fn place(key: Value<'_, '_>, value: Value<'_, '_>) -> Span {
    super::place(key, value)
}

/// True for a path of a Python object, `module.object`; another one is refused before any file is
/// looked for.
pub(super) fn is_path(text: &str) -> bool {
    let module = text.rsplit_once('.').map_or("", |(module, _)| module);
    !module.is_empty() && !module.starts_with('.')
}
