alter table jobs drop column filler;
