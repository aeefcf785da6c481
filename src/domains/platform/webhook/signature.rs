//! Signatures of Standard Webhooks 1.0: HMAC-SHA256 over the message's id, its time and its body.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign as hmac};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use steward_core::access::secret;

/// Prefix of a secret.
const PREFIX: &str = "whsec_";

/// A new random secret of 256 bits, as it is shown.
pub fn new_secret() -> String {
    format!("{PREFIX}{}", STANDARD.encode(URL_SAFE_NO_PAD.decode(secret::new_secret()).unwrap_or_default()))
}

/// The signatures of a message by some secrets, with blanks between them; none of what is no secret.
pub fn signatures(secrets: &[String], id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
    let signed: Option<Vec<String>> = secrets.iter().map(|secret| signature(secret, id, timestamp, body)).collect();
    signed.filter(|signed| !signed.is_empty()).map(|signed| signed.join(" "))
}

fn signature(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok().filter(|key| !key.is_empty())?;
    let message = [format!("{id}.{timestamp}.").as_bytes(), body].concat();
    Some(format!("v1,{}", STANDARD.encode(hmac(&Key::new(HMAC_SHA256, &key), &message))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_signed_as_it_says() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
        let signed = signatures(std::slice::from_ref(&secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#).unwrap();
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let both = signatures(&[secret, new_secret()], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#).unwrap();
        assert!(both.starts_with(&format!("{signed} v1,")), "{both}");
    }

    #[test]
    fn a_secret_holds_256_bits_and_what_is_none_signs_nothing() {
        let made = new_secret();
        assert_eq!(STANDARD.decode(made.strip_prefix(PREFIX).unwrap()).unwrap().len(), 32);
        assert_ne!(made, new_secret());
        for secret in ["", "whsec_", "whsec_%", &made[1..]] {
            assert_eq!(signatures(&[secret.to_owned()], "1", 0, b""), None, "{secret}");
        }
        assert_eq!(signatures(&[], "1", 0, b""), None);
    }
}
