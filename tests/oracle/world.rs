//! What is broken while a request is made.

use gwcfg::gateway::litellm::walk::Failure;

use crate::support::litellm::{Failure as Told, Status};

/// Who fails, and how.
#[derive(Debug, Clone)]
pub struct Scenario {
    down: Vec<String>,
    how: Failure,
}

const CLASSES: [Failure; 6] = [
    Failure::Server,
    Failure::RateLimit,
    Failure::Authentication,
    Failure::Timeout,
    Failure::ContextWindow,
    Failure::ContentPolicy,
];

/// What there is, each once, in order.
pub fn different(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = all.collect();
    all.sort();
    all.dedup();
    all
}

impl Scenario {
    /// Nothing fails; each one fails; one pair does; everything fails in each way; one fails in
    /// some other way.
    pub fn all(origins: &[String], turn: usize) -> Vec<Scenario> {
        let mut all = vec![Scenario { down: Vec::new(), how: Failure::Server }];
        let one = |origin: &String, how| Scenario { down: vec![origin.clone()], how };
        all.extend(origins.iter().map(|origin| one(origin, Failure::Server)));
        if origins.len() > 2 {
            let left_out = turn % origins.len();
            let mut down = origins.to_vec();
            down.remove(left_out);
            all.push(Scenario { down, how: Failure::Server });
        }
        if origins.len() > 3 {
            let other = (turn / 2 + 1) % origins.len();
            let down = vec![origins[turn % origins.len()].clone(), origins[other].clone()];
            all.push(Scenario { down, how: Failure::Server });
        }
        all.extend(CLASSES.map(|how| Scenario { down: origins.to_vec(), how }));
        let how = CLASSES[turn % CLASSES.len()];
        all.extend(origins.get(turn % origins.len().max(1)).map(|origin| one(origin, how)));
        all
    }

    /// A provider is gone; else it answers with another error.
    pub fn is_outage(&self) -> bool {
        self.how == Failure::Server
    }

    /// The failures in the terms of the fake upstreams.
    pub fn failures(&self) -> Vec<Told> {
        let (status, message) = match self.how {
            Failure::ContextWindow => {
                (Status::Http(400), Some("This model's maximum context length is 8 tokens"))
            }
            Failure::ContentPolicy => {
                (Status::Http(400), Some("invalid_request_error: content_policy_violation"))
            }
            Failure::RateLimit => (Status::Http(429), None),
            Failure::Authentication => (Status::Http(401), None),
            Failure::Timeout => (Status::Wire("timeout"), None),
            Failure::Server | Failure::Nobody | Failure::Unknown => (Status::Http(500), None),
        };
        let told = |origin: &String| Told {
            origin: Some(origin.clone()),
            model: None,
            status: status.clone(),
            message: message.map(str::to_owned),
            times: None,
        };
        self.down.iter().map(told).collect()
    }

    /// How the calls to an origin fail.
    pub fn failure(&self, origin: &str) -> Option<Failure> {
        self.down.iter().any(|down| down == origin).then_some(self.how)
    }

    /// The way of failing, in the word of `tests/conformance/picks.py`.
    pub fn word(&self) -> &'static str {
        match self.how {
            Failure::ContextWindow => "context",
            Failure::ContentPolicy => "policy",
            Failure::RateLimit => "rate-limit",
            Failure::Authentication => "auth",
            Failure::Timeout => "timeout",
            Failure::Server | Failure::Nobody | Failure::Unknown => "server",
        }
    }
}
