//! Headers with a meaning of their own, beside those of HTTP.

/// Of a request to [`super::address::RELAY`]: the address at FAL.
pub const TARGET: &str = "x-fal-target-url";
/// Of a submit: the caller's name for it, under which it is carried out once.
pub const KEY: &str = "idempotency-key";
/// Of a reply: `no` where a request never left for FAL. It matters for a 422, whose body looks the same from both.
pub const SENT: &str = "x-likeness-sent";
/// Of a reply: the token that takes the place of the one in the request.
pub const RENEWED_SESSION: &str = "x-likeness-session";
