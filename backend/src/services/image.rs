//! Pictures: takes are asked for, drawn, or uploaded.

use std::{path::Path, sync::Arc};

use diesel::PgConnection;
use engines::media::images;
use uuid::Uuid;

use super::{
    Ctx, JobFailure,
    calling::{self, Purpose},
    making,
    policy::{self, Policy},
    pricing::{self, Payee},
    settings, spending,
    stock::{self, Stocked},
    take::{UPLOAD, enqueue},
};
use crate::{
    db::{
        self, Json, Tx,
        image::{Made, NewImage},
        take::Take,
    },
    error::{AppError, Faults, Result, blocking},
    providers::{
        Call, Kind, Progress, ProviderError, Usage,
        image::{ImageProvider, ImageRequest, MOST_PIXELS, compose_whole},
        text,
    },
    queue::{self, Claimed, Priority},
    storage::Shelf,
};
use shared::{
    ApiError, ImageId, ProjectId, SceneId,
    error::FieldError,
    image::{GenerateImage, GenerateImageBatch, ImageAsset, ImageModelOptions},
    project::Figure,
    provider::OptionInput,
    record::Status,
    scene::Scene,
};

/// The longer side of a thumbnail, in pixels.
const THUMBNAIL: u32 = 480;

/// How a picture is to be made, with the defaults filled in.
#[derive(Clone, Debug)]
pub struct Look {
    /// Who draws.
    pub provider: String,
    /// With which model.
    pub model: Option<String>,
    /// The look.
    pub style_prompt: String,
    /// What was asked for.
    pub options: ImageModelOptions,
    /// Who bills it.
    pub payee: Payee,
}

impl Look {
    /// What the drawing of a scene may cost, where that is known; its call carries the film's people and places.
    pub fn cost(&self, policy: &Policy, visual_prompt: &str, figures: &[Figure]) -> Option<f64> {
        self.payee.cost(policy, &expected(visual_prompt, figures, &self.style_prompt, &self.options))
    }
}

/// What the drawing of a picture will use, about: by all the words that its call may carry.
pub fn expected(visual_prompt: &str, figures: &[Figure], style_prompt: &str, options: &ImageModelOptions) -> Usage {
    let references = options.reference_image_ids.as_ref().map_or(0, Vec::len);
    let words = compose_whole(visual_prompt, figures, style_prompt, options.negative_prompt.as_deref(), references);
    pricing::picture(&words, references)
}

/// Queues one picture.
pub async fn request(ctx: &Arc<Ctx>, request: GenerateImage) -> Result<ImageAsset> {
    let scene_id = request.scene_id;
    let scene = ctx.db.read(move |conn| db::scene::get(conn, scene_id)).await?;
    let look = look_in(ctx, scene.project_id, request.style_prompt, request.model_options).await?;
    ctx.db
        .write(move |tx| {
            let scene = db::scene::get(tx.conn, scene_id)?;
            let policy = policy::read(tx.conn)?;
            let figures = db::project::visual_bible(tx.conn, scene.project_id)?;
            let (id, job) = queue_take(tx, &policy, &figures, &scene, &look, Priority::Single)?;
            spending::admit(tx, scene.project_id, &[job])?;
            db::image::get(tx.conn, id)
        })
        .await
}

/// Queues a picture for every scene, or for those that lack one.
pub async fn request_batch(ctx: &Arc<Ctx>, request: GenerateImageBatch) -> Result<Vec<ImageAsset>> {
    let project = request.project_id;
    ctx.db.read(move |conn| db::project::get(conn, project)).await?;
    let look = look_in(ctx, project, request.style_prompt, request.model_options).await?;
    let only_missing = request.only_missing.unwrap_or(false);
    ctx.db
        .write(move |tx| {
            // Of two such requests at once, the second finds what the first has queued.
            db::project::lock(tx.conn, project)?;
            let (policy, figures) = (policy::read(tx.conn)?, db::project::visual_bible(tx.conn, project)?);
            let (mut ids, mut jobs) = (Vec::new(), Vec::new());
            for Stocked { scene, image, .. } in stock::of_project(tx.conn, project)? {
                if only_missing && image.spares(tx)? {
                    continue;
                }
                let (id, job) = queue_take(tx, &policy, &figures, &scene, &look, Priority::Batch)?;
                ids.push(id.0);
                jobs.push(job);
            }
            spending::admit(tx, project, &jobs)?;
            let mut assets = db::image::with_ids(tx.conn, &ids)?;
            assets.sort_by_cached_key(|asset| ids.iter().position(|id| *id == asset.id.0));
            Ok(assets)
        })
        .await
}

/// How pictures of a project are made, which may be asked to resemble others of it.
pub async fn look_in(ctx: &Arc<Ctx>, project: ProjectId, style_prompt: Option<String>, options: Option<ImageModelOptions>) -> Result<Look> {
    let references = options.as_ref().and_then(|options| options.reference_image_ids.clone()).unwrap_or_default();
    let mut faults = Faults::default();
    faults.keep(ctx.db.read(move |conn| check_references(conn, project, &references)).await)?;
    match faults.keep(look(ctx, style_prompt, options).await)? {
        Some(look) if faults.is_empty() => Ok(look),
        _ => Err(faults.into_error()),
    }
}

/// How pictures are made, where the request leaves it open.
pub async fn look(ctx: &Arc<Ctx>, style_prompt: Option<String>, options: Option<ImageModelOptions>) -> Result<Look> {
    let defaults = ctx.db.read(|conn| Ok(settings::defaults(conn)?.image)).await?;
    let options = options.unwrap_or_default();
    let provider = options.provider.clone().unwrap_or_else(|| defaults.provider.clone());
    let artist = settings::image_provider(ctx, &provider, "modelOptions.provider")?;
    let model = options.model.clone().or_else(|| defaults.model.filter(|_| provider == defaults.provider));
    check_options(&*artist, model.as_deref(), &options)?;
    let access = settings::access(ctx, &provider, artist.about()).await?;
    settings::check_model(artist.about(), model.as_deref(), "modelOptions.model")?;
    // The models of the built-in one are its styles, of which it finds the one that fits by itself.
    let usual = || artist.about().default_model().filter(|_| !artist.about().built_in).map(str::to_owned);
    let model = model.or_else(usual);
    let payee = Payee::of(artist.about(), &access, model.as_deref());
    Ok(Look { provider, model, style_prompt: style_prompt.unwrap_or(defaults.style_prompt), options, payee })
}

/// What is asked of the picture must be something that whoever draws it can be told; a seed is heeded where it can be.
fn check_options(artist: &dyn ImageProvider, model: Option<&str>, options: &ImageModelOptions) -> Result<()> {
    let about = artist.about();
    let mut bad = Vec::new();
    let mut refuse = |name: &str, message: String| bad.push(FieldError { path: format!("modelOptions.{name}"), message });
    let offered = |name: &str| about.options.iter().find(|field| field.name == name);
    if options.negative_prompt.as_ref().is_some_and(|text| !text.trim().is_empty()) && offered("negativePrompt").is_none() {
        refuse("negativePrompt", format!("{} cannot be told what to leave out", about.name));
    }
    #[expect(clippy::cast_precision_loss, reason = "a form's numbers are doubles, and no seed that one offers is beyond them")]
    if let (Some(seed), Some(OptionInput::Number { max, .. })) = (options.seed, offered("seed").map(|field| &field.input))
        && seed as f64 > *max
    {
        refuse("seed", format!("must be at most {max} for {}", about.name));
    }
    let wanted = options.reference_image_ids.as_ref().map_or(0, Vec::len);
    match offered("referenceImageIds").map(|field| &field.input) {
        Some(OptionInput::References { max }) if wanted > *max as usize => {
            refuse("referenceImageIds", format!("{} takes {max} pictures to resemble at most", about.name));
        }
        Some(_) => match artist.most_references(model) {
            Some(most) if wanted > most as usize => {
                let model = model.or(about.default_model()).unwrap_or(about.name);
                let most = if most == 0 { "no".to_owned() } else { format!("at most {most}") };
                refuse("referenceImageIds", format!("{model} takes {most} pictures to resemble"));
            }
            _ => {}
        },
        None if wanted > 0 => refuse("referenceImageIds", format!("{} takes no pictures to resemble", about.name)),
        None => {}
    }
    if bad.is_empty() { Ok(()) } else { Err(AppError::Api(ApiError::invalid(bad))) }
}

/// References must be ready pictures of the same project.
fn check_references(conn: &mut PgConnection, project: ProjectId, wanted: &[ImageId]) -> Result<()> {
    let ids: Vec<Uuid> = wanted.iter().map(|id| id.0).collect();
    let known = db::image::with_ids(conn, &ids)?;
    let good = |id: &ImageId| known.iter().any(|image| image.id == *id && image.project_id == project && image.status == Status::Ready);
    let mut faults = Faults::default();
    for (at, _) in wanted.iter().enumerate().filter(|(_, id)| !good(id)) {
        faults.tell(format!("modelOptions.referenceImageIds[{at}]"), "not a ready image of this project");
    }
    faults.nothing_or_error()
}

/// Writes a queued take of a scene, and its job with what it may cost held back; [`spending::admit`] is still to be asked.
/// `figures` are the project's people and places.
pub fn queue_take(
    tx: &mut Tx<'_>,
    policy: &Policy,
    figures: &[Figure],
    scene: &Scene,
    look: &Look,
    priority: Priority,
) -> Result<(ImageId, Uuid)> {
    let id = ImageId(Uuid::now_v7());
    let take = NewImage {
        id: id.0,
        project_id: scene.project_id.0,
        scene_id: scene.id.0,
        provider: look.provider.clone(),
        model: look.model.clone(),
        style_prompt: look.style_prompt.clone(),
        model_options: Json(look.options.clone()),
        visual_prompt: scene.visual_prompt.clone(),
    };
    db::image::insert(tx, take)?;
    let job = enqueue(tx, Take::Image(id), scene.project_id, look.provider.clone(), priority, Vec::new())?;
    queue::hold_back(tx, job, look.cost(policy, &scene.visual_prompt, figures))?;
    Ok((id, job))
}

/// The job: draws.
pub async fn draw(ctx: &Ctx, job: &Claimed, id: ImageId) -> Result<(), JobFailure> {
    let (asset, request, references) = ctx.db.read(move |conn| read_request(conn, id)).await?;
    let provider = settings::image_provider(ctx, &asset.provider, "provider")?;
    let access = settings::access(ctx, &asset.provider, provider.about()).await?;
    let references = references.iter().map(|key| ctx.storage.known_path(key)).collect::<Result<Vec<_>>>()?;
    let request = described(ImageRequest { references, ..request }).await?;
    let workdir = ctx.storage.workdir(id.0).await?;
    let (progress, reader) = Progress::new();
    let expected = pricing::picture(&request.whole_words(), request.references.len());
    let purpose = Purpose { record: id.0, project: asset.project_id, model: asset.model.clone(), expected };
    let calling = calling::begin(ctx, job, provider.about(), &access, purpose).await?;
    let call = Call { workdir: &workdir, progress: &progress, access, operation: calling.operation() };
    let picture = making::with_progress(ctx, job, Take::Image(id), reader, provider.draw(&request, &call)).await?;
    calling.answered(&picture.usage).await?;

    let bad = |error: images::ImageError| {
        let message = format!("The picture that came back cannot be used: {error}.");
        ProviderError::new(&asset.provider, Kind::BadResponse, message).having_used(picture.usage.clone())
    };
    let made = keep(ctx, picture.bytes, MOST_PIXELS).await?.map_err(bad)?;
    ctx.complete(job, move |tx| {
        let cost_usd = calling.settle(tx, &picture.usage)?;
        db::image::ready(tx, id, Made { cost_usd, credit: picture.credit, ..made })
    })
    .await?;
    ctx.storage.clear_workdir(id.0).await;
    tracing::info!(image.id = %id, scene.id = %asset.scene_id, "drew a scene");
    Ok(())
}

fn read_request(conn: &mut PgConnection, id: ImageId) -> Result<(ImageAsset, ImageRequest, Vec<String>)> {
    let asset = db::image::get(conn, id)?;
    let scene = db::scene::get(conn, asset.scene_id)?;
    let project = db::project::get(conn, asset.project_id)?;
    let options = asset.model_options.clone();
    let wanted = options.reference_image_ids.unwrap_or_default();
    let keys = db::image::keys(conn, &wanted)?;
    // In the order of the request; one that was deleted since is left out.
    let references = wanted.iter().filter_map(|id| keys.iter().find(|(known, _)| known == id).map(|(_, key)| key.clone())).collect();
    let request = ImageRequest {
        visual_prompt: db::image::visual_prompt(conn, id)?,
        style_prompt: asset.style_prompt.clone(),
        figures: project.visual_bible,
        negative_prompt: options.negative_prompt,
        title: scene.title,
        narration: scene.narration,
        language: project.language,
        position: scene.position,
        scene_count: project.scene_count,
        aspect_ratio: options.aspect_ratio.unwrap_or(project.aspect_ratio),
        seed: options.seed,
        // The low half of a UUIDv7 is random.
        take: id.0.as_u64_pair().1,
        references: Vec::new(),
        model: asset.model.clone(),
    };
    Ok((asset, request, references))
}

/// A scene that was added by hand may have only its words.
async fn described(request: ImageRequest) -> Result<ImageRequest> {
    if !request.title.trim().is_empty() || !request.visual_prompt.trim().is_empty() {
        return Ok(request);
    }
    blocking(move || {
        let (title, visual_prompt) = text::describe(&request.narration, Some(&request.language));
        Ok(ImageRequest { title, visual_prompt, ..request })
    })
    .await
}

/// Checks the bytes of a picture, and keeps them with a thumbnail.
pub async fn keep(ctx: &Ctx, bytes: Vec<u8>, most_pixels: u64) -> Result<Result<Made, images::ImageError>> {
    match blocking(move || Ok(check(bytes, most_pixels))).await? {
        Ok(good) => Ok(Ok(shelve(ctx, good).await?)),
        Err(error) => Ok(Err(error)),
    }
}

async fn shelve(ctx: &Ctx, Checked { bytes, info, thumbnail }: Checked) -> Result<Made> {
    let media_key = ctx.storage.put(Shelf::Image, info.format.extension(), &bytes).await?;
    let extension = if thumbnail.mime == "image/webp" { "webp" } else { "jpg" };
    let thumbnail_key = Some(ctx.storage.put(Shelf::Image, extension, &thumbnail.bytes).await?);
    let mime_type = info.format.mime().to_owned();
    Ok(Made { media_key, thumbnail_key, mime_type, width: info.width, height: info.height, cost_usd: None, credit: None })
}

/// A picture that was looked at.
pub struct Checked {
    /// Its bytes, as they stand upright in every program.
    bytes: Vec<u8>,
    info: images::ImageInfo,
    thumbnail: images::Thumbnail,
}

impl Checked {
    /// The media type of what was sent.
    pub fn mime(&self) -> &'static str {
        self.info.format.mime()
    }
}

fn check(bytes: Vec<u8>, most_pixels: u64) -> Result<Checked, images::ImageError> {
    let images::Look { info, turned, thumbnail } = images::look(&bytes, THUMBNAIL, most_pixels)?;
    Ok(Checked { bytes: turned.unwrap_or(bytes), info, thumbnail })
}

/// Looks at a picture of the user's own: it must be one, and not too large.
pub async fn look_at(ctx: &Ctx, file: &Path) -> Result<Checked> {
    let most = settings::upload_limits(ctx).await?.image_pixels;
    let bytes = tokio::fs::read(file).await?;
    blocking(move || Ok(check(bytes, most))).await?.map_err(|error| AppError::invalid("file", error.to_string()))
}

/// Keeps a picture of the user's own as a take of a scene.
pub async fn upload(ctx: &Ctx, scene: SceneId, picture: Checked) -> Result<ImageAsset> {
    ctx.db.read(move |conn| db::scene::get(conn, scene)).await?;
    let made = shelve(ctx, picture).await?;
    let keys = std::iter::once(made.media_key.clone()).chain(made.thumbnail_key.clone()).collect();
    ctx.write_naming(keys, move |tx| {
        let scene = db::scene::get(tx.conn, scene)?;
        let id = ImageId(Uuid::now_v7());
        let take = NewImage {
            id: id.0,
            project_id: scene.project_id.0,
            scene_id: scene.id.0,
            provider: UPLOAD.to_owned(),
            model: None,
            style_prompt: String::new(),
            model_options: Json(ImageModelOptions::default()),
            visual_prompt: scene.visual_prompt,
        };
        db::image::insert(tx, take)?;
        db::image::ready(tx, id, made)?;
        db::image::get(tx.conn, id)
    })
    .await
}

/// All takes of a project.
pub async fn of_project(ctx: &Ctx, project: ProjectId) -> Result<Vec<ImageAsset>> {
    ctx.db
        .read(move |conn| {
            db::project::get(conn, project)?;
            db::image::of_project(conn, project)
        })
        .await
}
