//! The addresses of the pages; each can be bookmarked.

use shared::ProjectId;
use yew_router::Routable;

/// Where one can be.
#[derive(Clone, Copy, Debug, PartialEq, Routable)]
pub enum Route {
    /// The last project, or the welcome page.
    #[at("/")]
    Home,
    /// A new project.
    #[at("/new")]
    New,
    /// The scenes.
    #[at("/script/:id")]
    Script {
        /// Of which project.
        id: ProjectId,
    },
    /// The narrations.
    #[at("/audio/:id")]
    Audio {
        /// Of which project.
        id: ProjectId,
    },
    /// The pictures.
    #[at("/image/:id")]
    Image {
        /// Of which project.
        id: ProjectId,
    },
    /// The film.
    #[at("/video/:id")]
    Video {
        /// Of which project.
        id: ProjectId,
    },
    /// The settings.
    #[at("/settings")]
    Settings,
    /// Nowhere.
    #[not_found]
    #[at("/404")]
    NotFound,
}

/// What is worked on, in a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The scenes.
    Script,
    /// The narrations.
    Audio,
    /// The pictures.
    Image,
    /// The film.
    Video,
}

impl Stage {
    /// All four, in the order of the work.
    pub const ALL: [Self; 4] = [Self::Script, Self::Audio, Self::Image, Self::Video];

    /// Its page in a project.
    pub fn of(self, id: ProjectId) -> Route {
        match self {
            Self::Script => Route::Script { id },
            Self::Audio => Route::Audio { id },
            Self::Image => Route::Image { id },
            Self::Video => Route::Video { id },
        }
    }

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Script => "Script",
            Self::Audio => "Audio",
            Self::Image => "Image",
            Self::Video => "Video",
        }
    }
}

impl Route {
    /// The stage that it shows.
    pub fn stage(self) -> Option<Stage> {
        match self {
            Self::Script { .. } => Some(Stage::Script),
            Self::Audio { .. } => Some(Stage::Audio),
            Self::Image { .. } => Some(Stage::Image),
            Self::Video { .. } => Some(Stage::Video),
            _ => None,
        }
    }

    /// The project that it shows.
    pub fn project(self) -> Option<ProjectId> {
        match self {
            Self::Script { id } | Self::Audio { id } | Self::Image { id } | Self::Video { id } => Some(id),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_leads_to_its_page_and_back() {
        let id: ProjectId = "01994f3c-5c1e-7a52-9d3e-8a4f5d6b7c81".parse().unwrap();
        for stage in Stage::ALL {
            let route = stage.of(id);
            assert_eq!((route.stage(), route.project()), (Some(stage), Some(id)));
            assert_eq!(Route::recognize(&route.to_path()), Some(route));
        }
        assert_eq!(Route::recognize("/audio/not-an-id"), Some(Route::NotFound));
    }
}
