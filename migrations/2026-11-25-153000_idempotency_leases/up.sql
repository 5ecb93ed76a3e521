-- A key is held, under a lease, by the request that is being answered; and its row says what that request has written.
alter table idempotency_keys
    add column holder      uuid,
    add column lease_until timestamptz,
    -- What the transactions of the request made: [["audio", "01994f3c-…"], …]; null while there was none.
    add column made        jsonb;
