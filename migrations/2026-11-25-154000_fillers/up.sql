-- Work that nobody asked for but the job that waits for it: it goes where nothing waits for it any more.
alter table jobs add column filler boolean not null default false;
