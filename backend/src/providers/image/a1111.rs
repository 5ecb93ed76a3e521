//! AUTOMATIC1111's web UI and Forge: Stable Diffusion on a machine of the user's own. One picture at a time, for minutes.

use std::{convert::Infallible, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::{FutureExt, future::BoxFuture};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared::provider::{ModelInfo, ProviderKind, SettingField};

use super::{ImageProvider, ImageRequest, Picture, drawn, forms, size};
use crate::providers::{
    About, Access, Call, Machine, Progress, Provider, ProviderResult, Usage,
    http::{Api, Http, Limits},
    vendors::a1111::{REMOTE, VENDOR},
};

/// As many pixels as most of today's models are made for.
const PIXELS: u32 = 1024 * 1024;
/// Widths and heights are multiples of that.
const STEP: u32 = 8;
/// The largest seed that it takes.
const MOST_SEED: u64 = 0xffff_ffff;
/// How often it is asked how far it is.
const LOOK: Duration = Duration::from_secs(1);
/// The text of its settings.
const PARAMETERS: &str = "parameters";
/// What the studio says itself, and the parameters therefore may not.
const OWN: [&str; 7] = ["prompt", "negative_prompt", "seed", "batch_size", "n_iter", "save_images", "send_images"];

struct StableDiffusion {
    about: About,
    http: Http,
}

/// That a picture is being drawn. It cannot be waited for from elsewhere, but it can be interrupted.
#[derive(Serialize, Deserialize)]
struct Drawing {
    drawing: bool,
}

/// Makes it. It asks nobody.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn ImageProvider>> {
    #[expect(clippy::cast_precision_loss, reason = "a form's numbers are doubles, which hold all of 32 bits")]
    let most_seed = MOST_SEED as f64;
    let about = About {
        options: vec![forms::seed(most_seed, "The same seed draws the same picture."), forms::negative_prompt()],
        notes: Some(
            "AUTOMATIC1111 or Forge, started with `--api`. Its key is `user:password`, where it was started with `--api-auth`. A model is \
             the name of a checkpoint; without one it draws with the one that is loaded."
                .to_owned(),
        ),
        at_once: 1,
        ..About::remote("a1111", "Stable Diffusion web UI", ProviderKind::Image, REMOTE)
    };
    let provider: Arc<dyn ImageProvider> = Arc::new(StableDiffusion { about, http: machine.http.clone() });
    std::future::ready(provider).boxed()
}

#[async_trait]
impl Provider for StableDiffusion {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        let api = self.http.api(&VENDOR, ProviderKind::Image, &call.access)?;
        api.get_json::<Vec<Value>>("/sdapi/v1/sd-models").await.map(drop)
    }

    async fn models(&self, access: &Access) -> ProviderResult<Option<Vec<ModelInfo>>> {
        let api = self.http.api_within(&VENDOR, Limits::glance(forms::LISTING), access)?;
        let listed: Vec<Checkpoint> = api.get_json("/sdapi/v1/sd-models").await?;
        let models = listed.into_iter().map(|one| forms::model(&one.title, one.model_name.as_deref().unwrap_or(&one.title)));
        Ok(Some(models.collect()))
    }

    fn settings(&self) -> Vec<SettingField> {
        vec![SettingField {
            name: PARAMETERS.to_owned(),
            label: "Parameters".to_owned(),
            help: "More fields of txt2img as a JSON object: {\"steps\": 28, \"cfg_scale\": 6, \"sampler_name\": \"DPM++ 2M\"}. With width and \
                   height, pictures get as many pixels as those two give, in the shape of the film."
                .to_owned(),
            required: false,
            value: None,
        }]
    }

    fn check_setting(&self, _name: &str, text: &str) -> Result<(), String> {
        parameters(text).map(drop)
    }

    async fn abandon(&self, _operation: &Value, access: &Access) -> ProviderResult<()> {
        let api = self.http.api_within(&VENDOR, Limits::glance(Duration::from_secs(10)), access)?;
        api.post("/sdapi/v1/interrupt").json(&json!({})).send().await.map(drop)
    }
}

#[async_trait]
impl ImageProvider for StableDiffusion {
    async fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> ProviderResult<Picture> {
        let api = self.http.api(&VENDOR, ProviderKind::Image, &call.access)?;
        let told = call.access.texts.get(PARAMETERS).map_or_else(|| Ok(Map::new()), |text| parameters(text));
        let told = told.map_err(|why| api.rejected(&format!("its parameters in the settings {why}")))?;
        let body = body(request, told);
        // Written down so that it can be interrupted; a server that takes over has to begin again, and nobody is billed.
        call.operation.create(std::future::ready(Ok(Drawing { drawing: true }))).await?;
        let answer = tokio::select! {
            answer = txt2img(&api, &body) => answer,
            never = watch(&api, call.progress) => match never {},
        };
        // From now on an interruption would be the next picture's.
        call.operation.forget().await?;
        let text = answer?.images.into_iter().next().ok_or_else(|| api.lacks("a picture"))?;
        Ok(Picture { bytes: drawn::decoded(&api, &text)?, usage: Usage::free(), credit: None })
    }
}

async fn txt2img(api: &Api, body: &Value) -> ProviderResult<Answer> {
    api.post_json("/sdapi/v1/txt2img", body).await
}

/// Tells how far it is, for as long as somebody listens. Where it does not say, nobody is told.
async fn watch(api: &Api, progress: &Progress) -> Infallible {
    loop {
        tokio::time::sleep(LOOK).await;
        let seen = api.get("/sdapi/v1/progress").query("skip_current_image", "true").send().await;
        if let Ok(answer) = seen
            && let Ok(seen) = answer.json::<Seen>().await
        {
            progress.set(seen.progress * 0.95);
        }
    }
}

fn body(request: &ImageRequest, told: Map<String, Value>) -> Value {
    let side = |name: &str| told.get(name).and_then(Value::as_u64).and_then(|pixels| u32::try_from(pixels).ok());
    let pixels = side("width").zip(side("height")).map_or(PIXELS, |(width, height)| width.saturating_mul(height));
    let (width, height) = size::fitted(request.aspect_ratio, pixels, STEP);
    let mut body = told;
    let own = json!({
        "prompt": request.words(),
        "negative_prompt": request.negative_prompt.as_deref().unwrap_or_default(),
        "width": width,
        "height": height,
        "seed": request.seed.unwrap_or(request.take & MOST_SEED),
        "batch_size": 1,
        "n_iter": 1,
        "save_images": false
    });
    body.extend(own.as_object().cloned().unwrap_or_default());
    if let Some(model) = &request.model {
        let others = body.entry("override_settings").or_insert_with(|| json!({}));
        others["sd_model_checkpoint"] = json!(model);
        // To load the other one again after every picture takes longer than many a picture.
        body.insert("override_settings_restore_afterwards".to_owned(), json!(false));
    }
    Value::Object(body)
}

/// The parameters that a text holds; if it holds none: "must …".
fn parameters(text: &str) -> Result<Map<String, Value>, String> {
    let told: Value = serde_json::from_str(text).map_err(|error| format!("must be JSON: {error}"))?;
    let Value::Object(told) = told else { return Err("must be a JSON object".to_owned()) };
    if let Some(name) = OWN.iter().find(|name| told.contains_key(**name)) {
        return Err(format!("must leave out `{name}`, which every picture has of its own"));
    }
    let whole = |name: &str| told.get(name).is_none_or(|side| side.as_u64().is_some_and(|side| (64..=4096).contains(&side)));
    if !whole("width") || !whole("height") {
        return Err("must have whole numbers from 64 to 4096 as width and height".to_owned());
    }
    if told.get("override_settings").is_some_and(|others| !others.is_object()) {
        return Err("must have an object as `override_settings`".to_owned());
    }
    Ok(told)
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    images: Vec<String>,
}

#[derive(Deserialize)]
struct Checkpoint {
    title: String,
    model_name: Option<String>,
}

#[derive(Deserialize)]
struct Seen {
    progress: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_an_object_that_says_nothing_of_a_pictures_own() {
        assert_eq!(parameters(r#"{"steps": 28}"#).unwrap()["steps"], 28);
        for bad in ["steps: 28", "[28]", r#"{"prompt": "x"}"#, r#"{"width": 8}"#, r#"{"height": "large"}"#, r#"{"override_settings": 1}"#] {
            assert!(parameters(bad).unwrap_err().starts_with("must "), "{bad}");
        }
    }
}
