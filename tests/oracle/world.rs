//! What is broken while a request is made.

use gwcfg::gateway::litellm::walk::{Failure, Gateway};

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

/// The origins of the deployments, in order.
pub fn origins(tables: &Gateway<'_>) -> Vec<String> {
    let mut origins: Vec<String> = tables.deployments.iter().map(origin).collect();
    origins.sort();
    origins.dedup();
    origins
}

fn origin(deployment: &gwcfg::gateway::litellm::walk::Deployment<'_>) -> String {
    deployment.api_base.trim_end_matches("/v1").to_owned()
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

    /// How a deployment fails.
    pub fn failure(&self, tables: &Gateway<'_>, row: usize) -> Option<Failure> {
        let origin = tables.deployments.get(row).map(origin)?;
        self.down.contains(&origin).then_some(self.how)
    }
}
