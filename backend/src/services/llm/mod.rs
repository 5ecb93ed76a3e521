//! Language models: what is made of their answers. What they are told is in `told`, and in the files of
//! `backend/prompts`. An answer is held against the rules, and one that breaks them is asked for once more with what was
//! wrong; one that was cut off is continued.

mod answers;
mod draft;
mod growing;
mod length;
mod told;

use tokio::sync::mpsc;

use self::{
    answers::Answer,
    draft::{Draft, Scene, Wrong},
};
use super::pricing;
use crate::providers::{
    Call, Kind, ProviderError, ProviderResult, Usage,
    text::{DraftScene, Ending, LanguageModel, Prompt, RewriteRequest, ScriptRequest, Told, Written},
};
use shared::rules::MAX_NARRATION;

/// How often a script may be continued.
const MOST_CONTINUATIONS: u32 = 6;

/// A conversation with a model, and what it has taken so far.
struct Talk<'a> {
    model: &'a dyn LanguageModel,
    call: &'a Call<'a>,
    used: Option<Usage>,
    /// What is used where an earlier attempt had every answer: nothing, of that model.
    kept: Usage,
    /// Whether this attempt has asked for anything: what comes then, no earlier attempt has.
    has_asked: bool,
    /// Whether the next answer may be asked for; the first may, since the call was begun for it.
    admitted: bool,
    /// Whether what came is of no use, and would not be another time.
    is_hopeless: bool,
}

impl<'a> Talk<'a> {
    fn new(model: &'a dyn LanguageModel, call: &'a Call<'a>) -> Self {
        Self { model, call, used: None, kept: Usage::default(), has_asked: false, admitted: true, is_hopeless: false }
    }

    /// Whether another answer may be asked for; what it may cost is held back then. [`Talk::ask`] sees to it by itself.
    async fn admit(&mut self, prompt: &Prompt) -> ProviderResult<()> {
        if !self.admitted {
            let used = self.used();
            let next = pricing::writing(prompt.turns.iter().chain([&prompt.system]).map(String::as_str), prompt.max_tokens);
            self.call.operation.another(&used, &next).await.map_err(|error| error.having_used(used))?;
            self.admitted = true;
        }
        Ok(())
    }

    /// Asks. An error carries what earlier answers have taken, so that it is not forgotten.
    async fn ask(&mut self, prompt: &Prompt, told: &mut Told<'_>) -> ProviderResult<Ending> {
        if !self.has_asked
            && let Some(Answer { text, ending, model }) = answers::kept(self.call, prompt).await
        {
            told(&text);
            self.kept = Usage { model, ..Usage::free() };
            // The call was begun for the first answer, and needs another.
            self.admitted = false;
            return Ok(ending);
        }
        self.admit(prompt).await?;
        (self.admitted, self.has_asked) = (false, true);
        let mut text = String::new();
        let mut heard = |more: &str| {
            text.push_str(more);
            told(more);
        };
        match self.model.answer(prompt, self.call, &mut heard).await {
            Ok((ending, used)) => {
                let answer = Answer { text, ending, model: used.model.clone() };
                let used = self.used.take().unwrap_or_default().and(used);
                self.used = Some(used.clone());
                answers::keep(self.call, prompt, &answer).await.map_err(|error| error.having_used(used))?;
                Ok(ending)
            }
            // What such an answer took is not known, so that the sum is not known either.
            Err(error) if error.used_is_unknown() => Err(error),
            Err(error) => {
                // What led to this would lead to it again.
                self.is_hopeless |= error.kind == Kind::Rejected;
                Err(match (self.used.take(), error.usage.as_deref().cloned()) {
                    (Some(before), Some(used)) => {
                        // How much was written of one that broke down is not known, so that the sum is not either.
                        let is_known = used.output_tokens.is_some() || used.reported_usd.is_some();
                        let sum = before.and(used);
                        error.having_used(if is_known { sum } else { Usage { output_tokens: None, reported_usd: None, ..sum } })
                    }
                    (Some(before), None) => error.having_used(before),
                    (None, _) => error,
                })
            }
        }
    }

    /// What came is of no use, and would not be another time.
    fn broken(&mut self, message: String) -> ProviderError {
        self.is_hopeless = true;
        ProviderError::new(&self.call.access.provider, Kind::BadResponse, message).having_used(self.used()).at_last()
    }

    /// The conversation is over. Answers of which nothing was made are forgotten; those of which something was are there until it is
    /// written down.
    async fn over<T>(self, ended: ProviderResult<T>) -> ProviderResult<T> {
        if ended.is_err() && self.is_hopeless {
            answers::forget(self.call.workdir).await;
        }
        ended
    }

    fn used(&self) -> Usage {
        self.used.clone().unwrap_or_else(|| self.kept.clone())
    }

    /// What all answers have taken, of which the last one failed like that.
    fn used_with(&self, error: ProviderError) -> Usage {
        let before = self.used();
        if error.used_is_unknown() {
            return Usage { model: before.model, ..Usage::default() };
        }
        error.usage.map_or(before, |used| *used)
    }
}

/// Has a script written. Scenes are told as each is complete; what then proves wrong is taken back with [`Written::Again`].
pub async fn write(
    model: &dyn LanguageModel,
    request: &ScriptRequest,
    call: &Call<'_>,
    written: mpsc::UnboundedSender<Written>,
) -> ProviderResult<Usage> {
    let mut talk = Talk::new(model, call);
    let ended = written_well(&mut talk, request, &written).await;
    talk.over(ended).await
}

/// A script that is as it was asked for; one that is not is asked for once more.
async fn written_well(talk: &mut Talk<'_>, request: &ScriptRequest, written: &mpsc::UnboundedSender<Written>) -> ProviderResult<Usage> {
    let (mut prompt, provider) = (told::script(request), &talk.call.access.provider);
    let mut draft = answered(talk, &mut prompt, request, written).await?;
    let wrong = draft.wrong(request);
    if wrong.is_empty() {
        draft.tell_head(request, written);
        return Ok(talk.used());
    }
    tracing::info!(provider, ?wrong, "a script is asked for once more");
    told::once_more(&mut prompt, &draft.answer(), &words(&wrong));
    match talk.admit(&prompt).await {
        // It is of use as it is, and there is no money for a better one.
        Err(refused) if refused.kind == Kind::Limit && !is_grave(&wrong) => {
            draft.tell_head(request, written);
            return Ok(talk.used());
        }
        admitted => admitted?,
    }
    drop(written.send(Written::Again));
    match written_once_more(talk, &mut prompt, request, written).await {
        Ok(()) => Ok(talk.used()),
        // What is of use and paid for is not thrown away for one that is of none.
        Err(error) if !is_grave(&wrong) && is_for_good(&error) => {
            tracing::info!(provider, %error, "a script is taken as it was before");
            draft.tell_again(request, written);
            Ok(talk.used_with(error))
        }
        Err(error) => Err(error),
    }
}

/// The second answer for a script, which is the last.
async fn written_once_more(
    talk: &mut Talk<'_>,
    prompt: &mut Prompt,
    request: &ScriptRequest,
    written: &mpsc::UnboundedSender<Written>,
) -> ProviderResult<()> {
    let mut draft = answered(talk, prompt, request, written).await?;
    let wrong = draft.wrong(request);
    if is_grave(&wrong) {
        let name = &talk.call.access.name;
        let message = format!("The script that {name} wrote is not what was asked for: {}", words(&wrong).join(" "));
        return Err(talk.broken(message));
    }
    draft.tell_head(request, written);
    Ok(())
}

/// Whether there will be no better answer: what passes is tried again, and what this machine failed over is told.
fn is_for_good(error: &ProviderError) -> bool {
    let is_ours = error.is_ours || matches!(error.kind, Kind::Internal | Kind::DiskFull);
    !is_ours && (!error.is_passing() || error.is_of_no_use())
}

fn is_grave(wrong: &[Wrong]) -> bool {
    wrong.iter().any(|wrong| wrong.grave)
}

fn words(wrong: &[Wrong]) -> Vec<String> {
    wrong.iter().map(|wrong| wrong.words.clone()).collect()
}

/// One script: where the model runs out of room it goes on, or begins again with more. What is never whole says so of itself.
async fn answered(
    talk: &mut Talk<'_>,
    prompt: &mut Prompt,
    request: &ScriptRequest,
    written: &mpsc::UnboundedSender<Written>,
) -> ProviderResult<Draft> {
    let mut draft = Draft::default();
    for _ in 0..=MOST_CONTINUATIONS {
        draft.begin_answer();
        let before = draft.scenes().len();
        let ending = talk.ask(prompt, &mut |more| draft.feed(more, request, written)).await?;
        if ending == Ending::Complete || draft.is_whole(request) {
            return Ok(draft);
        }
        if draft.scenes().len() == before {
            // Not even one scene had room: thinking takes it, or one scene is all that there is.
            if prompt.max_tokens >= told::MOST_TOKENS {
                break;
            }
            prompt.max_tokens = (prompt.max_tokens * 2).min(told::MOST_TOKENS);
        } else {
            told::go_on(prompt, &draft, request);
        }
    }
    Ok(draft)
}

/// What the first answer for a script takes, at most: of so many scenes, and lasting so long. (What is wished for besides is
/// some words more, which is nothing beside the answer.)
pub fn expected(prompt: &str, scenes: Option<u32>, seconds: Option<f64>) -> Usage {
    pricing::writing([prompt, told::SCRIPT].into_iter(), told::room(scenes, seconds))
}

/// What the first answer for a scene that is rewritten takes, at most.
pub fn expected_of_rewriting(request: &RewriteRequest) -> Usage {
    let Prompt { system, turns, max_tokens, .. } = told::rewrite(request);
    pricing::writing(turns.iter().chain([&system]).map(String::as_str), max_tokens)
}

/// Has a scene rewritten.
pub async fn rewrite(model: &dyn LanguageModel, request: &RewriteRequest, call: &Call<'_>) -> ProviderResult<(DraftScene, Usage)> {
    let mut talk = Talk::new(model, call);
    let ended = rewritten(&mut talk, request).await;
    talk.over(ended).await
}

async fn rewritten(talk: &mut Talk<'_>, request: &RewriteRequest) -> ProviderResult<(DraftScene, Usage)> {
    let mut prompt = told::rewrite(request);
    for _ in 0..2 {
        let mut answer = String::new();
        let ending = talk.ask(&prompt, &mut |more| answer.push_str(more)).await?;
        let scene = growing::first::<Scene>(&answer, |scene| !scene.narration.trim().is_empty());
        match scene {
            Some(scene) if scene.narration.chars().count() <= MAX_NARRATION => {
                return Ok((scene.or(&request.scene).into_draft(&request.figures, Some(&request.language)), talk.used()));
            }
            None if ending == Ending::CutOff => prompt.max_tokens = (prompt.max_tokens * 2).min(told::MOST_TOKENS),
            Some(_) => told::once_more(&mut prompt, &answer, &[format!("The narration has more than {MAX_NARRATION} characters.")]),
            None => {
                let wrong = "There is no JSON object with `title`, `narration` and `visualPrompt`.".to_owned();
                told::once_more(&mut prompt, &answer, &[wrong]);
            }
        }
    }
    let message = format!("What {} wrote is no scene; try again, or say it differently.", talk.call.access.name);
    Err(talk.broken(message))
}
