-- Servers that the user has added: each has a name, and may be asked for some kinds of work only.
alter table provider_settings
    add column name  text,
    add column kinds jsonb,
    add check ((name is not null) = (provider like 'compatible-%'));
