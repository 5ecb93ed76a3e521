//! The app's own furniture: theme, library, connection, the project that was open last.

use shared::ProjectId;

use super::store::{State, state};
use crate::{design::Theme, storage};

const LAST_PROJECT: &str = "studio.last-project";
const LIBRARY: &str = "studio.library";

/// The state of the furniture.
#[derive(Clone)]
pub struct Ui {
    /// The chosen theme.
    pub theme: Theme,
    /// Whether the library stands open beside the page, where there is room for it.
    pub library_open: bool,
    /// Whether the library is pulled out over the page, where there is none.
    pub drawer_open: bool,
    /// Whether the list of keys is open.
    pub help_open: bool,
    /// Counts the times that somebody wanted to search: the field takes the focus.
    pub searches: u32,
    /// Whether the live stream is there.
    pub connection: Connection,
    /// The project that was open last: the sidebar leads to it from everywhere.
    pub last_project: Option<ProjectId>,
}
state!(Ui);

/// Whether the live stream is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// Not known yet.
    #[default]
    Opening,
    /// Events come.
    Live,
    /// They do not.
    Away,
}

impl Default for Ui {
    fn default() -> Self {
        Self {
            theme: Theme::stored(),
            library_open: storage::get(LIBRARY).as_deref() != Some("folded"),
            drawer_open: false,
            help_open: false,
            searches: 0,
            connection: Connection::default(),
            last_project: storage::get(LAST_PROJECT).and_then(|id| id.parse().ok()),
        }
    }
}

/// Takes a theme from now on.
pub fn choose_theme(theme: Theme) {
    theme.apply();
    Ui::update(|ui| ui.theme = theme);
}

/// Folds the library away, or opens it again.
pub fn toggle_library() {
    Ui::update(|ui| {
        ui.library_open = !ui.library_open;
        storage::set(LIBRARY, if ui.library_open { "open" } else { "folded" });
    });
}

/// Pulls the drawer out or pushes it in.
pub fn set_drawer(open: bool) {
    if Ui::current().drawer_open != open {
        Ui::update(|ui| ui.drawer_open = open);
    }
}

/// Opens or closes the list of keys.
pub fn set_help(open: bool) {
    Ui::update(|ui| ui.help_open = open);
}

/// Folds the library away or opens it: beside the page where there is room, else over it.
pub fn show_or_hide_library() {
    if is_narrow() {
        set_drawer(!Ui::current().drawer_open);
    } else {
        toggle_library();
    }
}

/// Brings the library into sight, with the focus in its search.
pub fn search_library() {
    if is_narrow() {
        set_drawer(true);
    } else if !Ui::current().library_open {
        toggle_library();
    }
    Ui::update(|ui| ui.searches += 1);
}

/// Whether there is no room for the library beside the page; the width is that of the shell's style.
fn is_narrow() -> bool {
    let narrow = web_sys::window().and_then(|window| window.match_media("(max-width: 68rem)").ok().flatten());
    narrow.is_some_and(|query| query.matches())
}

/// Remembers the project that is open now.
pub fn remember_project(id: ProjectId) {
    storage::set(LAST_PROJECT, &id.to_string());
    if Ui::current().last_project != Some(id) {
        Ui::update(|ui| ui.last_project = Some(id));
    }
}

/// Forgets it: it was deleted, or is not there.
pub fn forget_project(id: ProjectId) {
    if Ui::current().last_project == Some(id) {
        storage::remove(LAST_PROJECT);
        Ui::update(|ui| ui.last_project = None);
    }
}

/// Notes whether the live stream is there; true where that is news.
pub fn set_connection(connection: Connection) -> bool {
    let news = Ui::current().connection != connection;
    if news {
        Ui::update(|ui| ui.connection = connection);
    }
    news
}
