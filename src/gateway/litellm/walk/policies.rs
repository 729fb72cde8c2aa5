//! What the kind of a failure decides: further tries, and who is left alone for a while.

use crate::source::Field;

use super::super::config;
use super::super::releases::{Change, Changes};
use super::gateway::{Gateway, Row};
use super::lookup::chain_of;
use super::request::Failure;

/// Numbers by the kind of a failure, as `retry_policy` and `allowed_fails_policy` hold them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Policy {
    authentication: Option<i64>,
    timeout: Option<i64>,
    rate_limit: Option<i64>,
    content_policy: Option<i64>,
    bad_request: Option<i64>,
    server: Option<i64>,
    default: Option<i64>,
}

impl Policy {
    /// `retry_policy`.
    pub(super) fn of_retries(retries: &config::Retries, changes: Changes) -> Self {
        let known = changes.has(Change::RetriesOfServer);
        Policy {
            authentication: retries.authentication.value().copied(),
            timeout: retries.timeout.value().copied(),
            rate_limit: retries.rate_limit.value().copied(),
            content_policy: retries.content_policy.value().copied(),
            bad_request: retries.bad_request.value().copied(),
            server: retries.server.value().copied().filter(|_| known),
            default: retries.default.value().copied().filter(|_| known),
        }
    }

    /// `allowed_fails_policy`.
    pub(super) fn of_failures(allowed: &config::AllowedFails, changes: Changes) -> Self {
        let known = changes.has(Change::AllowedFailsOfServer);
        let number = |field: &Field<i64>| field.value().copied().filter(|one| known || *one != 0);
        Policy {
            authentication: number(&allowed.authentication),
            timeout: number(&allowed.timeout),
            rate_limit: number(&allowed.rate_limit),
            content_policy: number(&allowed.content_policy),
            bad_request: number(&allowed.bad_request),
            server: number(&allowed.server).filter(|_| known),
            default: None,
        }
    }

    /// The number for a failure. Refused contents and contexts that are too long are bad requests.
    pub(super) fn number(&self, failure: Failure) -> Option<i64> {
        let own = match failure {
            Failure::ContextWindow | Failure::Unknown => self.bad_request,
            Failure::ContentPolicy => self.content_policy.or(self.bad_request),
            Failure::RateLimit => self.rate_limit,
            Failure::Authentication => self.authentication,
            Failure::Timeout => self.timeout,
            Failure::Server => self.server,
            Failure::Nobody => None,
        };
        own.or(self.default)
    }
}

/// What a deployment says of its own rests.
#[derive(Debug, Clone, Default)]
pub(super) struct Rests {
    /// `cooldown_time` is 0.
    pub(super) never: bool,
    /// `allowed_fails` of `model_info`.
    pub(super) allowed: Option<i64>,
    /// `allowed_fails_policy` of `model_info`.
    pub(super) policy: Option<Box<Policy>>,
}

/// Failures in a minute after which one of several rests, when nothing succeeded.
const FAILURES: i64 = 5;

/// Failures of a deployment, by what they are counted for.
#[derive(Debug, Clone, Default)]
pub(super) struct Counts {
    /// All in this minute.
    minute: i64,
    /// For the number of the router, or of its policy.
    router: i64,
    /// For `allowed_fails` of `model_info`.
    own: i64,
    /// For the policy of `model_info`, by the kind.
    kinds: Vec<(Failure, i64)>,
}

impl Counts {
    fn of_kind(&mut self, failure: Failure) -> i64 {
        if let Some((_, count)) = self.kinds.iter_mut().find(|(kind, _)| *kind == failure) {
            *count += 1;
            return *count;
        }
        self.kinds.push((failure, 1));
        1
    }
}

impl Gateway<'_> {
    /// Further tries after a failure under a name, when a policy tells
    /// (`get_num_retries_from_retry_policy`). The policy of a name stands in the place of the
    /// router's, whatever it does not say.
    pub(super) fn policy_retries(&self, name: &str, failure: Failure) -> Option<i64> {
        let policy = self.name_policies.get(name).or(self.retry_policy.as_ref())?;
        policy.number(failure)
    }

    /// Counts a failure and tells whether the deployment rests from now on
    /// (`set_cooldown_deployments`). `asked` is the name of the request, where LiteLLM knows it.
    pub(super) fn rests(
        &self,
        row: Row,
        failure: Failure,
        asked: Option<&str>,
        counts: &mut Counts,
    ) -> bool {
        counts.minute += 1;
        let Some(deployment) = self.deployments.get(row) else { return false };
        let Rests { never, allowed, policy } = &deployment.rests;
        let own = policy.as_ref().and_then(|policy| policy.number(failure));
        let is_counted = match failure {
            Failure::ContextWindow | Failure::ContentPolicy => own.is_some(),
            Failure::Nobody | Failure::Unknown => false,
            Failure::Authentication | Failure::RateLimit | Failure::Timeout | Failure::Server => {
                true
            }
        };
        if *never || !self.cooldowns || deployment.wildcard || !is_counted {
            return false;
        }
        let alone = self.rows(deployment.name).len() == 1
            && !asked.is_some_and(|asked| self.is_group_of_several(asked));
        let by_list = self.changes.has(Change::ListLetsRest);
        // `is_lone_deployment` of 1.109.1.
        let lone = alone && !(by_list && asked.is_some_and(|asked| self.has_list(asked)));
        if policy.is_some() || allowed.is_some() {
            return self.rests_by_its_own(row, failure, lone, counts);
        }
        if self.allowed_fails_policy.is_some() || self.allowed_fails.is_some() {
            let by_kind = self.allowed_fails_policy.as_ref();
            if by_list && lone && by_kind.is_none_or(|policy| policy.number(failure).is_none()) {
                return false;
            }
            counts.router += 1;
            return counts.router > self.allowed(failure);
        }
        match failure {
            Failure::Authentication => true,
            Failure::RateLimit => !alone,
            Failure::Timeout | Failure::Server => !alone && counts.minute >= FAILURES,
            Failure::ContextWindow
            | Failure::ContentPolicy
            | Failure::Nobody
            | Failure::Unknown => false,
        }
    }

    /// `_should_cooldown_based_on_deployment_policy`.
    fn rests_by_its_own(
        &self,
        row: Row,
        failure: Failure,
        alone: bool,
        counts: &mut Counts,
    ) -> bool {
        let Some(rests) = self.deployments.get(row).map(|one| &one.rests) else { return false };
        if let Some(own) = rests.policy.as_ref().and_then(|policy| policy.number(failure)) {
            return counts.of_kind(failure) > own;
        }
        match rests.allowed {
            Some(_) if alone => false,
            Some(allowed) => {
                counts.own += 1;
                counts.own > allowed
            }
            None => {
                counts.router += 1;
                counts.router > self.allowed(failure)
            }
        }
    }

    /// Failures that the router allows, by its policy, else in all.
    fn allowed(&self, failure: Failure) -> i64 {
        let policy = self.allowed_fails_policy.as_ref();
        let by_kind = policy.and_then(|policy| policy.number(failure));
        by_kind.or(self.allowed_fails).unwrap_or(self.library_fails)
    }

    /// `_has_fallback_group`: a list of the name, or the catch-all.
    fn has_list(&self, name: &str) -> bool {
        chain_of(&self.fallbacks, &[name], self.changes).is_some_and(|steps| !steps.is_empty())
    }

    /// A routing group that has more than one deployment.
    fn is_group_of_several(&self, name: &str) -> bool {
        if !self.changes.has(Change::RoutingGroupsServed) {
            return false;
        }
        let name = self.aliases.get(name).map_or(name, |target| target.value);
        let members = self.routing_groups.get(name).into_iter().flatten();
        members.map(|member| self.rows(member).len()).sum::<usize>() > 1
    }
}
