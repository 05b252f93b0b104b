//! The keyed HMAC, and what it signs.

use std::{io::Write, mem::MaybeUninit};

use base64ct::{Base64, Encoding};
use hmac::{
    KeyInit,
    block_api::HmacCore,
    digest::{
        CtOutput, Digest as _, Output as Digest,
        block_api::{Buffer, FixedOutputCore, UpdateCore},
    },
};
use md5::Md5;
use sha2::Sha256;

use crate::{
    channel::Channel,
    channel_data::ChannelData,
    config::{Api, Config},
    error::Error,
    escape::escaped_len,
    output::Output,
    request::Request,
    socket_id::SocketId,
    user_data::UserData,
};

type Hmac = HmacCore<Sha256>;

/// An app's key, set up to sign any number of times.
// Not `Debug`: it signs like the secret itself.
pub struct Signer {
    key: String,
    /// What every response starts with: `{"auth":"<key>:`.
    start: String,
    /// The state after the secret, which every signature starts from; wiped when dropped.
    hmac: Hmac,
    encryption_key: Option<[u8; 32]>,
    api: Option<Api>,
}

impl Signer {
    /// Sets the key up. `HmacCore` takes a secret of any length.
    pub fn new(config: Config) -> Result<Self, Error> {
        let hmac = Hmac::new_from_slice(config.secret.as_bytes()).map_err(|_| Error::Internal)?;
        Ok(Self {
            start: format!(r#"{{"auth":"{}:"#, config.key),
            key: config.key.into_owned(),
            hmac,
            encryption_key: config.encryption_key,
            api: config.api,
        })
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
        let message = [socket_id.as_bytes(), b"::user::", user];
        self.respond(message, br#"","user_data":""#, user, buffer)
    }

    /// Writes `{"auth":"<key>:<signature>"}` into `buffer`, with `channel_data` where there are any
    /// and with `shared_secret` for an encrypted channel. Gives its length.
    pub fn authorize_channel(
        &self,
        socket_id: SocketId,
        channel: Channel,
        data: ChannelData,
        buffer: &mut [MaybeUninit<u8>],
    ) -> Result<i32, Error> {
        let is_encrypted = channel.is_encrypted();
        let (socket_id, channel, data) =
            (socket_id.as_bytes(), channel.as_bytes(), data.as_bytes());
        if !data.is_empty() {
            let message = [socket_id, b":", channel, b":", data];
            return self.respond(message, br#"","channel_data":""#, data, buffer);
        }
        let message = [socket_id, b":", channel];
        if !is_encrypted {
            return self.respond(message, b"", b"", buffer);
        }
        let key = self.encryption_key.as_ref().ok_or(Error::EncryptionKey)?;
        let secret = Sha256::new()
            .chain_update(channel)
            .chain_update(key)
            .finalize();
        let mut base64 = [0; 44];
        let secret = Base64::encode(&secret, &mut base64).map_err(|_| Error::Internal)?;
        self.respond(
            message,
            br#"","shared_secret":""#,
            secret.as_bytes(),
            buffer,
        )
    }

    /// Where requests go to.
    pub fn api(&self) -> Result<&Api, Error> {
        self.api.as_ref().ok_or(Error::ConfigApp)
    }

    /// Writes the URL of a signed request at `timestamp`, in Unix seconds, into `buffer`. Gives its
    /// length. <https://pusher.com/docs/channels/library_auth_reference/rest-api/#authentication>
    pub fn sign_request(
        &self,
        api: &Api,
        request: &Request,
        body: &[u8],
        timestamp: u64,
        buffer: &mut [MaybeUninit<u8>],
    ) -> Result<i32, Error> {
        let (key, app) = (self.key.as_bytes(), api.path.as_bytes());
        let (mut digits, mut md5, mut signature) = ([0; 20], [0; 32], [0; 64]);
        let timestamp = decimal(timestamp, &mut digits);
        let body: [&[u8]; 2] = if body.is_empty() {
            [b"", b""]
        } else {
            hex::encode_to_slice(Md5::digest(body), &mut md5).map_err(|_| Error::Internal)?;
            [b"&body_md5=", &md5]
        };
        let auth = [
            b"auth_key=",
            key,
            b"&auth_timestamp=",
            timestamp,
            b"&auth_version=1.0",
        ];

        let query: [&[u8]; 2] = [
            if request.query.is_empty() { b"" } else { b"&" },
            request.query,
        ];
        let url: [&[&[u8]]; 5] = [
            &[api.origin.as_bytes(), app, request.path, b"?"],
            &auth,
            &body,
            &query,
            &[b"&auth_signature="],
        ];
        let url = url.into_iter().flatten();
        let len = url
            .clone()
            .map(|part| part.len())
            .fold(signature.len(), usize::saturating_add);
        let mut output = Output::claim(buffer, len)?;

        // No name of the query begins with "auth_", so ours stay together when all are sorted.
        let sorted = |from: &[u8], to: &[u8]| {
            let at = |name| request.pairs.partition_point(|pair| pair.name < name);
            request
                .pairs
                .get(at(from)..at(to))
                .unwrap_or_default()
                .iter()
        };
        let mut message = [request.method, b"\n", app, request.path, b"\n"]
            .into_iter()
            .chain(sorted(b"", b"auth_").flat_map(|pair| [pair.text, b"&"]))
            .chain(auth)
            .chain(sorted(b"auth_", b"body_md5").flat_map(|pair| [b"&", pair.text]))
            .chain(body)
            .chain(sorted(b"body_md5", b"\xff").flat_map(|pair| [b"&", pair.text]));
        // By reference, or every link of the chain gets an HMAC of its own.
        let message: &mut dyn Iterator<Item = &[u8]> = &mut message;
        hex::encode_to_slice(self.sign(message), &mut signature).map_err(|_| Error::Internal)?;
        url.for_each(|part| output.push(part));
        output.push(&signature);
        output.finish()
    }

    /// Refuses a webhook that is not for this app's key, then one that was not signed with its secret.
    /// <https://pusher.com/docs/channels/server_api/webhooks/#authentication>
    pub fn verify_webhook(&self, key: &[u8], signature: &[u8], body: &[u8]) -> Result<(), Error> {
        if key != self.key.as_bytes() {
            return Err(Error::WebhookKey);
        }
        let mut given = Digest::<Hmac>::default();
        hex::decode_to_slice(signature, &mut given).map_err(|_| Error::WebhookSignature)?;
        // Compared in constant time, or a signature could be guessed byte by byte.
        let is_right = CtOutput::<Hmac>::new(given) == CtOutput::new(self.sign([body]));
        is_right.then_some(()).ok_or(Error::WebhookSignature)
    }

    /// Writes the start of a response, the signature of `message`, `middle`, `text` as it stands in a
    /// JSON string, and the end.
    fn respond<const N: usize>(
        &self,
        message: [&[u8]; N],
        middle: &[u8],
        text: &[u8],
        buffer: &mut [MaybeUninit<u8>],
    ) -> Result<i32, Error> {
        const SIGNATURE: usize = 64;
        let (start, end) = (self.start.as_bytes(), br#""}"#);
        let with_text = |len: usize| {
            [start.len(), SIGNATURE, middle.len(), end.len()]
                .into_iter()
                .fold(len, usize::saturating_add)
        };
        // At worst every byte is escaped; to count them takes time, and only a smaller buffer needs it.
        let mut len = with_text(text.len().saturating_mul(2));
        if len >= buffer.len() {
            len = with_text(escaped_len(text));
        }

        let mut output = Output::claim(buffer, len)?;
        // The signature goes in last, so that the rest is written while the processor hashes: 9 ns.
        let digest = self.sign(message);
        output.push(start);
        let mut room = output.leave(SIGNATURE);
        output.push(middle);
        output.push_escaped(text);
        output.push(end);
        room.push(hex(digest.into()).as_flattened());
        output.finish()
    }

    /// HMAC-SHA256 of the parts in a row. Over blocks and in place: `Hmac`'s own calls move the
    /// keyed state, which leaves copies that nobody wipes, and take a tenth longer.
    fn sign<'p>(&self, parts: impl IntoIterator<Item = &'p [u8]>) -> Digest<Hmac> {
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

/// In vectors, where `hex` goes byte by byte, which takes 20 ns longer: a tenth of a short call.
fn hex(digest: [u8; 32]) -> [[u8; 2]; 32] {
    let digit = |half: u8| half.wrapping_add(if half < 10 { b'0' } else { b'a' - 10 });
    digest.map(|byte| [digit(byte >> 4), digit(byte & 0xf)])
}

fn decimal(number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut rest = &mut digits[..];
    // 20 digits hold any number.
    _ = write!(rest, "{number}");
    let len = 20_usize.saturating_sub(rest.len());
    digits.get(..len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::Value;

    use super::*;

    /// The signature in hex. However the data is cut, it is the same message.
    fn signature(key: &[u8], data: &[u8]) -> String {
        let signer = Signer {
            key: String::new(),
            start: String::new(),
            hmac: Hmac::new_from_slice(key).unwrap(),
            encryption_key: None,
            api: None,
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
