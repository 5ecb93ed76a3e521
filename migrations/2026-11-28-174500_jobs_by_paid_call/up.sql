-- Whoever deletes a call has to know that no job awaits its answer.
create index jobs_by_paid_call on jobs (paid_call) where paid_call is not null;
