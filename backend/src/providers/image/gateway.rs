//! The models of a gateway that draw, as data: what the fields of their input are called, and what may stand in them.

use serde_json::{Map, Value, json};
use shared::provider::{ModelInfo, OptionField};

use super::{ImageRequest, forms, size::fitted};

/// How many pixels a picture has where the model is told a size: 1536 by 864, which a film of 1080 lines shows well.
const PIXELS: u32 = 1536 * 864;
/// Sizes are whole multiples of that.
const STEP: u32 = 32;

/// The largest seed that all of them take.
pub const MOST_SEED: f64 = 2_147_483_647.0;

/// A model of a gateway.
pub struct DrawModel {
    /// Its id, as the gateway has it.
    pub id: &'static str,
    /// Its name, for people.
    pub name: &'static str,
    /// How it is told the size.
    pub size: Size,
    /// How it takes pictures to resemble; none where it takes none.
    pub references: Option<References>,
    /// Whether it takes a seed.
    pub seed: bool,
    /// Whether it takes a negative prompt.
    pub negative: bool,
    /// What it is told every time.
    pub always: &'static [(&'static str, &'static str)],
    /// About how many seconds it takes.
    pub usual_seconds: u64,
}

/// How a model is told the size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// `"aspect_ratio": "16:9"`
    Shape,
    /// `"image_size": {"width": …, "height": …}`
    Nested,
    /// `"aspect_ratio": "custom", "width": …, "height": …`
    Custom,
}

/// How a model takes pictures to resemble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct References {
    /// The field of their addresses.
    pub field: &'static str,
    /// Which model is asked in its place.
    pub by: Option<&'static str>,
    /// How many at most.
    pub most: u32,
}

impl DrawModel {
    /// As settings show it.
    pub fn info(&self) -> ModelInfo {
        forms::model(self.id, self.name).told(self.options())
    }

    fn options(&self) -> Vec<OptionField> {
        let references = self.references.map(|taken| forms::references(taken.most));
        let seed = self.seed.then(|| forms::seed(MOST_SEED, "The same seed draws nearly the same."));
        references.into_iter().chain(std::iter::once(forms::negative_prompt())).chain(seed).collect()
    }

    /// How many pictures to resemble it takes.
    pub fn most_references(&self) -> u32 {
        self.references.map_or(0, |taken| taken.most)
    }

    /// Who is asked: with pictures to resemble, it may be another.
    pub fn asked(&self, references: usize) -> &'static str {
        self.references.and_then(|taken| taken.by).filter(|_| references > 0).unwrap_or(self.id)
    }

    fn input(&self, request: &ImageRequest, references: &[String]) -> Map<String, Value> {
        let mut input = Map::new();
        let mut put = |name: &str, value: Value| {
            input.insert(name.to_owned(), value);
        };
        put("prompt", words(request, self.negative).into());
        let (width, height) = fitted(request.aspect_ratio, PIXELS, STEP);
        match self.size {
            Size::Shape => put("aspect_ratio", request.aspect_ratio.as_str().into()),
            Size::Nested => put("image_size", json!({"width": width, "height": height})),
            Size::Custom => {
                put("aspect_ratio", "custom".into());
                put("width", width.into());
                put("height", height.into());
            }
        }
        if let Some(seed) = request.seed.filter(|_| self.seed) {
            put("seed", seed.into());
        }
        if let Some(negative) = request.negative_prompt.as_deref().filter(|_| self.negative) {
            put("negative_prompt", negative.into());
        }
        if let Some(taken) = self.references.filter(|_| !references.is_empty()) {
            put(taken.field, references.into());
        }
        for (name, value) in self.always {
            put(name, (*value).into());
        }
        input
    }
}

/// The input of a model: as it is known to take it, or, of one that is not known here, in the fields that most have, with
/// nothing in it that was not asked for but the size.
pub fn input(model: Option<&DrawModel>, request: &ImageRequest, references: &[String], usual: (Size, &str)) -> Value {
    if let Some(model) = model {
        return model.input(request, references).into();
    }
    let (width, height) = fitted(request.aspect_ratio, PIXELS, STEP);
    let mut input = json!({"prompt": words(request, true)});
    match usual.0 {
        Size::Nested => input["image_size"] = json!({"width": width, "height": height}),
        Size::Shape | Size::Custom => input["aspect_ratio"] = request.aspect_ratio.as_str().into(),
    }
    if let Some(seed) = request.seed {
        input["seed"] = seed.into();
    }
    if let Some(negative) = &request.negative_prompt {
        input["negative_prompt"] = negative.as_str().into();
    }
    if !references.is_empty() {
        input[usual.1] = references.into();
    }
    input
}

/// A model without a field for what must not be seen is told so in words.
fn words(request: &ImageRequest, has_field: bool) -> String {
    if has_field { ImageRequest { negative_prompt: None, ..request.clone() }.whole_words() } else { request.whole_words() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_models_pictures_to_resemble_are_asked_of_whoever_takes_them() {
        let taken = References { field: "image_urls", by: Some("a/edit"), most: 8 };
        let (size, always) = (Size::Nested, &[]);
        let mut model =
            DrawModel { id: "a", name: "A", size, references: Some(taken), seed: true, negative: false, always, usual_seconds: 1 };
        assert_eq!((model.asked(0), model.asked(2), model.most_references()), ("a", "a/edit", 8));
        model.references = None;
        assert_eq!((model.asked(2), model.most_references()), ("a", 0));
    }
}
