//! Long texts: spoken in parts, since providers take only so much at once, and joined into one sound. A part that was
//! spoken stays in the call's folder, so that an attempt after a failure neither asks nor pays for it again.

use std::{
    io,
    path::{Path, PathBuf},
};

use engines::media::{
    convert,
    ffmpeg::{ToolError, Tools},
    probe::probe,
    sniff,
    wav::{self, Samples},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::{audio::Word, pace};
use tokio::task::spawn_blocking;
use unicode_segmentation::UnicodeSegmentation;

use super::{Speech, SpeechRequest};
use crate::{
    error::DISK_FULL,
    providers::{Access, Call, Kind, ProviderError, ProviderResult, Usage},
    storage::write_for_good,
};

/// A narration that is spoken part by part. An adapter reads:
///
/// ```ignore
/// let mut parts = Parts::of(request, call, |text| text.len() <= 4096).await?;
/// while let Some(part) = parts.next().await? {
///     let spoken = self.ask(&part, …).await;
///     parts.spoken(part, spoken, self.tools.as_ref()).await?;
/// }
/// parts.join(self.tools.as_ref()).await
/// ```
pub struct Parts<'a> {
    call: &'a Call<'a>,
    speed: f64,
    parts: Vec<(Part, Option<Spoken>)>,
    /// What this attempt has used; none where it has asked for nothing.
    used: Option<Usage>,
}

/// A part that is to be spoken.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its words.
    pub text: String,
    /// Where its sound belongs.
    pub file: PathBuf,
}

/// What is known of a part that was spoken; kept beside its sound.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Spoken {
    /// When each word is spoken, where that is known.
    pub words: Option<Vec<Word>>,
    /// What the provider says that it used; characters, seconds and requests are counted here.
    #[serde(skip)]
    pub usage: Usage,
}

impl<'a> Parts<'a> {
    /// The parts of a narration, as long as `fits` allows; those that an earlier attempt had spoken are there already.
    pub async fn of(request: &'a SpeechRequest, call: &'a Call<'a>, fits: impl Fn(&str) -> bool) -> ProviderResult<Self> {
        let mut parts = Vec::new();
        for text in divide(&request.text, fits) {
            let SpeechRequest { voice, speed, language, model, style, .. } = request;
            let Access { provider, base_url, .. } = &call.access;
            let asked = format!("{provider}\n{base_url:?}\n{model:?}\n{voice}\n{style:?}\n{language}\n{speed}\n{text}");
            let name = hex::encode(&Sha256::digest(asked)[..12]);
            let part = Part { text, file: call.workdir.join(name) };
            let kept = kept(&part).await;
            parts.push((part, kept));
        }
        if parts.is_empty() {
            return Err(error(call, Kind::Rejected, "There is nothing to say.".to_owned()));
        }
        Ok(Self { call, speed: request.speed, parts, used: None })
    }

    /// The next part that is still to be spoken, once the provider may be asked for it.
    pub async fn next(&self) -> ProviderResult<Option<Part>> {
        let next = self.parts.iter().find(|(_, spoken)| spoken.is_none()).map(|(part, _)| part.clone());
        // The call was begun for the first that it asks for.
        if let (Some(_), Some(used)) = (&next, &self.used) {
            self.call.operation.turn(used).await.map_err(|error| self.having_used(error))?;
        }
        Ok(next)
    }

    /// What became of a part: its sound is in its file, or it failed. A failure counts what other parts have used.
    pub async fn spoken(&mut self, part: Part, spoken: ProviderResult<Spoken>, tools: Result<&Tools, &String>) -> ProviderResult<()> {
        let spoken = match spoken {
            Ok(spoken) => spoken,
            // It was spoken, and is paid for. How long it lasts is not known, so that a price by the second is not either.
            Err(error) if error.kind == Kind::DiskFull => {
                let counted = Usage { seconds: None, ..counted(&part, 0.0) };
                let used = error.usage.as_deref().cloned().unwrap_or_default().and(counted);
                return Err(match &self.used {
                    Some(before) => error.having_used(Usage { seconds: None, ..before.clone().and(used) }),
                    None => error.having_used(used),
                });
            }
            // What it took is not known, so that the sum is not known either.
            Err(error) if error.used_is_unknown() => return Err(error),
            Err(error) => return Err(self.having_used(error)),
        };
        let seconds = self.seconds(&part.file, tools).await?;
        let used = spoken.usage.clone().and(counted(&part, seconds.unwrap_or_default()));
        self.used = Some(match self.used.take() {
            Some(before) => before.and(used),
            None => used,
        });
        if seconds.is_none() {
            remove(&part.file).await;
            let message = format!("{} answered with something else where a narration was expected.", self.call.access.name);
            return Err(self.having_used(error(self.call, Kind::BadResponse, message)));
        }
        self.keep(&part, &spoken).await?;
        let made = self.parts.iter().filter(|(_, spoken)| spoken.is_some()).count() + 1;
        for (known, kept) in &mut self.parts {
            if known.file == part.file {
                *kept = Some(spoken.clone());
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a few parts")]
        self.call.progress.set(made as f64 / self.parts.len() as f64 * 0.95);
        Ok(())
    }

    /// The whole narration: one sound, and when each word is spoken in it.
    pub async fn join(self, tools: Result<&Tools, &String>) -> ProviderResult<Speech> {
        let usage = self.used.clone().unwrap_or_else(Usage::free);
        let spoken: Vec<_> = self.parts.iter().map(|(_, spoken)| spoken.clone().unwrap_or_default()).collect();
        if let [(part, _)] = self.parts.as_slice()
            && self.samples(&part.file).await?.is_none()
        {
            // As it came: an MP3, say. Whoever keeps it takes the file away, and the part must be there for another attempt until
            // that is written down.
            let (from, file) = (part.file.clone(), self.call.workdir.join("narration"));
            let to = file.clone();
            self.on_disk(move || second_name(&from, &to)).await?;
            return Ok(Speech { file, words: spoken.into_iter().next().and_then(|spoken| spoken.words), usage });
        }
        let mut sounds = Vec::new();
        for (part, _) in &self.parts {
            sounds.push(self.decoded(&part.file, tools).await?);
        }
        let pauses = self.parts.iter().map(|(part, _)| pace::pause_after_seconds(&part.text, self.speed)).collect::<Vec<_>>();
        let file = self.call.workdir.join("narration.wav");
        let to = file.clone();
        let lengths = self.on_disk(move || wav::join(&sounds, &missing(&sounds, &pauses)?, &to)).await?;
        let Some(lengths) = lengths else {
            let message = format!("{} answered with sounds that do not belong together.", self.call.access.name);
            return Err(self.having_used(error(self.call, Kind::BadResponse, message)));
        };
        Ok(Speech { file, words: words(&spoken, &lengths), usage })
    }

    /// The same error, with what this attempt has used.
    fn having_used(&self, error: ProviderError) -> ProviderError {
        match &self.used {
            Some(used) => {
                let all = error.usage.as_deref().cloned().map_or_else(|| used.clone(), |more| used.clone().and(more));
                error.having_used(all)
            }
            None => error,
        }
    }

    /// How long a sound lasts; none where it is no sound.
    async fn seconds(&self, file: &Path, tools: Result<&Tools, &String>) -> ProviderResult<Option<f64>> {
        if let Some(samples) = self.samples(file).await? {
            return Ok(Some(samples.seconds()).filter(|seconds| *seconds > 0.0));
        }
        match probe(self.tools(tools)?, file).await {
            Ok(info) => Ok(info.audio.and(Some(info.duration_seconds)).filter(|seconds| *seconds > 0.0)),
            Err(ToolError::UnknownFormat | ToolError::Failed { .. }) => Ok(None),
            Err(error) => Err(self.tool_failed(&error)),
        }
    }

    async fn samples(&self, file: &Path) -> ProviderResult<Option<Samples>> {
        let file = file.to_owned();
        self.on_disk(move || Samples::of_wav(&file)).await
    }

    /// A sound as samples, whatever it came as.
    async fn decoded(&self, file: &Path, tools: Result<&Tools, &String>) -> ProviderResult<Samples> {
        if let Some(samples) = self.samples(file).await? {
            return Ok(samples);
        }
        let to = file.with_extension("wav");
        convert::to_wav(self.tools(tools)?, file, &to).await.map_err(|error| self.tool_failed(&error))?;
        let samples = self.samples(&to).await?;
        samples.ok_or_else(|| error(self.call, Kind::Internal, "ffmpeg wrote no WAV of 16-bit samples".to_owned()))
    }

    async fn keep(&self, part: &Part, spoken: &Spoken) -> ProviderResult<()> {
        let note = serde_json::to_vec(spoken).map_err(|fault| error(self.call, Kind::Internal, fault.to_string()))?;
        let (sound, to) = (part.file.clone(), note_of(part));
        // The note says that the sound is there, and is written after it.
        let keep = move || std::fs::File::open(sound)?.sync_all().and_then(|()| write_for_good(&to, &note));
        self.on_disk(keep).await
    }

    async fn on_disk<T: Send + 'static>(&self, work: impl FnOnce() -> io::Result<T> + Send + 'static) -> ProviderResult<T> {
        let done = spawn_blocking(work).await.map_err(io::Error::other).and_then(|done| done);
        done.map_err(|fault| self.failed_here(not_kept(&self.call.access.provider, &fault)))
    }

    fn tools<'t>(&self, tools: Result<&'t Tools, &String>) -> ProviderResult<&'t Tools> {
        tools.map_err(|missing| self.failed_here(error(self.call, Kind::NotConfigured, format!("{}.", missing.trim_end_matches('.')))))
    }

    fn tool_failed(&self, fault: &ToolError) -> ProviderError {
        let fault = match fault {
            ToolError::DiskFull { .. } => not_kept(&self.call.access.provider, &io::ErrorKind::StorageFull.into()),
            fault => error(self.call, Kind::Internal, fault.log()),
        };
        self.failed_here(fault)
    }

    /// A failure of this machine's own: it has used what the parts have, and nothing where none was asked for.
    fn failed_here(&self, error: ProviderError) -> ProviderError {
        error.having_used(self.used.clone().unwrap_or_else(Usage::free))
    }
}

/// What a part has used that lasts so long, as far as it can be counted here.
fn counted(part: &Part, seconds: f64) -> Usage {
    let characters = Some(part.text.chars().count() as u64);
    Usage { characters, seconds: Some(seconds), requests: Some(1), ..Usage::default() }
}

fn error(call: &Call<'_>, kind: Kind, message: String) -> ProviderError {
    ProviderError::new(&call.access.provider, kind, message)
}

/// What it means that a sound could not be written, or read again.
pub fn not_kept(provider: &str, fault: &io::Error) -> ProviderError {
    if fault.kind() == io::ErrorKind::StorageFull {
        return ProviderError::new(provider, Kind::DiskFull, DISK_FULL);
    }
    ProviderError::new(provider, Kind::Internal, format!("a narration could not be kept: {fault}"))
}

/// What an earlier attempt knew of a part, where its sound is still there.
async fn kept(part: &Part) -> Option<Spoken> {
    let note = tokio::fs::read(note_of(part)).await.ok()?;
    tokio::fs::try_exists(&part.file).await.ok().filter(|there| *there)?;
    serde_json::from_slice(&note).ok()
}

/// Gives a file a second name, or a copy where the file system knows no such names.
fn second_name(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::remove_file(to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::hard_link(from, to).or_else(|_| std::fs::copy(from, to).map(drop))
}

fn note_of(part: &Part) -> PathBuf {
    part.file.with_extension("json")
}

async fn remove(file: &Path) {
    if let Err(error) = tokio::fs::remove_file(file).await
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::debug!(%error, "what is no narration stays in its work folder");
    }
}

/// What each pause lacks beyond the silence that the sounds have at their ends.
fn missing(sounds: &[Samples], pauses: &[f64]) -> io::Result<Vec<f64>> {
    let silences = sounds.iter().map(Samples::silences).collect::<io::Result<Vec<_>>>()?;
    let between = silences.iter().zip(silences.iter().skip(1)).map(|((_, tail), (lead, _))| tail + lead);
    Ok(between.zip(pauses).map(|(there, wanted)| (wanted - there).max(0.0)).collect())
}

/// The words of all parts, moved to where each part begins; none where a part does not tell.
fn words(parts: &[Spoken], lengths: &[f64]) -> Option<Vec<Word>> {
    let (mut all, mut begin) = (Vec::new(), 0.0);
    for (part, length) in parts.iter().zip(lengths) {
        let moved = |word: &Word| Word {
            start_seconds: begin + word.start_seconds.min(*length),
            end_seconds: begin + word.end_seconds.min(*length),
            ..word.clone()
        };
        all.extend(part.words.as_ref()?.iter().map(moved));
        begin += length;
    }
    Some(all)
}

/// Writes bytes that came within another answer, where they begin as a sound does.
///
/// # Errors
/// When they cannot be written.
pub async fn write_sound(file: &Path, bytes: &[u8]) -> io::Result<bool> {
    let is_sound = sniff::audio(bytes).is_some();
    if is_sound {
        tokio::fs::write(file, bytes).await?;
    }
    Ok(is_sound)
}

/// A text in pieces that fit, cut where the sense allows it: at paragraphs, sentences, words, and else anywhere.
fn divide(text: &str, fits: impl Fn(&str) -> bool) -> Vec<String> {
    let mut pieces = vec![String::new()];
    fill(&mut pieces, text, &fits, &[by_line, by_sentence, by_word, by_letter]);
    pieces.iter().map(|piece| piece.trim().to_owned()).filter(|piece| piece.chars().any(char::is_alphanumeric)).collect()
}

type Cut = fn(&str) -> Vec<&str>;

fn fill(pieces: &mut Vec<String>, text: &str, fits: &impl Fn(&str) -> bool, cuts: &[Cut]) {
    let last = pieces.last().map(String::as_str).unwrap_or_default();
    let both = format!("{last}{text}");
    if fits(both.trim()) {
        pieces.pop();
        pieces.push(both);
    } else if fits(text.trim()) {
        pieces.push(text.to_owned());
    } else if let [cut, finer @ ..] = cuts {
        // A sentence that is cut itself begins a piece of its own, so that it is cut as seldom as may be.
        if finer.len() < 2 && !last.trim().is_empty() {
            pieces.push(String::new());
        }
        cut(text).into_iter().for_each(|part| fill(pieces, part, fits, finer));
    } else {
        pieces.push(text.to_owned());
    }
}

fn by_line(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn by_sentence(text: &str) -> Vec<&str> {
    text.split_sentence_bounds().collect()
}

fn by_word(text: &str) -> Vec<&str> {
    text.split_word_bounds().collect()
}

fn by_letter(text: &str) -> Vec<&str> {
    text.graphemes(true).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divided(text: &str, most: usize) -> Vec<String> {
        divide(text, |piece| piece.chars().count() <= most)
    }

    #[test]
    fn a_text_is_cut_where_the_sense_allows_it() {
        let text = "One two three. Four five six.\n\nSeven eight, nine ten eleven twelve thirteen. End.";
        assert_eq!(divided(text, 200), [text]);
        assert_eq!(divided(text, 40), ["One two three. Four five six.", "Seven eight, nine ten eleven twelve", "thirteen. End."]);
        assert_eq!(divided("A short one. Another short one.", 20), ["A short one.", "Another short one."]);
        assert_eq!(divided("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(divided("人人生而自由。在尊严和权利上一律平等。", 8), ["人人生而自由。", "在尊严和权利上一", "律平等。"]);
        assert_eq!(divided(" \n … ", 8), Vec::<String>::new());
    }

    #[test]
    fn no_word_is_lost_and_no_piece_is_too_long() {
        let text = "It is for us the living, rather, to be dedicated here. So be it!\n".repeat(60);
        for most in [30, 100, 1000] {
            let pieces = divided(&text, most);
            assert!(pieces.iter().all(|piece| piece.chars().count() <= most));
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&pieces.join(" ")), words(&text));
        }
    }

    #[test]
    fn words_are_moved_to_where_their_part_begins() {
        let part = |text: &str, start_seconds: f64| Spoken {
            words: Some(vec![Word { text: text.to_owned(), start_seconds, end_seconds: start_seconds + 0.5 }]),
            ..Spoken::default()
        };
        let all = words(&[part("one", 0.1), part("two", 0.2)], &[2.0, 1.0]).unwrap();
        assert_eq!(all.iter().map(|word| (word.text.as_str(), word.start_seconds)).collect::<Vec<_>>(), [("one", 0.1), ("two", 2.2)]);
        assert_eq!(words(&[part("one", 0.1), Spoken::default()], &[2.0, 1.0]), None);
    }
}
