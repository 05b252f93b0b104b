//! Verification of webhooks.

use hex::decode_to_slice;
use hmac::digest::CtOutput;

use crate::{
    error::Error,
    signer::{Digest, Hmac, Signer},
};

/// Rejects a key that is not this app's.
/// <https://pusher.com/docs/channels/server_api/webhooks/#authentication>
pub fn verify_key(signer: &Signer, key: &[u8]) -> Result<(), Error> {
    if key == signer.key() {
        Ok(())
    } else {
        Err(Error::WEBHOOK_KEY)
    }
}

/// Rejects a body that was not signed with this app's secret. Compares in constant time: otherwise a
/// signature could be guessed byte by byte.
pub fn verify_signature(signer: &Signer, signature: &[u8], body: &[u8]) -> Result<(), Error> {
    let mut given = Digest::default();
    decode_to_slice(signature, &mut given).map_err(|_| Error::WEBHOOK_SIGNATURE)?;
    if CtOutput::<Hmac>::new(given) == CtOutput::new(signer.sign([body].iter().copied())) {
        Ok(())
    } else {
        Err(Error::WEBHOOK_SIGNATURE)
    }
}
