//! What LiteLLM does with a request, attempt by attempt, when providers fail: its own code read
//! line by line (`router.py` and `router_utils/` of 1.106.2) and compared with the real router by
//! the tests under `tests/oracle`.

mod arguments;
mod gateway;
mod lookup;
mod outage;
mod policies;
mod request;
mod resolve;
mod route;

pub use gateway::{Deployment, Gateway, Row, Strategy};
pub use outage::{Answer, answers};
pub use request::{Call, Chooser, Ended, Failure, walk};
pub use route::{Attempt, Choice, attempts, bare_model, provider_of};
