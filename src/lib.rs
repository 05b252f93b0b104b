//! Server-side authentication for Pusher Channels, behind a C ABI.
//!
//! Data flow one way. Text enters through [`ffi`] and is parsed once, into types that cannot hold
//! anything invalid: [`config::Config`], [`socket_id::SocketId`], [`user::User`],
//! [`channel::Channel`], [`event::Event`], [`request::Request`]. A [`signer::Signer`], made from the
//! config, signs them. The result is written to the caller's buffer through [`output::Output`]. The
//! reference for users is `include/pusher_auth.h`.

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

/// Wipes everything that is freed: a parser's buffers can hold the secret, too.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

mod channel;
mod config;
mod encryption;
mod error;
mod escape;
mod event;
#[allow(unsafe_code)]
mod ffi;
mod json;
mod jsonp;
mod output;
mod parameter;
mod request;
mod signer;
mod socket_id;
mod user;
mod webhook;
