//! The tables and views as Diesel sees them; the migrations are what makes them.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    projects (id) {
        id -> Uuid,
        title -> Text,
        prompt -> Text,
        language -> Text,
        aspect_ratio -> Text,
        status -> Text,
        error -> Nullable<Jsonb>,
        provider -> Nullable<Text>,
        model -> Nullable<Text>,
        script_options -> Jsonb,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        visual_bible -> Jsonb,
    }
}

table! {
    project_overview (id) {
        id -> Uuid,
        title -> Text,
        prompt -> Text,
        language -> Text,
        aspect_ratio -> Text,
        status -> Text,
        error -> Nullable<Jsonb>,
        provider -> Nullable<Text>,
        model -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        visual_bible -> Jsonb,
        scene_count -> BigInt,
        duration_seconds -> Double,
        audio_done -> BigInt,
        image_done -> BigInt,
        video_done -> BigInt,
        cover_key -> Nullable<Text>,
    }
}

table! {
    scenes (id) {
        id -> Uuid,
        project_id -> Uuid,
        position -> Integer,
        title -> Text,
        narration -> Text,
        visual_prompt -> Text,
        planned_seconds -> Double,
        selected_audio_id -> Nullable<Uuid>,
        selected_image_id -> Nullable<Uuid>,
        selected_video_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

table! {
    scene_overview (id) {
        id -> Uuid,
        project_id -> Uuid,
        position -> Integer,
        title -> Text,
        narration -> Text,
        visual_prompt -> Text,
        selected_audio_id -> Nullable<Uuid>,
        selected_image_id -> Nullable<Uuid>,
        selected_video_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        duration_seconds -> Double,
    }
}

table! {
    audio_clips (id) {
        id -> Uuid,
        project_id -> Uuid,
        scene_id -> Uuid,
        provider -> Text,
        model -> Nullable<Text>,
        voice_id -> Text,
        speed -> Double,
        narration -> Text,
        status -> Text,
        progress -> Double,
        error -> Nullable<Jsonb>,
        media_key -> Nullable<Text>,
        mime_type -> Nullable<Text>,
        duration_seconds -> Nullable<Double>,
        words -> Nullable<Jsonb>,
        attempts -> Integer,
        cost_usd -> Nullable<Double>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        style -> Nullable<Text>,
        peaks -> Nullable<Bytea>,
    }
}

table! {
    audio_overview (id) {
        id -> Uuid,
        project_id -> Uuid,
        scene_id -> Uuid,
        provider -> Text,
        model -> Nullable<Text>,
        voice_id -> Text,
        speed -> Double,
        narration -> Text,
        status -> Text,
        progress -> Double,
        error -> Nullable<Jsonb>,
        media_key -> Nullable<Text>,
        mime_type -> Nullable<Text>,
        duration_seconds -> Nullable<Double>,
        words -> Nullable<Jsonb>,
        attempts -> Integer,
        cost_usd -> Nullable<Double>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        stale -> Bool,
        scene_position -> Integer,
    }
}

table! {
    image_assets (id) {
        id -> Uuid,
        project_id -> Uuid,
        scene_id -> Uuid,
        provider -> Text,
        model -> Nullable<Text>,
        style_prompt -> Text,
        model_options -> Jsonb,
        visual_prompt -> Text,
        status -> Text,
        progress -> Double,
        error -> Nullable<Jsonb>,
        media_key -> Nullable<Text>,
        thumbnail_key -> Nullable<Text>,
        mime_type -> Nullable<Text>,
        width -> Nullable<Integer>,
        height -> Nullable<Integer>,
        attempts -> Integer,
        cost_usd -> Nullable<Double>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        credit -> Nullable<Jsonb>,
    }
}

table! {
    image_overview (id) {
        id -> Uuid,
        project_id -> Uuid,
        scene_id -> Uuid,
        provider -> Text,
        model -> Nullable<Text>,
        style_prompt -> Text,
        model_options -> Jsonb,
        visual_prompt -> Text,
        status -> Text,
        progress -> Double,
        error -> Nullable<Jsonb>,
        media_key -> Nullable<Text>,
        thumbnail_key -> Nullable<Text>,
        mime_type -> Nullable<Text>,
        width -> Nullable<Integer>,
        height -> Nullable<Integer>,
        attempts -> Integer,
        cost_usd -> Nullable<Double>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        credit -> Nullable<Jsonb>,
        stale -> Bool,
        scene_position -> Integer,
    }
}

table! {
    video_clips (id) {
        id -> Uuid,
        project_id -> Uuid,
        scene_id -> Nullable<Uuid>,
        image_ids -> Jsonb,
        kind -> Text,
        provider -> Text,
        model -> Nullable<Text>,
        options -> Jsonb,
        fingerprint -> Nullable<Text>,
        status -> Text,
        progress -> Double,
        error -> Nullable<Jsonb>,
        media_key -> Nullable<Text>,
        poster_key -> Nullable<Text>,
        subtitles_key -> Nullable<Text>,
        mime_type -> Nullable<Text>,
        width -> Nullable<Integer>,
        height -> Nullable<Integer>,
        duration_seconds -> Nullable<Double>,
        size_bytes -> Nullable<BigInt>,
        check -> Nullable<Jsonb>,
        attempts -> Integer,
        cost_usd -> Nullable<Double>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        remaining_seconds -> Nullable<Double>,
        credit -> Nullable<Jsonb>,
    }
}

table! {
    video_overview (id) {
        id -> Uuid,
        project_id -> Uuid,
        scene_id -> Nullable<Uuid>,
        image_ids -> Jsonb,
        kind -> Text,
        provider -> Text,
        model -> Nullable<Text>,
        options -> Jsonb,
        status -> Text,
        progress -> Double,
        error -> Nullable<Jsonb>,
        media_key -> Nullable<Text>,
        poster_key -> Nullable<Text>,
        subtitles_key -> Nullable<Text>,
        mime_type -> Nullable<Text>,
        width -> Nullable<Integer>,
        height -> Nullable<Integer>,
        duration_seconds -> Nullable<Double>,
        size_bytes -> Nullable<BigInt>,
        check -> Nullable<Jsonb>,
        attempts -> Integer,
        cost_usd -> Nullable<Double>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        remaining_seconds -> Nullable<Double>,
        credit -> Nullable<Jsonb>,
        stale -> Bool,
    }
}

table! {
    music_tracks (id) {
        id -> Uuid,
        title -> Text,
        media_key -> Text,
        mime_type -> Text,
        duration_seconds -> Double,
        created_at -> Timestamptz,
    }
}

table! {
    jobs (id) {
        id -> Uuid,
        spec -> Jsonb,
        record_id -> Nullable<Uuid>,
        project_id -> Nullable<Uuid>,
        provider -> Text,
        priority -> Integer,
        attempts -> Integer,
        run_at -> Timestamptz,
        worker -> Nullable<Uuid>,
        lease_until -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        filler -> Bool,
        interruptions -> Integer,
        started_at -> Nullable<Timestamptz>,
        paid_call -> Nullable<Uuid>,
        operation -> Nullable<Jsonb>,
        expected_usd -> Nullable<Double>,
        kind -> Nullable<Text>,
    }
}

table! {
    paid_calls (id) {
        id -> Uuid,
        record_id -> Uuid,
        project_id -> Uuid,
        provider -> Text,
        model -> Nullable<Text>,
        kind -> Text,
        expected_usd -> Nullable<Double>,
        cost_usd -> Nullable<Double>,
        usage -> Nullable<Jsonb>,
        begun_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
    }
}

table! {
    job_dependencies (job_id, depends_on) {
        job_id -> Uuid,
        depends_on -> Uuid,
    }
}

table! {
    events (id) {
        id -> BigInt,
        project_id -> Uuid,
        kind -> Text,
        record_id -> Uuid,
        deleted -> Bool,
        created_at -> Timestamptz,
    }
}

table! {
    settings (only_row) {
        only_row -> Bool,
        defaults -> Jsonb,
        uploads -> Jsonb,
        policy -> Jsonb,
        studio -> Uuid,
    }
}

table! {
    provider_settings (provider) {
        provider -> Text,
        base_url -> Nullable<Text>,
        api_key -> Nullable<Binary>,
        key_hint -> Nullable<Text>,
        texts -> Jsonb,
        name -> Nullable<Text>,
        kinds -> Nullable<Jsonb>,
    }
}

table! {
    idempotency_keys (key) {
        key -> Text,
        route -> Text,
        body_hash -> Binary,
        status -> Nullable<Integer>,
        headers -> Nullable<Jsonb>,
        body -> Nullable<Binary>,
        created_at -> Timestamptz,
        holder -> Nullable<Uuid>,
        lease_until -> Nullable<Timestamptz>,
        made -> Nullable<Jsonb>,
    }
}

allow_tables_to_appear_in_same_query!(projects, scenes, audio_clips, image_assets, video_clips, jobs, job_dependencies);
