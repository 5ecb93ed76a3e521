//! Gates: how a provider may be asked now, over all servers. One that said that it was too much is left alone for as long
//! as it wants, then asked by one at a time, and by one more with every answer, until its usual limit holds again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Double, Nullable, Text, Timestamptz},
};

use super::{Limit, lease};
use crate::{db::Tx, error::Result};

/// The provider said that it was too much: nobody asks it before that time.
pub fn slow_down(tx: &mut Tx<'_>, provider: &str, until: DateTime<Utc>) -> Result<()> {
    sql_query(
        "insert into provider_gates as g (provider, open_at, slots) values ($1, $2, 1)
         on conflict (provider) do update set open_at = greatest(g.open_at, excluded.open_at), slots = 1",
    )
    .bind::<Text, _>(provider)
    .bind::<Timestamptz, _>(until)
    .execute(tx.conn)?;
    Ok(())
}

/// The provider answered as it should: one that was asked less may be asked more.
pub fn answered(tx: &mut Tx<'_>, provider: &str) -> Result<()> {
    sql_query("update provider_gates set slots = case when slots < 1000 then slots + 1 end where provider = $1 and slots is not null")
        .bind::<Text, _>(provider)
        .execute(tx.conn)?;
    Ok(())
}

/// Takes a token for a request that is about to be made now; answers how long it has to wait where there is none, or where
/// the provider is left alone.
pub fn turn(tx: &mut Tx<'_>, limit: &Limit) -> Result<Option<Duration>> {
    #[derive(QueryableByName)]
    struct Wait {
        #[diesel(sql_type = Double)]
        seconds: f64,
    }
    lease::lock(tx.conn)?;
    let wait: Option<Wait> = sql_query(
        "select greatest(
             extract(epoch from g.open_at - now())::double precision,
             coalesce((1 - g.tokens) * 60 / $2 - extract(epoch from now() - g.counted_at)::double precision, 0)) as seconds
         from provider_gates g where g.provider = $1",
    )
    .bind::<Text, _>(&limit.provider)
    .bind::<Nullable<Double>, _>(limit.a_minute.map(f64::from))
    .get_result(tx.conn)
    .optional()?;
    match wait.map(|wait| wait.seconds).filter(|seconds| *seconds > 0.0) {
        Some(seconds) => Ok(Some(Duration::from_secs_f64(seconds))),
        None => count(tx, limit).map(|()| None),
    }
}

/// Takes a token out of the provider's bucket. The bucket holds as many as may be asked at once, so that no minute sees
/// more than those and the minute's own.
pub(super) fn count(tx: &mut Tx<'_>, limit: &Limit) -> Result<()> {
    let Some(a_minute) = limit.a_minute else { return Ok(()) };
    sql_query(
        "insert into provider_gates as g (provider, tokens, counted_at) values ($1, $2 - 1, now())
         on conflict (provider) do update set counted_at = now(), tokens =
             least($2, coalesce(g.tokens + extract(epoch from now() - g.counted_at) * $3 / 60, $2)) - 1",
    )
    .bind::<Text, _>(&limit.provider)
    .bind::<Double, _>(f64::from(limit.at_once.min(a_minute)))
    .bind::<Double, _>(f64::from(a_minute))
    .execute(tx.conn)?;
    Ok(())
}
