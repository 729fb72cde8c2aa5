//! Provider types as data: one row says how a gateway reaches a kind of endpoint.
//!
//! Every row was measured with LiteLLM 1.106.2 (the path, the model string and the key that
//! reach a fake upstream): `tests/conformance/provider_types.rs` shows each one again.

use crate::document::Project;
use crate::source::Span;

/// How a provider's address becomes the `api_base` that the gateway wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseRule<'a> {
    /// As written.
    AsIs,
    /// Ends with this path when none is written; a path that the user wrote stays.
    Ends(&'a str),
    /// Without these endings: the gateway adds the path itself.
    Without(&'a [&'a str]),
    /// This endpoint in full, instead of `/v1` or `/v2`.
    Endpoint(&'a str),
    /// Not written: the gateway finds the host from a region or a project.
    None,
}

/// Which key of the gateway takes a provider's `region`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionKey {
    /// `aws_region_name`.
    Aws,
    /// `vertex_location`.
    Vertex,
    /// `region_name`.
    Other,
}

/// One kind of endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProviderType<'a> {
    /// The word of `type`.
    pub name: &'a str,
    /// Other words for it.
    pub aliases: &'a [&'a str],
    /// False for endpoints that serve no models: known, and never compiled.
    pub serves_models: bool,
    /// LiteLLM's prefix of the model string.
    pub prefix: &'a str,
    /// How the address is normalised.
    pub base: BaseRule<'a>,
    /// The address when none is written.
    pub default_base: Option<&'a str>,
    /// True when neither an address nor a default one means that nothing can be reached.
    pub needs_base: bool,
    /// The variable that holds the key, when the provider names none.
    pub key_env: Option<&'a str>,
    /// Usually without a key. A dummy is written then, so that the gateway never sends another
    /// provider's key there (`openai/` and 26 other prefixes send `OPENAI_API_KEY`).
    pub self_hosted: bool,
    /// Where a `region` goes.
    pub region: RegionKey,
}

const TYPE: ProviderType<'static> = ProviderType {
    name: "",
    aliases: &[],
    serves_models: true,
    prefix: "openai/",
    base: BaseRule::Ends("/v1"),
    default_base: None,
    needs_base: true,
    key_env: None,
    self_hosted: false,
    region: RegionKey::Other,
};

/// The built-in types.
pub const PROVIDER_TYPES: [ProviderType<'static>; 24] = [
    ProviderType {
        name: "ollama",
        prefix: "ollama_chat/",
        base: BaseRule::Without(&["/api/chat", "/api/generate", "/api", "/v1"]),
        default_base: Some("http://127.0.0.1:11434"),
        self_hosted: true,
        ..TYPE
    },
    ProviderType { name: "llama_cpp", self_hosted: true, ..TYPE },
    ProviderType { name: "vllm", prefix: "hosted_vllm/", self_hosted: true, ..TYPE },
    ProviderType {
        name: "lm_studio",
        prefix: "lm_studio/",
        default_base: Some("http://127.0.0.1:1234/v1"),
        self_hosted: true,
        ..TYPE
    },
    ProviderType { name: "openai_compatible", self_hosted: true, ..TYPE },
    ProviderType {
        name: "openai",
        default_base: Some("https://api.openai.com/v1"),
        key_env: Some("OPENAI_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "anthropic",
        prefix: "anthropic/",
        base: BaseRule::Without(&["/v1/messages", "/v1"]),
        default_base: Some("https://api.anthropic.com"),
        key_env: Some("ANTHROPIC_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "azure_openai",
        prefix: "azure/",
        base: BaseRule::Without(&["/openai/v1", "/openai"]),
        key_env: Some("AZURE_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "cohere",
        prefix: "cohere_chat/",
        base: BaseRule::Endpoint("/v2/chat"),
        default_base: Some("https://api.cohere.com/v2/chat"),
        key_env: Some("COHERE_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "perplexity",
        prefix: "perplexity/",
        base: BaseRule::AsIs,
        default_base: Some("https://api.perplexity.ai"),
        key_env: Some("PERPLEXITYAI_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "xai",
        aliases: &["grok"],
        prefix: "xai/",
        default_base: Some("https://api.x.ai/v1"),
        key_env: Some("XAI_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "openrouter",
        prefix: "openrouter/",
        base: BaseRule::Ends("/api/v1"),
        default_base: Some("https://openrouter.ai/api/v1"),
        key_env: Some("OPENROUTER_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "blackbox",
        base: BaseRule::AsIs,
        default_base: Some("https://api.blackbox.ai"),
        key_env: Some("BLACKBOX_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "google_genai",
        aliases: &["gemini", "google"],
        prefix: "gemini/",
        base: BaseRule::Ends("/v1beta"),
        default_base: Some("https://generativelanguage.googleapis.com/v1beta"),
        key_env: Some("GEMINI_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "vertex_ai",
        prefix: "vertex_ai/",
        base: BaseRule::None,
        needs_base: false,
        region: RegionKey::Vertex,
        ..TYPE
    },
    ProviderType {
        name: "bedrock",
        prefix: "bedrock/",
        base: BaseRule::AsIs,
        needs_base: false,
        region: RegionKey::Aws,
        ..TYPE
    },
    ProviderType {
        name: "huggingface",
        prefix: "huggingface/",
        default_base: Some("https://router.huggingface.co/v1"),
        key_env: Some("HF_TOKEN"),
        ..TYPE
    },
    ProviderType {
        name: "groq",
        prefix: "groq/",
        base: BaseRule::Ends("/openai/v1"),
        default_base: Some("https://api.groq.com/openai/v1"),
        key_env: Some("GROQ_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "mistral",
        prefix: "mistral/",
        default_base: Some("https://api.mistral.ai/v1"),
        key_env: Some("MISTRAL_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "deepseek",
        prefix: "deepseek/",
        base: BaseRule::AsIs,
        default_base: Some("https://api.deepseek.com"),
        key_env: Some("DEEPSEEK_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "together_ai",
        prefix: "together_ai/",
        default_base: Some("https://api.together.ai/v1"),
        key_env: Some("TOGETHERAI_API_KEY"),
        ..TYPE
    },
    ProviderType {
        name: "fireworks_ai",
        prefix: "fireworks_ai/",
        base: BaseRule::Ends("/inference/v1"),
        default_base: Some("https://api.fireworks.ai/inference/v1"),
        key_env: Some("FIREWORKS_API_KEY"),
        ..TYPE
    },
    ProviderType { name: "tool_server", serves_models: false, ..TYPE },
    ProviderType { name: "web_ui", serves_models: false, ..TYPE },
];

impl<'a> ProviderType<'a> {
    /// The type of a word: a project's own, else a built-in one.
    #[must_use]
    pub fn find(word: &str, declared: &[ProviderType<'a>]) -> Option<ProviderType<'a>> {
        let own = declared.iter().find(|kind| kind.name == word);
        own.copied().or_else(|| {
            let known =
                |kind: &&ProviderType<'static>| kind.name == word || kind.aliases.contains(&word);
            PROVIDER_TYPES.iter().find(known).copied()
        })
    }

    /// The `api_base` for an address; `None` when none is written to the gateway's config.
    #[must_use]
    pub fn api_base(&self, url: &str) -> Option<String> {
        let url = url.trim().trim_end_matches('/');
        let path_start = url.find("://").map_or(0, |at| at + 3);
        let has_path = url.get(path_start..).is_some_and(|rest| rest.contains('/'));
        let whole = |endings: &[&str]| {
            let cut = endings.iter().find_map(|ending| url.strip_suffix(ending));
            cut.unwrap_or(url).trim_end_matches('/')
        };
        match self.base {
            BaseRule::None => None,
            BaseRule::AsIs => Some(url.to_owned()),
            BaseRule::Without(endings) => Some(whole(endings).to_owned()),
            BaseRule::Ends(_) if url.ends_with("/chat/completions") => {
                Some(whole(&["/chat/completions"]).to_owned())
            }
            BaseRule::Ends(path) if !has_path => Some(format!("{url}{path}")),
            BaseRule::Ends(_) => Some(url.to_owned()),
            BaseRule::Endpoint(path) if url.ends_with(path) => Some(url.to_owned()),
            BaseRule::Endpoint(path) => Some(format!("{}{path}", whole(&["/v2", "/v1"]))),
        }
    }
}

/// The types that a project declares itself. One that extends a type that is not there is left
/// out: a finding of its own.
#[must_use]
pub fn declared_types<'a>(project: &Project<'a>) -> Vec<ProviderType<'a>> {
    let mut types: Vec<ProviderType<'a>> = Vec::new();
    for (name, written) in project.provider_types.value().into_iter().flat_map(|all| all.given()) {
        let Some(base) =
            written.extends.value().and_then(|extends| ProviderType::find(extends, &types))
        else {
            continue;
        };
        types.push(ProviderType {
            name: name.value,
            aliases: &[],
            prefix: written.prefix.value().copied().unwrap_or(base.prefix),
            base: written.path_suffix.value().map_or(base.base, |path| BaseRule::Ends(path)),
            // Another host than the built-in one's: neither its address nor its key belong here.
            default_base: None,
            key_env: written.key_env.value().copied().or(base.key_env),
            ..base
        });
    }
    types
}

/// Every word that `type` may have, for suggestions: the project's own first.
#[must_use]
pub fn known_words<'a>(project: &Project<'a>) -> Vec<&'a str> {
    let own = project.provider_types.value().into_iter().flat_map(|all| all.iter());
    let mut words: Vec<&'a str> = own.map(|entry| entry.name.value).collect();
    for kind in &PROVIDER_TYPES {
        words.push(kind.name);
        words.extend(kind.aliases);
    }
    words
}

/// Where a declared type extends something unknown: the place of the word and the word.
#[must_use]
pub fn unknown_bases<'a>(project: &Project<'a>) -> Vec<(&'a str, Span)> {
    let mut known: Vec<&str> = Vec::new();
    let mut unknown = Vec::new();
    for (name, written) in project.provider_types.value().into_iter().flat_map(|all| all.given()) {
        if let Some(extends) = written.extends.copied() {
            let builtin = ProviderType::find(extends.value, &[]).is_some();
            if !builtin && !known.contains(&extends.value) {
                unknown.push((extends.value, extends.span));
            }
        }
        known.push(name.value);
    }
    unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(kind: &str, url: &str) -> String {
        ProviderType::find(kind, &[]).unwrap().api_base(url).unwrap_or_default()
    }

    #[test]
    fn addresses_are_normalised_by_type() {
        assert_eq!(base("ollama", "http://h:11434/v1/"), "http://h:11434");
        assert_eq!(base("ollama", "http://h:11434/api/chat"), "http://h:11434");
        assert_eq!(base("vllm", "http://h:8001"), "http://h:8001/v1");
        assert_eq!(base("vllm", "http://h:8001/v1/"), "http://h:8001/v1");
        assert_eq!(base("openai", "https://h/v1/chat/completions"), "https://h/v1");
        assert_eq!(base("openai_compatible", "http://h/api/x"), "http://h/api/x");
        assert_eq!(base("anthropic", "https://api.anthropic.com/v1"), "https://api.anthropic.com");
        assert_eq!(base("cohere", "https://api.cohere.com/v1"), "https://api.cohere.com/v2/chat");
        assert_eq!(base("grok", "https://api.x.ai"), "https://api.x.ai/v1");
        assert_eq!(base("vertex_ai", "https://whatever"), "");
    }

    #[test]
    fn every_word_is_known_once() {
        let mut words = known_words(&Project::default());
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }
}
