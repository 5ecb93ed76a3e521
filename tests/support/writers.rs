//! Language models as they answer over HTTP, each in its own dialect: what tests of scripts share.

use serde_json::{Value, json};
use studio::config::{Config, Environment};

use crate::{
    TestApp,
    vendor::{Reply, VendorServer},
};

/// The key that writers are asked with.
pub const KEY: &str = "MARKED-writer-key-0123456789";

/// How a language model speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Chat completions.
    Compatible,
    /// `generateContent`.
    Gemini,
    /// Responses.
    OpenAi,
    /// Messages.
    Anthropic,
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All is said.
    Complete,
    /// There was no room for more.
    CutOff,
    /// The model would not.
    Refused,
    /// It does not end: the stream is over in the middle.
    Missing,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Compatible, Self::Gemini, Self::OpenAi, Self::Anthropic];

    /// The provider's id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Gemini => "gemini",
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
        }
    }

    /// Where it is asked to write.
    pub fn path(self) -> &'static str {
        match self {
            Self::Compatible => "/v1/chat/completions",
            Self::Gemini => "/v1/models/*",
            Self::OpenAi => "/v1/responses",
            Self::Anthropic => "/v1/messages",
        }
    }

    /// A studio that reaches it at that server, with a key.
    pub async fn app(self, server: &VendorServer) -> TestApp {
        let ((base, key), url) = (self.variables(), self.base(server));
        TestApp::configured(|config| Config { environment: Environment::of([(base, url.as_str()), (key, KEY)]), ..config }).await
    }

    /// A studio that reaches it without a key.
    pub async fn app_without_key(self, server: &VendorServer) -> TestApp {
        let ((base, _), url) = (self.variables(), self.base(server));
        TestApp::configured(|config| Config { environment: Environment::of([(base, url.as_str())]), ..config }).await
    }

    fn variables(self) -> (&'static str, &'static str) {
        match self {
            Self::Compatible => ("COMPATIBLE_BASE_URL", "COMPATIBLE_API_KEY"),
            Self::Gemini => ("GEMINI_BASE_URL", "GEMINI_API_KEY"),
            Self::OpenAi => ("OPENAI_BASE_URL", "OPENAI_API_KEY"),
            Self::Anthropic => ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY"),
        }
    }

    fn base(self, server: &VendorServer) -> String {
        match self {
            Self::Compatible | Self::OpenAi => format!("{}/v1", server.url()),
            Self::Gemini | Self::Anthropic => server.url(),
        }
    }

    /// The key's header and its value.
    pub fn key_header(self) -> (&'static str, String) {
        match self {
            Self::Compatible | Self::OpenAi => ("authorization", format!("Bearer {KEY}")),
            Self::Gemini => ("x-goog-api-key", KEY.to_owned()),
            Self::Anthropic => ("x-api-key", KEY.to_owned()),
        }
    }

    /// A script that is asked for, of that many scenes.
    pub fn wanted(self, scenes: u32) -> Value {
        // A server of the user's own has no model that is everybody's.
        let model = if self == Self::Compatible { json!("local-model") } else { Value::Null };
        let mut options = json!({"provider": self.id(), "sceneCount": scenes, "language": "en"});
        if !model.is_null() {
            options["model"] = model;
        }
        json!({"prompt": "A mill by the sea, and the woman who keeps it.", "options": options})
    }

    /// What it was told beforehand, in a request.
    pub fn system(self, body: &Value) -> String {
        let told = match self {
            Self::Compatible => &body["messages"][0]["content"],
            Self::Gemini => &body["systemInstruction"]["parts"][0]["text"],
            Self::OpenAi => &body["instructions"],
            Self::Anthropic => &body["system"],
        };
        told.as_str().expect("what the model is told").to_owned()
    }

    /// What was said in turns, in a request.
    pub fn turns(self, body: &Value) -> Vec<String> {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let list = |value: &Value| value.as_array().expect("turns").clone();
        match self {
            Self::Compatible => list(&body["messages"]).iter().skip(1).map(|turn| text(&turn["content"])).collect(),
            Self::Gemini => list(&body["contents"]).iter().map(|turn| text(&turn["parts"][0]["text"])).collect(),
            Self::OpenAi if body["input"].is_string() => vec![text(&body["input"])],
            Self::OpenAi => list(&body["input"]).iter().map(|turn| text(&turn["content"])).collect(),
            Self::Anthropic => list(&body["messages"]).iter().map(|turn| text(&turn["content"])).collect(),
        }
    }

    /// A streamed answer that took 1000 tokens to read and 2000 to write.
    pub fn streamed(self, text: &str, end: End) -> Reply {
        let events = self.begin().into_iter().chain(pieces(text).map(|piece| self.piece(piece))).chain(self.end(end));
        let mut body: String = events.map(|event| format!("data: {event}\n\n")).collect();
        if self == Self::Compatible && end != End::Missing {
            body.push_str("data: [DONE]\n\n");
        }
        Reply::bytes("text/event-stream", body)
    }

    /// The events before the first word.
    pub fn begin(self) -> Vec<Value> {
        match self {
            Self::Compatible => {
                vec![json!({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}]})]
            }
            Self::Gemini => {
                vec![json!({"candidates": [{"content": {"role": "model", "parts": [{"text": "A thought.", "thought": true}]}}]})]
            }
            Self::OpenAi => vec![
                json!({"type": "response.created", "response": {"id": "resp_1", "status": "in_progress", "output": []}}),
                json!({"type": "response.output_item.added", "output_index": 0, "item": {"type": "message", "content": []}}),
            ],
            Self::Anthropic => vec![
                json!({"type": "message_start", "message": {"type": "message", "role": "assistant", "model": "claude-sonnet-5-5", "content": [], "stop_reason": null, "usage": {"input_tokens": 1000, "output_tokens": 1}}}),
                json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
                json!({"type": "ping"}),
            ],
        }
    }

    /// An event with a piece of the answer.
    pub fn piece(self, text: &str) -> Value {
        match self {
            Self::Compatible => json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}]}),
            Self::Gemini => json!({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}]}),
            Self::OpenAi => json!({"type": "response.output_text.delta", "output_index": 0, "delta": text}),
            Self::Anthropic => json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}),
        }
    }

    /// The events after the last word.
    pub fn end(self, end: End) -> Vec<Value> {
        if end == End::Missing {
            return Vec::new();
        }
        match self {
            Self::Compatible => {
                let reason = match end {
                    End::CutOff => "length",
                    End::Refused => "content_filter",
                    _ => "stop",
                };
                vec![
                    json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}),
                    json!({"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 2000}}),
                ]
            }
            Self::Gemini => {
                let reason = match end {
                    End::CutOff => "MAX_TOKENS",
                    End::Refused => "SAFETY",
                    _ => "STOP",
                };
                vec![json!({"candidates": [{"finishReason": reason, "index": 0}], "modelVersion": "gemini-3.8-flash",
                    "usageMetadata": {"promptTokenCount": 1000, "candidatesTokenCount": 1500, "thoughtsTokenCount": 500, "totalTokenCount": 3000}})]
            }
            Self::OpenAi => {
                let usage = json!({"input_tokens": 1000, "output_tokens": 2000, "total_tokens": 3000});
                let completed = json!({"type": "response.completed", "response": {"status": "completed", "usage": usage}});
                match end {
                    End::CutOff => vec![
                        json!({"type": "response.incomplete", "response": {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}, "usage": usage}}),
                    ],
                    End::Refused => vec![json!({"type": "response.refusal.done", "refusal": "I cannot help with that."}), completed],
                    _ => vec![completed],
                }
            }
            Self::Anthropic => {
                let reason = match end {
                    End::CutOff => "max_tokens",
                    End::Refused => "refusal",
                    _ => "end_turn",
                };
                vec![
                    json!({"type": "content_block_stop", "index": 0}),
                    json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 2000}}),
                    json!({"type": "message_stop"}),
                ]
            }
        }
    }

    /// An answer in one piece.
    pub fn whole(self, text: &str) -> Reply {
        Reply::json(&match self {
            Self::Compatible => {
                json!({"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1000, "completion_tokens": 2000}})
            }
            Self::Gemini => json!({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP"}],
                "usageMetadata": {"promptTokenCount": 1000, "candidatesTokenCount": 2000, "totalTokenCount": 3000}, "modelVersion": "gemini-3.8-flash"}),
            Self::OpenAi => {
                json!({"object": "response", "status": "completed", "error": null, "incomplete_details": null, "usage": {"input_tokens": 1000, "output_tokens": 2000},
                "output": [{"type": "reasoning", "summary": []}, {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}]})
            }
            Self::Anthropic => {
                json!({"type": "message", "role": "assistant", "model": "claude-sonnet-5-5", "content": [{"type": "text", "text": text}],
                "stop_reason": "end_turn", "usage": {"input_tokens": 1000, "output_tokens": 2000}})
            }
        })
    }
}

/// A text in small pieces, which do not care where its words end.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    const SIZE: usize = 17;
    let mut rest = text;
    std::iter::from_fn(move || {
        let at = rest.char_indices().nth(SIZE).map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(at);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The n-th scene of a good script, from 1: some ten seconds of English.
pub fn scene(number: usize) -> Value {
    json!({
        "title": format!("Part {number}"),
        "narration": format!("This is the {number}. thing that the old mill by the sea has seen. The wind turns its arms, and the woman who keeps it counts the sacks of flour by the door."),
        "visualPrompt": format!("Mara at the door of the old mill, picture {number}"),
        "shows": ["Mara"],
    })
}

/// A good script of that many scenes.
pub fn script(scenes: usize) -> Value {
    json!({
        "title": "The mill by the sea",
        "language": "en",
        "cast": [{"name": "Mara", "look": "a woman of sixty, short grey hair, red wool coat"}],
        "places": [{"name": "the old mill", "look": "a wooden windmill, white paint peeling"}],
        "scenes": (1..=scenes).map(scene).collect::<Vec<_>>(),
    })
}
