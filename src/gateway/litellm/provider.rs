//! One provider as LiteLLM's deployments need it: computed once, written with each of its models.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::document::Provider as Written;
use crate::routing::provider_type::{BaseRule, RegionKey};
use crate::routing::{Provider, ProviderType};
use crate::source::{Given, Span, Spanned, secrets};

use super::loss::{Loss, Lost};

/// What stands as `api_key`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// `os.environ/NAME`.
    Variable(&'a str),
    /// A dummy: the server wants none, and without one LiteLLM sends another provider's.
    Dummy,
    /// No key at all: the gateway's own credentials chain (AWS, Google).
    None,
}

/// The parameters that all deployments of a provider share.
#[derive(Debug, Clone)]
pub struct Parameters<'a> {
    /// Prefix of the model string.
    pub prefix: &'a str,
    /// The normalised address.
    pub api_base: Option<String>,
    /// The key.
    pub key: Key<'a>,
    /// Where the provider was declared: the origin of what nobody wrote.
    pub origin: Span,
    /// Everything that was written.
    pub written: &'a Written<'a>,
    /// Where the region goes.
    pub region: RegionKey,
    /// US dollars for 1000 tokens, by model.
    pub prices: HashMap<&'a str, Spanned<f64>, RandomState>,
}

impl<'a> Parameters<'a> {
    /// The parameters of a usable provider; `None` for one that is not compiled.
    #[must_use]
    pub fn of(provider: &Provider<'a>, losses: &mut Vec<Loss<'a>>) -> Option<Self> {
        let kind = provider.kind.filter(|_| provider.usable)?;
        let written = provider.written;
        let url = written.base_url.value().copied().or(kind.default_base);
        let api_base = url.and_then(|url| kind.api_base(url));
        let key = key_of(provider, &kind, losses);
        report_ignored(provider, &kind, losses);
        Some(Parameters {
            prefix: kind.prefix,
            api_base,
            key,
            origin: provider.name.span,
            written,
            region: kind.region,
            prices: prices(written),
        })
    }

    /// Where a value was written, or the provider itself.
    #[must_use]
    pub fn origin_of<T>(&self, given: Given<'_, T>) -> Span {
        given.map_or(self.origin, |Spanned { span, .. }| span)
    }

    /// The origin of the key.
    #[must_use]
    pub fn key_origin(&self) -> Span {
        let variable = self.written.env_var.span().or(self.written.api_key_env.span());
        variable.unwrap_or(self.origin)
    }
}

fn prices<'a>(written: &'a Written<'a>) -> HashMap<&'a str, Spanned<f64>, RandomState> {
    let prices = written.cost_per_1k_tokens.value().into_iter().flat_map(|all| all.given());
    prices.map(|(name, price)| (name.value, Spanned { value: price.0, span: name.span })).collect()
}

fn key_of<'a>(
    provider: &Provider<'a>,
    kind: &ProviderType<'a>,
    losses: &mut Vec<Loss<'a>>,
) -> Key<'a> {
    let written = provider.written;
    let named = written.env_var.value().or(written.api_key_env.value()).copied();
    let wanted = written.requires_api_key.value().copied();
    match (named, wanted, kind.key_env) {
        (Some(variable), _, _) if secrets::is_variable_name(variable) => Key::Variable(variable),
        // Has a finding of its own, and may be the key itself. Another variable's key is not meant.
        (Some(_), _, _) => Key::Dummy,
        (None, Some(false), _) => Key::Dummy,
        (None, _, Some(variable)) => Key::Variable(variable),
        (None, Some(true), None) if !matches!(kind.region, RegionKey::Other) => Key::None,
        (None, Some(true), None) => {
            let span = written.requires_api_key.span().unwrap_or(provider.name.span);
            let what = Lost::KeyUnnamed { provider: provider.name.value };
            losses.push(Loss { span, what });
            Key::Dummy
        }
        (None, None, None) if kind.self_hosted => Key::Dummy,
        (None, None, None) => Key::None,
    }
}

/// Options that LiteLLM drops for this prefix (seen on 1.106.2).
fn report_ignored<'a>(
    provider: &Provider<'a>,
    kind: &ProviderType<'a>,
    losses: &mut Vec<Loss<'a>>,
) {
    let written = provider.written;
    let owner = provider.name.value;
    let mut lose = |span: Option<Span>, key, why| {
        if let Some(span) = span {
            losses.push(Loss { span, what: Lost::Option { key, owner, why } });
        }
    };
    if kind.prefix != "openai/" {
        let why = "LiteLLM sends it to OpenAI only";
        lose(written.organization.span(), "organization", why);
    }
    if kind.prefix != "azure/" {
        lose(written.api_version.span(), "api_version", "LiteLLM sends it to Azure only");
    }
    if kind.region == RegionKey::Other {
        lose(written.region.span(), "region", "only Bedrock and Vertex AI have regions in LiteLLM");
    }
    if kind.base == BaseRule::None {
        let why = "LiteLLM finds the host from the region";
        lose(written.base_url.span(), "base_url", why);
    }
}
