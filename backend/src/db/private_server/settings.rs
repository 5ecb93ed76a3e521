//! Where the private PostgreSQL listens, and its settings: those of a small database that one server uses.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, Read},
    net::TcpListener,
    path::{Path, PathBuf},
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    DATABASE, ROLE, StartError,
    error::At,
    home::{Home, replace_file},
};

/// What a socket's whole path may take: `sun_path` holds 104 bytes on macOS and 108 on Linux.
const LONGEST_SOCKET_PATH: usize = 100;

/// The port in the socket's file name. It is no TCP port, and the folder is ours alone: any number does.
const SOCKET_PORT: u16 = 5432;

/// Where clients reach the private PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// A Unix socket in a folder that only PostgreSQL's user (and root) can enter; the kernel says who calls.
    Socket { folder: String },
    /// A port on the loopback address, with a password, where the folder's path does not do for a socket.
    Port { port: u16, password: String },
}

impl Endpoint {
    /// The socket in `folder`, if its path is short and plain enough to be one and to be named in settings and URLs.
    pub fn socket(folder: &Path) -> Option<Endpoint> {
        let folder = folder.to_str()?;
        let length = folder.len() + format!("/.s.PGSQL.{SOCKET_PORT}").len();
        let plain = !folder.contains([',', '\'', '"', '\\']) && !folder.contains(char::is_control);
        (length <= LONGEST_SOCKET_PATH && plain).then(|| Endpoint::Socket { folder: folder.to_owned() })
    }

    /// A loopback port that is free now.
    pub fn free_port(password: String) -> Result<Endpoint, StartError> {
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .at("find a free port for", Path::new("127.0.0.1"))?
            .port();
        Ok(Endpoint::Port { port, password })
    }

    /// The address for libpq, with everything that the environment (`PGHOST`, `PGSSLMODE` …) could otherwise decide.
    pub fn database_url(&self) -> String {
        match self {
            Endpoint::Socket { folder } => {
                format!("postgresql://{ROLE}@{}:{SOCKET_PORT}/{DATABASE}?sslmode=disable", utf8_percent_encode(folder, NON_ALPHANUMERIC))
            }
            Endpoint::Port { port, password } => {
                format!("postgresql://{ROLE}:{password}@127.0.0.1:{port}/{DATABASE}?sslmode=disable")
            }
        }
    }
}

/// The three files that PostgreSQL is started with, instead of those inside the cluster.
#[derive(Debug)]
pub(super) struct Settings {
    pub config: PathBuf,
    access: PathBuf,
    users: PathBuf,
}

impl Settings {
    pub fn of(home: &Home) -> Settings {
        Settings {
            config: home.root().join("postgresql.conf"),
            access: home.root().join("pg_hba.conf"),
            users: home.root().join("pg_ident.conf"),
        }
    }

    pub fn write(&self, home: &Home, endpoint: &Endpoint) -> Result<(), StartError> {
        // Readable for the user PostgreSQL runs as; nothing in them is secret.
        for (path, content) in self.contents(home, endpoint) {
            replace_file(path, 0o644, &content)?;
        }
        Ok(())
    }

    /// Whether a server that was started with the files as they are now runs with what we would write.
    pub fn are_written(&self, home: &Home, endpoint: &Endpoint) -> bool {
        self.contents(home, endpoint).iter().all(|(path, content)| std::fs::read_to_string(path).is_ok_and(|found| found == *content))
    }

    /// The options that point PostgreSQL to the files.
    pub fn options(&self) -> Vec<std::ffi::OsString> {
        [("config_file", &self.config), ("hba_file", &self.access), ("ident_file", &self.users)]
            .into_iter()
            .flat_map(|(name, path)| {
                let mut setting = std::ffi::OsString::from(format!("{name}="));
                setting.push(path);
                ["-c".into(), setting]
            })
            .collect()
    }

    fn contents(&self, home: &Home, endpoint: &Endpoint) -> [(&Path, String); 3] {
        let mut users = String::from("# Written by AI Studio at each start.\n");
        for name in home.account.socket_users() {
            for role in [ROLE, "postgres"] {
                // A String takes every write.
                let _ = writeln!(users, "studio \"{name}\" {role}");
            }
        }
        [(&self.config, config(endpoint)), (&self.access, access(endpoint)), (&self.users, users)]
    }
}

fn config(endpoint: &Endpoint) -> String {
    let listen = match endpoint {
        Endpoint::Socket { folder } => format!(
            "listen_addresses = ''\nport = {SOCKET_PORT}\nunix_socket_directories = '\"{folder}\"'\nunix_socket_permissions = 0700\n"
        ),
        Endpoint::Port { port, .. } => {
            format!("listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\n")
        }
    };
    format!("# Written by AI Studio at each start: changes are lost.\n{listen}{SMALL_SERVER}")
}

/// Safe as ever (`fsync` and full-page writes stay on), and modest: one server, some dozens of connections.
const SMALL_SERVER: &str = "\
max_connections = 60
shared_buffers = 64MB
password_encryption = 'scram-sha-256'
ssl = off

# No standby reads this log, so it need not carry what only a standby wants.
wal_level = minimal
max_wal_senders = 0
min_wal_size = 48MB
max_wal_size = 256MB

# Short queries: neither a compiler nor helpers pay off.
jit = off
max_parallel_workers_per_gather = 0

# Files in the cluster: /dev/shm may be tiny in a container, and is swept when a user logs out.
dynamic_shared_memory_type = mmap
huge_pages = off

timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'

# To the log file that the server opens and keeps short. Statements stay out: they hold what users wrote.
logging_collector = off
log_min_messages = warning
log_checkpoints = off
log_min_error_statement = panic
log_line_prefix = '%m [%p] '
cluster_name = 'ai-studio'
";

fn access(endpoint: &Endpoint) -> String {
    let rules = match endpoint {
        Endpoint::Socket { .. } => format!(
            "local {DATABASE} {ROLE} peer map=studio\n\
             # The owner of the files, for backups and upgrades.\n\
             local all postgres peer map=studio\n"
        ),
        Endpoint::Port { .. } => format!("host {DATABASE} {ROLE} 127.0.0.1/32 scram-sha-256\n"),
    };
    format!("# Written by AI Studio at each start.\n{rules}")
}

/// A password of 32 random bytes, in letters and digits that need no quoting in a URL or in SQL.
pub(super) fn new_password() -> Result<String, StartError> {
    let source = Path::new("/dev/urandom");
    let mut bytes = [0; 32];
    let read = |bytes: &mut [u8]| -> io::Result<()> { File::open(source)?.read_exact(bytes) };
    read(&mut bytes).at("read", source)?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_named_whole_in_the_url() {
        let endpoint = Endpoint::socket(Path::new("/srv/mein film/postgres/run")).unwrap();
        assert_eq!(endpoint.database_url(), "postgresql://studio@%2Fsrv%2Fmein%20film%2Fpostgres%2Frun:5432/studio?sslmode=disable");
    }

    #[test]
    fn paths_that_cannot_be_a_socket_get_a_port() {
        assert_eq!(Endpoint::socket(Path::new(&format!("/{}", "long/".repeat(20)))), None);
        assert_eq!(Endpoint::socket(Path::new("/one,two")), None, "libpq would take it for two hosts");
        assert_eq!(Endpoint::socket(Path::new("/o'clock")), None);
    }

    #[test]
    fn passwords_differ_and_need_no_quoting() {
        let (one, other) = (new_password().unwrap(), new_password().unwrap());
        assert_ne!(one, other);
        assert!(one.len() == 64 && one.chars().all(|c| c.is_ascii_hexdigit()));
    }
}
