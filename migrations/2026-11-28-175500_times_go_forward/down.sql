drop function updated_later() cascade;
