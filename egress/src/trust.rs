use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::version::{TLS12, TLS13};
use rustls_platform_verifier::Verifier;

use crate::client::ClientError;

/// Whom a client trusts: the authorities of the machine, and those of an operator. The certificates of a machine are some
/// hundred files, so clients share what was read of them.
#[derive(Clone, Debug)]
pub struct Trust(ClientConfig);

impl Trust {
    /// Reads the authorities of the machine. `authorities` are those of an operator: PEM text with any number of
    /// certificates. There is no way to trust a server without one.
    ///
    /// # Errors
    /// [`ClientError`] when the machine has none, or the text holds none.
    pub fn with_authorities(authorities: &[u8]) -> Result<Self, ClientError> {
        let own: Vec<_> = CertificateDer::pem_slice_iter(authorities)
            .collect::<Result<_, _>>()
            .map_err(|_| ClientError::Authorities)?;
        let failed = match (own.is_empty(), authorities.is_empty()) {
            (true, false) => return Err(ClientError::Authorities),
            (true, true) => ClientError::Machine,
            (false, _) => ClientError::Authorities,
        };
        let provider = CryptoProvider::get_default().cloned();
        let provider = provider.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
        let verifier = match own.is_empty() {
            true => Verifier::new(provider.clone()),
            false => Verifier::new_with_extra_roots(own, provider.clone()),
        };
        let verifier = verifier.map_err(|_| failed)?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|_| ClientError::Machine)?;
        // It is called dangerous because a verifier might let everything through; this one asks the machine.
        let verified = config.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
        let mut config = verified.with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(config))
    }

    /// For one client, with sessions of its own.
    pub(crate) fn for_client(&self) -> ClientConfig {
        let mut config = self.0.clone();
        config.resumption = Resumption::default();
        config
    }
}
