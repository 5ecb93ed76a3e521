//! A language model, as the studio asks one: what to say to it is decided above this floor.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::providers::{Call, ProviderResult, Usage};

/// What a model is asked.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What it is told before anything else.
    pub system: String,
    /// What is said, in turns: the user's first, then the model's, and so on.
    pub turns: Vec<String>,
    /// The name of the shape that its answer must have: letters and underscores.
    pub schema_name: &'static str,
    /// That shape (JSON Schema): every property required, no others.
    pub schema: Value,
    /// How many tokens it may write, those of thinking too.
    pub max_tokens: u32,
    /// Whether the words are wanted as they come; else the answer comes in one piece.
    pub streamed: bool,
    /// Which model; the provider's first where left out.
    pub model: Option<String>,
}

impl Prompt {
    /// The turns as messages, in the shape that most have: `role` and `content`.
    pub fn messages(&self) -> Vec<Value> {
        let role = |turn: usize| if turn.is_multiple_of(2) { "user" } else { "assistant" };
        self.turns.iter().enumerate().map(|(turn, text)| json!({"role": role(turn), "content": text})).collect()
    }
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// The model had said all.
    Complete,
    /// It had no room for more.
    CutOff,
}

/// Who is told the words of an answer.
pub type Told<'a> = dyn for<'t> FnMut(&'t str) + Send + 'a;

/// Someone who answers in words.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// Asks, and tells the words as they come. What a model refuses is an error.
    async fn answer(&self, prompt: &Prompt, call: &Call<'_>, told: &mut Told<'_>) -> ProviderResult<(Ending, Usage)>;
}
