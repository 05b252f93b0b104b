//! The keyed HMAC, and the response it writes.

use std::mem::MaybeUninit;

use hmac::{
    KeyInit,
    block_api::HmacCore,
    digest::{
        Output as Digest,
        block_api::{Buffer, FixedOutputCore, UpdateCore},
    },
};
use sha2::Sha256;

use crate::{
    config::Config, error::Error, escape::escaped_len, output::Output, socket_id::SocketId,
    user_data::UserData,
};

type Hmac = HmacCore<Sha256>;

/// An app's key, set up to sign any number of users.
// Not `Debug`: it signs like the secret itself.
pub struct Signer {
    /// What every response starts with: `{"auth":"<key>:`.
    start: String,
    /// The state after the secret, which every signature starts from; wiped when dropped.
    hmac: Hmac,
}

impl Signer {
    /// Sets the key up. `HmacCore` takes a secret of any length.
    pub fn new(config: &Config) -> Result<Self, Error> {
        let hmac = Hmac::new_from_slice(config.secret.as_bytes()).map_err(|_| Error::Internal)?;
        let start = format!(r#"{{"auth":"{}:"#, config.key);
        Ok(Self { start, hmac })
    }

    /// Writes `{"auth":"<key>:<signature>","user_data":"<user as a JSON string>"}` into `buffer`.
    /// Gives its length.
    pub fn authenticate_user(
        &self,
        socket_id: SocketId,
        user: UserData,
        buffer: &mut [MaybeUninit<u8>],
    ) -> Result<i32, Error> {
        let user = user.as_bytes();
        let (start, middle, end) = (self.start.as_bytes(), br#"","user_data":""#, br#""}"#);
        let mut signature = [0; 64];
        let with_user = |len: usize| {
            [start.len(), signature.len(), middle.len(), end.len()]
                .into_iter()
                .fold(len, usize::saturating_add)
        };
        // At worst every byte is escaped; to count them takes time, and only a smaller buffer needs it.
        let mut len = with_user(user.len().saturating_mul(2));
        if len >= buffer.len() {
            len = with_user(escaped_len(user));
        }

        let mut output = Output::claim(buffer, len)?;
        let digest = self.sign(&[socket_id.as_bytes(), b"::user::", user]);
        hex::encode_to_slice(digest, &mut signature).map_err(|_| Error::Internal)?;
        output.push(start);
        output.push(&signature);
        output.push(middle);
        output.push_escaped(user);
        output.push(end);
        output.finish()
    }

    /// HMAC-SHA256 of the parts in a row. Over blocks and in place: `Hmac`'s own calls move the
    /// keyed state, which leaves copies that nobody wipes, and take a tenth longer.
    fn sign(&self, parts: &[&[u8]]) -> Digest<Hmac> {
        let mut hmac = self.hmac.clone();
        let mut buffer = Buffer::<Hmac>::default();
        for part in parts {
            buffer.digest_blocks(part, |blocks| hmac.update_blocks(blocks));
        }
        let mut digest = Digest::<Hmac>::default();
        hmac.finalize_fixed_core(&mut buffer, &mut digest);
        digest
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::Value;

    use super::*;

    /// The signature in hex. However the data is cut, it is the same message.
    fn signature(key: &[u8], data: &[u8]) -> String {
        let signer = Signer {
            start: String::new(),
            hmac: Hmac::new_from_slice(key).unwrap(),
        };
        let whole = signer.sign(&[data]);
        for cut in 0..=data.len() {
            let (left, right) = data.split_at(cut);
            assert_eq!(signer.sign(&[left, right]), whole);
        }
        let mut signature = [0; 64];
        hex::encode_to_slice(whole, &mut signature).unwrap();
        std::str::from_utf8(&signature).unwrap().to_owned()
    }

    /// RFC 4231, section 4: key, data, HMAC-SHA-256, of which case 5 gives the first half.
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

    /// Every case of Wycheproof's: right tags and wrong ones, whole or truncated.
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
