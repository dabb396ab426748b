//! Names that nobody can guess.

use ring::rand::{SecureRandom, SystemRandom};

/// The system gives no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoEntropy;

/// 128 random bits as hexadecimal digits.
pub(crate) fn hex() -> Result<String, NoEntropy> {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoEntropy)?;
    Ok(u128::from_le_bytes(bytes)).map(|number| format!("{number:032x}"))
}
