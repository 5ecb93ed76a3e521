//! Work that takes a thread for long, and ends soon after nobody waits for it any more.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::media::ffmpeg::ToolError;

/// Runs `work` on a thread for blocking work. A task on such a thread cannot be stopped from outside:
/// it is handed a flag that is raised when this future is dropped.
///
/// # Errors
/// What `work` answers, or that it panicked.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce(&AtomicBool) -> Result<T, ToolError> + Send + 'static) -> Result<T, ToolError> {
    struct RaiseOnDrop(Arc<AtomicBool>);
    impl Drop for RaiseOnDrop {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let stop = RaiseOnDrop(Arc::default());
    let flag = Arc::clone(&stop.0);
    tokio::task::spawn_blocking(move || work(&flag)).await.map_err(io::Error::other)?
}
