//! `/api/projects/:id/export` and `/api/projects/import`.

use std::sync::Arc;

use actix_multipart::Multipart;
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType, ETag, EntityTag},
    post,
    web::Data,
};
use tokio::fs::File;

use super::{
    http::{
        answer::{self, Bytes},
        extract::{Id, Query, tags},
        upload::{self, Beside},
    },
    media,
};
use crate::{
    error::Result,
    services::{
        Ctx,
        export::{self, Content, ExportQuery},
        import,
    },
};
use shared::{ProjectId, project::ProjectDetail};

/// Export a project.
///
/// As an archive that can be imported again (`zip`), as captions (`srt`, `vtt`), as text (`markdown`), or as an
/// OpenTimelineIO timeline in an archive with its media (`otio`).
#[utoipa::path(tag = "Projects", params(("id" = ProjectId, Path, description = "Its id"), ExportQuery), responses((status = 200, description = "The file", content(
    (inline(Bytes) = "application/zip"), (inline(Bytes) = "application/x-subrip"), (inline(Bytes) = "text/vtt"), (inline(Bytes) = "text/markdown")
)), (status = 409, description = "`conflict`: the file of a selected take is gone", body = shared::ApiError)))]
#[get("/projects/{id}/export")]
pub async fn export_project(
    ctx: Data<Arc<Ctx>>,
    request: HttpRequest,
    id: Id<ProjectId>,
    query: Query<ExportQuery>,
) -> Result<HttpResponse> {
    let exportable = export::read(&ctx, id.0, query.0.format).await?;
    let tag = EntityTag::new_weak(exportable.etag.clone());
    if tags(&request, &header::IF_NONE_MATCH).is_some_and(|known| known.has(tag.tag())) {
        return Ok(HttpResponse::NotModified().insert_header(ETag(tag)).finish());
    }
    let export = export::export(&ctx, exportable).await?;
    let tag = EntityTag::new_weak(export.etag);
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(ascii(&export.name)), extended(&export.name)],
    };
    let mut response = HttpResponse::Ok();
    response.content_type(export.mime_type).insert_header(ETag(tag)).insert_header((header::CONTENT_DISPOSITION, disposition));
    Ok(match export.content {
        Content::Text(text) => response.body(text),
        // The open file is served although its name goes when this ends. Whole: the next request has it packed anew, so that
        // a range of that would be one of another file.
        Content::File(file) => response.body(media::whole(File::from_std(file.reopen()?)).await?),
    })
}

/// For clients that know no other names.
fn ascii(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect()
}

fn extended(name: &str) -> DispositionParam {
    use actix_web::http::header::{Charset, ExtendedValue};
    DispositionParam::FilenameExt(ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: name.as_bytes().to_vec(),
    })
}

/// Import a project.
///
/// An archive that `export` made comes back as a new project, with its media.
#[utoipa::path(tag = "Projects", request_body(content = upload::ArchiveUpload, content_type = "multipart/form-data"), responses((status = 201, description = "The project", body = ProjectDetail)))]
#[post("/projects/import")]
pub async fn import_project(ctx: Data<Arc<Ctx>>, form: Multipart) -> Result<HttpResponse> {
    let form = upload::read(&ctx, form, Beside::NOTHING, import::MOST_ARCHIVE, import::open).await?;
    let detail = import::import(&ctx, form.file, form.found).await?;
    Ok(answer::created(&format!("/api/projects/{}", detail.project.id), &detail))
}
