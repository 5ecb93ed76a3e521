//! What is the same for narrations, pictures and films: to read one, wait for it, cancel, retry, delete it.

use std::time::Duration;

use diesel::PgConnection;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use super::{
    Ctx, IfMatch, house_keeping, policy,
    pricing::{self, Payee},
    scene::remove_later,
    settings, spending,
};
use crate::{
    db::{
        self, Tx,
        take::{self, Take},
    },
    error::{AppError, Result},
    providers::Usage,
    queue::{self, JobSpec, NewJob, Priority},
};
use shared::{AudioId, ErrorCode, ImageId, ProjectId, VideoId, audio::AudioClip, image::ImageAsset, record::Status, video::VideoClip};

/// The provider of takes that the user brought along.
pub const UPLOAD: &str = "upload";

/// A record that is made by a job; what the generic operations need to know of it.
pub trait Generated: serde::Serialize + Send + Sized + 'static {
    /// Its id's type.
    type Id: Copy + Send + Sync + 'static;

    /// It, as a take.
    fn take(id: Self::Id) -> Take;

    /// Reads one.
    fn read(conn: &mut PgConnection, id: Self::Id) -> Result<Self>;

    /// Reads those that there are.
    fn read_those(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Self>>;

    /// Its id.
    fn id(&self) -> Self::Id;

    /// Where it is in its life.
    fn status(&self) -> Status;

    /// Who makes it.
    fn provider(&self) -> &str;
}

macro_rules! generated {
    ($record:ident, $id:ident, $take:ident, $module:ident) => {
        impl Generated for $record {
            type Id = $id;

            fn take(id: $id) -> Take {
                Take::$take(id)
            }

            fn read(conn: &mut PgConnection, id: $id) -> Result<Self> {
                db::$module::get(conn, id)
            }

            fn read_those(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Self>> {
                db::$module::with_ids(conn, ids)
            }

            fn id(&self) -> $id {
                self.id
            }

            fn status(&self) -> Status {
                self.status
            }

            fn provider(&self) -> &str {
                &self.provider
            }
        }
    };
}

generated!(AudioClip, AudioId, Audio, audio);
generated!(ImageAsset, ImageId, Image, image);
generated!(VideoClip, VideoId, Video, video);

/// One record.
pub async fn get<R: Generated>(ctx: &Ctx, id: R::Id) -> Result<R> {
    ctx.db.read(move |conn| R::read(conn, id)).await
}

/// Some records in that order, as far as there are any.
pub async fn those<R: Generated>(ctx: &Ctx, ids: &[R::Id]) -> Result<Vec<R>> {
    let ids = raw::<R>(ids);
    ctx.db
        .read(move |conn| {
            let mut records = R::read_those(conn, &ids)?;
            records.sort_by_cached_key(|record| ids.iter().position(|id| *id == R::take(record.id()).id()));
            Ok(records)
        })
        .await
}

fn raw<R: Generated>(ids: &[R::Id]) -> Vec<Uuid> {
    ids.iter().map(|id| R::take(*id).id()).collect()
}

/// Waits until none of the records is owed any more, and answers those that there are by then: one may be deleted meanwhile.
pub async fn all_finished<R: Generated>(ctx: &Ctx, ids: &[R::Id]) -> Result<Vec<R>> {
    let records = raw::<R>(ids);
    let owed = records.clone();
    wait_until(ctx, &records, move |conn| Ok(queue::of_records(conn, &owed)?.is_empty().then_some(()))).await?;
    those(ctx, ids).await
}

/// Waits until the record is finished. Whoever stops waiting stops nothing else.
pub async fn finished<R: Generated>(ctx: &Ctx, id: R::Id) -> Result<R> {
    wait_until(ctx, &[R::take(id).id()], move |conn| {
        let record = R::read(conn, id)?;
        Ok(record.status().is_finished().then_some(record))
    })
    .await
}

/// Waits until something is true of some records: it is looked at whenever one of them changes.
pub async fn wait_until<T: Send + 'static>(
    ctx: &Ctx,
    records: &[Uuid],
    look: impl Fn(&mut PgConnection) -> Result<Option<T>> + Clone + Send + 'static,
) -> Result<T> {
    let mut events = ctx.live.events();
    loop {
        let look = look.clone();
        if let Some(found) = ctx.db.read(move |conn| look(conn)).await? {
            return Ok(found);
        }
        // A second look now and then, should the listening connection be lost for a while.
        let news = tokio::time::timeout(Duration::from_secs(5), async {
            loop {
                match events.recv().await {
                    Ok(event) if records.contains(&event.record) => return,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return,
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        });
        // Timed out or told: either way it is time to look.
        let _: Result<(), tokio::time::error::Elapsed> = news.await;
    }
}

/// Stops what is queued or running.
pub async fn cancel<R: Generated>(ctx: &Ctx, id: R::Id) -> Result<R> {
    let record = R::take(id);
    ctx.db
        .write(move |tx| {
            stop(tx, record)?;
            let (_, status) = take::lock(tx.conn, record)?;
            if status.is_finished() {
                return Err(AppError::api(ErrorCode::Conflict, format!("This {} is {} already.", record.name(), status.as_str())));
            }
            take::cancel(tx, record)?;
            R::read(tx.conn, id)
        })
        .await
}

/// Takes a record's job out of the queue, and the takes that were queued only for it: those that somebody asked for
/// himself, or that another film waits for, go on. It is done before the record is locked, in the order in which a worker
/// locks them.
fn stop(tx: &mut Tx<'_>, record: Take) -> Result<()> {
    for filler in queue::drop_fillers_of(tx, record.id())? {
        take::cancel(tx, filler)?;
    }
    queue::drop_of_record(tx, record.id())?;
    Ok(())
}

/// Queues what failed or was canceled once more.
pub async fn retry<R: Generated>(ctx: &Ctx, id: R::Id) -> Result<R> {
    // Who would be asked, and whether he can be, is of no interest where nothing is to be tried again.
    check_stopped(R::take(id), get::<R>(ctx, id).await?.status())?;
    let bill = bill(ctx, R::take(id)).await?;
    ctx.db.write(move |tx| queue_once_more(tx, id, &bill, Priority::Single, Vec::new(), &[])).await
}

/// As [`retry`], after those jobs; the new ones among them are paid for along with it.
pub fn queue_once_more<R: Generated>(
    tx: &mut Tx<'_>,
    id: R::Id,
    bill: &Bill,
    priority: Priority,
    after: Vec<Uuid>,
    new: &[Uuid],
) -> Result<R> {
    let record = R::take(id);
    let (project, status) = take::lock(tx.conn, record)?;
    check_stopped(record, status)?;
    let provider = R::read(tx.conn, id)?.provider().to_owned();
    if provider == UPLOAD {
        return Err(AppError::api(ErrorCode::Conflict, "An upload cannot be tried again; upload the file once more."));
    }
    take::queue_again(tx, record, 0)?;
    let job = enqueue(tx, record, project, provider, priority, after)?;
    let cost = bill.payee.cost(&policy::read(tx.conn)?, &bill.expected);
    queue::hold_back(tx, job, cost)?;
    spending::admit(tx, project, &[new, &[job]].concat())?;
    R::read(tx.conn, id)
}

fn check_stopped(record: Take, status: Status) -> Result<()> {
    if matches!(status, Status::Failed | Status::Canceled) {
        return Ok(());
    }
    let message = format!("This {} is {}; only what failed or was canceled can be tried again.", record.name(), status.as_str());
    Err(AppError::api(ErrorCode::Conflict, message))
}

/// Who bills the making of a record, and what it will use, about.
pub struct Bill {
    payee: Payee,
    expected: Usage,
}

/// What another try at a record will be billed.
pub async fn bill(ctx: &Ctx, record: Take) -> Result<Bill> {
    let (payee, expected) = match record {
        Take::Audio(id) => {
            let (clip, (text, language)) =
                ctx.db.read(move |conn| Ok((db::audio::get(conn, id)?, db::audio::words_to_speak(conn, id)?))).await?;
            if clip.provider == UPLOAD {
                return Ok(Bill { payee: Payee::Nobody, expected: Usage::free() });
            }
            let provider = settings::maker(&ctx.providers.speech, &clip.provider)?;
            let access = settings::access(ctx, &clip.provider, provider.about()).await?;
            let payee = Payee::of(provider.about(), &access, clip.model.as_deref());
            let speed = super::audio::own_speed(&*provider, clip.model.as_deref(), clip.speed);
            (payee, pricing::narration(&text, &language, speed))
        }
        Take::Image(id) => {
            let (image, words, figures) = ctx
                .db
                .read(move |conn| {
                    let image = db::image::get(conn, id)?;
                    let figures = db::project::visual_bible(conn, image.project_id)?;
                    Ok((image, db::image::visual_prompt(conn, id)?, figures))
                })
                .await?;
            if image.provider == UPLOAD {
                return Ok(Bill { payee: Payee::Nobody, expected: Usage::free() });
            }
            let provider = settings::maker(&ctx.providers.image, &image.provider)?;
            let access = settings::access(ctx, &image.provider, provider.about()).await?;
            let expected = super::image::expected(&words, &figures, &image.style_prompt, &image.model_options);
            (Payee::of(provider.about(), &access, image.model.as_deref()), expected)
        }
        Take::Video(id) => {
            let clip = ctx.db.read(move |conn| db::video::get(conn, id)).await?;
            let provider = settings::maker(&ctx.providers.video, &clip.provider)?;
            let access = settings::access(ctx, &clip.provider, provider.about()).await?;
            let expected = super::video::expected(&clip.options);
            (Payee::of(provider.about(), &access, clip.model.as_deref()), expected)
        }
    };
    Ok(Bill { payee, expected })
}

/// Deletes it with its files; if it is being made, that stops. Where it was its scene's selected one, the newest ready one of
/// the others becomes that.
pub async fn delete<R: Generated>(ctx: &Ctx, id: R::Id, expected: Option<IfMatch>) -> Result<()> {
    let record = R::take(id);
    ctx.db
        .write(move |tx| {
            stop(tx, record)?;
            take::lock_scene_of(tx.conn, record)?;
            let (project, _) = take::lock(tx.conn, record)?;
            if let Some(expected) = expected {
                expected.check(&R::read(tx.conn, id)?)?;
            }
            let scene = take::scene_that_selected(tx.conn, record)?;
            let keys = db::video::telling_films(tx, project, |tx| {
                let keys = take::delete(tx, record)?;
                scene.map_or(Ok(()), |scene| take::select_newest(tx, record, project, scene))?;
                Ok(keys)
            })?;
            remove_later(tx, keys)?;
            db::project::touch(tx, project)
        })
        .await?;
    house_keeping::clear_deleted(ctx).await;
    Ok(())
}

/// Queues the making of a record.
pub fn enqueue(tx: &mut Tx<'_>, record: Take, project: ProjectId, provider: String, priority: Priority, after: Vec<Uuid>) -> Result<Uuid> {
    queue::enqueue(tx, NewJob { spec: JobSpec::Make { take: record }, provider, project: Some(project), priority, after })
}
