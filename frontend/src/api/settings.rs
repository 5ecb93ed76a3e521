//! Settings and providers.

use shared::settings::{PatchSettings, ProviderTest, Settings};

use super::client::{self, Answer};

/// The settings, with every provider that the server knows.
pub async fn get() -> Answer<Settings> {
    client::get("/api/settings").await
}

/// Changes some of them.
pub async fn patch(patch: &PatchSettings) -> Answer<Settings> {
    client::patch("/api/settings", patch).await
}

/// Makes a real, cheap call to a provider.
pub async fn test(provider: &str) -> Answer<ProviderTest> {
    client::act(&format!("/api/settings/providers/{}/test", js_sys::encode_uri_component(provider))).await
}
