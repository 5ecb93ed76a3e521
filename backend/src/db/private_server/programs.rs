//! The PostgreSQL programs that are installed on this machine, and how to install them where they are not.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use engines::media::programs;

use super::StartError;

/// The oldest major version that the schema is written for.
const OLDEST: u32 = 14;

/// Where packages put the programs without putting them on PATH; `*` stands for what a version adds.
const KNOWN_PLACES: &[&str] = &[
    "/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
    "/usr/pgsql-*/bin",                                   // PGDG on Fedora and RHEL
    "/usr/libexec/postgresql*",                           // Alpine
    "/opt/homebrew/opt/postgresql*/bin",                  // Homebrew on Apple silicon
    "/usr/local/opt/postgresql*/bin",                     // Homebrew on Intel
    "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",     // Homebrew on Linux
    "/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
    "/usr/local/pgsql/bin",                               // built from source
];

/// One installed PostgreSQL: the folder with `initdb` and `postgres`, and its major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Programs {
    pub major: u32,
    bin: PathBuf,
}

impl Programs {
    pub fn initdb(&self) -> PathBuf {
        self.bin.join("initdb")
    }

    pub fn postgres(&self) -> PathBuf {
        self.bin.join("postgres")
    }
}

/// The programs for a cluster: those of its own major version, or the newest for one that is still to be made.
pub(super) fn choose(cluster: &Path, made_by: Option<&str>) -> Result<Programs, StartError> {
    pick(installed(), cluster, made_by)
}

fn pick(installed: Vec<Programs>, cluster: &Path, made_by: Option<&str>) -> Result<Programs, StartError> {
    let Some(newest) = installed.first() else {
        return Err(StartError::NotInstalled { hint: install_hint(made_by) });
    };
    let Some(wanted) = made_by else {
        return match newest.major {
            OLDEST.. => Ok(newest.clone()),
            found => Err(StartError::TooOld { found, wanted: OLDEST, hint: install_hint(None) }),
        };
    };
    let same_version = |programs: &&Programs| programs.major.to_string() == wanted;
    installed.iter().find(same_version).cloned().ok_or_else(|| {
        let versions: BTreeSet<u32> = installed.iter().map(|programs| programs.major).collect();
        let versions: Vec<String> = versions.iter().map(|major| format!("version {major}")).collect();
        StartError::OtherVersion {
            folder: cluster.to_owned(),
            found: wanted.to_owned(),
            installed: versions.join(" and "),
            hint: install_hint(Some(wanted)),
        }
    })
}

/// Every usable installation, newest first.
fn installed() -> Vec<Programs> {
    let mut folders: Vec<PathBuf> = KNOWN_PLACES.iter().flat_map(|place| expand(place)).collect();
    folders.extend(pg_config_bindir());
    folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));

    let mut seen = BTreeSet::new();
    let mut found: Vec<Programs> = folders
        .into_iter()
        .filter(|folder| ["initdb", "postgres"].into_iter().all(|program| programs::find(folder.join(program)).is_some()))
        .filter(|folder| seen.insert(fs::canonicalize(folder).unwrap_or_else(|_| folder.clone())))
        .filter_map(|bin| Some(Programs { major: major_version(&bin)?, bin }))
        .collect();
    found.sort_by_key(|programs| std::cmp::Reverse(programs.major));
    found
}

/// The folders that fit a pattern with one `*`.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((head, tail)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = head.rsplit_once('/').unwrap_or(("", head));
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix))
        .map(|entry| entry.path().join(tail.trim_start_matches('/')))
        .collect()
}

fn pg_config_bindir() -> Option<PathBuf> {
    let said = output_of(Command::new("pg_config").arg("--bindir"))?;
    Some(PathBuf::from(said.trim_end()))
}

/// `postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)` or `postgres (PostgreSQL) 18beta1`.
fn major_version(bin: &Path) -> Option<u32> {
    parse_major(&output_of(Command::new(bin.join("postgres")).arg("--version"))?)
}

fn parse_major(said: &str) -> Option<u32> {
    let (_, version) = said.split_once("(PostgreSQL) ")?;
    let digits = version.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// How PostgreSQL (or one major version of it) is installed here.
fn install_hint(major: Option<&str>) -> String {
    let command = programs::install_as(|manager| package(manager, major));
    let elsewhere = match major {
        Some(_) if command.contains("apt-get") => " (https://apt.postgresql.org has the versions that the system lacks)",
        _ => "",
    };
    format!("Install it with: {command}{elsewhere}.")
}

/// What a package manager calls it.
fn package(manager: &str, major: Option<&str>) -> String {
    let version = |separator: &str| major.map(|major| format!("{separator}{major}")).unwrap_or_default();
    match manager {
        "apt-get" => format!("postgresql{}", version("-")),
        "dnf" => "postgresql-server".to_owned(),
        "zypper" => format!("postgresql{}-server", version("")),
        "apk" => format!("postgresql{}", version("")),
        "brew" => format!("postgresql@{}", major.unwrap_or("17")),
        _ => "postgresql".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn programs(major: u32) -> Programs {
        Programs { major, bin: PathBuf::from(format!("/usr/lib/postgresql/{major}/bin")) }
    }

    #[test]
    fn reads_released_and_unreleased_versions() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(parse_major("no such thing"), None);
    }

    #[test]
    fn a_new_cluster_gets_the_newest_and_an_old_one_its_own() {
        let both = vec![programs(17), programs(15)];
        let cluster = Path::new("/data/cluster");
        assert_eq!(pick(both.clone(), cluster, None).unwrap().major, 17);
        assert_eq!(pick(both, cluster, Some("15")).unwrap().major, 15);
    }

    #[test]
    fn another_major_version_is_named_with_a_way_out() {
        let error = pick(vec![programs(17), programs(16)], Path::new("/data/cluster"), Some("15")).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("made by PostgreSQL 15"), "{said}");
        assert!(said.contains("version 16 and version 17"), "{said}");
    }

    #[test]
    fn too_old_and_missing_are_told_apart() {
        let cluster = Path::new("/data/cluster");
        assert!(matches!(pick(vec![programs(13)], cluster, None), Err(StartError::TooOld { found: 13, .. })));
        assert!(matches!(pick(vec![], cluster, None), Err(StartError::NotInstalled { .. })));
    }

    #[test]
    fn names_the_package_as_its_manager_does() {
        assert_eq!(package("apt-get", Some("16")), "postgresql-16");
        assert_eq!(package("dnf", None), "postgresql-server");
        assert_eq!(package("apk", Some("16")), "postgresql16");
        assert_eq!(package("brew", None), "postgresql@17");
    }
}
