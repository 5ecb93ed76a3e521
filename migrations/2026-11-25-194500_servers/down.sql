delete from provider_settings where name is not null;
alter table provider_settings drop column name, drop column kinds;
