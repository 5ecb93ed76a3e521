drop index jobs_by_paid_call;
