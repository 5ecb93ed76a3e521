//! What a film shows of its scenes.

use std::rc::Rc;

use shared::{project::Project, record::Status, scene::Scene};
use yew::AttrValue;

use super::{film_progress::FilmStep, video_options_form::Sample};
use crate::{
    format,
    state::{project::OpenProject, take::Standing},
};

/// The scenes that a film has, in order.
pub fn steps(open: &OpenProject) -> Vec<FilmStep> {
    let step = |scene: &Rc<Scene>| {
        let image = open.image_of(scene);
        FilmStep {
            id: scene.id,
            title: format::title(&scene.title).to_owned().into(),
            seconds: scene.duration_seconds,
            complete: open.narration_of(scene) == Standing::Ready && image.standing() == Standing::Ready,
            picture: picture_of(open, scene).map(|(small, _)| small),
        }
    };
    open.shown().map(step).collect()
}

/// The first picture that there is, small and as it is.
pub fn first_picture(open: &OpenProject) -> Option<(AttrValue, AttrValue)> {
    open.shown().find_map(|scene| picture_of(open, scene))
}

/// What the film shows of a scene, small and as it is: of a clip that stands in place of its still, a picture.
fn picture_of(open: &OpenProject, scene: &Scene) -> Option<(AttrValue, AttrValue)> {
    let clip = open.clip_of(scene).selected.filter(|clip| clip.status == Status::Ready);
    if let Some(poster) = clip.and_then(|clip| clip.poster_url.clone()) {
        let poster = AttrValue::from(poster);
        return Some((poster.clone(), poster));
    }
    let image = open.image_of(scene).selected?;
    let whole = image.url.clone()?;
    Some((image.thumbnail_url.clone().unwrap_or_else(|| whole.clone()).into(), whole.into()))
}

/// What options are shown on: the first words, in the shape of the film.
pub fn sample(project: &Project, scenes: &[Rc<Scene>], picture: Option<AttrValue>) -> Sample {
    let words = scenes.iter().map(|scene| scene.narration.trim()).find(|words| !words.is_empty()).unwrap_or_default();
    Sample { shape: project.aspect_ratio.parts(), picture, words: words.to_owned().into(), lang: project.language.clone().into() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::{event::Event, image::ImageAsset};

    use super::*;
    use crate::state::{Load, project::samples};

    #[test]
    fn a_clip_is_seen_in_place_of_its_still() {
        let mut scene = samples::scene(0);
        let mut clip = samples::clip(&scene, Status::Ready, 0);
        clip.poster_url = Some("/media/poster.jpg".to_owned());
        let image: ImageAsset = serde_json::from_value(json!({
            "id": clip.id, "projectId": scene.project_id, "sceneId": scene.id, "provider": "storyboard", "stylePrompt": "",
            "modelOptions": {}, "status": "ready", "progress": 1, "stale": false, "url": "/media/still.png",
            "thumbnailUrl": "/media/small.webp", "attempts": 1, "createdAt": clip.created_at, "updatedAt": clip.updated_at,
        }))
        .unwrap();
        scene.selected_image_id = Some(image.id);
        let seen = |scene: &Scene| {
            let mut open = OpenProject::default();
            (open.id, open.load) = (Some(scene.project_id), Load::Ready);
            for event in [Event::Scene(scene.clone()), Event::Image(image.clone()), Event::Video(clip.clone())] {
                open.apply(&event);
            }
            let (small, whole) = first_picture(&open).unwrap();
            assert_eq!(steps(&open)[0].picture.as_ref(), Some(&small));
            (small.to_string(), whole.to_string())
        };
        assert_eq!(seen(&scene), ("/media/small.webp".to_owned(), "/media/still.png".to_owned()));
        scene.selected_video_id = Some(clip.id);
        assert_eq!(seen(&scene), ("/media/poster.jpg".to_owned(), "/media/poster.jpg".to_owned()));
    }
}
