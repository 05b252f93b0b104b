//! The encryption of events: XSalsa20-Poly1305 (NaCl's secretbox) with a secret for each channel.
//! <https://pusher.com/docs/channels/using_channels/encrypted-channels/>

use std::mem::MaybeUninit;

use base64ct::{Base64, Encoding};
use crypto_secretbox::{
    Key, KeyInit, Nonce, Tag, XSalsa20Poly1305,
    aead::{AeadInPlace, generic_array::GenericArray},
};
use sha2::{Digest as _, Sha256};

use crate::{
    channel::EncryptedChannel,
    error::Error,
    json::{self, Members, Value},
    output::Output,
};

const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;

/// The secret of a channel, which its subscribers receive. Not `Debug`.
pub struct SharedSecret([u8; 32]);

impl SharedSecret {
    /// Computes the secret: SHA-256 of the channel's name and the master key.
    pub fn new(channel: EncryptedChannel, master_key: &[u8; 32]) -> Self {
        let secret = Sha256::new()
            .chain_update(channel.as_bytes())
            .chain_update(master_key)
            .finalize();
        Self(secret.into())
    }

    /// Writes the base64 into `target`. The encoder uses no tables and no branches.
    pub fn encode(&self, target: &mut [u8]) -> Result<(), Error> {
        Base64::encode(&self.0, target)
            .map(drop)
            .map_err(|_| Error::INTERNAL)
    }

    /// Encrypts `data` with a random nonce, which must never be used twice.
    pub fn encrypt(&self, data: &[u8]) -> Result<Encrypted, Error> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| Error::RANDOM)?;
        self.encrypt_with(nonce, data)
    }

    fn encrypt_with(&self, nonce: [u8; NONCE_LEN], data: &[u8]) -> Result<Encrypted, Error> {
        // The tag comes first. The data are encrypted in place.
        let mut sealed = [&[0; TAG_LEN], data].concat();
        let (tag, message) = sealed
            .split_at_mut_checked(TAG_LEN)
            .ok_or(Error::INTERNAL)?;
        let computed = self
            .cipher()
            .encrypt_in_place_detached(&Nonce::from(nonce), b"", message)
            .map_err(|_| Error::TOO_LARGE)?;
        tag.copy_from_slice(&computed);
        Ok(Encrypted { nonce, sealed })
    }

    /// Decrypts what [`encrypt`](Self::encrypt) returned. Rejects everything else with
    /// [`Error::DECRYPTION`].
    pub fn decrypt(&self, encrypted: Encrypted) -> Result<String, Error> {
        let mut sealed = encrypted.sealed;
        let (tag, message) = sealed
            .split_at_mut_checked(TAG_LEN)
            .ok_or(Error::DECRYPTION)?;
        self.cipher()
            .decrypt_in_place_detached(
                &Nonce::from(encrypted.nonce),
                b"",
                message,
                Tag::from_slice(tag),
            )
            .map_err(|_| Error::DECRYPTION)?;
        sealed.drain(..TAG_LEN);
        String::from_utf8(sealed).map_err(|_| Error::DECRYPTION)
    }

    fn cipher(&self) -> XSalsa20Poly1305 {
        XSalsa20Poly1305::new(GenericArray::from_slice(&self.0) as &Key)
    }
}

/// Encrypted data: `{"nonce":"<base64>","ciphertext":"<base64>"}`.
pub struct Encrypted {
    nonce: [u8; NONCE_LEN],
    /// The tag, then the ciphertext.
    sealed: Vec<u8>,
}

impl Encrypted {
    /// Rejects everything else with [`Error::DECRYPTION`].
    pub fn parse(json: &[u8]) -> Result<Self, Error> {
        Self::read(json).ok_or(Error::DECRYPTION)
    }

    fn read(json: &[u8]) -> Option<Self> {
        let Members {
            values: [Some(nonce), Some(ciphertext)],
            distinct: true,
        } = json::object::<Value, 2>(json, ["nonce", "ciphertext"]).ok()?
        else {
            return None;
        };
        let (nonce, ciphertext) = (nonce.string().ok()??, ciphertext.string().ok()??);
        let sealed = Base64::decode_vec(&ciphertext).ok()?;
        let nonce = Base64::decode_vec(&nonce).ok()?;
        (sealed.len() >= TAG_LEN).then_some(Self {
            nonce: nonce.try_into().ok()?,
            sealed,
        })
    }

    /// Returns the length of the JSON for data of this length.
    pub fn json_len(data_len: usize, quote: &str) -> usize {
        let base64 = |len: usize| len.div_ceil(3).saturating_mul(4);
        base64(data_len.saturating_add(TAG_LEN))
            .saturating_add(base64(NONCE_LEN))
            .saturating_add("{nonce:,ciphertext:}".len())
            .saturating_add(quote.len().saturating_mul(8))
    }

    /// Appends the JSON, with `quote` for each quotation mark: `"`, or `\"` within a JSON string.
    pub fn write_json(&self, quote: &str, output: &mut Output) {
        let nonce = Base64::encode_string(&self.nonce);
        let ciphertext = Base64::encode_string(&self.sealed);
        let parts = [
            "{",
            quote,
            "nonce",
            quote,
            ":",
            quote,
            &nonce,
            quote,
            ",",
            quote,
            "ciphertext",
            quote,
            ":",
            quote,
            &ciphertext,
            quote,
            "}",
        ];
        parts.iter().for_each(|part| output.push(part.as_bytes()));
    }
}

/// Encrypts `data`, and writes the JSON into `buffer`. Returns its length.
pub fn encrypt(
    secret: &SharedSecret,
    data: &[u8],
    buffer: &mut [MaybeUninit<u8>],
) -> Result<i32, Error> {
    let mut output = Output::claim(buffer, Encrypted::json_len(data.len(), "\""))?;
    secret.encrypt(data)?.write_json("\"", &mut output);
    output.finish()
}

/// Writes the decrypted data into `buffer`. Returns their length.
pub fn decrypt(
    secret: &SharedSecret,
    encrypted: Encrypted,
    buffer: &mut [MaybeUninit<u8>],
) -> Result<i32, Error> {
    let data = secret.decrypt(encrypted)?;
    let mut output = Output::claim(buffer, data.len())?;
    output.push(data.as_bytes());
    output.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NaCl, `tests/secretbox.c`: the first 32 bytes of its message are padding.
    #[test]
    fn nacl_secretbox() {
        let key = "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389";
        let nonce = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";
        let message = "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc\
                       e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31\
                       0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde\
                       048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864\
                       5e0705";
        let sealed = "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce\
                      48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972\
                      71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae\
                      90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3\
                      7973f622a43d14a6599b1f654cb45a74e355a5";
        let bytes = |text: &str| hex_bytes(&text.replace(char::is_whitespace, ""));
        let secret = SharedSecret(bytes(key).try_into().unwrap());
        let nonce = bytes(nonce).try_into().unwrap();
        let encrypted = secret.encrypt_with(nonce, &bytes(message)).unwrap();
        assert_eq!(encrypted.sealed, bytes(sealed));
    }

    /// pusher-http-python, `pusher_tests/test_crypto.py`, `test_encrypt`: the channel has no prefix.
    #[test]
    fn official_python_library() {
        let master_key = *b"OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5";
        let secret = Sha256::new()
            .chain_update(b"pvUPIk0YG6MnxCEMIUUVFrbDmQwbhICXUcy")
            .chain_update(master_key)
            .finalize();
        let secret = SharedSecret(secret.into());
        let data = b"kkkT5OOkOkO5kT5TOO5TkOT5TTk5O55T";
        let encrypted = secret
            .encrypt_with(*b"XAJI0Y6DPBHSAHXTHV3A3ZMF", data)
            .unwrap();
        assert_eq!(
            Base64::encode_string(&encrypted.sealed),
            "tsYJa2JgGDOpVIYFe4aNVWAvZlpB7z7CjN9mpIdbATE0Yc4izN8aM8D6VigBxnIQ"
        );
        assert_eq!(secret.decrypt(encrypted).unwrap().as_bytes(), data);
    }

    /// pusher-http-go, `crypto_test.go`, `TestDecryptValidKey`: a master key of 33 bytes.
    #[test]
    fn official_go_library() {
        let secret = Sha256::new()
            .chain_update(b"private-encrypted-bla")
            .chain_update(b"This is a string that is 32 chars")
            .finalize();
        let json = br#"{"nonce":"sjklahvpWWQgAjTx5FfYHCCxd2AmaL9T","ciphertext":"zoDEe8dA3nDXKsybAWce/hXGW4szJw=="}"#;
        let encrypted = Encrypted::parse(json).unwrap();
        assert_eq!(
            SharedSecret(secret.into()).decrypt(encrypted).unwrap(),
            "Hello!"
        );
    }

    fn hex_bytes(text: &str) -> Vec<u8> {
        let mut bytes = vec![0; text.len() / 2];
        hex::decode_to_slice(text, &mut bytes).unwrap();
        bytes
    }
}
