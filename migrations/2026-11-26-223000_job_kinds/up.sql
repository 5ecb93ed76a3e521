-- What a job makes: script, speech, image or video; null for house-keeping. A provider may take fewer of one kind than of all.
alter table jobs add column kind text check (kind in ('script', 'speech', 'image', 'video'));
