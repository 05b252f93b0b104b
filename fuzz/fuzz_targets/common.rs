//! The library that a target is linked with, the checks and the oracles.

#[path = "../../tests/common/api.rs"]
mod api;
#[path = "../checks.rs"]
pub mod checks;
#[path = "../oracle/mod.rs"]
mod oracle;

use std::sync::LazyLock;

use api::{Api, ffi::Functions};
// For its C functions.
use pusher_auth as _;

pub static API: LazyLock<Api> = LazyLock::new(|| Api(Functions::linked()));
