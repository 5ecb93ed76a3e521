//! Writing scripts.

use shared::script::{GenerateScript, GeneratedScript};

use super::client::{self, Answer};

/// Starts a script; its scenes come as events while it is written.
pub async fn generate(request: &GenerateScript) -> Answer<GeneratedScript> {
    client::post_async("/api/script/generate", request).await
}
