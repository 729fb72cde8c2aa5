//! The releases of LiteLLM, and in what those that were measured differ.

use std::fmt;

/// A release by its numbers, such as 1.106.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    major: u64,
    minor: u64,
    patch: u64,
}

impl Release {
    /// A release by its numbers.
    #[must_use]
    pub const fn new(major: u64, minor: u64, patch: u64) -> Self {
        Release { major, minor, patch }
    }

    /// True for a release on which the cases of `tests/conformance/verdicts.rs` were run.
    #[must_use]
    pub fn is_measured(self) -> bool {
        MEASURED.contains(&self)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The release that is taken for granted; the same as [`super::RELEASE`].
pub const PINNED: Release = Release::new(1, 106, 2);

/// The releases on which the cases of `tests/conformance/verdicts.rs` and the random configs of
/// `tests/oracle` were run, oldest first. Of
/// 1.109.1 the package itself, with the other packages of 1.106.2: its own could not be had.
pub const MEASURED: [Release; 4] =
    [Release::new(1, 92, 2), Release::new(1, 100, 5), PINNED, Release::new(1, 109, 1)];

/// Something that later releases do and earlier ones do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A value of `fallbacks` or `default_fallbacks` that is no list stops the start.
    FallbacksRefused,
    /// A `coordination_redis` that is no mapping stops the start.
    CoordinationRedisRead,
    /// The provider is found by an address in capitals, or behind a prefix that nobody knows.
    AddressDecides,
    /// The proxy does not start without a master key, or with one that everybody knows.
    MasterKeyWanted,
    /// `pass_through_endpoints` that are no list are passed over, and do not stop the start.
    PassThroughPassedOver,
    /// A cache with `type: redis` and no server takes the one of the environment.
    CacheLooksForRedis,
    /// A guardrail that cannot be made is left out, and does not stop the start.
    GuardrailSkipped,
    /// What was tried for a request is remembered, and not tried again.
    AttemptsRemembered,
    /// What is remembered of a request is one for the next member and for the list.
    AttemptsShared,
    /// The members that a hop leaves out stay left out below it, and not beside it.
    HopsApart,
    /// A list of targets does not go to the name that failed.
    TargetsSkipThemselves,
    /// The retries of a deployment are made by the router alone.
    ClientLeavesRetries,
    /// A request for an alias whose value is no name goes to its list.
    UnusableAliasPassed,
    /// Failures of further hops count for a rest.
    HopFailuresCounted,
    /// A deployment says in `model_info` when it rests.
    DeploymentRests,
    /// `allowed_fails_policy` knows server errors, and that 0 is a number.
    AllowedFailsOfServer,
    /// A deployment that is alone under a name rests by `allowed_fails` only when a list follows.
    ListLetsRest,
    /// A routing group can be asked for by its own name.
    RoutingGroupsServed,
    /// Orders and members of a name are looked for behind hidden aliases, and behind wildcards
    /// under the provider that is inferred.
    NamesSeenThrough,
    /// A hop without a list of its own goes on with the list of the first request.
    FirstListGoesOn,
    /// A name finds the list of the same name behind the provider that is inferred.
    ListBehindProvider,
    /// An order is asked for in its own hop alone, and nobody is asked when it has no member.
    OrderKept,
    /// Who refused for good is not asked again by a retry, unless there is nobody else.
    RefusersSkipped,
    /// `retry_policy` knows server errors, and a number for all others.
    RetriesOfServer,
    /// A weight counts whichever member has it, and not only when the first has one.
    WeightOfAny,
}

/// What was seen of a change.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The change.
    pub change: Change,
    /// The rules that it concerns.
    pub rules: &'static [&'static str],
    /// The last measured release without it.
    pub without: Release,
    /// The first measured release with it.
    pub with: Release,
    /// What the releases without it do, and those with it.
    pub words: &'static str,
}

/// Every change that was seen between the measured releases.
pub const CHANGES: [Seen; 25] = [
    Seen {
        change: Change::FallbacksRefused,
        rules: &["chain-malformed", "gateway-start-fails"],
        without: PINNED,
        with: Release::new(1, 109, 1),
        words: "text in the place of a list of fallbacks is tried letter by letter, and null is \
                passed over; later LiteLLM does not start with either",
    },
    Seen {
        change: Change::CoordinationRedisRead,
        rules: &["gateway-start-fails"],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "`coordination_redis` is not read; later LiteLLM does not start when it is no \
                mapping",
    },
    Seen {
        change: Change::AddressDecides,
        rules: &["deployment-provider-unknown"],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "an `api_base` does not name the provider of a model with an unknown prefix, nor \
                one in capital letters; later it does",
    },
    Seen {
        change: Change::MasterKeyWanted,
        rules: &["master-key-missing", "master-key-refused"],
        without: Release::new(1, 100, 5),
        with: PINNED,
        words: "the proxy starts without a master key and serves everybody, and with one that \
                everybody knows; later it refuses to start",
    },
    Seen {
        change: Change::PassThroughPassedOver,
        rules: &["gateway-start-fails", "pass-through-unserved"],
        without: Release::new(1, 100, 5),
        with: PINNED,
        words: "LiteLLM does not start when `pass_through_endpoints` is a mapping or text; later \
                it starts and serves none of them",
    },
    Seen {
        change: Change::CacheLooksForRedis,
        rules: &["environment-unset", "gateway-start-fails"],
        without: Release::new(1, 100, 5),
        with: PINNED,
        words: "LiteLLM does not start with a cache of `type: redis` that names no server; later it \
                takes the one of `REDIS_HOST`",
    },
    Seen {
        change: Change::GuardrailSkipped,
        rules: &["gateway-start-fails", "guardrail-skipped"],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "LiteLLM does not start with a guardrail of an unknown kind or time, or without one; \
                later it starts without it",
    },
    Seen {
        change: Change::AttemptsRemembered,
        rules: &["chain-order-changes", "failover-exceeds-timeout"],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "a name is tried again by each list that names it, until `max_fallbacks` ends it; \
                later LiteLLM tries it once",
    },
    Seen {
        change: Change::AttemptsShared,
        rules: &["failover-exceeds-timeout"],
        without: PINNED,
        with: Release::new(1, 109, 1),
        words: "where a weighted name fails whole, its list is tried below the last member and \
                once more; later LiteLLM tries it once",
    },
    Seen {
        change: Change::HopsApart,
        rules: &[],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "members that were left out in one hop are left out in all that follow; later \
                LiteLLM leaves them out below that hop alone",
    },
    Seen {
        change: Change::HopFailuresCounted,
        rules: &["failover-exceeds-timeout"],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "of a request only the first failure counts for a rest; later LiteLLM counts one \
                for each hop",
    },
    Seen {
        change: Change::DeploymentRests,
        rules: &["failover-exceeds-timeout"],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "`allowed_fails`, `allowed_fails_policy` and `cooldown_time` of `model_info` do \
                nothing; later they count",
    },
    Seen {
        change: Change::AllowedFailsOfServer,
        rules: &["failover-exceeds-timeout"],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "`allowed_fails_policy` says nothing about server errors, and 0 in it counts as \
                nothing said; later both count",
    },
    Seen {
        change: Change::ListLetsRest,
        rules: &["failover-exceeds-timeout"],
        without: PINNED,
        with: Release::new(1, 109, 1),
        words: "the only deployment of a name rests by `allowed_fails` of the router, and never \
                by its own; later it rests by either, but only when its name has a list",
    },
    Seen {
        change: Change::RoutingGroupsServed,
        rules: &[],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "a routing group cannot be asked for by its name; later it can",
    },
    Seen {
        change: Change::NamesSeenThrough,
        rules: &[],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "a hidden alias has no orders and no next member; later it has those of its model",
    },
    Seen {
        change: Change::FirstListGoesOn,
        rules: &["chain-order-changes", "failover-exceeds-timeout"],
        without: Release::new(1, 100, 5),
        with: PINNED,
        words: "a name that fails without a list of its own ends there; later LiteLLM goes on \
                with the list of the name that was asked for",
    },
    Seen {
        change: Change::ListBehindProvider,
        rules: &["alias-without-chain", "chain-order-changes"],
        without: Release::new(1, 100, 5),
        with: PINNED,
        words: "`gpt-4o` does not find the list of `openai/gpt-4o`; later it does",
    },
    Seen {
        change: Change::OrderKept,
        rules: &["failover-exceeds-timeout"],
        without: Release::new(1, 100, 5),
        with: PINNED,
        words: "the order that was asked for last counts for the names that are tried behind it \
                too, and any member is asked when none has it; later it counts for its own name \
                alone",
    },
    Seen {
        change: Change::RefusersSkipped,
        rules: &[],
        without: Release::new(1, 100, 5),
        with: PINNED,
        words: "a retry may ask the deployment again that refused the key; later LiteLLM asks \
                another one",
    },
    Seen {
        change: Change::RetriesOfServer,
        rules: &["failover-exceeds-timeout"],
        without: Release::new(1, 100, 5),
        with: PINNED,
        words: "`retry_policy` does not know `InternalServerErrorRetries` and `DefaultRetries`; \
                later it does",
    },
    Seen {
        change: Change::WeightOfAny,
        rules: &[],
        without: Release::new(1, 100, 5),
        with: PINNED,
        words: "weights count when the first member has one; later they count whichever has one",
    },
    Seen {
        change: Change::TargetsSkipThemselves,
        rules: &["chain-malformed"],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "`fallbacks: [{model: b}]` asks `b` again when `b` failed, until `max_fallbacks` \
                ends it; later LiteLLM goes on",
    },
    Seen {
        change: Change::ClientLeavesRetries,
        rules: &["failover-exceeds-timeout"],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "with `num_retries: 2` on a deployment OpenAI's client tries each of three calls \
                three times; later LiteLLM makes three calls",
    },
    Seen {
        change: Change::UnusableAliasPassed,
        rules: &["alias-unusable"],
        without: Release::new(1, 92, 2),
        with: Release::new(1, 100, 5),
        words: "a request for an alias whose value is no name ends with 500; later its fallbacks \
                are tried",
    },
];

impl Change {
    fn bit(self) -> u64 {
        1 << self as u64
    }

    /// Whether a release has it; `None` for one between the last that has not and the first that
    /// has.
    #[must_use]
    pub fn is_in(self, release: Release) -> Option<bool> {
        let seen = CHANGES.iter().find(|seen| seen.change == self)?;
        if release >= seen.with { Some(true) } else { (release <= seen.without).then_some(false) }
    }
}

/// What a release has of all that is known to change, for who asks often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changes(u64);

impl Changes {
    /// Those of a release. Of one that lies between two that were measured nothing is known, and it
    /// is taken for the pinned one.
    #[must_use]
    pub fn of(release: Release) -> Self {
        let has = |seen: &&Seen| {
            seen.change.is_in(release).or_else(|| seen.change.is_in(PINNED)) == Some(true)
        };
        Changes(CHANGES.iter().filter(has).fold(0, |all, seen| all | seen.change.bit()))
    }

    /// Whether the release has a change.
    #[must_use]
    pub fn has(self, change: Change) -> bool {
        self.0 & change.bit() != 0
    }
}

impl Default for Changes {
    fn default() -> Self {
        Changes::of(PINNED)
    }
}

/// What was seen of a rule on other releases, one line for each change; empty for a rule that holds
/// on all of them, as far as they were measured.
pub fn changes_of(rule: &str) -> impl Iterator<Item = &'static Seen> {
    CHANGES.iter().filter(move |seen| seen.rules.contains(&rule))
}

#[cfg(test)]
mod tests {
    use super::{CHANGES, Change, Changes, MEASURED, PINNED, Release};

    #[test]
    fn the_pinned_release_is_the_one_of_the_compiler() {
        assert_eq!(PINNED.to_string(), super::super::RELEASE);
        assert!(PINNED.is_measured());
        assert!(MEASURED.is_sorted());
    }

    #[test]
    fn every_change_lies_between_two_measured_releases_and_concerns_rules() {
        for seen in &CHANGES {
            assert!(seen.without.is_measured() && seen.with.is_measured(), "{seen:?}");
            let between =
                MEASURED.iter().filter(|one| **one > seen.without && **one < seen.with).count();
            assert_eq!(between, 0, "{seen:?}");
            for rule in seen.rules {
                assert!(crate::rules::find(rule).is_some(), "{rule}");
            }
        }
    }

    #[test]
    fn the_changes_of_a_release_are_those_that_it_has() {
        let old = Changes::of(Release::new(1, 92, 2));
        assert!(CHANGES.iter().all(|seen| !old.has(seen.change)));
        let new = Changes::of(Release::new(1, 109, 1));
        assert!(CHANGES.iter().all(|seen| new.has(seen.change)));
        assert!(
            CHANGES
                .iter()
                .all(|seen| { Changes::default().has(seen.change) == (seen.without < PINNED) })
        );
    }

    #[test]
    fn a_release_between_two_that_were_measured_is_not_known() {
        let change = Change::FallbacksRefused;
        assert_eq!(change.is_in(PINNED), Some(false));
        assert_eq!(change.is_in(Release::new(1, 108, 0)), None);
        assert_eq!(change.is_in(Release::new(1, 110, 0)), Some(true));
    }
}
