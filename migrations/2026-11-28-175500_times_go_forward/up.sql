-- `now()` is when a transaction began: one that waited for another would set the time back that the other wrote, and whoever keeps
-- the newest of what he is told would keep what is no longer so.
create function updated_later() returns trigger language plpgsql as $$
begin
    new.updated_at := greatest(clock_timestamp(), old.updated_at);
    return new;
end
$$;

create trigger updated_later before update on projects
    for each row when (new.updated_at = now()) execute function updated_later();
create trigger updated_later before update on scenes
    for each row when (new.updated_at = now()) execute function updated_later();
create trigger updated_later before update on audio_clips
    for each row when (new.updated_at = now()) execute function updated_later();
create trigger updated_later before update on image_assets
    for each row when (new.updated_at = now()) execute function updated_later();
create trigger updated_later before update on video_clips
    for each row when (new.updated_at = now()) execute function updated_later();
