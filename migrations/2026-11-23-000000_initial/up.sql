-- The studio's tables. Checks say what the types of the `shared` crate say; views add what is derived.

create table projects (
    id             uuid primary key,
    title          text not null check (char_length(title) between 1 and 200),
    prompt         text not null,
    language       text not null,
    aspect_ratio   text not null check (aspect_ratio in ('16:9', '9:16', '1:1', '4:5')),
    status         text not null check (status in ('generating', 'ready', 'failed')),
    error          jsonb,
    provider       text,
    model          text,
    -- How the script was asked for, so that a restarted server writes the same one.
    script_options jsonb not null default '{}',
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now()
);
create index projects_newest on projects (updated_at desc, id desc);

create table scenes (
    id              uuid primary key,
    project_id      uuid not null references projects on delete cascade,
    position        integer not null check (position >= 0),
    title           text not null check (char_length(title) <= 200),
    narration       text not null check (char_length(narration) <= 10000),
    visual_prompt   text not null check (char_length(visual_prompt) <= 4000),
    -- How long the narration takes to speak, as planned from its words.
    planned_seconds double precision not null check (planned_seconds >= 0),
    selected_audio_id uuid,
    selected_image_id uuid,
    selected_video_id uuid,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    -- Deferred, so that scenes can change places in one transaction.
    unique (project_id, position) deferrable initially deferred,
    unique (project_id, id)
);

create table audio_clips (
    id               uuid primary key,
    project_id       uuid not null references projects on delete cascade,
    scene_id         uuid not null,
    provider         text not null,
    model            text,
    voice_id         text not null,
    speed            double precision not null check (speed between 0.5 and 2),
    -- The words that this take speaks: where the scene's differ by now, it is stale.
    narration        text not null,
    status           text not null default 'queued' check (status in ('queued', 'running', 'ready', 'failed', 'canceled')),
    progress         double precision not null default 0 check (progress between 0 and 1),
    error            jsonb,
    media_key        text unique,
    mime_type        text,
    duration_seconds double precision check (duration_seconds > 0),
    words            jsonb,
    attempts         integer not null default 0 check (attempts >= 0),
    cost_usd         double precision check (cost_usd >= 0),
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    foreign key (project_id, scene_id) references scenes (project_id, id) on delete cascade,
    check (status <> 'ready' or (media_key is not null and mime_type is not null and duration_seconds is not null)),
    check (status <> 'failed' or error is not null)
);
create index audio_clips_by_scene on audio_clips (scene_id, created_at desc);
create index audio_clips_by_project on audio_clips (project_id);
create index audio_clips_unfinished on audio_clips (updated_at) where status in ('queued', 'running', 'failed');

create table image_assets (
    id            uuid primary key,
    project_id    uuid not null references projects on delete cascade,
    scene_id      uuid not null,
    provider      text not null,
    model         text,
    style_prompt  text not null,
    model_options jsonb not null,
    -- What this take shows: where the scene's differs by now, it is stale.
    visual_prompt text not null,
    status        text not null default 'queued' check (status in ('queued', 'running', 'ready', 'failed', 'canceled')),
    progress      double precision not null default 0 check (progress between 0 and 1),
    error         jsonb,
    media_key     text unique,
    thumbnail_key text unique,
    mime_type     text,
    width         integer check (width > 0),
    height        integer check (height > 0),
    attempts      integer not null default 0 check (attempts >= 0),
    cost_usd      double precision check (cost_usd >= 0),
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    foreign key (project_id, scene_id) references scenes (project_id, id) on delete cascade,
    check (status <> 'ready' or (media_key is not null and mime_type is not null and width is not null and height is not null)),
    check (status <> 'failed' or error is not null)
);
create index image_assets_by_scene on image_assets (scene_id, created_at desc);
create index image_assets_by_project on image_assets (project_id);
create index image_assets_unfinished on image_assets (updated_at) where status in ('queued', 'running', 'failed');

create table video_clips (
    id               uuid primary key,
    project_id       uuid not null references projects on delete cascade,
    scene_id         uuid,
    image_ids        jsonb not null default '[]',
    kind             text not null check (kind in ('film', 'clip')),
    provider         text not null,
    model            text,
    options          jsonb not null,
    -- What a film was made from (film_fingerprint): where the project's differs by now, it is stale.
    fingerprint      text,
    status           text not null default 'queued' check (status in ('queued', 'running', 'ready', 'failed', 'canceled')),
    progress         double precision not null default 0 check (progress between 0 and 1),
    error            jsonb,
    media_key        text unique,
    poster_key       text unique,
    subtitles_key    text unique,
    mime_type        text,
    width            integer check (width > 0),
    height           integer check (height > 0),
    duration_seconds double precision check (duration_seconds > 0),
    size_bytes       bigint check (size_bytes > 0),
    "check"          jsonb,
    attempts         integer not null default 0 check (attempts >= 0),
    cost_usd         double precision check (cost_usd >= 0),
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    foreign key (project_id, scene_id) references scenes (project_id, id) on delete cascade,
    check (status <> 'ready' or (media_key is not null and mime_type is not null and duration_seconds is not null)),
    check (status <> 'failed' or error is not null),
    check (kind <> 'film' or scene_id is null)
);
create index video_clips_by_project on video_clips (project_id, created_at desc);
create index video_clips_by_scene on video_clips (scene_id) where scene_id is not null;
create index video_clips_unfinished on video_clips (updated_at) where status in ('queued', 'running', 'failed');

alter table scenes
    add foreign key (selected_audio_id) references audio_clips on delete set null,
    add foreign key (selected_image_id) references image_assets on delete set null,
    add foreign key (selected_video_id) references video_clips on delete set null;
create index scenes_selected_audio on scenes (selected_audio_id);
create index scenes_selected_image on scenes (selected_image_id);
create index scenes_selected_video on scenes (selected_video_id);

create table music_tracks (
    id               uuid primary key,
    title            text not null check (char_length(title) between 1 and 200),
    media_key        text not null unique,
    mime_type        text not null,
    duration_seconds double precision not null check (duration_seconds > 0),
    created_at       timestamptz not null default now()
);

-- Work to be done. A row is deleted in the transaction that writes its result, so that a row is always work still owed.
create table jobs (
    id          uuid primary key,
    spec        jsonb not null,
    -- The generated record (or project, for a script) that the job makes; null for house-keeping.
    record_id   uuid,
    project_id  uuid references projects on delete cascade,
    -- Whose concurrency limit it counts against.
    provider    text not null,
    priority    integer not null default 0,
    attempts    integer not null default 0,
    run_at      timestamptz not null default now(),
    -- Who works on it, and until when nobody else may.
    worker      uuid,
    lease_until timestamptz,
    created_at  timestamptz not null default now(),
    check ((worker is null) = (lease_until is null))
);
create index jobs_claimable on jobs (priority desc, run_at, id);
create unique index jobs_of_record on jobs (record_id) where record_id is not null;
create index jobs_by_project on jobs (project_id);

-- A job waits until those that it depends on are gone: done, failed or canceled.
create table job_dependencies (
    job_id     uuid not null references jobs on delete cascade,
    depends_on uuid not null references jobs on delete cascade,
    primary key (job_id, depends_on)
);
create index job_dependencies_reverse on job_dependencies (depends_on);

-- What changed, in the order of the commits: what /api/events tells and resumes from.
create table events (
    id         bigserial primary key,
    -- No foreign key: the event that tells of a deletion outlives its project.
    project_id uuid not null,
    kind       text not null check (kind in ('project', 'scene', 'audio', 'image', 'video')),
    record_id  uuid not null,
    deleted    boolean not null default false,
    created_at timestamptz not null default now()
);
create index events_age on events (created_at);

create table settings (
    -- One row.
    only_row boolean primary key default true check (only_row),
    defaults jsonb not null default '{}',
    uploads  jsonb not null default '{}'
);
insert into settings default values;

create table provider_settings (
    provider text primary key,
    base_url text,
    -- Sealed: never readable without the key file of the data directory.
    api_key  bytea,
    key_hint text,
    check ((api_key is null) = (key_hint is null))
);

-- The first answer to each Idempotency-Key. A row without a status is a request that has not been answered yet.
create table idempotency_keys (
    key        text not null,
    route      text not null,
    body_hash  bytea not null,
    status     integer,
    headers    jsonb,
    body       bytea,
    created_at timestamptz not null default now(),
    primary key (route, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

create function film_fingerprint(of_project uuid) returns text language sql stable as $$
    select md5(coalesce(string_agg(
        concat_ws('|', s.id, md5(s.title || '|' || s.narration), s.selected_audio_id, s.selected_image_id, s.selected_video_id),
        ',' order by s.position), ''))
    from scenes s where s.project_id = of_project
$$;

create view audio_overview as
    select a.*, a.narration is distinct from s.narration as stale, s.position as scene_position
    from audio_clips a join scenes s on s.id = a.scene_id;

create view image_overview as
    select i.*, i.visual_prompt is distinct from s.visual_prompt as stale, s.position as scene_position
    from image_assets i join scenes s on s.id = i.scene_id;

create view video_overview as
    select v.*,
           v.kind = 'film' and v.fingerprint is not null and v.fingerprint <> film_fingerprint(v.project_id) as stale
    from video_clips v;

create view scene_overview as
    select s.*, coalesce(a.duration_seconds, s.planned_seconds) as duration_seconds
    from scenes s left join audio_clips a on a.id = s.selected_audio_id;

create view project_overview as
    select p.*,
           totals.scene_count, totals.duration_seconds, totals.audio_done, totals.image_done,
           (select count(*) from video_clips v where v.project_id = p.id and v.kind = 'film' and v.status = 'ready') as video_done,
           (select coalesce(i.thumbnail_key, i.media_key)
              from scenes s join image_assets i on i.id = s.selected_image_id
             where s.project_id = p.id order by s.position limit 1) as cover_key
    from projects p
    cross join lateral (
        select count(*) as scene_count,
               coalesce(sum(coalesce(a.duration_seconds, s.planned_seconds)), 0)::double precision as duration_seconds,
               count(*) filter (where a.status = 'ready' and a.narration = s.narration) as audio_done,
               count(*) filter (where i.status = 'ready' and i.visual_prompt = s.visual_prompt) as image_done
          from scenes s
          left join audio_clips a on a.id = s.selected_audio_id
          left join image_assets i on i.id = s.selected_image_id
         where s.project_id = p.id
    ) totals;
