//! The vault: provider keys are sealed before they are stored, with a key that is not in the database.

use std::{fmt, path::Path};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};

use crate::{providers::Secret, storage::written_once};

const NONCE: usize = 24;
const KEY_FILE: &str = "secret.key";

/// Seals and opens keys (XChaCha20-Poly1305).
pub struct Vault(XChaCha20Poly1305);

/// Why the vault cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The given key is not one.
    #[error("STUDIO_MASTER_KEY must be 64 hexadecimal digits")]
    BadKey,
    /// The key file is not one.
    #[error(
        "the key file {0} is damaged: it must hold 64 hexadecimal digits; restore it, or remove it and enter the providers' keys again"
    )]
    BadFile(String),
    /// The key file cannot be read or written.
    #[error("the key file {0}: {1}")]
    File(String, std::io::Error),
    /// The system gives no random bytes.
    #[error("no random numbers: {0}")]
    Random(String),
    /// What was sealed cannot be opened: it was sealed with another key.
    #[error("the stored key was sealed with another master key; enter it again")]
    Sealed,
}

impl Vault {
    /// The vault of a data directory; its key file (mode 0600) is made where there is none.
    pub fn open(data_dir: &Path, master_key: Option<&str>) -> Result<Self, VaultError> {
        if let Some(given) = master_key {
            return Ok(Self::with(parse(given).ok_or(VaultError::BadKey)?));
        }
        let name = data_dir.join(KEY_FILE).display().to_string();
        let fresh = hex::encode(random::<32>()?);
        let text = written_once(data_dir, KEY_FILE, &fresh).map_err(|error| VaultError::File(name.clone(), error))?;
        Ok(Self::with(parse(text.trim()).ok_or(VaultError::BadFile(name))?))
    }

    fn with(key: [u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&key.into()))
    }

    /// Seals a provider's key, with the origin of the address that it was entered for where that is known; it opens for that
    /// provider alone.
    pub fn seal(&self, provider: &str, key: &Secret, origin: Option<&str>) -> Result<Vec<u8>, VaultError> {
        let nonce = random::<NONCE>()?;
        // Neither has a line break.
        let whole = origin.map_or_else(|| key.clone(), |origin| Secret::new(format!("{origin}\n{}", key.expose())));
        let payload = Payload { msg: whole.expose().as_bytes(), aad: provider.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for that provider: its key, and the origin that it was entered for.
    pub fn open_sealed(&self, provider: &str, sealed: &[u8]) -> Result<(Secret, Option<String>), VaultError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(VaultError::Sealed)?;
        let payload = Payload { msg: sealed, aad: provider.as_bytes() };
        let opened = self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| VaultError::Sealed)?;
        let whole = Secret::new(String::from_utf8(opened).map_err(|_| VaultError::Sealed)?);
        Ok(match whole.expose().split_once('\n') {
            Some((origin, key)) => (Secret::new(key), Some(origin.to_owned())),
            None => (whole, None),
        })
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(***)")
    }
}

fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| VaultError::Random(error.to_string()))?;
    Ok(bytes)
}

fn parse(text: &str) -> Option<[u8; 32]> {
    hex::decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_sealed_key_opens_for_its_provider_alone() {
        let dir = tempfile::tempdir().unwrap();
        let again = Vault::open(dir.path(), None).unwrap();
        for origin in [None, Some("https://example.com")] {
            let sealed = Vault::open(dir.path(), None).unwrap().seal("gemini", &Secret::new("sk-secret"), origin).unwrap();
            assert!(!sealed.windows(9).any(|window| window == b"sk-secret"));
            let (key, known) = again.open_sealed("gemini", &sealed).unwrap();
            assert_eq!((key.expose(), known.as_deref()), ("sk-secret", origin));
            assert!(again.open_sealed("openai", &sealed).is_err());
        }
        let mode = std::fs::metadata(dir.path().join("secret.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_file_is_told() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("secret.key"), "not a key").unwrap();
        assert!(matches!(Vault::open(dir.path(), None), Err(VaultError::BadFile(_))));
        assert!(matches!(Vault::open(dir.path(), Some("abc")), Err(VaultError::BadKey)));
    }
}
