//! The app's key, set up for signing.

use std::mem::MaybeUninit;

use hmac::{
    KeyInit,
    block_api::HmacCore,
    digest::{
        Output as DigestOutput,
        block_api::{Buffer, FixedOutputCore, UpdateCore},
    },
};
use sha2::Sha256;

use crate::{
    channel::EncryptedChannel,
    config::{Api, Config},
    encryption::SharedSecret,
    error::Error,
    escape::escaped_len,
    output::Output,
};

const BEFORE_KEY: &str = r#"{"auth":""#;
const AFTER_KEY: &str = ":";

/// The length of a signature in hex.
pub const SIGNATURE_LEN: usize = 64;

/// HMAC-SHA256 over blocks, which can be cloned and finished in place.
pub type Hmac = HmacCore<Sha256>;

/// A signature.
pub type Digest = DigestOutput<Hmac>;

/// An app's key, set up to sign any number of times.
// Not `Debug`: it can sign like the secret itself.
pub struct Signer {
    /// The start of every response: `{"auth":"<key>:`.
    start: String,
    /// The state after the secret, from which every signature starts.
    hmac: Hmac,
    encryption_key: Option<[u8; 32]>,
    api: Option<Api>,
}

impl Signer {
    /// Sets up the key. `HmacCore` takes a secret of any length.
    pub fn new(config: Config) -> Result<Self, Error> {
        let hmac = Hmac::new_from_slice(config.secret.as_bytes()).map_err(|_| Error::INTERNAL)?;
        Ok(Self {
            start: [BEFORE_KEY, &config.key, AFTER_KEY].concat(),
            hmac,
            encryption_key: config.encryption_key,
            api: config.api,
        })
    }

    /// Returns the app's key.
    pub fn key(&self) -> &[u8] {
        let key = self.start.strip_prefix(BEFORE_KEY);
        let key = key.and_then(|key| key.strip_suffix(AFTER_KEY));
        key.unwrap_or_default().as_bytes()
    }

    /// Returns the address of the REST API.
    pub fn api(&self) -> Result<&Api, Error> {
        self.api.as_ref().ok_or(Error::CONFIG_APP)
    }

    /// Returns the secret of an encrypted channel.
    pub fn shared_secret(&self, channel: EncryptedChannel) -> Result<SharedSecret, Error> {
        let master_key = self.encryption_key.as_ref().ok_or(Error::ENCRYPTION_KEY)?;
        Ok(SharedSecret::new(channel, master_key))
    }

    /// Returns a buffer size that suffices for every function whose strings have `input_len` bytes.
    pub fn bound(&self, input_len: usize) -> usize {
        /// More than the constant part of any result. The URL of a termination has the largest.
        const FIXED: usize = 256;
        let api = self.api.as_ref();
        let url = api.map_or([0; 3], |api| {
            [&api.base, &api.path, &api.key].map(String::len)
        });
        // Percent-encoding triples a user id; escaping doubles JSON.
        [self.start.len(), FIXED]
            .into_iter()
            .chain(url)
            .fold(input_len.saturating_mul(3), usize::saturating_add)
    }

    /// Writes `{"auth":"<key>:<signature>`, `middle`, the escaped `text`, and `"}` into `buffer`.
    /// Returns the length.
    pub fn respond<const N: usize>(
        &self,
        message: [&[u8]; N],
        middle: &[u8],
        text: &[u8],
        buffer: &mut [MaybeUninit<u8>],
    ) -> Result<i32, Error> {
        let (start, end) = (self.start.as_bytes(), br#""}"#);
        let with_text = |len: usize| {
            [start.len(), SIGNATURE_LEN, middle.len(), end.len()]
                .into_iter()
                .fold(len, usize::saturating_add)
        };
        // In the worst case every byte is escaped. Only a smaller buffer requires counting.
        let mut len = with_text(text.len().saturating_mul(2));
        if len >= buffer.len() {
            len = with_text(escaped_len(text));
        }

        let mut output = Output::claim(buffer, len)?;
        // The signature is written last, so that the processor hashes and copies in parallel: 9 ns.
        let digest = self.sign(message);
        output.push(start);
        let mut signature = output.reserve(SIGNATURE_LEN);
        output.push(middle);
        output.push_escaped(text);
        output.push(end);
        signature.push(hex(digest.into()).as_flattened());
        output.finish()
    }

    /// Returns the HMAC-SHA256 of the concatenated parts. `Hmac`'s own functions move the keyed
    /// state, which leaves copies that nothing wipes, and take a tenth longer.
    pub fn sign<'p>(&self, parts: impl IntoIterator<Item = &'p [u8]>) -> Digest {
        let mut hmac = self.hmac.clone();
        let mut buffer = Buffer::<Hmac>::default();
        for part in parts {
            buffer.digest_blocks(part, |blocks| hmac.update_blocks(blocks));
        }
        let mut digest = Digest::default();
        hmac.finalize_fixed_core(&mut buffer, &mut digest);
        digest
    }
}

/// Encodes a digest by vector instructions, without tables and branches. The crate `hex` encodes a
/// byte at a time, which takes 20 ns longer, a tenth of a short call.
#[inline(always)]
pub fn hex(digest: [u8; 32]) -> [[u8; 2]; 32] {
    let digit = |half: u8| half.wrapping_add(if half < 10 { b'0' } else { b'a' - 10 });
    digest.map(|byte| [digit(byte >> 4), digit(byte & 0xf)])
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::Value;

    use super::*;

    /// Returns the signature in hex. It does not depend on how the message is split.
    fn signature(key: &[u8], data: &[u8]) -> String {
        let signer = Signer {
            hmac: Hmac::new_from_slice(key).unwrap(),
            ..Signer::new(Config::parse(br#"{"key":"k","secret":"s"}"#).unwrap()).unwrap()
        };
        let whole = signer.sign([data]);
        for cut in 0..=data.len() {
            let (left, right) = data.split_at(cut);
            assert_eq!(signer.sign([left, right]), whole);
        }
        let mut signature = [0; 64];
        hex::encode_to_slice(whole, &mut signature).unwrap();
        std::str::from_utf8(&signature).unwrap().to_owned()
    }

    /// RFC 4231, section 4: key, data, HMAC-SHA-256. Case 5 has only the first half.
    #[test]
    fn rfc_4231() {
        let cases: [(&[u8], &[u8], &str); 7] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
            (
                &(1..=25).collect::<Vec<u8>>(),
                &[0xcd; 50],
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            ),
            (&[0x0c; 20], b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
            (
                &[0xaa; 131],
                b"This is a test using a larger than block-size key and a larger than block-size data. \
                  The key needs to be hashed before being used by the HMAC algorithm.",
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
            ),
        ];
        for (key, data, published) in cases {
            assert!(signature(key, data).starts_with(published), "{published}");
        }
    }

    /// All cases of Wycheproof: valid and invalid tags, whole or truncated.
    #[test]
    fn wycheproof() {
        let file = "tests/vectors/wycheproof_hmac_sha256.json";
        let suite: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let mut cases = 0;
        for group in suite["testGroups"].as_array().unwrap() {
            for case in group["tests"].as_array().unwrap() {
                let bytes = |member: &str| {
                    let text = case[member].as_str().unwrap();
                    let mut bytes = vec![0; text.len() / 2];
                    hex::decode_to_slice(text, &mut bytes).unwrap();
                    bytes
                };
                let tag = case["tag"].as_str().unwrap();
                assert_eq!(tag.len() as u64 * 4, group["tagSize"].as_u64().unwrap());
                let matches = signature(&bytes("key"), &bytes("msg")).starts_with(tag);
                assert_eq!(matches, case["result"] == "valid", "{case}");
                cases += 1;
            }
        }
        assert_eq!(cases, suite["numberOfTests"].as_u64().unwrap());
    }
}
