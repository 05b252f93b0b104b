//! Everything on a Pusher Channels server that takes the app's secret, behind a C ABI.
//!
//! Text comes in through [`ffi`] and is parsed once, into types that hold nothing invalid:
//! [`config::Config`], [`socket_id::SocketId`], [`user_data::UserData`], [`channel::Channel`],
//! [`channel_data::ChannelData`], [`request::Request`], [`callback::Callback`]. A [`signer::Signer`],
//! made of the config, signs them all with one HMAC; what it writes lands in the caller's buffer
//! through [`output::Output`]. The reference for users is `include/pusher_auth.h`.

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
