drop view video_overview;
alter table video_clips drop credit;
create view video_overview as
    select v.*,
           v.kind = 'film' and v.fingerprint is not null and v.fingerprint <> film_fingerprint(v.project_id) as stale
    from video_clips v;
