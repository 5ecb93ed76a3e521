alter table jobs drop interruptions, drop started_at, drop paid_call, drop operation;
drop table paid_calls;
