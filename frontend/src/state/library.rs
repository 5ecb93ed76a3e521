//! The library: all projects, newest first, and what is searched for among them.

use std::rc::Rc;

use shared::{
    ProjectId,
    event::{Deleted, Event, RecordKind},
    project::Project,
};
use wasm_bindgen_futures::spawn_local;

use super::{
    Load,
    attempt::Attempt,
    live,
    store::{State, state},
    toasts, ui, undo,
};
use crate::api;

/// The state of the library.
#[derive(Clone, Default)]
pub struct Library {
    /// How far its loading is.
    pub load: Load,
    /// The projects, newest first.
    pub projects: Vec<Rc<Project>>,
    /// What is searched for.
    pub query: String,
    /// Where the list goes on.
    pub next_cursor: Option<String>,
}
state!(Library);

impl Library {
    /// The project of that id, where it is listed.
    pub fn find(&self, id: ProjectId) -> Option<&Rc<Project>> {
        self.projects.iter().find(|project| project.id == id)
    }

    /// Takes in what happened.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Project(project) => self.upsert(project),
            Event::Deleted(Deleted { kind: RecordKind::Project, id, .. }) => {
                self.projects.retain(|project| project.id.0 != *id);
            }
            _ => {}
        }
    }

    fn upsert(&mut self, project: &Project) {
        match self.projects.iter_mut().find(|known| known.id == project.id) {
            Some(known) if known.updated_at > project.updated_at => {}
            Some(known) => *known = Rc::new(project.clone()),
            // While a search narrows the list, what matches is the server's to say.
            None if self.query.is_empty() => self.projects.insert(0, Rc::new(project.clone())),
            None => {}
        }
    }
}

/// Reads the list again.
pub async fn refresh() {
    let query = Library::current().query.clone();
    let answer = api::project::list(&query, None).await;
    Library::update(|library| {
        if library.query != query {
            return; // A newer search is on its way.
        }
        match answer {
            Ok(page) => {
                library.projects = page.items.into_iter().map(Rc::new).collect();
                library.next_cursor = page.next_cursor;
                library.load = Load::Ready;
            }
            Err(error) if library.projects.is_empty() => library.load = Load::Failed(error),
            Err(error) => live::missed(&error), // The banner tells; the older list is better than none.
        }
    });
}

/// Reads the next page.
pub async fn more() {
    let (query, Some(cursor)) = ({ Library::current().query.clone() }, Library::current().next_cursor.clone()) else { return };
    match api::project::list(&query, Some(&cursor)).await {
        Ok(page) => Library::update(|library| {
            if library.query == query && library.next_cursor.as_ref() == Some(&cursor) {
                library.projects.extend(page.items.into_iter().map(Rc::new));
                library.next_cursor = page.next_cursor;
            }
        }),
        Err(error) => _ = toasts::failed_retry("More projects could not be read", &error, || spawn_local(more())),
    }
}

/// Searches.
pub async fn search(query: String) {
    Library::update(|library| library.query = query);
    refresh().await;
}

/// Makes a copy and gives its id.
pub async fn duplicate(id: ProjectId) -> Option<ProjectId> {
    let attempt = Attempt::begin(format!("copy of {id}"));
    match api::project::duplicate(id).await {
        Ok(project) => {
            let copy = project.id;
            live::apply(&Event::Project(project));
            attempt.succeeded();
            toasts::done("Project duplicated");
            Some(copy)
        }
        Err(error) => {
            attempt.failed("The project was not duplicated", &error, move || spawn_local(async move { _ = duplicate(id).await }));
            None
        }
    }
}

/// Removes a project, once the time for undoing it is over; `undo` is called where it is taken back.
pub fn delete(id: ProjectId, undo: impl Fn() + 'static) {
    let title = Library::current().find(id).map_or_else(String::new, |project| project.title.clone());
    ui::forget_project(id);
    undo::delete_project(id, &title, undo);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::project::samples;

    #[test]
    fn a_new_project_comes_first_and_an_older_record_changes_nothing() {
        let mut library = Library::default();
        let first = samples::project("First");
        let second = samples::project("Second");
        library.apply(&Event::Project(first.clone()));
        library.apply(&Event::Project(second.clone()));
        assert_eq!(library.projects[0].title, "Second");

        let mut late = first.clone();
        late.title = "Stale".into();
        late.updated_at -= chrono::TimeDelta::seconds(5);
        library.apply(&Event::Project(late));
        assert_eq!(library.find(first.id).unwrap().title, "First");

        library.apply(&Event::Deleted(Deleted { kind: RecordKind::Project, id: first.id.0, project_id: first.id }));
        assert_eq!(library.projects.len(), 1);
    }
}
