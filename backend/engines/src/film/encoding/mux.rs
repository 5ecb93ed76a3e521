//! Parts, sound, subtitles, chapters and tags into one file, without encoding any of them again.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::film::spec::FilmSpec;
use crate::film::timeline::Timeline;
use crate::media::ffmpeg::{ToolError, Tools, add_input, run};
use crate::media::subtitles::{Cue, to_srt};

use super::encode::TICKS_PER_FRAME;
use super::language::iso_639_2;

/// Writes `film.mp4` in the work folder.
///
/// # Errors
/// [`ToolError`] when ffmpeg fails or the disk is full; where a part cannot be read, it is one of ffmpeg itself.
pub async fn join(
    tools: &Tools,
    spec: &FilmSpec,
    timeline: &Timeline,
    (parts, sound): (&[PathBuf], &Path),
    soft: Option<&[Cue]>,
    workdir: &Path,
) -> Result<PathBuf, ToolError> {
    let list = workdir.join("parts.txt");
    tokio::fs::write(&list, concat_list(parts, timeline)).await?;
    let tags = workdir.join("tags.txt");
    tokio::fs::write(&tags, metadata(spec, timeline)).await?;
    let mut command = tools.ffmpeg();
    command.args(["-safe", "0"]);
    add_input(&mut command, Some("concat"), &list);
    add_input(&mut command, Some("mov"), sound);
    add_input(&mut command, Some("ffmetadata"), &tags);
    if let Some(cues) = soft {
        let path = workdir.join("captions.srt");
        tokio::fs::write(&path, without_markup(&to_srt(cues))).await?;
        add_input(&mut command, Some("srt"), &path);
    }
    command.args(["-map", "0:v:0", "-map", "1:a:0", "-map_metadata", "2", "-map_chapters", "2", "-c", "copy"]);
    let language = iso_639_2(&spec.language);
    let language = format!("language={language}");
    command.args(["-metadata:s:v:0", &language, "-metadata:s:a:0", &language]);
    if soft.is_some() {
        command.args(["-map", "3:s:0", "-c:s", "mov_text", "-metadata:s:s:0", &language, "-disposition:s:0", "default"]);
    }
    // The list's times are in microseconds: put every frame back on the grid.
    let grid = format!("setts=pts=round(PTS/{TICKS_PER_FRAME})*{TICKS_PER_FRAME}:dts=round(DTS/{TICKS_PER_FRAME})*{TICKS_PER_FRAME}");
    command.args(["-bsf:v", &grid, "-video_track_timescale", &(spec.fps * TICKS_PER_FRAME).to_string()]);
    let unfinished = workdir.join("film.tmp");
    command.args(["-progress", "pipe:1", "-movflags", "+faststart", "-f", "mp4"]).arg(&unfinished);
    let told = String::from_utf8_lossy(&run("ffmpeg", command).await?).into_owned();
    // A part behind the first that cannot be read is an end to ffmpeg like any other.
    let frames = told.lines().rev().find_map(|line| line.strip_prefix("frame=")?.trim().parse::<u64>().ok());
    let last = timeline.parts.last().map_or(0, |part| part.frames);
    if let Some(frames) = frames.filter(|frames| frames + last <= timeline.total_frames) {
        let stderr = format!("the film ends after {frames} of {} frames", timeline.total_frames);
        return Err(ToolError::Failed { tool: "ffmpeg", code: None, stderr });
    }
    let file = workdir.join("film.mp4");
    tokio::fs::rename(&unfinished, &file).await?;
    Ok(file)
}

/// Subtitles that ffmpeg reads as the words they are: to it, angle brackets and braces hold markup, and an `n` behind a
/// backslash is the end of a line. A word joiner, which has neither ink nor width, behind each keeps them what they are.
fn without_markup(srt: &str) -> String {
    const WORD_JOINER: char = '\u{2060}';
    let mut out = String::with_capacity(srt.len());
    for c in srt.chars() {
        out.push(c);
        if matches!(c, '<' | '{' | '\\') {
            out.push(WORD_JOINER);
        }
    }
    out
}

/// The concat demuxer's list. A part's name is a hash: there is nothing to quote in it.
fn concat_list(parts: &[PathBuf], timeline: &Timeline) -> String {
    let mut list = String::from("ffconcat version 1.0\n");
    for (part, path) in timeline.parts.iter().zip(parts) {
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let _ = write!(list, "file '{folder}/{name}'\nduration {:.6}\n", timeline.seconds(part.frames));
    }
    list
}

/// Title, language and chapters, as ffmpeg reads them.
fn metadata(spec: &FilmSpec, timeline: &Timeline) -> String {
    let mut out = format!(";FFMETADATA1\ntitle={}\nlanguage={}\n", escape(&spec.title), escape(&spec.language));
    for (index, (scene, span)) in spec.scenes.iter().zip(&timeline.scenes).enumerate() {
        let title = if scene.title.trim().is_empty() { format!("{}", index + 1) } else { escape(&scene.title) };
        let (start, end) = (span.first_frame, span.first_frame + span.frames);
        let _ = write!(out, "[CHAPTER]\nTIMEBASE=1/{}\nSTART={start}\nEND={end}\ntitle={title}\n", timeline.fps);
    }
    out
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '=' | ';' | '#' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::film::tests::spec_of;

    #[tokio::test]
    async fn subtitles_say_what_is_said() {
        let said = r"Use the <p> tag, set {\an8} and {a}, <b>bold</b>, an <i>, {Y:i}, 1 < 2 & c:\new";
        let cue = Cue { start_seconds: 0.0, end_seconds: 1.0, lines: vec![said.to_owned()], from_right: false, words: vec![] };
        let tools = Tools::find().expect("ffmpeg is installed");
        let folder = tempfile::tempdir().expect("a folder");
        let (srt, film) = (folder.path().join("a.srt"), folder.path().join("a.mp4"));
        std::fs::write(&srt, without_markup(&to_srt(&[cue]))).expect("written");
        let mut command = tools.ffmpeg();
        add_input(&mut command, Some("srt"), &srt);
        command.args(["-c:s", "mov_text"]).arg(&film);
        run("ffmpeg", command).await.expect("joined");
        let mut command = tools.ffmpeg();
        add_input(&mut command, Some("mov"), &film);
        command.args(["-f", "srt", "-"]);
        let read = String::from_utf8(run("ffmpeg", command).await.expect("read")).expect("a text");
        assert_eq!(read.replace('\u{2060}', "").lines().nth(2), Some(said), "{read}");
    }

    #[test]
    fn chapters_are_exact_and_titles_escaped() {
        let mut spec = spec_of(2);
        spec.title = "a=b;\nc".to_owned();
        spec.scenes[0].title = "#1".to_owned();
        let tags = metadata(&spec, &Timeline::new(&spec, &[Some(1.0), Some(2.0)]));
        assert!(tags.starts_with(";FFMETADATA1\ntitle=a\\=b\\; c\n"), "{tags}");
        assert!(tags.contains("START=0\nEND=56\ntitle=\\#1\n"), "{tags}");
        assert!(tags.contains("START=56\nEND=141\n"), "{tags}");
    }
}
