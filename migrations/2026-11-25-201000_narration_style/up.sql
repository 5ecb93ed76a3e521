-- How a narration should sound, where its provider can be told.
alter table audio_clips add column style text;
