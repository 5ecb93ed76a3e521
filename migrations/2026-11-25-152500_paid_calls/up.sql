-- Calls that cost money, or may: written before each is made, so that a server that is killed in the middle of one knows
-- of it, and that what was spent is known. No foreign keys: what was spent stays spent when its project is deleted.
create table paid_calls (
    id           uuid primary key,
    -- The record that it makes; the project, for a script and for the rewriting of a scene.
    record_id    uuid not null,
    project_id   uuid not null,
    provider     text not null,
    model        text,
    kind         text not null check (kind in ('script', 'speech', 'image', 'video')),
    -- What it was thought to cost; null where that was not known.
    expected_usd double precision check (expected_usd >= 0),
    -- What it did cost; null while it goes on, where its answer was lost, and where no price is known.
    cost_usd     double precision check (cost_usd >= 0),
    usage        jsonb,
    begun_at     timestamptz not null default now(),
    ended_at     timestamptz
);
create index paid_calls_by_time on paid_calls (begun_at);
create index paid_calls_by_project on paid_calls (project_id);
create index paid_calls_by_record on paid_calls (record_id);

alter table jobs
    -- How often its server was killed in the middle of it; those are not the provider's failures.
    add interruptions integer not null default 0,
    -- When it was first worked on.
    add started_at timestamptz,
    -- The call that goes on: set while its answer is awaited, and unset with the answer. Where a server finds it set, the
    -- answer was lost with another server, unless an operation is written down.
    add paid_call uuid references paid_calls,
    -- What the provider works on, so that it is waited for and not begun again.
    add operation jsonb;
