//! ComfyUI: pictures by the user's own workflow, on a machine of the user's own. Each goes into ComfyUI's queue under an
//! id that is written down first, so that a restarted server finds it again there and queues nothing twice.

mod workflow;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::{FutureExt, future::BoxFuture};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::provider::{ProviderKind, SettingField};
use uuid::Uuid;

use self::workflow::Values;
use super::{ImageProvider, ImageRequest, Picture, drawn, forms, size};
use crate::providers::{
    About, Access, Call, Kind, Look, Machine, Provider, ProviderError, ProviderResult, Usage, Waiting,
    http::{Api, Http, Limits, Media, segment},
    vendors::comfyui::{REMOTE, VENDOR},
};

/// As many pixels as most of today's models are made for.
const PIXELS: u32 = 1024 * 1024;
/// Widths and heights are multiples of that: of what every family of models wants, the most.
const STEP: u32 = 16;
/// The largest seed that survives JavaScript.
const MOST_SEED: u64 = (1 << 53) - 1;
/// How long a picture usually takes.
const USUAL: Duration = Duration::from_secs(60);
/// The text of its settings.
const WORKFLOW: &str = "workflow";

struct ComfyUi {
    about: About,
    http: Http,
}

/// What it works on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ticket {
    prompt_id: String,
    began: DateTime<Utc>,
}

/// Makes it. It asks nobody.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ImageProvider>> {
    #[expect(clippy::cast_precision_loss, reason = "it is the largest that a double holds exactly")]
    let most_seed = MOST_SEED as f64;
    let about = About {
        options: vec![forms::seed(most_seed, "The same seed draws the same picture."), forms::negative_prompt()],
        notes: Some("Draws with a workflow of your own: in ComfyUI, choose Workflow, then Export (API), and enter it here.".to_owned()),
        at_once: 1,
        ..About::remote("comfyui", "ComfyUI", ProviderKind::Image, REMOTE)
    };
    let provider: Arc<dyn ImageProvider> = Arc::new(ComfyUi { about, http: machine.http.clone() });
    std::future::ready(provider).boxed()
}

#[async_trait]
impl Provider for ComfyUi {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        let api = self.http.api(&VENDOR, ProviderKind::Image, &call.access)?;
        queue(&api).await.map(drop)
    }

    fn settings(&self) -> Vec<SettingField> {
        vec![SettingField {
            name: WORKFLOW.to_owned(),
            label: "Workflow".to_owned(),
            help: "In the API format, with %prompt% where each picture's words belong; %negative_prompt%, %seed%, %width%, %height% and \
                   %model% where you want them."
                .to_owned(),
            required: true,
            value: None,
        }]
    }

    fn check_setting(&self, _name: &str, text: &str) -> Result<(), String> {
        workflow::read(text).map(drop)
    }

    async fn abandon(&self, operation: &Value, access: &Access) -> ProviderResult<()> {
        let api = self.http.api_within(&VENDOR, Limits::glance(Duration::from_secs(10)), access)?;
        let Some(id) = operation["promptId"].as_str() else { return Ok(()) };
        api.post("/queue").json(&json!({"delete": [id]})).send().await?;
        // Older ones interrupt whatever runs, so that it must be this.
        if matches!(queue(&api).await?.look_for::<Entry>(id), Some(Look::Working(_))) {
            api.post("/interrupt").json(&json!({"prompt_id": id})).send().await?;
        }
        Ok(())
    }
}

#[async_trait]
impl ImageProvider for ComfyUi {
    async fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> ProviderResult<Picture> {
        let api = self.http.api(&VENDOR, ProviderKind::Image, &call.access)?;
        let workflow = prepared(&api, request, &call.access)?;
        let ticket = match call.operation.resume::<Ticket>()? {
            Some(ticket) if is_known(&api, &ticket).await? => ticket,
            _ => begin(&api, workflow, call).await?,
        };
        let waiting = Waiting { api: &api, progress: call.progress, began: ticket.began, usual: USUAL };
        let made = waiting.until_done(|| look(&api, &ticket)).await;
        let found = made.and_then(|entry| output(&api, &entry));
        if found.as_ref().is_err_and(|error| error.details.contains_key("gone")) {
            call.operation.forget().await?;
        }
        let bytes = view(&api, &found?).await?;
        Ok(Picture { bytes, usage: Usage::free(), credit: None })
    }
}

/// The workflow as it is sent.
fn prepared(api: &Api, request: &ImageRequest, access: &Access) -> ProviderResult<Value> {
    let unusable = |why: &str| api.error(Kind::NotConfigured, format!("The workflow of {} {why}; change it in the settings.", api.name()));
    let workflow = workflow::read(access.texts.get(WORKFLOW).map_or("", String::as_str)).map_err(|why| unusable(&why))?;
    let asked = [("negative_prompt", request.negative_prompt.is_some()), ("model", request.model.is_some())];
    if let Some((name, _)) = asked.iter().find(|(name, asked)| *asked && !workflow::names(&workflow, name)) {
        return Err(unusable(&format!("has no %{name}%, which this picture was asked for with")));
    }
    if request.model.is_none() && workflow::names(&workflow, "model") {
        let message = format!("The workflow of {} has a place for a model; choose one for the picture.", api.name());
        return Err(api.error(Kind::Rejected, message));
    }
    let (width, height) = size::fitted(request.aspect_ratio, PIXELS, STEP);
    let values = Values {
        prompt: request.words(),
        negative_prompt: request.negative_prompt.clone(),
        seed: request.seed.unwrap_or(request.take & MOST_SEED),
        width,
        height,
        model: request.model.clone(),
    };
    Ok(workflow::filled(&workflow, &values))
}

/// Queues it there, under an id that is written down before.
async fn begin(api: &Api, workflow: Value, call: &Call<'_>) -> ProviderResult<Ticket> {
    let own = Ticket { prompt_id: Uuid::now_v7().to_string(), began: Utc::now() };
    let ticket = call.operation.create(std::future::ready(Ok(own))).await?;
    let body = json!({"prompt": workflow, "client_id": Uuid::now_v7().to_string(), "prompt_id": ticket.prompt_id});
    let queued = match api.post_json::<Queued>("/prompt", &body).await {
        Ok(queued) => queued,
        // It may have been queued all the same; and where nobody answers now either, that is looked for later.
        Err(error) if error.unanswered => match is_known(api, &ticket).await {
            Ok(true) => return Ok(ticket),
            Ok(false) => return not_begun(error, call).await,
            Err(_) => return Err(error),
        },
        Err(error) => return not_begun(error, call).await,
    };
    if queued.prompt_id == ticket.prompt_id {
        return Ok(ticket);
    }
    // An older one, which gives ids of its own.
    call.operation.create(std::future::ready(Ok(Ticket { prompt_id: queued.prompt_id, ..ticket }))).await
}

/// Nothing is under way there: another attempt begins anew.
async fn not_begun<T>(error: ProviderError, call: &Call<'_>) -> ProviderResult<T> {
    call.operation.forget().await?;
    Err(error)
}

/// Whether it knows what was begun.
async fn is_known(api: &Api, ticket: &Ticket) -> ProviderResult<bool> {
    Ok(history(api, ticket).await?.is_some() || queue(api).await?.look_for::<Entry>(&ticket.prompt_id).is_some())
}

async fn look(api: &Api, ticket: &Ticket) -> ProviderResult<Look<Entry>> {
    if let Some(entry) = history(api, ticket).await? {
        return Ok(Look::Done(entry));
    }
    if let Some(seen) = queue(api).await?.look_for(&ticket.prompt_id) {
        return Ok(seen);
    }
    // Between the two looks it may have been done.
    match history(api, ticket).await? {
        Some(entry) => Ok(Look::Done(entry)),
        None => {
            let message = format!("{} does not know the picture any more that it was to draw; it was restarted, perhaps.", api.name());
            Err(gone(api.error(Kind::BadResponse, message)))
        }
    }
}

/// Marks an error after which the picture has to be begun anew.
fn gone(error: ProviderError) -> ProviderError {
    error.with("gone", true)
}

async fn history(api: &Api, ticket: &Ticket) -> ProviderResult<Option<Entry>> {
    let path = format!("/history/{}", segment(&ticket.prompt_id));
    let mut entries: serde_json::Map<String, Value> = api.get_json(&path).await?;
    let Some(entry) = entries.remove(&ticket.prompt_id) else { return Ok(None) };
    serde_json::from_value(entry).map(Some).map_err(|_| api.lacks("an account of what became of the picture"))
}

async fn queue(api: &Api) -> ProviderResult<Queue> {
    api.get_json("/queue").await
}

/// The picture among all that a workflow puts out: of those that it saves the last, or else of those that it shows.
fn output(api: &Api, entry: &Entry) -> ProviderResult<File> {
    if let Some(status) = entry.status.as_ref().filter(|status| status.status_str.as_deref() == Some("error")) {
        return Err(gone(api.rejected(&status.reason())));
    }
    let mut nodes: Vec<_> = entry.outputs.iter().collect();
    nodes.sort_by_key(|(id, _)| (id.parse::<u64>().unwrap_or(u64::MAX), id.as_str()));
    let files: Vec<File> = nodes
        .into_iter()
        .flat_map(|(_, node)| node["images"].as_array().into_iter().flatten())
        .filter_map(|file| serde_json::from_value(file.clone()).ok())
        .collect();
    let saved = files.iter().rfind(|file| file.kind == "output");
    saved
        .or_else(|| files.last())
        .cloned()
        .ok_or_else(|| gone(api.rejected("the workflow ends without a picture; it lacks a node that saves one")))
}

async fn view(api: &Api, file: &File) -> ProviderResult<Vec<u8>> {
    let ask = api.get("/view").query("filename", &file.filename).query("subfolder", &file.subfolder).query("type", &file.kind);
    let most = usize::try_from(Media::Picture.cap()).unwrap_or(usize::MAX);
    drawn::checked(api, ask.send().await?.bytes(most).await?)
}

#[derive(Deserialize)]
struct Queued {
    prompt_id: String,
}

/// What runs and what waits; of each entry the second part is its id.
#[derive(Deserialize)]
struct Queue {
    #[serde(default)]
    queue_running: Vec<Value>,
    #[serde(default)]
    queue_pending: Vec<Value>,
}

impl Queue {
    /// How far one is; none where it is not in the queue.
    fn look_for<T>(&self, id: &str) -> Option<Look<T>> {
        let is_it = |entry: &Value| entry[1] == id;
        if self.queue_running.iter().any(is_it) {
            return Some(Look::Working(None));
        }
        let number = self.queue_pending.iter().find(|entry| is_it(entry))?[0].as_f64();
        let before = self.queue_pending.iter().filter(|entry| entry[0].as_f64() < number).count();
        u64::try_from(before).ok().map(|before| Look::Queued(Some(before + 1)))
    }
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    outputs: serde_json::Map<String, Value>,
    status: Option<Status>,
}

#[derive(Deserialize)]
struct Status {
    status_str: Option<String>,
    #[serde(default)]
    messages: Vec<(String, Value)>,
}

impl Status {
    /// Why it failed, in ComfyUI's words.
    fn reason(&self) -> String {
        let of = |name: &str| self.messages.iter().find(|(kind, _)| kind == name).map(|(_, data)| data);
        if let Some(error) = of("execution_error") {
            let node = error["node_type"].as_str().unwrap_or("a node");
            return format!("{node}: {}", error["exception_message"].as_str().unwrap_or("it failed").trim());
        }
        if of("execution_interrupted").is_some() { "it was interrupted there".to_owned() } else { "the workflow failed".to_owned() }
    }
}

#[derive(Clone, Debug, Deserialize)]
struct File {
    filename: String,
    #[serde(default)]
    subfolder: String,
    #[serde(rename = "type", default)]
    kind: String,
}
