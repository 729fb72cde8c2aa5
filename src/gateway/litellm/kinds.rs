//! Which values of a deployment LiteLLM takes: what pydantic does without `strict`, by the types of
//! [`keys`]. Of another kind the deployment is dropped.

use super::keys;
use super::value::{Python, Value};

/// The types of a key of `litellm_params`, of which `listed` is what the list of keys says; `None`
/// where any value is taken.
#[must_use]
pub fn of_param(
    name: &str,
    value: Value<'_, '_>,
    listed: Option<&'static str>,
) -> Option<&'static str> {
    match name {
        // Another value of it stops the start.
        "model" => None,
        "timeout" => Some("number|text"),
        // One deployment is made for each of several organizations.
        "organization" if value.kind() == Python::List => None,
        _ => listed,
    }
}

/// The types of a key of `model_info`; `None` where any value is taken.
#[must_use]
pub fn of_info(name: &str, value: Value<'_, '_>) -> Option<&'static str> {
    match name {
        "id" => None,
        "tier" if ["free", "paid"].contains(&value.written()) => None,
        "tier" => Some("free|paid"),
        name => keys::info(name),
    }
}

/// Whether pydantic takes the value for one of the types, as it does without `strict`.
#[must_use]
pub fn fits(types: &str, key: &str, value: Value<'_, '_>) -> bool {
    if value.kind() == Python::Null || value.variable().is_some() {
        return true;
    }
    types.split('|').any(|kind| match kind {
        "text" => value.kind() == Python::Text,
        "int" => is_int(value),
        "number" => is_float(value),
        "bool" => is_bool(value),
        "list" if ["tags", "tag_regex"].contains(&key) => {
            value.kind() == Python::List && value.items().all(|item| item.text().is_some())
        }
        "list" => value.kind() == Python::List,
        "map" => value.kind() == Python::Map,
        "any" => true,
        _ => false,
    })
}

fn is_bool(value: Value<'_, '_>) -> bool {
    const WORDS: [&str; 12] =
        ["0", "off", "f", "false", "n", "no", "1", "on", "t", "true", "y", "yes"];
    match value.kind() {
        Python::Bool(_) => true,
        Python::Int | Python::Float => value.number().is_some_and(|n| n == 0.0 || n == 1.0),
        Python::Text => WORDS.contains(&value.written().to_ascii_lowercase().as_str()),
        Python::Null | Python::Date | Python::List | Python::Map => false,
    }
}

/// True for what pydantic takes for a whole number.
#[must_use]
pub fn is_int(value: Value<'_, '_>) -> bool {
    match value.kind() {
        Python::Int | Python::Bool(_) => true,
        Python::Float => value.number().is_some_and(|number| number.fract() == 0.0),
        Python::Text => {
            let text = value.written().trim();
            let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
            let digits = digits.split_once('.').map_or(digits, |(whole, zeros)| {
                if zeros.bytes().all(|byte| byte == b'0') { whole } else { "" }
            });
            value.variable().is_some()
                || !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        }
        Python::Null | Python::Date | Python::List | Python::Map => false,
    }
}

/// True for what Python's `float` takes.
#[must_use]
pub fn is_float(value: Value<'_, '_>) -> bool {
    matches!(value.kind(), Python::Bool(_))
        || value.variable().is_some()
        || value.number_or_text().is_some()
}
