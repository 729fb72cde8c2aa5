//! Health checks: LiteLLM asks deployments for a completion, not a server for a page.
//!
//! On 1.106.2 a check is a real completion of up to 16 tokens for every deployment, at the start
//! and then after each interval, for public names of one backend again and again. The results
//! are seen at `/health` and change no routing. So gwcfg lets one deployment of each local
//! provider be asked, and none that costs money.

use crate::document::Locality;
use crate::routing::{Documents, Routing};
use crate::source::{Field, Span, Spanned};

use super::{Loss, Lost, Setting, Wildcard};

/// What the health checks are.
#[derive(Debug, Clone)]
pub struct Health {
    /// Which deployments are asked, by row.
    asked: Vec<bool>,
    /// Seconds that one check may take, when that is written.
    pub timeout: Option<Spanned<f64>>,
    /// Where the checks are written.
    pub origin: Span,
}

impl Health {
    /// Whether a deployment is asked.
    #[must_use]
    pub fn asks(&self, row: u32) -> bool {
        self.asked.get(row as usize).copied().unwrap_or(false)
    }
}

/// LiteLLM's own interval, in seconds.
const DEFAULT_INTERVAL: f64 = 300.0;

/// The checks of a project: `None` when there are none. Puts their settings before the project's
/// own ones, which win.
pub(super) fn health<'a>(
    documents: &'a Documents<'a>,
    routing: &Routing<'a>,
    wildcards: &[Wildcard],
    losses: &mut Vec<Loss<'a>>,
) -> (Option<Health>, Vec<Setting<'a>>) {
    endpoints(routing, losses);
    let Some(checks) = documents.providers.health_checks.given() else { return (None, Vec::new()) };
    if checks.value.enabled.value() == Some(&false) || is_off(documents) {
        return (None, Vec::new());
    }
    let interval = checks.value.interval_seconds.given();
    let origin = checks.value.enabled.span().or(interval.map(|interval| interval.span));
    let origin = origin.unwrap_or(checks.span);
    let set = |key, value, span| Setting { key, value, origin: Some(span) };
    let mut settings = vec![set("background_health_checks", true.into(), origin)];
    if let Some(interval) = interval {
        let seconds = seconds(interval.value.0);
        settings.push(set("health_check_interval", seconds, interval.span));
    }
    let asked = asked(routing);
    let fixed: usize = wildcards.iter().map(|wildcard| wildcard.targets.len()).sum();
    let urls = checks.value.endpoints.value().and_then(|urls| urls.iter().next());
    let unread = [
        (checks.value.retry_attempts.span(), "a check is made once"),
        (urls.map(|entry| entry.name.span), "no address is looked at"),
    ];
    let what = Lost::HealthCheck {
        interval: interval.map_or(DEFAULT_INTERVAL, |interval| interval.value.0),
        asked: asked.iter().filter(|asked| **asked).count(),
        deployments: asked.len() + fixed,
        unread: unread.into_iter().filter_map(|(span, why)| Some((span?, why))).collect(),
    };
    losses.push(Loss { span: origin, what });
    let timeout = checks.value.timeout_seconds.given();
    let timeout = timeout.map(|timeout| Spanned { value: timeout.value.0, span: timeout.span });
    (Some(Health { asked, timeout, origin }), settings)
}

/// Whole seconds are written without a fraction.
fn seconds(value: f64) -> serde_json::Value {
    #[allow(clippy::cast_possible_truncation, reason = "whole and far below the limit")]
    if value.fract() == 0.0 && value < 1e15 { (value as i64).into() } else { value.into() }
}

/// The project's own settings switch the checks off.
fn is_off(documents: &Documents<'_>) -> bool {
    let gateway = documents.project.gateway.value();
    let general = gateway.and_then(|gateway| gateway.general_settings.value());
    general.is_some_and(|general| {
        let off = |value: &serde_json::Value| *value == serde_json::Value::Bool(false);
        general.given().any(|(name, value)| name.value == "background_health_checks" && off(value))
    })
}

/// One deployment of each local provider: of its default model, else the first.
fn asked(routing: &Routing<'_>) -> Vec<bool> {
    let mut chosen: Vec<Option<(usize, bool)>> = vec![None; routing.providers.len()];
    for (row, deployment) in routing.deployments.iter().enumerate() {
        let index = deployment.provider.0 as usize;
        let Some(provider) = routing.providers.get(index) else { continue };
        if provider.locality != Locality::Local {
            continue;
        }
        let model = routing.names.text(deployment.model);
        let default = provider.written.default_model.value().is_some_and(|name| *name == model);
        if let Some(known) = chosen.get_mut(index)
            && known.is_none_or(|(_, is_default)| default && !is_default)
        {
            *known = Some((row, default));
        }
    }
    let mut asked = vec![false; routing.deployments.len()];
    for (row, _) in chosen.into_iter().flatten() {
        if let Some(asked) = asked.get_mut(row) {
            *asked = true;
        }
    }
    asked
}

/// Paths of health checks that nobody calls.
fn endpoints<'a>(routing: &Routing<'a>, losses: &mut Vec<Loss<'a>>) {
    let usable = routing.providers.iter().filter(|provider| provider.usable);
    let mut paths = usable.filter_map(|provider| {
        let path: &Field<_> = &provider.written.health_endpoint;
        path.given().map(|path| (provider.name.value, path.span))
    });
    if let Some((first, span)) = paths.next() {
        let providers = 1 + paths.count();
        losses.push(Loss { span, what: Lost::HealthEndpoint { providers, first } });
    }
}
