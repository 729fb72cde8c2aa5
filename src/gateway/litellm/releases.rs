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

/// The releases on which the cases of `tests/conformance/verdicts.rs` were run, oldest first. Of
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
pub const CHANGES: [Seen; 6] = [
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
];

impl Change {
    /// Whether a release has it; `None` for one between the last that has not and the first that
    /// has.
    #[must_use]
    pub fn is_in(self, release: Release) -> Option<bool> {
        let seen = CHANGES.iter().find(|seen| seen.change == self)?;
        if release >= seen.with { Some(true) } else { (release <= seen.without).then_some(false) }
    }
}

/// What was seen of a rule on other releases, one line for each change; empty for a rule that holds
/// on all of them, as far as they were measured.
pub fn changes_of(rule: &str) -> impl Iterator<Item = &'static Seen> {
    CHANGES.iter().filter(move |seen| seen.rules.contains(&rule))
}

#[cfg(test)]
mod tests {
    use super::{CHANGES, Change, MEASURED, PINNED, Release};

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
    fn a_release_between_two_that_were_measured_is_not_known() {
        let change = Change::FallbacksRefused;
        assert_eq!(change.is_in(PINNED), Some(false));
        assert_eq!(change.is_in(Release::new(1, 108, 0)), None);
        assert_eq!(change.is_in(Release::new(1, 110, 0)), Some(true));
    }
}
