//! An editor's view of a project, by the Language Server Protocol over standard input and output.
//!
//! ```text
//! transport → server → documents → workspace → diagnostics, hover, definition, completion, actions
//! ```
//!
//! Everything runs on one thread, and nothing is kept of a project between two questions but its
//! last findings: what is open is read anew each time, which takes milliseconds. So there is no
//! state that could be out of date.

mod actions;
mod capabilities;
mod completion;
mod cursor;
mod definition;
mod diagnostics;
mod documents;
mod hover;
mod names;
mod place;
mod positions;
mod route;
mod schema;
mod server;
mod transport;
mod uri;
mod workspace;

pub use server::{Ended, serve};
