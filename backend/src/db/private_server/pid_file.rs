//! `postmaster.pid`: what PostgreSQL writes of itself into its data folder while it runs, and leaves there when it is killed.

use std::{fs, io, path::Path};

use super::{StartError, error::At};

/// The lines that matter here: process number, port, socket folder, status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PidFile {
    pub pid: u32,
    pub port: u16,
    /// Empty where it listens on no socket.
    pub socket_folder: String,
    pub status: Status,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Starting,
    Ready,
    Stopping,
}

impl PidFile {
    /// The file of a cluster; none where there is none, or where it has only just been created and is still empty.
    pub fn read(cluster: &Path) -> Result<Option<PidFile>, StartError> {
        let path = cluster.join("postmaster.pid");
        match fs::read_to_string(&path) {
            Ok(content) => Ok(PidFile::parse(&content)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).at("read", &path),
        }
    }

    fn parse(content: &str) -> Option<PidFile> {
        // 1 process, 2 data folder, 3 start time, 4 port, 5 socket folder, 6 address, 7 shared memory, 8 status.
        // Lines are added while it starts.
        let line = |number: usize| content.lines().nth(number - 1).unwrap_or("").trim();
        Some(PidFile {
            pid: line(1).parse().ok()?,
            port: line(4).parse().unwrap_or(0),
            socket_folder: line(5).to_owned(),
            status: match line(8) {
                "ready" => Status::Ready,
                "stopping" => Status::Stopping,
                _ => Status::Starting,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_whole_file_and_one_that_is_being_written() {
        let whole = "4711\n/data/cluster\n1700000000\n5432\n/data/run\n\n  5432001    196610\nready   \n";
        assert_eq!(
            PidFile::parse(whole),
            Some(PidFile { pid: 4711, port: 5432, socket_folder: "/data/run".to_owned(), status: Status::Ready })
        );
        let begun = PidFile::parse("4711\n/data/cluster\n").unwrap();
        assert_eq!((begun.pid, begun.status), (4711, Status::Starting));
        assert_eq!(PidFile::parse(""), None);
    }
}
