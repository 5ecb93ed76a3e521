//! The remote providers, each against a stand-in of its vendor's server.

mod image_a1111;
mod image_comfyui;
mod image_gemini;
mod image_openai;
mod image_pexels;
mod video_fal;
mod video_replicate;
