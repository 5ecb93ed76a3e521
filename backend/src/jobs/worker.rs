//! The worker: claims jobs while it has room, shows that it lives, and stops what is taken away from it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{
    sync::{broadcast::error::RecvError, watch},
    task::{AbortHandle, Id, JoinSet},
    time::{Instant, MissedTickBehavior, interval, sleep_until, timeout},
};
use tracing::Instrument;
use uuid::Uuid;

use super::{begin, hand_back, run};
use crate::{
    queue::{self, Claimed, Limit, Room, WorkerId},
    services::{Ctx, house_keeping, policy},
};

/// How often the queue is looked at although nobody said that there is work: for retries whose time has come.
const POLL: Duration = Duration::from_millis(500);
/// How often leases are renewed; three times before one runs out.
const RENEW: Duration = Duration::from_secs(3);
/// How often the house is kept.
const SWEEP: Duration = Duration::from_secs(600);
/// How many calls to other machines, or to servers on this one, a worker waits for at most; each provider's own limit is far lower.
const CALLS: usize = 32;
/// How long a clean stop waits for work to finish before it is handed back.
const GRACE: Duration = Duration::from_secs(3);
/// How long it waits for the answers of calls that are paid for, which nobody could ask for again.
const PAID_GRACE: Duration = Duration::from_secs(5);
/// How long all of it may take: with the database away, every try to hand work back waits in vain.
const STOP: Duration = Duration::from_secs(9);

/// A running worker.
pub struct Worker {
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Worker {
    /// Starts to work.
    pub fn start(ctx: Arc<Ctx>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(async move { Shift::new(ctx).work(stopped).await });
        Self { stop, task }
    }

    /// Claims nothing more, waits a little for what runs, and hands the rest back, where that can be done in time.
    pub async fn stop(mut self) {
        // The shift may have ended by itself, by a panic: then there is nobody to tell.
        let _: Result<(), watch::error::SendError<bool>> = self.stop.send(true);
        match timeout(STOP, &mut self.task).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the worker ended badly"),
            Err(_) => {
                tracing::warn!("could not hand everything back in time; the leases run out by themselves");
                self.task.abort();
            }
        }
    }
}

struct Shift {
    ctx: Arc<Ctx>,
    id: WorkerId,
    limits: Vec<Limit>,
    slots: usize,
    running: JoinSet<()>,
    held: HashMap<Uuid, (Claimed, AbortHandle)>,
}

impl Shift {
    fn new(ctx: Arc<Ctx>) -> Self {
        let limits = policy::own_limits(&ctx.providers.about());
        let slots = ctx.config.worker_slots();
        Self { ctx, id: WorkerId(Uuid::now_v7()), limits, slots, running: JoinSet::new(), held: HashMap::new() }
    }

    async fn work(mut self, mut stopped: watch::Receiver<bool>) {
        let mut gone = self.ctx.live.gone();
        let (mut poll, mut renew, mut sweep) = (interval(POLL), interval(RENEW), interval(SWEEP));
        for ticks in [&mut poll, &mut renew, &mut sweep] {
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        }
        let live = Arc::clone(&self.ctx.live);
        loop {
            tokio::select! {
                // What is held is renewed before more is claimed: after a server stood still for a while, others wait to take it over.
                biased;
                _ = stopped.changed() => break,
                _ = renew.tick() => self.renew().await,
                _ = sweep.tick() => self.sweep(),
                job = gone.recv() => match job {
                    Ok(job) => self.let_go(job),
                    Err(RecvError::Lagged(_)) => self.renew().await,
                    Err(RecvError::Closed) => break,
                },
                Some(ended) = self.running.join_next_with_id() => {
                    self.joined(&ended);
                    // What was taken away may have been deleted while its folder was still written to.
                    if ended.is_err_and(|error| error.is_cancelled()) {
                        let ctx = Arc::clone(&self.ctx);
                        tokio::spawn(async move { house_keeping::clear_deleted(&ctx).await });
                    }
                    self.claim().await;
                }
                () = live.work() => self.claim().await,
                _ = poll.tick() => self.claim().await,
            }
        }
        self.finish().await;
    }

    fn room(&self) -> Room {
        let local = self.held.values().filter(|(job, _)| job.local).count();
        Room { local: local < self.slots, calls: self.held.len() - local < CALLS }
    }

    async fn claim(&mut self) {
        loop {
            let (id, limits, room) = (self.id, self.limits.clone(), self.room());
            if !room.local && !room.calls {
                return;
            }
            let held = self.ctx.jobs.ids();
            let claimed = self.ctx.db.write(move |tx| {
                let limits = policy::limits_now(tx.conn, &limits)?;
                let job = queue::claim(tx, id, &held, &limits, room)?;
                if let Some(job) = &job {
                    begin(tx, job)?;
                }
                Ok(job)
            });
            match claimed.await {
                Ok(Some(job)) => self.begin(job),
                Ok(None) => return,
                Err(error) => return tracing::warn!(%error, "could not look for work"),
            }
        }
    }

    fn begin(&mut self, job: Claimed) {
        let span = tracing::info_span!("job", job.id = %job.id, attempt = job.attempts);
        // Not the whole of it: the id of an operation is in the words of a vendor.
        tracing::debug!(parent: &span, what = job.spec.name(), "claimed");
        let (ctx, work, holding) = (Arc::clone(&self.ctx), job.clone(), self.ctx.jobs.hold(job.id));
        let working = async move {
            run(&ctx, &work).await;
            drop(holding);
        };
        let handle = self.running.spawn(working.instrument(span));
        self.held.insert(job.id, (job, handle));
    }

    /// Leases that are renewed late have been lost: whoever took the job over works on it now.
    async fn renew(&mut self) {
        let (id, jobs) = (self.id, self.held.keys().copied().collect::<Vec<_>>());
        if jobs.is_empty() {
            return;
        }
        match self.ctx.db.run(move |conn| queue::renew(conn, id, &jobs)).await {
            Ok(lost) => lost.into_iter().for_each(|job| self.let_go(job)),
            Err(error) => tracing::warn!(%error, "could not renew the leases"),
        }
    }

    /// Drops the work on a job, and with it every call and child process.
    fn let_go(&mut self, job: Uuid) {
        if let Some((_, handle)) = self.held.get(&job) {
            handle.abort();
        }
    }

    fn ended(&mut self, task: Id) {
        self.held.retain(|_, (_, handle)| handle.id() != task);
    }

    fn sweep(&self) {
        let ctx = Arc::clone(&self.ctx);
        tokio::spawn(async move {
            if let Err(error) = house_keeping::sweep(&ctx).await {
                tracing::warn!(%error, "could not keep the house");
            }
        });
    }

    /// What runs is waited for a little; what awaits the answer of a paid call, which would be lost, a little longer;
    /// in all less than [`STOP`], so that the rest can be handed back.
    async fn finish(mut self) {
        self.wait_for_all(GRACE).await;
        self.give_back_all_but_paid_calls().await;
        self.wait_for_all(PAID_GRACE).await;
        self.running.shutdown().await;
        for (job, _) in std::mem::take(&mut self.held).into_values() {
            self.give_back(job).await;
        }
    }

    /// Waits for the work to end, at most that long; the leases are kept meanwhile.
    async fn wait_for_all(&mut self, at_most: Duration) {
        let end = Instant::now() + at_most;
        // At once, since they may have been renewed a while ago.
        let mut renew = interval(RENEW);
        while !self.running.is_empty() {
            tokio::select! {
                () = sleep_until(end) => return,
                _ = renew.tick() => self.renew().await,
                Some(ended) = self.running.join_next_with_id() => self.joined(&ended),
            }
        }
    }

    async fn give_back_all_but_paid_calls(&mut self) {
        if self.held.is_empty() {
            return;
        }
        let id = self.id;
        let paid = match self.ctx.db.read(move |conn| queue::in_paid_call(conn, id)).await {
            Ok(paid) => paid,
            Err(error) => return tracing::warn!(%error, "could not see which calls are paid for; waiting for all of them"),
        };
        let rest: Vec<Claimed> = self.held.values().map(|(job, _)| job.clone()).filter(|job| !paid.contains(&job.id)).collect();
        rest.iter().for_each(|job| self.let_go(job.id));
        while rest.iter().any(|job| self.held.contains_key(&job.id)) {
            let Some(ended) = self.running.join_next_with_id().await else { break };
            self.joined(&ended);
        }
        for job in rest {
            self.give_back(job).await;
        }
        if !self.held.is_empty() {
            tracing::info!(calls = self.held.len(), "waiting for paid calls to be answered");
        }
    }

    /// Hands a job back; one that has ended in the meantime is no longer there to be handed back.
    async fn give_back(&self, job: Claimed) {
        let id = job.id;
        match self.ctx.db.write(move |tx| hand_back(tx, &job)).await {
            Ok(()) => tracing::info!(job.id = %id, "handed back"),
            Err(error) => tracing::warn!(%error, job.id = %id, "could not hand back; its lease runs out by itself"),
        }
    }

    fn joined(&mut self, ended: &Result<(Id, ()), tokio::task::JoinError>) {
        self.ended(ended.as_ref().map_or_else(tokio::task::JoinError::id, |(id, ())| *id));
    }
}
