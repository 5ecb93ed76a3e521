//! `/api/projects`.

use std::sync::Arc;

use actix_web::{HttpResponse, delete, get, http::header, patch, post, web::Data};

use super::http::{
    answer,
    extract::{Body, Expected, Id, PageOf, Prefer},
};
use crate::{
    db::project::After,
    error::Result,
    services::{Ctx, project, scene, script},
};
use shared::{
    ProjectId,
    page::{Page, PageQuery},
    project::{CreateProject, PatchProject, Project, ProjectDetail},
    scene::{CreateScene, Scene},
};

/// List projects.
///
/// The last changed first; `q` looks for words in title and prompt.
#[utoipa::path(tag = "Projects", params(PageQuery), responses((status = 200, description = "A page of projects", body = Page<Project>)))]
#[get("/projects")]
pub async fn list_projects(ctx: Data<Arc<Ctx>>, page: PageOf<After>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(project::list(&ctx, page.0, page.1).await?))
}

/// Bring a script.
///
/// Makes a project whose scenes are given; titles and visual prompts that are left out come from the narrations' own words.
#[utoipa::path(tag = "Projects", request_body(content = CreateProject, example = json!({
    "title": "The tortoise and the hare", "scenes": [{"narration": "Slow but steady wins the race."}]
})), responses((status = 201, description = "The project", body = ProjectDetail)))]
#[post("/projects")]
pub async fn create_project(ctx: Data<Arc<Ctx>>, body: Body<CreateProject>) -> Result<HttpResponse> {
    let detail = project::create(&ctx, body.0).await?;
    Ok(answer::created(&format!("/api/projects/{}", detail.project.id), &detail))
}

/// Read a project.
///
/// With its scenes, each with its selected takes.
#[utoipa::path(tag = "Projects", params(("id" = ProjectId, Path, description = "Its id")), responses((status = 200, description = "The project", body = ProjectDetail)))]
#[get("/projects/{id}")]
pub async fn get_project(ctx: Data<Arc<Ctx>>, id: Id<ProjectId>) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(project::get(&ctx, id.0).await?))
}

/// Change a project.
///
/// JSON Merge Patch (RFC 7396).
#[utoipa::path(tag = "Projects", params(("id" = ProjectId, Path, description = "Its id")), request_body(content = PatchProject, example = json!({"title": "A better title"})), responses((status = 200, description = "The project", body = ProjectDetail)))]
#[patch("/projects/{id}")]
pub async fn patch_project(ctx: Data<Arc<Ctx>>, id: Id<ProjectId>, body: Body<PatchProject>, expected: Expected) -> Result<HttpResponse> {
    Ok(HttpResponse::Ok().json(project::patch(&ctx, id.0, body.0, expected.0).await?))
}

/// Delete a project.
///
/// With everything in it, its media too. What is being made for it stops.
#[utoipa::path(tag = "Projects", params(("id" = ProjectId, Path, description = "Its id")), responses((status = 204, description = "It is gone")))]
#[delete("/projects/{id}")]
pub async fn delete_project(ctx: Data<Arc<Ctx>>, id: Id<ProjectId>, expected: Expected) -> Result<HttpResponse> {
    project::delete(&ctx, id.0, expected.0).await?;
    Ok(answer::gone())
}

/// Duplicate a project.
///
/// A second project with the same scenes and their selected narrations, pictures and clips.
#[utoipa::path(tag = "Projects", params(("id" = ProjectId, Path, description = "The original")), responses((status = 201, description = "The copy", body = ProjectDetail)))]
#[post("/projects/{id}/duplicate")]
pub async fn duplicate_project(ctx: Data<Arc<Ctx>>, id: Id<ProjectId>) -> Result<HttpResponse> {
    let detail = project::duplicate(&ctx, id.0).await?;
    Ok(answer::created(&format!("/api/projects/{}", detail.project.id), &detail))
}

/// Stop the writing of a script.
///
/// The project is `failed` then, with `conflict` as its error's code, which is also what a client is told that waits for the
/// script. The scenes that were written stay until `retry` has it written anew. Nothing else of the project stops. 409 where
/// its script is not being written.
#[utoipa::path(tag = "Script", params(("id" = ProjectId, Path, description = "The project")), responses(
    (status = 200, description = "The project, its script stopped", body = ProjectDetail),
    (status = 409, description = "`conflict`: its script is not being written, or the first request with this `Idempotency-Key` is not answered yet", body = shared::ApiError),
))]
#[post("/projects/{id}/cancel")]
pub async fn cancel_script(ctx: Data<Arc<Ctx>>, id: Id<ProjectId>) -> Result<HttpResponse> {
    script::cancel(&ctx, id.0).await?;
    Ok(HttpResponse::Ok().json(project::get(&ctx, id.0).await?))
}

/// Write a failed script again.
///
/// Queues the writing of a script that failed, or was stopped, once more. 409 where it is neither.
#[utoipa::path(tag = "Script", params(("id" = ProjectId, Path, description = "The project")), responses(
    (status = 202, description = "The project, its script being written", body = ProjectDetail),
    (status = 200, description = "The project, its script finished within the preferred wait", body = ProjectDetail),
))]
#[post("/projects/{id}/retry")]
pub async fn retry_script(ctx: Data<Arc<Ctx>>, id: Id<ProjectId>, prefer: Prefer) -> Result<HttpResponse> {
    script::retry(&ctx, id.0).await?;
    retried(&ctx, id.0, prefer).await
}

/// Answers with a project whose script is being written again, or was, in the way that the client prefers.
pub async fn retried(ctx: &Ctx, id: ProjectId, prefer: Prefer) -> Result<HttpResponse> {
    let (_, mut response) = answer::awaited(ctx, prefer, script::finished(ctx, id)).await?;
    Ok(response.insert_header((header::LOCATION, format!("/api/projects/{id}"))).json(project::get(ctx, id).await?))
}

/// Add a scene.
///
/// At `position`, or at the end; the scenes behind it move up.
#[utoipa::path(tag = "Scenes", params(("id" = ProjectId, Path, description = "The project")), request_body(content = CreateScene, example = json!({"position": 0, "narration": "Once upon a time."})), responses(
    (status = 201, description = "The scene", body = Scene),
    (status = 409, description = "`conflict`: the project has as many scenes as it can, or its script is still being written", body = shared::ApiError),
))]
#[post("/projects/{id}/scenes")]
pub async fn create_scene(ctx: Data<Arc<Ctx>>, id: Id<ProjectId>, body: Body<CreateScene>) -> Result<HttpResponse> {
    let created = scene::create(&ctx, id.0, body.0).await?;
    Ok(answer::created(&format!("/api/scenes/{}", created.id), &created))
}
