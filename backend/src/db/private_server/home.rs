//! Where the private PostgreSQL keeps its things, and the lock that gives them to one server at a time.
//!
//! ```text
//! <data folder>/postgres/     ours; others may pass through only where PostgreSQL is another user
//!     server.lock             held as long as a server uses this folder
//!     LOCATION                only where everything below had to go somewhere else: the path
//!     cluster/                PostgreSQL's data folder, of the user it runs as
//!     cluster.new…/           one that is being made
//!     run/                    its socket, of the same user, closed to others
//!     postgresql.conf …       its settings, written anew at each start
//!     postgres.log(.1)        its log
//!     password                only where it listens on a loopback port
//! ```
//!
//! Settings, log and password stay out of the folders that PostgreSQL's user owns, so that root never writes where
//! that user could have laid a symbolic link.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Read, Write},
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    },
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use uuid::Uuid;

use super::{StartError, account::Account, error::At};

/// How long a server that is just ending may still hold the lock.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);
/// What the names of folders begin with in which a cluster is being made.
const STAGING: &str = "cluster.new";

/// Where the database goes when PostgreSQL's user cannot enter the data folder.
pub(super) const ELSEWHERE: &str = if cfg!(target_os = "macos") { "/usr/local/var/ai-studio" } else { "/var/lib/ai-studio" };

/// The locked folder of one private PostgreSQL.
#[derive(Debug)]
pub(super) struct Home {
    pub account: Account,
    root: PathBuf,
    _lock: File,
}

impl Home {
    /// Makes or finds the folder for `data_dir` and locks it. `elsewhere` is used where `data_dir` does not do.
    pub fn open(data_dir: &Path, elsewhere: &Path) -> Result<Home, StartError> {
        fs::create_dir_all(data_dir).at("create the folder", data_dir)?;
        let data_dir = fs::canonicalize(data_dir).at("find", data_dir)?;
        let beside = data_dir.join("postgres");
        create_folder(&beside, 0o700)?;

        let root = match read_location(&beside)? {
            Some(root) => root,
            None => settle(&beside, elsewhere)?,
        };
        let account = Account::choose(&root.join("cluster"))?;
        make_folder(&root, folder_mode(&account))?;
        if !account.can_enter(&root)? {
            return Err(StartError::Unreachable { folder: root, user: account.name });
        }
        let lock = lock(&root)?;
        Ok(Home { account, root, _lock: lock })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn cluster(&self) -> PathBuf {
        self.root.join("cluster")
    }

    /// A place of its own to make a cluster in, before that takes its name in one step: an `initdb` of a start that was
    /// killed may still be running, and must not find this one.
    pub fn staging(&self) -> PathBuf {
        self.root.join(format!("{STAGING}{}", Uuid::now_v7().simple()))
    }

    /// Removes what starts that were killed had begun to make.
    pub fn clear_stagings(&self) -> Result<(), StartError> {
        for entry in fs::read_dir(&self.root).at("read", &self.root)? {
            let path = entry.at("read", &self.root)?.path();
            let is_staging = path.file_name().is_some_and(|name| name.as_bytes().starts_with(STAGING.as_bytes()));
            if is_staging && let Err(error) = fs::remove_dir_all(&path) {
                // Somebody still writes there, for a moment: the next start finds it.
                tracing::debug!(%error, folder = %path.display(), "what an earlier start had begun is not removed yet");
            }
        }
        Ok(())
    }

    pub fn run(&self) -> PathBuf {
        self.root.join("run")
    }

    pub fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    pub fn password(&self) -> PathBuf {
        self.root.join("password")
    }

    /// An empty folder of PostgreSQL's user, closed to all others; what was there before is gone.
    pub fn fresh_folder(&self, path: &Path) -> Result<(), StartError> {
        match fs::remove_dir_all(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error).at("clear", path),
            _ => {}
        }
        make_folder(path, 0o700)?;
        self.account.own(path)
    }
}

/// The folder beside the data, or, where PostgreSQL's user cannot get there, one of its own, which is written down.
fn settle(beside: &Path, elsewhere: &Path) -> Result<PathBuf, StartError> {
    let cluster = beside.join("cluster");
    let account = Account::choose(&cluster)?;
    make_folder(beside, folder_mode(&account))?;
    if account.can_enter(beside)? {
        return Ok(beside.to_owned());
    }
    if cluster.exists() {
        return Err(StartError::Unreachable { folder: beside.to_owned(), user: account.name });
    }
    let root = elsewhere.join(short_name(beside));
    fs::create_dir_all(elsewhere).at("create the folder", elsewhere)?;
    let location = beside.join("LOCATION");
    replace_file(&location, 0o644, root.as_os_str().as_bytes())?;
    tracing::warn!(
        "the database is kept in {}, not in {}: PostgreSQL does not run as root, and the user it runs as, {}, cannot enter there",
        root.display(),
        beside.display(),
        account.name
    );
    Ok(root)
}

/// The path in `LOCATION`. It is read rather than computed again, so that a data folder that was moved keeps its database.
fn read_location(beside: &Path) -> Result<Option<PathBuf>, StartError> {
    let location = beside.join("LOCATION");
    match fs::read_to_string(&location) {
        // Of a start that was cut off before anything was kept there.
        Ok(path) if path.trim_end().is_empty() => Ok(None),
        Ok(path) => Ok(Some(PathBuf::from(path.trim_end()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).at("read", &location),
    }
}

fn short_name(path: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// PostgreSQL's user must pass through a folder of root's to reach its own; nobody else has business in ours.
fn folder_mode(account: &Account) -> u32 {
    if account.is_switched() { 0o711 } else { 0o700 }
}

fn create_folder(path: &Path, mode: u32) -> Result<(), StartError> {
    match DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        result => result.at("create the folder", path),
    }
}

fn make_folder(path: &Path, mode: u32) -> Result<(), StartError> {
    create_folder(path, mode)?;
    fs::set_permissions(path, Permissions::from_mode(mode)).at("set the permissions of", path)
}

/// Replaces a small file in one step, so that a crash leaves the old one or the new one.
pub(super) fn replace_file(path: &Path, mode: u32, content: impl AsRef<[u8]>) -> Result<(), StartError> {
    let draft = path.with_extension("new");
    let write = || -> io::Result<()> {
        match fs::remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&draft)?;
        file.set_permissions(Permissions::from_mode(mode))?; // whatever the umask is
        file.write_all(content.as_ref())?;
        file.sync_all()?;
        fs::rename(&draft, path)
    };
    write().at("write", path)
}

fn lock(root: &Path) -> Result<File, StartError> {
    let path = root.join("server.lock");
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path).at("open", &path)?;
    let deadline = Instant::now() + LOCK_PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => sleep(Duration::from_millis(50)),
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let read = file.read_to_string(&mut holder);
                return Err(StartError::InUse { folder: root.to_owned(), pid: read.ok().and_then(|_| holder.trim().parse().ok()) });
            }
            Err(TryLockError::Error(error)) => return Err(error).at("lock", &path),
        }
    }
    let mut note_pid = || -> io::Result<()> {
        file.set_len(0)?;
        write!(file, "{}", std::process::id())
    };
    note_pid().at("write", &path)?;
    Ok(file)
}
