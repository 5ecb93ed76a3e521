//! The API: all routes on this page. Handlers are doors: take apart, one service call, answer.

mod archive;
mod audio;
mod docs;
mod health;
mod http;
mod idempotency;
mod image;
mod media;
mod music;
pub mod openapi;
mod project;
mod scene;
mod script;
mod settings;
mod site;
mod sse;
mod take;
mod video;

use std::sync::Arc;

use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web::{self, Data},
};
use utoipa::OpenApi;
use utoipa_actix_web::{AppExt, scope, service_config::ServiceConfig};

pub use self::http::guard::Guard;
use crate::services::Ctx;

/// Every operation of the contract, for who serves them and for who says what they are: the latter takes far longer to put
/// together, and each thread of a server does the former.
macro_rules! routes {
    ($config:expr) => {
        $config
            .service(script::generate_script)
            .service(project::list_projects)
            .service(archive::import_project)
            .service(archive::export_project)
            .service(project::create_project)
            .service(project::get_project)
            .service(project::patch_project)
            .service(project::delete_project)
            .service(project::duplicate_project)
            .service(project::cancel_script)
            .service(project::retry_script)
            .service(project::create_scene)
            .service(scene::get_scene)
            .service(scene::preview_scene)
            .service(scene::patch_scene)
            .service(scene::delete_scene)
            .service(scene::rewrite_scene)
            // Before the routes with an id, which would take `by-project` for one.
            .service(audio::list_project_audio)
            .service(audio::generate_audio)
            .service(audio::generate_audio_batch)
            .service(audio::upload_audio)
            .service(audio::get_audio)
            .service(audio::delete_audio)
            .service(audio::cancel_audio)
            .service(audio::retry_audio)
            .service(audio::get_audio_peaks)
            .service(audio::preview_voice)
            .service(audio::list_voices)
            .service(image::list_project_images)
            .service(image::generate_image)
            .service(image::generate_image_batch)
            .service(image::upload_image)
            .service(image::get_image)
            .service(image::delete_image)
            .service(image::cancel_image)
            .service(image::retry_image)
            .service(video::list_project_videos)
            .service(video::generate_video)
            .service(video::get_video)
            .service(video::delete_video)
            .service(video::cancel_video)
            .service(video::retry_video)
            .service(music::upload_music)
            .service(music::list_music)
            .service(music::delete_music)
            .service(settings::get_settings)
            .service(settings::patch_settings)
            .service(settings::test_provider)
            .service(settings::list_activity)
            .service(settings::estimate_operation)
            .service(sse::listen)
            .service(health::health)
            .service(health::ready)
    };
}

/// The routes, and what they say of themselves.
fn describe() -> ((), utoipa::openapi::OpenApi) {
    let (_, document) = App::new()
        .into_utoipa_app()
        .openapi(openapi::Document::openapi())
        .service(scope::scope("/api").configure(|config: &mut ServiceConfig| {
            routes!(config);
        }))
        .service(health::metrics)
        .split_for_parts();
    ((), document)
}

/// The whole application of one server thread.
pub fn app(
    ctx: Arc<Ctx>,
    guard: Guard,
) -> App<impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<impl MessageBody>, Error = Error, InitError = ()>> {
    App::new()
        // Before the scope, which takes everything under its path.
        .service(docs::document)
        .service(docs::document_in_3_0)
        .service(docs::to_page)
        .service(docs::page)
        .service(web::scope("/api").configure(|config| {
            routes!(config);
        }))
        .service(health::metrics)
        .app_data(Data::new(ctx))
        .app_data(Data::new(guard))
        .service(media::media)
        .default_service(web::to(site::fallback))
        // The last that is named is the first that a request meets.
        .wrap(from_fn(idempotency::middleware))
        .wrap(from_fn(http::strict::middleware))
        .wrap(from_fn(http::conditional::middleware))
        .wrap(from_fn(http::guard::middleware))
        .wrap(from_fn(http::catch::middleware))
        .wrap(from_fn(http::method::middleware))
        .wrap(from_fn(http::headers::middleware))
        .wrap(from_fn(http::measure::middleware))
        .wrap(from_fn(http::request_id::middleware))
        .wrap(from_fn(http::spelling::middleware))
}
