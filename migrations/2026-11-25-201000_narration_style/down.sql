alter table audio_clips drop column style;
