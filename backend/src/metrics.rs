//! Metrics: what happens in this process, counted where it happens, and told to Prometheus when it asks.
//!
//! Names and units follow <https://prometheus.io/docs/practices/naming/>: `studio_` before all that is the studio's own,
//! seconds for durations. Labels have few values (a route is its template, never a path), so that the series stay few.

use std::time::Duration;

use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder, core::Collector};

/// Requests: from a read in a millisecond to a `Prefer: wait` of five minutes.
const REQUEST_SECONDS: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0, 120.0, 300.0];
/// Jobs: from a card that is drawn in a tenth of a second to a film that takes an hour.
const JOB_SECONDS: [f64; 11] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0];

/// What this process counts.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    request_seconds: HistogramVec,
    jobs: HistogramVec,
    depth: IntGaugeVec,
    connections: IntGaugeVec,
    streams: IntGauge,
}

/// What there is at this moment, and is measured only when it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Jobs of all servers, waiting and running; none while the database is away.
    pub jobs: Option<(i64, i64)>,
    /// Connections to the database that are in use.
    pub connections_in_use: u32,
    /// Connections to the database that nobody uses.
    pub connections_idle: u32,
}

impl Metrics {
    /// None of it has happened yet.
    pub fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let metrics = Self {
            requests: IntCounterVec::new(
                Opts::new("studio_http_requests_total", "Requests that were answered, by route and status."),
                &["method", "route", "status"],
            )?,
            request_seconds: HistogramVec::new(
                HistogramOpts::new("studio_http_request_duration_seconds", "Time until an answer began, by route.")
                    .buckets(REQUEST_SECONDS.to_vec()),
                &["method", "route"],
            )?,
            jobs: HistogramVec::new(
                HistogramOpts::new("studio_job_duration_seconds", "Time that an attempt at a job took, by how it ended.")
                    .buckets(JOB_SECONDS.to_vec()),
                &["job", "provider", "outcome"],
            )?,
            depth: IntGaugeVec::new(Opts::new("studio_jobs", "Jobs of all servers on this database, waiting or running."), &["state"])?,
            connections: IntGaugeVec::new(Opts::new("studio_database_connections", "Connections to the database."), &["state"])?,
            streams: IntGauge::new("studio_event_streams", "Clients that listen to what happens.")?,
            registry,
        };
        for collector in metrics.collectors() {
            metrics.registry.register(collector)?;
        }
        let build = IntGauge::with_opts(
            Opts::new("studio_build_info", "Always 1; the version is its label.").const_label("version", env!("CARGO_PKG_VERSION")),
        )?;
        build.set(1);
        metrics.registry.register(Box::new(build))?;
        // CPU time, memory, open files: only Linux tells them in a way that is read here.
        #[cfg(target_os = "linux")]
        metrics.registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        Ok(metrics)
    }

    fn collectors(&self) -> [Box<dyn Collector>; 6] {
        [
            Box::new(self.requests.clone()),
            Box::new(self.request_seconds.clone()),
            Box::new(self.jobs.clone()),
            Box::new(self.depth.clone()),
            Box::new(self.connections.clone()),
            Box::new(self.streams.clone()),
        ]
    }

    /// A request was answered; the route is its template, as the API's document writes it.
    pub fn request(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.requests.with_label_values(&[method, route, &status.to_string()]).inc();
        self.request_seconds.with_label_values(&[method, route]).observe(took.as_secs_f64());
    }

    /// An attempt at a job ended.
    pub fn job(&self, job: &str, provider: &str, outcome: &str, took: Duration) {
        self.jobs.with_label_values(&[job, provider, outcome]).observe(took.as_secs_f64());
    }

    /// Somebody listens to what happens, for as long as what is answered is kept.
    pub fn listener(&self) -> Listener {
        self.streams.inc();
        Listener(self.streams.clone())
    }

    /// Everything, in the text exposition format 0.0.4.
    pub fn text(&self, now: Now) -> prometheus::Result<String> {
        match now.jobs {
            Some((waiting, running)) => {
                self.depth.with_label_values(&["waiting"]).set(waiting);
                self.depth.with_label_values(&["running"]).set(running);
            }
            // What was known before is not what is.
            None => self.depth.reset(),
        }
        self.connections.with_label_values(&["in_use"]).set(now.connections_in_use.into());
        self.connections.with_label_values(&["idle"]).set(now.connections_idle.into());
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

/// Counts one who listens, until it is dropped.
pub struct Listener(IntGauge);

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.dec();
    }
}
