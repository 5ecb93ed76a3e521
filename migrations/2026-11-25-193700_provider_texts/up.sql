-- What a provider was told in words of its own, by the name of the field: ComfyUI's workflow.
alter table provider_settings add texts jsonb not null default '{}';
