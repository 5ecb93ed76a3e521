//! The models that are known by name: all of them in one table, the default of each provider and kind first. Where a
//! vendor lists its models, the settings show those; this is what is asked where nobody chooses, and what is shown until
//! the vendor has answered. A model that a vendor switches off, or a newer one, is a line here.

use shared::{
    project::AspectRatio::{self, Landscape, Portrait, Square},
    provider::{ModelInfo, ProviderKind},
    video::Resolution::{self, P720, P1080, P1440, P2160},
};

use super::{
    image::gateway::{DrawModel, References, Size},
    video::{
        Lengths,
        gateway::{ClipModel, Written},
    },
};

/// A model of which there is no more to know.
#[derive(Clone, Copy, Debug)]
pub struct Plain {
    /// Its id, as its vendor has it.
    pub id: &'static str,
    /// Its name, for people.
    pub name: &'static str,
    /// What a person should know.
    pub note: Option<&'static str>,
}

const fn plain(id: &'static str, name: &'static str) -> Plain {
    Plain { id, name, note: None }
}

/// As the settings show them.
pub fn listed(kind: ProviderKind, models: &[Plain]) -> Vec<ModelInfo> {
    let info = |model: &Plain| {
        let info = ModelInfo::new(model.id, model.name, kind);
        model.note.map_or_else(|| info.clone(), |note| info.clone().noted(note))
    };
    models.iter().map(info).collect()
}

/// What writes at Google.
pub const GEMINI_WRITES: &[Plain] = &[
    plain("gemini-3.8-flash", "Gemini 3.8 Flash"),
    plain("gemini-3.5-flash-lite", "Gemini 3.5 Flash Lite"),
    plain("gemini-3.5-flash", "Gemini 3.5 Flash"),
    plain("gemini-3.1-pro-preview", "Gemini 3.1 Pro"),
];

/// What writes at OpenAI.
pub const OPENAI_WRITES: &[Plain] = &[
    plain("gpt-6.2-sol", "GPT-6.2 Sol"),
    plain("gpt-6-luna", "GPT-6 Luna"),
    plain("gpt-6.1-terra", "GPT-6.1 Terra"),
    plain("gpt-6.2-astra", "GPT-6.2 Astra"),
];

/// What writes at Anthropic.
pub const ANTHROPIC_WRITES: &[Plain] = &[
    plain("claude-sonnet-5-5", "Claude Sonnet 5.5"),
    plain("claude-haiku-4-5", "Claude Haiku 4.5"),
    plain("claude-opus-5-5", "Claude Opus 5.5"),
];

/// What speaks at Google.
pub const GEMINI_SPEAKS: &[Plain] =
    &[plain("gemini-3.8-flash-tts", "Gemini 3.8 Flash TTS"), plain("gemini-3.8-flash-lite-tts", "Gemini 3.8 Flash-Lite TTS")];

/// What speaks at OpenAI; all of it is switched off on 2027-01-06.
pub const OPENAI_SPEAKS: &[Plain] = &[plain("gpt-4o-mini-tts", "GPT-4o mini TTS"), plain("tts-1-hd", "TTS-1 HD"), plain("tts-1", "TTS-1")];

/// What speaks at ElevenLabs.
pub const ELEVENLABS_SPEAKS: &[Plain] = &[
    plain("eleven_multilingual_v2", "Multilingual v2"),
    plain("eleven_v4", "Eleven v4"),
    plain("eleven_v4_turbo", "Eleven v4 Turbo"),
    plain("eleven_v3", "Eleven v3"),
    plain("eleven_flash_v2_5", "Flash v2.5"),
    plain("eleven_turbo_v2_5", "Turbo v2.5"),
];

/// What draws at Google.
pub const GEMINI_DRAWS: &[Plain] = &[
    plain("gemini-nano-banana-2.1", "Nano Banana 2.1"),
    plain("gemini-3-pro-image", "Gemini 3 Pro Image"),
    plain("gemini-3.1-flash-lite-image", "Gemini 3.1 Flash Lite Image"),
    Plain { note: Some("Said to be switched off since 2026-10-29."), ..plain("gemini-3.1-flash-image", "Gemini 3.1 Flash Image") },
];

/// What draws at OpenAI.
pub const OPENAI_DRAWS: &[Plain] =
    &[plain("gpt-image-2.6-flare", "GPT Image 2.6 Flare"), plain("gpt-image-2.6-sunburst", "GPT Image 2.6 Sunburst")];

/// With pictures to resemble, such a model is asked.
const fn edited_by(model: &'static str, most: u32) -> Option<References> {
    Some(References { field: "image_urls", by: Some(model), most })
}

/// What draws at fal (the vendor's own types for its endpoints, November 2026), the default first.
pub const FAL_DRAWS: &[DrawModel] = &[
    DrawModel {
        id: "fal-ai/flux-2-pro",
        name: "FLUX.2 Pro",
        size: Size::Nested,
        references: edited_by("fal-ai/flux-2-pro/edit", 8),
        seed: true,
        negative: false,
        always: &[("output_format", "png")],
        usual_seconds: 15,
    },
    DrawModel {
        id: "fal-ai/nano-banana-2",
        name: "Nano Banana 2",
        size: Size::Shape,
        references: edited_by("fal-ai/nano-banana-2/edit", 14),
        seed: true,
        negative: false,
        always: &[("output_format", "png")],
        usual_seconds: 25,
    },
    DrawModel {
        id: "fal-ai/bytedance/seedream/v5/lite/text-to-image",
        name: "Seedream 5 Lite",
        size: Size::Nested,
        references: edited_by("fal-ai/bytedance/seedream/v5/lite/edit", 10),
        seed: false,
        negative: false,
        always: &[],
        usual_seconds: 20,
    },
    DrawModel {
        id: "fal-ai/qwen-image-2/text-to-image",
        name: "Qwen Image 2",
        size: Size::Nested,
        references: edited_by("fal-ai/qwen-image-2/edit", 3),
        seed: true,
        negative: true,
        always: &[("output_format", "png")],
        usual_seconds: 20,
    },
    DrawModel {
        id: "fal-ai/flux-2",
        name: "FLUX.2 Dev",
        size: Size::Nested,
        references: edited_by("fal-ai/flux-2/edit", 4),
        seed: true,
        negative: false,
        always: &[("output_format", "png")],
        usual_seconds: 10,
    },
    DrawModel {
        id: "fal-ai/z-image/turbo",
        name: "Z-Image Turbo",
        size: Size::Nested,
        references: None,
        seed: true,
        negative: false,
        always: &[("output_format", "png")],
        usual_seconds: 5,
    },
];

/// What draws at Replicate: official models (as their pages describe them, November 2026), the default first.
pub const REPLICATE_DRAWS: &[DrawModel] = &[
    DrawModel {
        id: "black-forest-labs/flux-2-pro",
        name: "FLUX.2 Pro",
        size: Size::Custom,
        references: Some(References { field: "input_images", by: None, most: 8 }),
        seed: true,
        negative: false,
        always: &[("output_format", "png")],
        usual_seconds: 15,
    },
    DrawModel {
        id: "google/nano-banana",
        name: "Nano Banana",
        size: Size::Shape,
        references: Some(References { field: "image_input", by: None, most: 3 }),
        seed: false,
        negative: false,
        always: &[("output_format", "png")],
        usual_seconds: 15,
    },
    DrawModel {
        id: "black-forest-labs/flux-1.1-pro",
        name: "FLUX 1.1 Pro",
        size: Size::Shape,
        references: None,
        seed: true,
        negative: false,
        always: &[("output_format", "png")],
        usual_seconds: 8,
    },
    DrawModel {
        id: "black-forest-labs/flux-schnell",
        name: "FLUX Schnell",
        size: Size::Shape,
        references: None,
        seed: true,
        negative: false,
        always: &[("output_format", "png")],
        usual_seconds: 4,
    },
];

/// What films at fal (the vendor's own types for its endpoints, November 2026), the default first.
pub const FAL_FILMS: &[ClipModel] = &[
    ClipModel {
        id: "fal-ai/veo3.1/fast/image-to-video",
        name: "Veo 3.1 Fast",
        picture: "image_url",
        lengths: Lengths::OneOf(&[4, 6, 8]),
        written: Written::WithUnit,
        resolutions: &[P720, P1080],
        shapes: &[Landscape, Portrait],
        always: &[("generate_audio", false)],
        usual_seconds: 80,
    },
    ClipModel {
        id: "bytedance/seedance-2.0/image-to-video",
        name: "Seedance 2.0",
        picture: "image_url",
        lengths: Lengths::Between(4, 15),
        written: Written::Text,
        resolutions: &[P720],
        shapes: &[Landscape, Portrait, Square],
        always: &[("generate_audio", false)],
        usual_seconds: 150,
    },
    ClipModel {
        id: "fal-ai/kling-video/v3/standard/image-to-video",
        name: "Kling 3.0 Standard",
        picture: "start_image_url",
        lengths: Lengths::Between(3, 15),
        written: Written::Text,
        resolutions: &[],
        shapes: &[],
        always: &[("generate_audio", false)],
        usual_seconds: 240,
    },
    ClipModel {
        id: "fal-ai/wan/v2.7/image-to-video",
        name: "Wan 2.7",
        picture: "image_url",
        lengths: Lengths::Between(2, 15),
        written: Written::Text,
        resolutions: &[P720, P1080],
        shapes: &[],
        always: &[],
        usual_seconds: 180,
    },
    ClipModel {
        id: "fal-ai/ltx-2.3/image-to-video",
        name: "LTX 2.3",
        picture: "image_url",
        lengths: Lengths::OneOf(&[6, 8, 10]),
        written: Written::Text,
        resolutions: &[P1080, P1440, P2160],
        shapes: &[Landscape, Portrait],
        always: &[("generate_audio", false)],
        usual_seconds: 90,
    },
    ClipModel {
        id: "fal-ai/bytedance/seedance/v1.5/pro/image-to-video",
        name: "Seedance 1.5 Pro",
        picture: "image_url",
        lengths: Lengths::Between(4, 12),
        written: Written::Text,
        resolutions: &[P720, P1080],
        shapes: &[Landscape, Portrait, Square],
        always: &[("generate_audio", false)],
        usual_seconds: 120,
    },
];

/// What films at Replicate: official models (as their pages describe them, November 2026), the default first.
pub const REPLICATE_FILMS: &[ClipModel] = &[
    ClipModel {
        id: "google/veo-3.1-fast",
        name: "Veo 3.1 Fast",
        picture: "image",
        lengths: Lengths::OneOf(&[4, 6, 8]),
        written: Written::Number,
        resolutions: &[P720, P1080],
        shapes: &[Landscape, Portrait],
        always: &[("generate_audio", false)],
        usual_seconds: 80,
    },
    ClipModel {
        id: "wan-video/wan-2.7-i2v",
        name: "Wan 2.7",
        picture: "first_frame",
        lengths: Lengths::Between(2, 15),
        written: Written::Number,
        resolutions: &[P720, P1080],
        shapes: &[],
        always: &[],
        usual_seconds: 180,
    },
    ClipModel {
        id: "kwaivgi/kling-v2.5-turbo-pro",
        name: "Kling 2.5 Turbo Pro",
        picture: "start_image",
        lengths: Lengths::OneOf(&[5, 10]),
        written: Written::Number,
        resolutions: &[],
        shapes: &[],
        always: &[],
        usual_seconds: 150,
    },
    ClipModel {
        id: "google/veo-3-fast",
        name: "Veo 3 Fast",
        picture: "image",
        lengths: Lengths::OneOf(&[4, 6, 8]),
        written: Written::Number,
        resolutions: &[P720, P1080],
        shapes: &[Landscape, Portrait],
        always: &[("generate_audio", false)],
        usual_seconds: 80,
    },
    ClipModel {
        id: "bytedance/seedance-1-pro",
        name: "Seedance 1 Pro",
        picture: "image",
        lengths: Lengths::OneOf(&[5, 10]),
        written: Written::Number,
        resolutions: &[P1080],
        shapes: &[Landscape, Portrait, Square],
        always: &[],
        usual_seconds: 90,
    },
];

/// What films at Google, and how long its clips may be.
pub const GEMINI_FILMS: &[(&str, &str, Lengths)] = &[
    ("gemini-omni-1.2-flash", "Gemini Omni 1.2 Flash", Lengths::Between(3, 15)),
    ("gemini-omni-1.1-flash", "Gemini Omni 1.1 Flash", Lengths::Between(3, 10)),
];

/// A model of ElevenLabs' flows (the vendor's own types, November 2026).
pub struct FlowModel {
    /// Its id, as the vendor has it.
    pub id: &'static str,
    /// Its name, for people.
    pub name: &'static str,
    /// How long its clips may be.
    pub lengths: Lengths,
    /// What its `resolution` may be.
    pub resolutions: &'static [Resolution],
    /// What its `aspect_ratio` may be.
    pub shapes: &'static [AspectRatio],
    /// How it writes 2160 lines.
    pub four_k: &'static str,
    /// About how many seconds it takes to make one.
    pub usual_seconds: u64,
}

const VEO: Lengths = Lengths::OneOf(&[4, 6, 8]);
const SEEDANCE_SHAPES: &[AspectRatio] = &[Landscape, Portrait, Square];

/// What films at ElevenLabs. One that moves lips to a voice is not among them.
pub const ELEVENLABS_FILMS: &[FlowModel] = &[
    FlowModel {
        id: "bytedance-seedance-v2-fast",
        name: "Seedance 2.0 Fast",
        lengths: Lengths::Between(4, 15),
        resolutions: &[P720],
        shapes: SEEDANCE_SHAPES,
        four_k: "4k",
        usual_seconds: 90,
    },
    FlowModel {
        id: "bytedance-seedance-v2",
        name: "Seedance 2.0",
        lengths: Lengths::Between(4, 15),
        resolutions: &[P720, P1080, P2160],
        shapes: SEEDANCE_SHAPES,
        four_k: "4k",
        usual_seconds: 150,
    },
    FlowModel {
        id: "bytedance-seedance-v2-mini",
        name: "Seedance 2.0 Mini",
        lengths: Lengths::Between(4, 15),
        resolutions: &[P720],
        shapes: SEEDANCE_SHAPES,
        four_k: "4k",
        usual_seconds: 60,
    },
    FlowModel {
        id: "bytedance-seedance-v2.5",
        name: "Seedance 2.5",
        lengths: Lengths::Between(4, 30),
        resolutions: &[P720, P1080],
        shapes: SEEDANCE_SHAPES,
        four_k: "4k",
        usual_seconds: 150,
    },
    FlowModel {
        id: "veo-3.1-fast-generate-001",
        name: "Veo 3.1 Fast",
        lengths: VEO,
        resolutions: &[P720, P1080, P2160],
        shapes: &[Landscape, Portrait],
        four_k: "4K",
        usual_seconds: 80,
    },
    FlowModel {
        id: "veo-3.1-generate-001",
        name: "Veo 3.1",
        lengths: VEO,
        resolutions: &[P720, P1080, P2160],
        shapes: &[Landscape, Portrait],
        four_k: "4K",
        usual_seconds: 150,
    },
];
