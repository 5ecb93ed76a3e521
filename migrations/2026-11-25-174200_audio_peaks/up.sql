-- How loud a narration is along its length, one byte a step: measured once, for drawing it.
alter table audio_clips add column peaks bytea;
