//! Pexels: nothing is filmed; a clip is found that shows what the scene's words name, and who filmed it is named.

use std::sync::Arc;

use async_trait::async_trait;
use engines::media::ffmpeg::Tools;
use futures_util::{FutureExt, future::BoxFuture};
use serde::Deserialize;
use serde_json::Value;
use shared::{
    project::AspectRatio::{Landscape, Portrait, Square, Tall},
    provider::ProviderKind,
    record::Credit,
    video::Resolution::{self, P720, P1080, P1440, P2160},
};

use super::{Clips, Lengths, Video, VideoProvider, VideoRequest, clips::fields, footage};
use crate::providers::{
    About, Access, Call, Kind, Machine, Provider, ProviderResult, Usage,
    http::{Api, Http, Media},
    vendors::pexels::{REMOTE, VENDOR, stock},
};

/// How many clips are asked for; which of the first of them it is differs from take to take.
const FOUND: &str = "20";
const CHOSEN_FROM: u64 = 4;
/// The longest that is taken, in seconds: longer ones are large, and most of them would never be seen.
const LONGEST: u32 = 60;
/// How long it takes: a question, and a file.
const USUAL: std::time::Duration = std::time::Duration::from_secs(5);

struct Pexels {
    about: About,
    http: Http,
    tools: Result<Tools, String>,
}

/// Makes it.
pub fn make(machine: &Machine) -> BoxFuture<'_, Arc<dyn VideoProvider>> {
    let about = About {
        options: fields(std::iter::once(clips())),
        notes: Some(
            // Where its key is had is told with its photographs.
            "Finds clips by what is seen: the scene's picture is not animated. Those who filmed them are named.".to_owned(),
        ),
        at_once: 2,
        missing: footage::missing(machine),
        ..About::remote("pexels", "Pexels", ProviderKind::Video, REMOTE)
    };
    let provider: Arc<dyn VideoProvider> = Arc::new(Pexels { about, http: machine.http.clone(), tools: machine.tools.clone() });
    std::future::ready(provider).boxed()
}

fn clips() -> Clips {
    Clips {
        lengths: Lengths::AtLeast(LONGEST),
        resolutions: &[P1080, P720, P1440, P2160],
        shapes: &[Landscape, Portrait, Square, Tall],
        usual: USUAL,
    }
}

impl Pexels {
    fn api(&self, access: &Access) -> ProviderResult<Api> {
        self.http.api(&VENDOR, ProviderKind::Video, access)
    }
}

#[async_trait]
impl Provider for Pexels {
    fn about(&self) -> &About {
        &self.about
    }

    async fn test(&self, call: &Call<'_>) -> ProviderResult<()> {
        let api = self.api(&call.access)?;
        api.get("/videos/search").query("query", "sky").query("per_page", "1").send().await?.json::<Value>().await.map(drop)
    }
}

#[async_trait]
impl VideoProvider for Pexels {
    fn makes_films(&self) -> bool {
        false
    }

    fn clips(&self, _model: Option<&str>) -> Option<Clips> {
        Some(clips())
    }

    fn words_for(&self, visual_prompt: &str) -> String {
        visual_prompt.trim().to_owned()
    }

    async fn make(&self, request: &VideoRequest, call: &Call<'_>) -> ProviderResult<Video> {
        let api = self.api(&call.access)?;
        let words = request.prompt.as_deref().unwrap_or_default();
        let queries = stock::queries(words, "");
        for (number, query) in queries.iter().enumerate() {
            if number > 0 {
                call.operation.turn(&Usage::free()).await?;
            }
            let Some(found) = chosen(search(&api, query, request).await?, request) else { continue };
            let fetched = call.workdir.join("fetched");
            api.download(&found.file.link, &fetched, Media::Film).await?;
            let video = footage::develop(footage::tools(&self.tools, &api)?, &api, &fetched, call.workdir, |_| Usage::free()).await?;
            return Ok(Video { credit: found.credit, ..video });
        }
        Err(match queries.first() {
            Some(sought) => api.rejected(&format!("there is no clip of “{sought}”; name things that can be seen")),
            None => api.error(Kind::Rejected, "The scene does not say what is to be seen; write that first."),
        })
    }
}

async fn search(api: &Api, query: &str, request: &VideoRequest) -> ProviderResult<Vec<Found>> {
    let orientation = match request.shape.unwrap_or_default() {
        Landscape => "landscape",
        Portrait | Tall => "portrait",
        Square => "square",
    };
    let mut ask = api.get("/videos/search").query("query", query).query("orientation", orientation).query("per_page", FOUND);
    if let Some(locale) = stock::locale(request.prompt.as_deref().unwrap_or_default(), &request.language) {
        ask = ask.query("locale", locale);
    }
    Ok(ask.send().await?.json::<Answer>().await?.videos)
}

struct Chosen {
    file: File,
    credit: Option<Credit>,
}

/// One of those that fit best: long enough first, then in the order in which they were found.
fn chosen(found: Vec<Found>, request: &VideoRequest) -> Option<Chosen> {
    let wanted = request.seconds.unwrap_or_default();
    let lines = request.resolution.unwrap_or(Resolution::P1080).lines();
    let mut usable: Vec<(bool, Found, File)> = found
        .into_iter()
        .filter(|found| found.duration <= f64::from(LONGEST))
        .filter_map(|found| {
            let file = fitting(&found.video_files, lines)?;
            Some((found.duration < wanted, found, file))
        })
        .collect();
    usable.sort_by_key(|(too_short, ..)| *too_short);
    let long_enough = usable.iter().filter(|(too_short, ..)| !too_short).count();
    let choice = if long_enough > 0 { long_enough } else { usable.len() } as u64;
    let one = usize::try_from(request.take.checked_rem(choice.min(CHOSEN_FROM))?).ok()?;
    let (_, found, file) = usable.into_iter().nth(one)?;
    Some(Chosen { file, credit: found.credit() })
}

/// The smallest of its files that has as many lines; else the largest.
fn fitting(files: &[File], lines: u32) -> Option<File> {
    let mut films: Vec<&File> = files.iter().filter(|file| file.file_type == "video/mp4" && file.lines() > 0).collect();
    films.sort_by_key(|file| file.lines());
    films.iter().find(|file| file.lines() >= lines).or(films.last()).map(|file| (*file).clone())
}

#[derive(Deserialize)]
struct Answer {
    videos: Vec<Found>,
}

#[derive(Deserialize)]
struct Found {
    #[serde(default)]
    duration: f64,
    url: Option<String>,
    user: Option<User>,
    video_files: Vec<File>,
}

#[derive(Deserialize)]
struct User {
    name: String,
    url: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct File {
    link: String,
    #[serde(default)]
    file_type: String,
    width: Option<u32>,
    height: Option<u32>,
}

impl File {
    fn lines(&self) -> u32 {
        self.width.unwrap_or_default().min(self.height.unwrap_or_default())
    }
}

impl Found {
    fn credit(self) -> Option<Credit> {
        let user = self.user?;
        Credit { author: user.name, author_url: user.url, source: "Pexels".to_owned(), source_url: self.url }.cleaned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(width: u32, height: u32) -> File {
        File { link: format!("{width}x{height}"), file_type: "video/mp4".to_owned(), width: Some(width), height: Some(height) }
    }

    #[test]
    fn the_smallest_file_that_has_the_lines_is_taken() {
        let files = [file(3840, 2160), file(640, 360), file(1920, 1080), file(1280, 720)];
        let lines = |lines| fitting(&files, lines).map(|file| file.link);
        assert_eq!(lines(720).as_deref(), Some("1280x720"));
        assert_eq!(lines(1080).as_deref(), Some("1920x1080"));
        assert_eq!(fitting(&files[1..2], 1080).map(|file| file.link).as_deref(), Some("640x360"));
        let playlist = File { file_type: "application/x-mpegURL".to_owned(), ..file(1920, 1080) };
        assert!(fitting(&[playlist], 720).is_none());
    }
}
