-- How providers may be asked now, over all servers.
create table provider_gates (
    provider   text primary key,
    -- Nobody asks before that: the provider said that it was too much.
    open_at    timestamptz not null default now(),
    -- How many at once since then, one more with every answer; null where the usual limit holds again.
    slots      integer check (slots > 0),
    -- The bucket of requests a minute as it was at a time; null where it is full.
    tokens     double precision,
    counted_at timestamptz not null default now()
);

-- What the user has set about retries, limits, prices and spending, each where it differs from the program's own.
alter table settings add policy jsonb not null default '{}';

-- What a queued job may cost, held back from the spending limits until its call is made; null where that is not known.
alter table jobs add expected_usd double precision default 0 check (expected_usd >= 0);
