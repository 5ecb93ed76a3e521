alter table idempotency_keys drop constraint idempotency_keys_pkey, add primary key (route, key);
