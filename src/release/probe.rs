//! Asks a running gateway whether it serves what it should. The only home of the network.
//!
//! LiteLLM 1.106.2: `/health/readiness` stays 200 with every model invalid, so it proves only that
//! the process answers; `/v1/models` lists the names that it serves.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use ureq::Agent;
use ureq::http::StatusCode;

/// One answer may take so long, and no longer than the whole probe.
const ONE_ANSWER: Duration = Duration::from_secs(30);

/// Bytes of an answer that are read: the list of 100,000 names has about 15 MB.
const MAX_ANSWER: u64 = 64 * 1024 * 1024;

/// How long a gateway is asked whether it is there at all, before anything is changed.
const FIRST_ANSWER: Duration = Duration::from_secs(5);

/// Between two questions, however short the wish is.
const SHORTEST: Duration = Duration::from_millis(50);

/// Names that a message lists.
const MAX_NAMES: usize = 8;

/// How a running gateway is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The gateway's address, such as `http://127.0.0.1:4000`.
    pub url: String,
    /// How long the gateway may take until it serves what it should.
    pub timeout: Duration,
    /// Between two questions.
    pub interval: Duration,
    /// The environment variable that holds the key.
    pub key_env: String,
    /// The names that get a real request; it costs what the provider takes for one token.
    pub canary: Vec<String>,
}

/// What a gateway should serve.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    /// Names that it must list.
    pub served: BTreeSet<String>,
    /// Names that it must not list any more: the gateway that still does has not reloaded.
    pub gone: BTreeSet<String>,
}

/// The gateway does not serve what it should.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// Only plain HTTP is spoken.
    #[error(
        "cannot ask `{url}`: only `http://` addresses are asked; probe the gateway on its own \
             machine, without what stands before it"
    )]
    Address {
        /// As given.
        url: String,
    },
    /// Nobody answered.
    #[error("`{url}` did not answer within {}s: {why}", timeout.as_secs_f64())]
    Silent {
        /// What was asked.
        url: String,
        /// The limit.
        timeout: Duration,
        /// The last reason.
        why: String,
    },
    /// It refused the key.
    #[error(
        "`{url}` refused with {status}: {}",
        if *is_set {
            format!("what stands in the variable `{key_env}` is not the gateway's key")
        } else {
            format!("the variable `{key_env}` is not set; put the gateway's key into it")
        }
    )]
    Key {
        /// What was asked.
        url: String,
        /// The status.
        status: u16,
        /// Whether a key was sent.
        is_set: bool,
        /// The variable.
        key_env: String,
    },
    /// It serves other names.
    #[error("`{url}` {}", difference(missing, unwanted))]
    Names {
        /// What was asked.
        url: String,
        /// Names that are not served.
        missing: Vec<String>,
        /// Names that are still served.
        unwanted: Vec<String>,
    },
    /// A real request failed.
    #[error("a request for `{name}` got {what}")]
    Canary {
        /// The public name.
        name: String,
        /// The status, or what went wrong on the wire.
        what: String,
    },
}

fn difference(missing: &[String], unwanted: &[String]) -> String {
    let list = |names: &[String]| {
        let shown: Vec<String> =
            names.iter().take(MAX_NAMES).map(|name| format!("`{name}`")).collect();
        let more = names.len().saturating_sub(MAX_NAMES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", shown.join(", "))
    };
    match (missing.is_empty(), unwanted.is_empty()) {
        (false, true) => format!("does not serve {}", list(missing)),
        (true, _) => format!("still serves {}: it has not read the new config", list(unwanted)),
        (false, false) => {
            format!("does not serve {}, and still serves {}", list(missing), list(unwanted))
        }
    }
}

impl Probe {
    /// Waits until the gateway serves what it should, then sends the requests that are asked for.
    ///
    /// # Errors
    /// The last reason why it does not, when the time is up.
    pub fn run(&self, expected: &Expected) -> Result<(), ProbeError> {
        let begun = Instant::now();
        self.check_address()?;
        let interval = self.interval.max(SHORTEST);
        loop {
            let left = self.timeout.saturating_sub(begun.elapsed());
            match self.ask(expected, left.max(interval)) {
                Ok(()) => break,
                Err(error) if left.is_zero() => return Err(error),
                Err(_) => sleep(interval.min(left)),
            }
        }
        // Each has its own time: how long the gateway took to start says nothing about a model.
        self.canary.iter().try_for_each(|name| self.request(name, self.timeout.max(SHORTEST)))
    }

    /// Asks the gateway that runs before anything is changed. True when it takes the key, false
    /// when it does not answer, or not in a way that says anything.
    ///
    /// # Errors
    /// When it refuses the key, or may not be asked at all: the probe could not pass.
    pub fn is_ready(&self) -> Result<bool, ProbeError> {
        self.check_address()?;
        match self.ask(&Expected::default(), FIRST_ANSWER) {
            Ok(()) => Ok(true),
            Err(error @ (ProbeError::Key { .. } | ProbeError::Address { .. })) => Err(error),
            Err(
                ProbeError::Silent { .. } | ProbeError::Names { .. } | ProbeError::Canary { .. },
            ) => Ok(false),
        }
    }

    /// The names that the gateway lists now.
    ///
    /// # Errors
    /// When it does not answer, or refuses the key.
    pub fn names(&self) -> Result<BTreeSet<String>, ProbeError> {
        self.check_address()?;
        self.listed(self.timeout)
    }

    fn check_address(&self) -> Result<(), ProbeError> {
        if self.url.starts_with("http://") {
            return Ok(());
        }
        Err(ProbeError::Address { url: self.url.clone() })
    }

    /// The two questions, once.
    fn ask(&self, expected: &Expected, left: Duration) -> Result<(), ProbeError> {
        let url = self.address("/health/readiness");
        let (status, _) = self.get(&url, left)?;
        if !status.is_success() {
            let why = format!("its last answer was {}", status.as_u16());
            return Err(ProbeError::Silent { url, timeout: self.timeout, why });
        }
        let listed = self.listed(left)?;
        let missing: Vec<String> = expected.served.difference(&listed).cloned().collect();
        let unwanted: Vec<String> = expected.gone.intersection(&listed).cloned().collect();
        if missing.is_empty() && unwanted.is_empty() {
            return Ok(());
        }
        Err(ProbeError::Names { url: self.address("/v1/models"), missing, unwanted })
    }

    fn listed(&self, left: Duration) -> Result<BTreeSet<String>, ProbeError> {
        let url = self.address("/v1/models");
        let (status, text) = self.get(&url, left)?;
        let is_set = self.key().is_some();
        if is_refusal(status, is_set) {
            let key_env = self.key_env.clone();
            return Err(ProbeError::Key { url, status: status.as_u16(), is_set, key_env });
        }
        let silent =
            |why: String| ProbeError::Silent { url: url.clone(), timeout: self.timeout, why };
        if !status.is_success() {
            return Err(silent(format!("its last answer was {}", status.as_u16())));
        }
        let list: ModelList = serde_json::from_str(&text)
            .map_err(|_| silent("its answer is no list of models".to_owned()))?;
        Ok(list.data.into_iter().map(|model| model.id).collect())
    }

    /// One request of one token.
    fn request(&self, name: &str, left: Duration) -> Result<(), ProbeError> {
        let failed = |what: String| ProbeError::Canary { name: name.to_owned(), what };
        let body = serde_json::json!({
            "model": name,
            "messages": [{"role": "user", "content": "ping"}],
            "max_tokens": 1,
        });
        let url = self.address("/v1/chat/completions");
        let mut request = agent(left).post(&url).header("Content-Type", "application/json");
        if let Some(key) = self.key() {
            request = request.header("Authorization", format!("Bearer {key}"));
        }
        let response = request.send(body.to_string()).map_err(|error| failed(error.to_string()))?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(failed(response.status().as_u16().to_string()))
    }

    fn get(&self, url: &str, left: Duration) -> Result<(StatusCode, String), ProbeError> {
        let silent = |error: ureq::Error| ProbeError::Silent {
            url: url.to_owned(),
            timeout: self.timeout,
            why: error.to_string(),
        };
        let mut request = agent(left).get(url);
        if let Some(key) = self.key() {
            request = request.header("Authorization", format!("Bearer {key}"));
        }
        let mut response = request.call().map_err(silent)?;
        let body = response.body_mut().with_config().limit(MAX_ANSWER);
        let text = body.read_to_string().map_err(silent)?;
        Ok((response.status(), text))
    }

    fn key(&self) -> Option<String> {
        std::env::var(&self.key_env).ok().filter(|key| !key.is_empty())
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.url.trim_end_matches('/'))
    }
}

/// LiteLLM without a database answers 400 to a wrong key, and 1.106.2 answers 500 to none.
fn is_refusal(status: StatusCode, is_set: bool) -> bool {
    let wrong = [StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
    wrong.contains(&status) || !is_set && status == StatusCode::INTERNAL_SERVER_ERROR
}

/// No proxy: the gateway stands on this machine or beside it. No redirect: the key goes to the
/// address that was given and to no other.
fn agent(left: Duration) -> Agent {
    let config = Agent::config_builder()
        .timeout_global(Some(left.min(ONE_ANSWER)))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None);
    config.build().into()
}

#[derive(Deserialize)]
struct ModelList {
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
}
