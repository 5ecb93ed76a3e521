alter table settings drop studio;
