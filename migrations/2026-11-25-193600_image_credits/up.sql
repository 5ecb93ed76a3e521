-- Who made what somebody else has made: a photograph of a stock library. The view names its columns when it is made.
drop view image_overview;
alter table image_assets add credit jsonb;
create view image_overview as
    select i.*, i.visual_prompt is distinct from s.visual_prompt as stale, s.position as scene_position
    from image_assets i join scenes s on s.id = i.scene_id;
