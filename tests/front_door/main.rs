//! The studio through its front door: HTTP, a real PostgreSQL, the real worker, the built-in engines.

mod captions;
mod contract;
mod durability;
mod errors;
mod events;
mod fillers;
mod film;
mod floors;
mod guard;
mod http;
mod idempotency;
mod media;
mod methods;
mod metrics;
mod models;
mod paid_calls;
mod patience;
mod projects;
mod providers;
mod script;
mod servers;
mod settings;
mod sound;
mod spending;
mod takes;
mod uploads;
