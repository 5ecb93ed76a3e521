//! What every request and every answer goes through, whatever it is about: the middlewares, how a request is read, how
//! an answer is made, and what an error is answered as.

pub mod answer;
pub mod catch;
pub mod conditional;
mod entry;
pub mod error;
mod exact;
pub mod extract;
pub mod guard;
pub mod headers;
pub mod measure;
pub mod method;
pub mod read;
pub mod request_id;
pub mod spelling;
pub mod strict;
mod unique;
pub mod upload;
