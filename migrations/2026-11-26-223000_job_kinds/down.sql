alter table jobs drop column kind;
