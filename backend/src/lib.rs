//! The server of AI Studio: a documented REST API over PostgreSQL that turns a text into a narrated film.
//!
//! The floors, each using what stands below it: `db` → `queue` → `services` → `jobs`, `api` → `app`; `providers`
//! and `storage` stand beside `db`, on `shared` and `engines` alone. See ARCHITECTURE.md.

mod api;
pub mod app;
pub mod config;
mod db;
mod error;
mod jobs;
mod live;
mod metrics;
pub mod program;
pub mod providers;
mod queue;
mod services;
mod storage;

pub use db::migrate;
