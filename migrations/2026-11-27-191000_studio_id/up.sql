-- Which studio this is, also after its dump was restored elsewhere: a data directory belongs to one.
alter table settings add studio uuid not null default gen_random_uuid();
