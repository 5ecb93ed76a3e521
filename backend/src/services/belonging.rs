//! A data directory belongs to one database. House-keeping removes the files that its database does not name, and another one, as an
//! empty one before a dump is restored, names none of them.

use std::{path::PathBuf, time::Duration};

use crate::{
    db::{self, Db},
    error::{AppError, blocking},
    storage::Storage,
};

/// Why a data directory is not used.
#[derive(Debug, thiserror::Error)]
pub enum NotOurs {
    /// Another database has it.
    #[error(
        "the data directory {folder} belongs to another database, and this one would remove its media. Start with that database, or \
         choose another STUDIO_DATA_DIR. Where this one has taken its place, as one into which its dump was restored, remove {file}."
    )]
    Others { folder: PathBuf, file: PathBuf },
    /// Nobody says whose it is, and this database knows nothing of what is in it.
    #[error(
        "the data directory {folder} has media of another database: this one knows none of them, and would remove them. Start with that \
         database, restored from its dump if need be, or choose another STUDIO_DATA_DIR. Where it is gone for good, move the folders \
         media and work away from there."
    )]
    Unknown { folder: PathBuf },
    /// That could not be found out.
    #[error(transparent)]
    Failed(#[from] AppError),
}

/// Makes sure that the data directory is that database's; one that is nobody's yet becomes it. Nothing of it may be removed before.
pub async fn claim(storage: &Storage, db: &Db) -> Result<(), NotOurs> {
    let studio = db.read(db::settings::studio).await?.to_string();
    let owner = match storage.owner()? {
        Some(owner) => owner,
        None if knows(storage, db).await? => storage.own(&studio)?,
        None => return Err(NotOurs::Unknown { folder: storage.folder().to_owned() }),
    };
    if owner != studio {
        return Err(NotOurs::Others { folder: storage.folder().to_owned(), file: storage.owner_file() });
    }
    Ok(())
}

/// Whether there is nothing that could be removed yet, or something that the database has a record of.
async fn knows(storage: &Storage, db: &Db) -> Result<bool, AppError> {
    let all = storage.clone();
    let (files, folders) = blocking(move || Ok((all.kept_before(Duration::ZERO)?, all.workdirs()?))).await?;
    if files.is_empty() && folders.is_empty() {
        return Ok(true);
    }
    db.read(move |conn| {
        let (all_files, all_folders) = (files.len(), folders.len());
        Ok(db::take::unnamed(conn, files)?.len() < all_files || db::take::gone(conn, &folders)?.len() < all_folders)
    })
    .await
}
