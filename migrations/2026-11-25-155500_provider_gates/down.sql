alter table jobs drop expected_usd;
alter table settings drop policy;
drop table provider_gates;
