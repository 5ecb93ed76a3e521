//! The server of AI Studio: a documented REST API over PostgreSQL that turns a text into a narrated film.
//!
//! The floors, from below: `error`; `storage`, `metrics`; `db`, and beside it `providers`, on `error` and `storage`,
//! `shared` and `engines`; `config`, `queue`, `live`; `services`; `jobs`, `api`; `app`; `program`. Each uses what stands below
//! it. See ARCHITECTURE.md.

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
