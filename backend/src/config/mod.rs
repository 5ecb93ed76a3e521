//! The server's settings: flags first, then the environment. Nobody below reads the environment, but for search paths.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    net::SocketAddr,
    path::PathBuf,
};

use clap::{Arg, CommandFactory, FromArgMatches, Parser};

use crate::providers::{Secret, neighbours::Ports};

/// AI Studio turns a text into a narrated film, on this machine.
#[derive(Clone, Debug, Parser)]
#[command(name = "ai-studio", version, about)]
pub struct Config {
    /// A PostgreSQL server to use (14 or later). Left out, the studio runs a private one in its data directory.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,

    /// Where media and the private database are kept.
    #[arg(long, env = "STUDIO_DATA_DIR", default_value_os_t = default_data_dir())]
    pub data_dir: PathBuf,

    /// Where the server listens. An address that is not loopback needs an access token.
    #[arg(long, env = "STUDIO_BIND", default_value = "127.0.0.1:8080")]
    pub bind: SocketAddr,

    /// The access token. Where one is needed and none is given, the server makes one and prints the address to open.
    #[arg(long, env = "STUDIO_TOKEN", hide_env_values = true)]
    pub token: Option<String>,

    /// What is logged: `info`, `debug`, `studio=debug,warn` …
    #[arg(long, env = "STUDIO_LOG", default_value = "info")]
    pub log: String,

    /// Names under which the server may be reached besides its own address, as in `studio.example.org`; several with commas.
    #[arg(long, env = "STUDIO_HOSTS", value_delimiter = ',')]
    pub hosts: Vec<String>,

    /// How many jobs work on this machine at once, besides those that wait for other servers; one for each core where left out.
    #[arg(long, env = "STUDIO_WORKERS")]
    pub workers: Option<usize>,

    /// The key that seals stored provider keys, 64 hexadecimal digits; a file in the data directory where left out.
    #[arg(long, env = "STUDIO_MASTER_KEY", hide_env_values = true)]
    pub master_key: Option<String>,

    /// The Piper program, which speaks with neural voices; looked for on the search path where left out.
    #[arg(long, env = "STUDIO_PIPER")]
    pub piper: Option<PathBuf>,

    /// The folder of Piper's voices; `voices` in the data directory where left out.
    #[arg(long, env = "STUDIO_PIPER_VOICES")]
    pub piper_voices: Option<PathBuf>,

    /// Keys and addresses of providers, by the names of their environment variables.
    #[arg(skip)]
    pub environment: Environment,

    /// At which ports of this machine local servers are looked for; their usual ones where left out.
    #[arg(skip)]
    pub neighbours: Option<Ports>,
}

impl Config {
    /// What the flags and the environment say.
    pub fn read() -> Self {
        let matches = Self::command().mut_args(without_blank_variable).get_matches();
        let config = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        Self { environment: Environment::read(), ..config.without_blanks() }
    }

    /// A flag that is given as nothing gives nothing. libpq would take an empty address for whatever database is there. Blanks
    /// around a token are none of it, as where it is read from a request.
    fn without_blanks(self) -> Self {
        let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        Self {
            database_url: given(self.database_url),
            token: given(self.token).map(|token| token.trim().to_owned()),
            master_key: given(self.master_key),
            hosts: self.hosts.iter().map(|host| host.trim()).filter(|host| !host.is_empty()).map(str::to_owned).collect(),
            ..self
        }
    }

    /// How many jobs work on this machine at once.
    pub fn worker_slots(&self) -> usize {
        self.workers.unwrap_or_else(|| std::thread::available_parallelism().map_or(2, usize::from)).max(1)
    }
}

/// A variable that is set to nothing gives nothing.
fn without_blank_variable(arg: Arg) -> Arg {
    let is_blank = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.to_str().is_some_and(|text| text.trim().is_empty()));
    if arg.get_env().is_some_and(is_blank) { arg.env(None::<&'static str>) } else { arg }
}

/// What the environment says of providers.
#[derive(Clone, Debug, Default)]
pub struct Environment(BTreeMap<String, Secret>);

impl Environment {
    /// Reads the variables that end as those of providers do.
    pub fn read() -> Self {
        Self::among(std::env::vars_os())
    }

    /// One that is not UTF-8 is no provider's.
    fn among(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let of_providers = |name: &str| ["_API_KEY", "_BASE_URL", "_API_TOKEN", "_API_AUTH", "_KEY"].iter().any(|end| name.ends_with(end));
        Self(
            variables
                .into_iter()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .filter(|(name, value)| of_providers(name) && !value.is_empty())
                .map(|(name, value)| (name, Secret::new(value)))
                .collect(),
        )
    }

    /// Just those variables.
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.to_owned(), Secret::new(value))).collect())
    }

    /// What a variable says.
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name)
    }
}

/// Where a person's applications keep their data on this system.
fn default_data_dir() -> PathBuf {
    let home = std::env::var_os("HOME").map_or_else(|| PathBuf::from("."), PathBuf::from);
    if cfg!(target_os = "macos") {
        return home.join("Library/Application Support/ai-studio");
    }
    let base = std::env::var_os("XDG_DATA_HOME").filter(|dir| !dir.is_empty()).map_or_else(|| home.join(".local/share"), PathBuf::from);
    base.join("ai-studio")
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn what_is_empty_is_not_given() {
        let flags = ["ai-studio", "--database-url", "", "--token", "", "--master-key", " ", "--hosts", "a.example, b.example,,"];
        let config = Config::try_parse_from(flags).unwrap().without_blanks();
        assert_eq!((config.database_url, config.token, config.master_key), (None, None, None));
        assert_eq!(config.hosts, ["a.example", "b.example"]);
        let padded = Config::try_parse_from(["ai-studio", "--token", " a token of some length\n"]).unwrap().without_blanks();
        assert_eq!(padded.token.as_deref(), Some("a token of some length"));
        let none = Config::try_parse_from(["ai-studio", "--hosts", ""]).unwrap().without_blanks();
        assert!(none.hosts.is_empty(), "{:?}", none.hosts);
    }

    #[test]
    fn a_variable_that_is_not_utf_8_is_passed_over() {
        let latin_1 = OsStr::from_bytes(b"caf\xe9_API_KEY");
        let variables = [("ONE_API_KEY".as_ref(), latin_1), (latin_1, "two".as_ref()), ("THREE_API_KEY".as_ref(), "three".as_ref())];
        let environment = Environment::among(variables.map(|(name, value): (&OsStr, &OsStr)| (name.to_owned(), value.to_owned())));
        assert_eq!(environment.0.keys().collect::<Vec<_>>(), ["THREE_API_KEY"]);
    }
}
