//! Who draws: words become pictures.

mod a1111;
mod comfyui;
mod compose;
mod drawn;
mod fal;
mod forms;
pub mod gateway;
mod gemini;
mod openai;
mod pexels;
mod replicate;
mod size;
mod storyboard;

use std::path::PathBuf;

use async_trait::async_trait;
use shared::{
    project::{AspectRatio, Figure},
    record::Credit,
};

pub use self::compose::{compose, compose_whole, named};
use super::{About, Attachment, Call, Make, Provider, ProviderResult, Usage, attachment::Most};

/// Every image provider, in the order in which the app shows them.
pub const REGISTRY: &[Make<dyn ImageProvider>] =
    &[storyboard::make, gemini::make, openai::make, fal::make, replicate::make, a1111::make, comfyui::make, pexels::make];

/// The most pixels that a picture of one may have, and so the most of any take: 8192 by 8192.
pub const MOST_PIXELS: u64 = 67_108_864;

/// How large a picture to resemble is when it is sent, which is large enough to know a face by: Gemini takes 20 MB in one
/// request, base64 included, and up to 14 pictures.
const REFERENCE: Most = Most { bytes: 1 << 20, side: 1280 };

/// A picture that is wanted.
#[derive(Clone, Debug)]
pub struct ImageRequest {
    /// What is to be seen.
    pub visual_prompt: String,
    /// The look.
    pub style_prompt: String,
    /// The film's people and places.
    pub figures: Vec<Figure>,
    /// What must not be seen.
    pub negative_prompt: Option<String>,
    /// The scene's title.
    pub title: String,
    /// What is spoken meanwhile.
    pub narration: String,
    /// The language of the words (BCP 47).
    pub language: String,
    /// The scene's place, from 0.
    pub position: u32,
    /// How many scenes there are.
    pub scene_count: u32,
    /// Its shape.
    pub aspect_ratio: AspectRatio,
    /// The same seed gives the same picture, where the provider can.
    pub seed: Option<u64>,
    /// Differs from take to take: what to draw by where no seed is given.
    pub take: u64,
    /// Pictures that it should resemble.
    pub references: Vec<PathBuf>,
    /// By which model.
    pub model: Option<String>,
}

impl ImageRequest {
    /// What a model is told in words, all in one: the visual prompt, how whoever it names looks, and the style.
    pub fn words(&self) -> String {
        compose(&self.visual_prompt, &self.figures, &self.style_prompt)
    }

    /// As [`ImageRequest::words`], for a model that is told everything in words: with what must not be seen, and that the
    /// pictures to resemble are attached.
    pub fn whole_words(&self) -> String {
        let leave_out = self.negative_prompt.as_deref();
        compose_whole(&self.visual_prompt, &self.figures, &self.style_prompt, leave_out, self.references.len())
    }

    /// As [`ImageRequest::whole_words`], in that many characters at most.
    fn words_within(&self, most: usize) -> String {
        compose::compose_within(self, most)
    }

    /// The pictures to resemble, small enough to be sent along by that provider.
    async fn attachments(&self, provider: &About) -> ProviderResult<Vec<Attachment>> {
        let mut attachments = Vec::new();
        for file in &self.references {
            attachments.push(Attachment::read_within(provider.id, file, REFERENCE).await?);
        }
        Ok(attachments)
    }
}

/// A picture: PNG, JPEG or WebP, told by its content.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it took.
    pub usage: Usage,
    /// Whose work it is, where it was found and not made.
    pub credit: Option<Credit>,
}

/// Someone who draws.
#[async_trait]
pub trait ImageProvider: Provider {
    /// How many pictures to resemble that model of it takes, where they differ in that; none where what it offers holds for
    /// all of them, and for a model that is not known here.
    fn most_references(&self, _model: Option<&str>) -> Option<u32> {
        None
    }

    /// Draws.
    async fn draw(&self, request: &ImageRequest, call: &Call<'_>) -> ProviderResult<Picture>;
}
