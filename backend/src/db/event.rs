//! Events: what changed, in the order of the commits, and the notifications that wake whoever waits for it.

use diesel::{
    ExpressionMethods, Insertable, PgConnection, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
    dsl::{max, sql},
    sql_query,
    sql_types::{Array, Text, Timestamptz},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Change, Json, Named, schema::events};
use crate::error::Result;
use shared::event::RecordKind;

/// The channel on which this database's servers tell each other what happened.
pub const CHANNEL: &str = "studio";

/// Serialises the writers of events, so that a reader who has seen number 7 never misses number 6.
const EVENTS_LOCK: i64 = 0x5354_5544_494f_0001;

/// Whom to wake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wake {
    /// There are new events.
    Events,
    /// There is work that can be claimed.
    Jobs,
    /// That job is gone: whoever works on it stops.
    Gone(Uuid),
}

/// A row of the events' table.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct EventRow {
    /// Its number; later commits have larger ones.
    pub id: i64,
    /// The project of the record.
    pub project_id: Uuid,
    /// What the record is.
    #[diesel(deserialize_as = Named<RecordKind>)]
    pub kind: RecordKind,
    /// The record's id.
    pub record_id: Uuid,
    /// Whether it is gone.
    pub deleted: bool,
}

impl From<Named<RecordKind>> for RecordKind {
    fn from(named: Named<Self>) -> Self {
        named.0
    }
}

#[derive(Insertable)]
#[diesel(table_name = events)]
struct NewEvent {
    project_id: Uuid,
    kind: &'static str,
    record_id: Uuid,
    deleted: bool,
}

/// Writes the events of a transaction; the last thing that it does.
pub(super) fn append(conn: &mut PgConnection, changes: &[Change]) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    sql_query("select pg_advisory_xact_lock($1)").bind::<diesel::sql_types::BigInt, _>(EVENTS_LOCK).execute(conn)?;
    let rows: Vec<_> = changes
        .iter()
        .map(|change| NewEvent { project_id: change.project.0, kind: change.kind.as_str(), record_id: change.id, deleted: change.deleted })
        .collect();
    diesel::insert_into(events::table).values(rows).execute(conn)?;
    notify(conn, &[Wake::Events])
}

/// Wakes whoever listens, once the transaction commits.
pub(super) fn notify(conn: &mut PgConnection, wakes: &[Wake]) -> Result<()> {
    if wakes.is_empty() {
        return Ok(());
    }
    let payloads: Vec<String> =
        wakes.iter().map(serde_json::to_string).collect::<Result<_, _>>().map_err(crate::error::AppError::internal)?;
    sql_query("select pg_notify($1, payload) from unnest($2) as payload")
        .bind::<Text, _>(CHANNEL)
        .bind::<Array<Text>, _>(payloads)
        .execute(conn)?;
    Ok(())
}

/// The events after that number, oldest first.
pub fn after(conn: &mut PgConnection, id: i64, limit: i64) -> Result<Vec<EventRow>> {
    Ok(events::table.filter(events::id.gt(id)).order(events::id).limit(limit).select(EventRow::as_select()).load(conn)?)
}

/// The number of the newest event; 0 where there is none.
pub fn newest(conn: &mut PgConnection) -> Result<i64> {
    Ok(events::table.select(max(events::id)).first::<Option<i64>>(conn)?.unwrap_or(0))
}

/// Forgets events that are older than a day, but the newest, so that numbers are never given twice.
pub fn forget_old(conn: &mut PgConnection) -> Result<usize> {
    let newest = newest(conn)?;
    let day_ago = sql::<Timestamptz>("now() - interval '1 day'");
    Ok(diesel::delete(events::table.filter(events::created_at.lt(day_ago)).filter(events::id.lt(newest))).execute(conn)?)
}

/// What a JSON column holds, without its wrapper.
pub(super) fn plain<T: std::fmt::Debug>(column: Option<Json<T>>) -> Option<T> {
    column.map(|json| json.0)
}
