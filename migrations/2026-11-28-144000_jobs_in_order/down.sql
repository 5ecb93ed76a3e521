drop index jobs_claimable;
create index jobs_claimable on jobs (priority desc, run_at, id);
