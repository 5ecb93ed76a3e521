-- A key names one request: with another route it is refused, as it is with another body.
-- Of a key that has been used on several routes the newest stays; a request that repeats one of the others is refused, and
-- starts nothing.
delete from idempotency_keys k using idempotency_keys newer
where newer.key = k.key and (newer.created_at, newer.route) > (k.created_at, k.route);
alter table idempotency_keys drop constraint idempotency_keys_pkey, add primary key (key);
