//! Everything on a Pusher Channels server that takes the app's secret, behind a C ABI.
//!
//! Text comes in through [`ffi`], becomes a [`config::Config`], a [`socket_id::SocketId`] and a
//! [`user_data::UserData`], a [`channel::Channel`] or a [`request::Request`], is signed by a
//! [`signer::Signer`] and lands in the caller's buffer through [`output::Output`]. The reference for users is `include/pusher_auth.h`.

#![deny(missing_docs, unsafe_code, unsafe_op_in_unsafe_fn)]
#![deny(
    clippy::undocumented_unsafe_blocks,
    clippy::multiple_unsafe_ops_per_block
)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

use std::alloc::System;

use zeroizing_alloc::ZeroAlloc;

/// Wipes whatever is freed: the secret is in more places than anybody thinks of, a parser's buffers
/// among them.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

mod callback;
mod channel;
mod channel_data;
mod config;
mod error;
mod escape;
#[allow(unsafe_code)]
mod ffi;
mod json;
mod jsonp;
mod output;
mod request;
mod signer;
mod socket_id;
mod user_data;
