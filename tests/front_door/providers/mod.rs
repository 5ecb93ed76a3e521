//! Remote providers, each against a server that speaks as its vendor's does.

mod image_a1111;
mod image_comfyui;
mod image_fal;
mod image_gemini;
mod image_openai;
mod image_pexels;
mod image_replicate;
mod listed;
mod money;
mod script_anthropic;
mod script_compatible;
mod script_failures;
mod script_gemini;
mod script_openai;
mod script_rules;
mod speech_compatible;
mod speech_elevenlabs;
mod speech_gemini;
mod speech_openai;
mod speech_piper;
mod video_elevenlabs;
mod video_fal;
mod video_gemini;
mod video_pexels;
mod video_replicate;
mod voices;
