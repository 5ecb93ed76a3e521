//! The operating-system user that PostgreSQL runs as: our own, or another one where we are root, which it refuses.

use std::{
    env, fs, io,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::{Command, Stdio},
};

use nix::unistd::{Uid, User, geteuid};

use super::{StartError, error::At};

/// Users that may exist to run PostgreSQL, best first (macOS writes `_postgres`).
const SERVICE_USERS: &[&str] = &["postgres", "_postgres", "nobody"];

/// Whom PostgreSQL runs as.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub name: String,
    uid: u32,
    gid: u32,
    /// We are root, and processes and files are handed to this user.
    switched: bool,
}

impl Account {
    /// The owner of the cluster where there is one; else ourselves, or a service user where we are root.
    pub fn choose(cluster: &Path) -> Result<Account, StartError> {
        let me = geteuid();
        let owner = match fs::metadata(cluster) {
            Ok(meta) => Some(meta.uid()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error).at("look at", cluster),
        };
        match owner {
            Some(uid) if me.is_root() && uid != 0 => Account::new(look_up(Uid::from_raw(uid))?, true),
            Some(uid) if !me.is_root() && uid != me.as_raw() => {
                Err(StartError::OtherOwner { folder: cluster.to_owned(), owner: name_of(uid), me: name_of(me.as_raw()) })
            }
            _ if me.is_root() => Account::new(service_user()?, true),
            _ => Account::new(look_up(me)?, false),
        }
    }

    fn new(user: User, switched: bool) -> Result<Account, StartError> {
        let account = Account { name: user.name, uid: user.uid.as_raw(), gid: user.gid.as_raw(), switched };
        account.check_switch()?;
        Ok(account)
    }

    /// A command that runs as this user, in a process group of its own: the Ctrl-C that ends our server must not
    /// reach PostgreSQL before the server has finished with it.
    ///
    /// The environment is emptied: ours may hold the API keys of providers, which another user's process must not
    /// see, and `PG*` variables, which would change what the programs do.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .envs(["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"].iter().filter_map(|name| Some((name, env::var_os(name)?))))
            .current_dir("/")
            .stdin(Stdio::null())
            .process_group(0);
        if self.switched {
            // std also drops root's supplementary groups where a uid is set.
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Whether this user can get into a folder: tried rather than computed, since access lists count too.
    pub fn can_enter(&self, folder: &Path) -> Result<bool, StartError> {
        if !self.switched {
            return Ok(true);
        }
        let shell = Path::new("/bin/sh");
        match self.command(shell).args(["-c", ":"]).current_dir(folder).status() {
            Ok(status) => Ok(status.success()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
            Err(source) => Err(StartError::Program { program: shell.to_owned(), source }),
        }
    }

    /// Hands a file or folder that we made to this user.
    pub fn own(&self, path: &Path) -> Result<(), StartError> {
        if self.switched {
            chown(path, Some(self.uid), Some(self.gid)).at("change the owner of", path)?;
        }
        Ok(())
    }

    /// We are root and hand PostgreSQL to this user.
    pub fn is_switched(&self) -> bool {
        self.switched
    }

    /// The operating-system user names that may connect through the socket: PostgreSQL's own and the server's.
    pub fn socket_users(&self) -> Vec<&str> {
        if self.switched { vec![&self.name, "root"] } else { vec![&self.name] }
    }

    /// In some containers root may not become anybody else: better said here than by a failing `initdb`.
    fn check_switch(&self) -> Result<(), StartError> {
        if !self.switched {
            return Ok(());
        }
        self.command(Path::new("/bin/sh"))
            .args(["-c", ":"])
            .status()
            .map(drop)
            .map_err(|source| StartError::CannotSwitchUser { user: self.name.clone(), source })
    }
}

fn service_user() -> Result<User, StartError> {
    SERVICE_USERS
        .iter()
        .find_map(|name| User::from_name(name).ok().flatten())
        .ok_or_else(|| StartError::NoAccount(format!("none of the users {} exists", SERVICE_USERS.join(", "))))
}

fn look_up(uid: Uid) -> Result<User, StartError> {
    User::from_uid(uid).ok().flatten().ok_or_else(|| StartError::NoAccount(format!("the user id {uid} has no name")))
}

fn name_of(uid: u32) -> String {
    look_up(Uid::from_raw(uid)).map_or_else(|_| uid.to_string(), |user| user.name)
}
