//! What LiteLLM does with a request, attempt by attempt, when providers fail: its own code read
//! line by line (`router.py` and `router_utils/` of 1.106.2) and compared with the real router by
//! the tests under `tests/oracle`.

use foldhash::fast::RandomState;

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

/// Tables of names and rows. A walk looks up dozens, and the standard library's hash would take
/// a third of its time.
type HashMap<Key, Value> = hashbrown::HashMap<Key, Value, RandomState>;
type HashSet<Item> = hashbrown::HashSet<Item, RandomState>;
