//! The pipe through which frames go to an encoder: large, and where the system can, without copying them into it.

use std::io::{self, PipeReader, PipeWriter, Write};

/// How much the pipe is to hold, in bytes: a third of a 1080p frame, and the most that Linux gives to anybody. With the
/// usual 64 kB, waking the other side cost as much as copying (measured: 0.17 against 0.07 CPU seconds for a second of film).
#[cfg(target_os = "linux")]
const WANTED: usize = 1 << 20;

/// The writing end.
pub struct FramePipe {
    pipe: PipeWriter,
    /// What it holds, in bytes, where frames may be lent to it.
    #[cfg(target_os = "linux")]
    holds: Option<usize>,
}

/// # Errors
/// When no pipe can be made.
pub fn frame_pipe() -> io::Result<(PipeReader, FramePipe)> {
    let (reader, pipe) = io::pipe()?;
    #[cfg(target_os = "linux")]
    let holds = {
        if let Err(error) = rustix::pipe::fcntl_setpipe_size(&pipe, WANTED) {
            tracing::debug!(%error, "frames go through a small pipe");
        }
        rustix::pipe::fcntl_getpipe_size(&pipe).ok()
    };
    #[cfg(target_os = "linux")]
    let writer = FramePipe { pipe, holds };
    #[cfg(not(target_os = "linux"))]
    let writer = FramePipe { pipe };
    Ok((reader, writer))
}

impl FramePipe {
    /// Hands a frame over. It may only be changed once the one after it has been handed over too: until then the pipe may
    /// hold a piece of it. `last`: none comes after it, and it may be changed at once.
    ///
    /// # Errors
    /// When the other side has gone.
    pub fn write(&mut self, frame: &[u8], last: bool) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        if !last && self.holds.is_some_and(|holds| frame.len() >= holds) {
            return self.lend(frame);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = last;
        self.pipe.write_all(frame)
    }

    /// The pipe holds references to the frame's pages. A frame at least as large as the pipe has pushed out all of the one
    /// before it once it is wholly in; the last one is copied, so that nothing is left of any when memory is freed.
    #[cfg(target_os = "linux")]
    fn lend(&mut self, frame: &[u8]) -> io::Result<()> {
        use nix::{
            errno::Errno,
            fcntl::{SpliceFFlags, vmsplice},
        };
        let mut done = 0;
        while done < frame.len() {
            match vmsplice(&self.pipe, &[io::IoSlice::new(&frame[done..])], SpliceFFlags::empty()) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(lent) => done += lent,
                Err(Errno::EINTR) => {}
                Err(Errno::ENOSYS | Errno::EPERM | Errno::EINVAL) => {
                    // A sandbox that does not let it.
                    self.holds = None;
                    return self.pipe.write_all(&frame[done..]);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn frames_come_out_as_they_were_though_their_memory_is_used_again() {
        for bytes in [1000, 3 << 20] {
            let (mut reader, mut writer) = frame_pipe().expect("a pipe");
            let reading = std::thread::spawn(move || {
                let (mut frame, mut seen) = (vec![0; bytes], Vec::new());
                while reader.read_exact(&mut frame).is_ok() {
                    assert!(frame.iter().all(|byte| *byte == frame[0]), "a frame of two");
                    seen.push(frame[0]);
                }
                seen
            });
            let mut buffers = [vec![0; bytes], vec![0; bytes]];
            for number in 0..40 {
                let buffer = &mut buffers[usize::from(number % 2)];
                buffer.fill(number);
                writer.write(buffer, number == 39).expect("written");
            }
            buffers.iter_mut().for_each(|buffer| buffer.fill(99));
            drop(writer);
            assert_eq!(reading.join().expect("read"), (0..40).collect::<Vec<u8>>());
        }
    }
}
