drop view project_overview, scene_overview, video_overview, image_overview, audio_overview;
drop function film_fingerprint;
alter table scenes drop column selected_audio_id, drop column selected_image_id, drop column selected_video_id;
drop table idempotency_keys, provider_settings, settings, events, job_dependencies, jobs, music_tracks, video_clips, image_assets, audio_clips, scenes, projects;
