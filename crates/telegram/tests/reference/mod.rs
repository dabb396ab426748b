//! Telegram's rules once more, from the documentation alone and with other parts than the crate
//! has: RustCrypto instead of ring for the HMAC, ring instead of RustCrypto for Ed25519,
//! `form_urlencoded` instead of an own decoder, untyped JSON instead of a structure.

use hmac::{Hmac, Mac};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde_json::Value;
use sha2::Sha256;

/// The published token of the first vector.
pub(crate) const TOKEN: &str = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8";

pub(crate) type Pairs = Vec<(String, String)>;

pub(crate) fn pairs(raw: &str) -> Pairs {
    form_urlencoded::parse(raw.as_bytes()).into_owned().collect()
}

pub(crate) fn written(pairs: &Pairs) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// Lines of everything but the keys named.
fn lines(pairs: &Pairs, without: &[&str]) -> String {
    let kept = pairs.iter().filter(|(key, _)| !without.contains(&key.as_str()));
    let mut lines: Vec<String> = kept.map(|(key, value)| format!("{key}={value}")).collect();
    lines.sort();
    lines.join("\n")
}

pub(crate) fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().into()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash_of(pairs: &Pairs, token: &str) -> String {
    let secret = hmac_sha256(b"WebAppData", token.as_bytes());
    hex(&hmac_sha256(&secret, lines(pairs, &["hash"]).as_bytes()))
}

/// The same pairs with the hash that Telegram would give them.
pub(crate) fn sign(pairs: &Pairs, token: &str) -> String {
    let mut signed: Pairs = pairs.iter().filter(|(key, _)| key != "hash").cloned().collect();
    signed.push(("hash".to_owned(), hash_of(&signed, token)));
    written(&signed)
}

/// A key that stands for Telegram's, and its public half.
pub(crate) fn key_pair() -> (Ed25519KeyPair, [u8; 32]) {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let public = pair.public_key().as_ref().try_into().unwrap();
    (pair, public)
}

/// The same pairs with the signature that a holder of `key` would give them.
pub(crate) fn sign_publicly(pairs: &Pairs, bot: u64, key: &Ed25519KeyPair) -> String {
    let mut signed: Pairs = pairs.iter().filter(|(key, _)| key != "signature").cloned().collect();
    let text = format!("{bot}:WebAppData\n{}", lines(&signed, &["hash", "signature"]));
    let signature = key.sign(text.as_bytes());
    signed.push(("signature".to_owned(), base64_url(signature.as_ref())));
    written(&signed)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64_url(bytes: &[u8]) -> String {
    let bits: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect();
    let value = |six: &[u8]| (0..6).fold(0, |sum, at| sum << 1 | six.get(at).copied().unwrap_or(0));
    bits.chunks(6).map(|six| char::from(ALPHABET[usize::from(value(six))])).collect()
}

fn un_base64_url(text: &str) -> Option<Vec<u8>> {
    let mut bits = Vec::new();
    for byte in text.bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == byte)?;
        bits.extend((0..6).rev().map(|at| (value >> at & 1) as u8));
    }
    Some(bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect())
}

/// The user's number, if a careful server would believe these data.
pub(crate) fn user_by_token(raw: &str, token: &str, now: u64) -> Option<u64> {
    let pairs = pairs(raw);
    let hash = unique(&pairs, "hash")?;
    (hash == hash_of(&pairs, token)).then(|| careful(&pairs, now)).flatten()
}

/// The same with Telegram's public key.
pub(crate) fn user_by_key(raw: &str, bot: u64, key: &[u8; 32], now: u64) -> Option<u64> {
    let pairs = pairs(raw);
    let signature = un_base64_url(unique(&pairs, "signature")?)?;
    let text = format!("{bot}:WebAppData\n{}", lines(&pairs, &["hash", "signature"]));
    UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &signature).ok()?;
    careful(&pairs, now)
}

fn unique<'a>(pairs: &'a Pairs, key: &str) -> Option<&'a str> {
    let mut values = pairs.iter().filter(|(known, _)| known == key);
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value)
}

fn careful(pairs: &Pairs, now: u64) -> Option<u64> {
    let launched: u64 = unique(pairs, "auth_date")?.parse().ok()?;
    let user: Value = serde_json::from_str(unique(pairs, "user")?).ok()?;
    let is_recent = launched + 24 * 3600 >= now && launched <= now + 60;
    user["id"].as_u64().filter(|_| is_recent)
}
