-- In the order in which jobs are claimed: the first that may run is found without all others.
drop index jobs_claimable;
create index jobs_claimable on jobs (priority desc, attempts desc, run_at, id);
