//! The models of a gateway that animate a picture, as data: what the fields of their input are called, and what may stand
//! in them.

use std::time::Duration;

use serde_json::{Map, Value, json};
use shared::{
    project::AspectRatio,
    provider::{ModelInfo, ProviderKind},
    video::Resolution,
};

use super::{Clips, Lengths, VideoRequest, clips::fields_of};

/// A model of a gateway.
pub struct ClipModel {
    /// Its id, as the gateway has it.
    pub id: &'static str,
    /// Its name, for people.
    pub name: &'static str,
    /// The field of the first picture.
    pub picture: &'static str,
    /// How long its clips may be.
    pub lengths: Lengths,
    /// How its `duration` is written.
    pub written: Written,
    /// What its `resolution` may be, the usual first; none where it has none.
    pub resolutions: &'static [Resolution],
    /// What its `aspect_ratio` may be; none where clips are as their picture is.
    pub shapes: &'static [AspectRatio],
    /// What it is told every time. A narration is spoken over every clip, and sound costs with several.
    pub always: &'static [(&'static str, bool)],
    /// About how many seconds it takes to make one.
    pub usual_seconds: u64,
}

/// How a length is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// `8`
    Number,
    /// `"8"`
    Text,
    /// `"8s"`
    WithUnit,
}

impl ClipModel {
    /// What clips it makes.
    pub fn clips(&self) -> Clips {
        let usual = Duration::from_secs(self.usual_seconds);
        Clips { lengths: self.lengths, resolutions: self.resolutions, shapes: self.shapes, usual }
    }

    /// As settings show it.
    pub fn info(&self) -> ModelInfo {
        ModelInfo::new(self.id, self.name, ProviderKind::Video).told(fields_of(self.clips()))
    }

    fn input(&self, request: &VideoRequest, picture: &str) -> Map<String, Value> {
        let mut input = Map::new();
        input.insert("prompt".to_owned(), request.prompt.as_deref().unwrap_or_default().into());
        input.insert(self.picture.to_owned(), picture.into());
        if let Some(seconds) = request.seconds {
            let seconds = seconds.round();
            let duration = match self.written {
                #[expect(clippy::cast_possible_truncation, reason = "a clip lasts some seconds")]
                Written::Number => json!(seconds as i64),
                Written::Text => json!(format!("{seconds}")),
                Written::WithUnit => json!(format!("{seconds}s")),
            };
            input.insert("duration".to_owned(), duration);
        }
        if let Some(resolution) = request.resolution.filter(|_| !self.resolutions.is_empty()) {
            input.insert("resolution".to_owned(), resolution.as_str().into());
        }
        if let Some(shape) = request.shape.filter(|_| !self.shapes.is_empty()) {
            input.insert("aspect_ratio".to_owned(), shape.as_str().into());
        }
        input.extend(self.always.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
        input
    }
}

/// The input of a model: as it is known to take it, or, of one that is not known here, as most of the gateway's do, with
/// the picture in that field, and nothing in it that was not asked for.
pub fn input(model: Option<&ClipModel>, request: &VideoRequest, picture: &str, usual_field: &str) -> Value {
    if let Some(model) = model {
        return model.input(request, picture).into();
    }
    let mut input = json!({"prompt": request.prompt.as_deref().unwrap_or_default(), usual_field: picture});
    if let Some(seconds) = request.seconds {
        input["duration"] = json!(seconds);
    }
    if let Some(resolution) = request.resolution {
        input["resolution"] = json!(resolution.as_str());
    }
    if let Some(shape) = request.shape {
        input["aspect_ratio"] = json!(shape.as_str());
    }
    input
}
