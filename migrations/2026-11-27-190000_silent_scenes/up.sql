-- A scene in which nothing is said lacks no narration.
create or replace view project_overview as
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
               count(*) filter (where s.narration !~ '\S' or (a.status = 'ready' and a.narration = s.narration)) as audio_done,
               count(*) filter (where i.status = 'ready' and i.visual_prompt = s.visual_prompt) as image_done
          from scenes s
          left join audio_clips a on a.id = s.selected_audio_id
          left join image_assets i on i.id = s.selected_image_id
         where s.project_id = p.id
    ) totals;
