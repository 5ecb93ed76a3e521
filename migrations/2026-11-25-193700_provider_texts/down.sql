alter table provider_settings drop texts;
