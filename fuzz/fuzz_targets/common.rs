//! What all targets use: the C functions that they are linked with, and the oracles.
#![allow(dead_code)] // Each target uses a part of this.

#[path = "../../tests/common/api.rs"]
mod api;
#[path = "../oracle/mod.rs"]
pub mod oracle;

use std::sync::LazyLock;

#[allow(unused_imports)]
pub use api::Signer;
use api::{Api, ffi::Functions};
// For its C functions.
use pusher_auth as _;

pub static API: LazyLock<Api> = LazyLock::new(|| Api(Functions::linked()));

/// An app of which every function can be called.
pub const CONFIG: &str = concat!(
    r#"{"key":"k","secret":"s","appId":"3","cluster":"eu","#,
    r#""encryptionMasterKeyBase64":"zyrm8pvV2C9fJcBfhyXzvxbJVN/H7QLmbe0xJi1GhPU="}"#
);

/// The parts between NUL bytes, the last one with all that is left.
pub fn parts<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut parts = data.splitn(N, |&byte| byte == 0);
    [(); N].map(|()| parts.next().unwrap_or_default())
}
