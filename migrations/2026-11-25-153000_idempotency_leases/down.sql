alter table idempotency_keys drop column holder, drop column lease_until, drop column made;
