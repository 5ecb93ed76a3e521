//! espeak-ng's C library, loaded while the program runs: the only place that calls it, and the only unsafe code of
//! the speech engine. Not for the server's own process: the library keeps one global state for the whole process,
//! so only the worker (`worker.rs`) comes here, once in its life.
//!
//! The shapes are those of `espeak-ng/speak_lib.h`, API revision 12 (espeak-ng 1.49 and later).
#![expect(unsafe_code, reason = "word times come only from the callbacks of a C library; it runs in a process of its own")]

use std::{
    ffi::{CStr, CString, c_char, c_int, c_short, c_uchar, c_uint, c_void},
    ptr,
    sync::{Mutex, PoisonError},
};

use libloading::Library;

use super::{
    sound::{MAX_SECONDS, PITCH, PITCH_RANGE, VOLUME},
    voices::{EngineGender, ListedVoice},
    worker::{Synthesis, Timings, WorkerError},
};

/// Where the library is looked for. Homebrew's folders are not on macOS's own search path.
const NAMES: &[&str] = if cfg!(target_os = "macos") {
    &[
        "libespeak-ng.1.dylib",
        "/opt/homebrew/lib/libespeak-ng.1.dylib",
        "/usr/local/lib/libespeak-ng.1.dylib",
        "/opt/local/lib/libespeak-ng.1.dylib",
    ]
} else {
    &["libespeak-ng.so.1"]
};

/// The loaded library, ready to speak.
pub struct Espeak {
    sample_rate: u32,
    info: unsafe extern "C" fn(*mut *const c_char) -> *const c_char,
    list_voices: unsafe extern "C" fn(*mut CVoice) -> *const *const CVoice,
    set_voice: unsafe extern "C" fn(*const c_char) -> c_int,
    set_parameter: unsafe extern "C" fn(c_int, c_int, c_int) -> c_int,
    synth: unsafe extern "C" fn(*const c_void, usize, c_uint, c_int, c_uint, c_uint, *mut c_uint, *mut c_void) -> c_int,
}

impl Espeak {
    /// Loads and starts the library. To be called once in a process.
    pub fn load() -> Result<Self, WorkerError> {
        let mut missing = String::new();
        for name in NAMES {
            // SAFETY: loading runs the library's initialisers; espeak-ng has none that touch what this process owns.
            match unsafe { Library::new(*name) } {
                Ok(library) => return Self::start(library),
                Err(error) if missing.is_empty() => missing = error.to_string(),
                Err(_) => {}
            }
        }
        Err(WorkerError::Library(missing))
    }

    fn start(library: Library) -> Result<Self, WorkerError> {
        let absent = |error: libloading::Error| WorkerError::Library(error.to_string());
        // Never unloaded: espeak-ng has a thread of its own from `espeak_Initialize` on, and the code must not be taken
        // from under it (seen: one crash in 25 runs).
        let library: &'static Library = Box::leak(Box::new(library));
        // SAFETY: each symbol is read as the type that speak_lib.h declares for it, and the code behind it stays.
        let (initialize, set_callback, espeak) = unsafe {
            let initialize = *library
                .get::<unsafe extern "C" fn(c_int, c_int, *const c_char, c_int) -> c_int>(b"espeak_Initialize\0")
                .map_err(absent)?;
            let set_callback = *library.get::<unsafe extern "C" fn(Callback)>(b"espeak_SetSynthCallback\0").map_err(absent)?;
            let espeak = Self {
                sample_rate: 0,
                info: *library.get(b"espeak_Info\0").map_err(absent)?,
                list_voices: *library.get(b"espeak_ListVoices\0").map_err(absent)?,
                set_voice: *library.get(b"espeak_SetVoiceByName\0").map_err(absent)?,
                set_parameter: *library.get(b"espeak_SetParameter\0").map_err(absent)?,
                synth: *library.get(b"espeak_Synth\0").map_err(absent)?,
            };
            (initialize, set_callback, espeak)
        };
        // SAFETY: a null path means the library's own data folder; the callback is a function and lives for ever.
        let rate = unsafe {
            let rate = initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, ptr::null(), INITIALIZE_PHONEME_EVENTS | INITIALIZE_DONT_EXIT);
            set_callback(collect);
            rate
        };
        match u32::try_from(rate) {
            Ok(sample_rate) if sample_rate > 0 => Ok(Self { sample_rate, ..espeak }),
            _ => Err(WorkerError::Library("espeak-ng does not find its data (package espeak-ng-data)".into())),
        }
    }

    /// The library's version: `1.51`.
    pub fn version(&self) -> String {
        let mut data_path = ptr::null();
        // SAFETY: the pointer out is ours, and the text that comes back is static.
        unsafe { text((self.info)(&raw mut data_path)) }
    }

    /// Every voice that is installed, variants and foreign engines' included.
    pub fn voices(&self) -> Vec<ListedVoice> {
        let mut voices = Vec::new();
        // SAFETY: null asks for all voices; the list ends with a null pointer and stays until the next call of this
        // function. The strings of each voice end with a zero byte.
        unsafe {
            let mut next = (self.list_voices)(ptr::null_mut());
            while !next.is_null() && !(*next).is_null() {
                let voice = &**next;
                voices.push(ListedVoice {
                    name: text(voice.name),
                    file: text(voice.identifier),
                    languages: languages(voice.languages),
                    gender: match voice.gender {
                        1 => Some(EngineGender::Male),
                        2 => Some(EngineGender::Female),
                        _ => None,
                    },
                });
                next = next.add(1);
            }
        }
        voices
    }

    /// Speaks a text; the times that come back count from the first sample.
    ///
    /// `voice` is a voice's file (`gmw/en-US`), `rate` espeak-ng's words a minute, `gap` its word gap (10 ms each).
    pub fn speak(&self, spoken: &str, voice: &str, rate: i32, gap: i32) -> Result<Synthesis, WorkerError> {
        let nul = |_| WorkerError::Failed("a zero byte in the request".into());
        let (spoken, name) = (CString::new(spoken).map_err(nul)?, CString::new(voice).map_err(nul)?);
        *collected() = Collected {
            most: self.sample_rate as usize * MAX_SECONDS,
            parent: std::os::unix::process::parent_id(),
            ..Collected::default()
        };
        // SAFETY: both strings end with a zero byte and outlive the calls, which are synchronous: when `synth`
        // returns, the callback has been called for the last time. No user data and no identifier are asked for.
        let outcome = unsafe {
            if (self.set_voice)(name.as_ptr()) != EE_OK {
                return Err(WorkerError::UnknownVoice);
            }
            (self.set_parameter)(PARAMETER_RATE, rate, 0);
            (self.set_parameter)(PARAMETER_WORD_GAP, gap, 0);
            (self.set_parameter)(PARAMETER_VOLUME, VOLUME, 0);
            (self.set_parameter)(PARAMETER_PITCH, PITCH, 0);
            (self.set_parameter)(PARAMETER_RANGE, PITCH_RANGE, 0);
            let bytes = spoken.as_bytes_with_nul().len();
            // Neither SSML nor phoneme codes: the text is plain, whatever is in it.
            (self.synth)(spoken.as_ptr().cast(), bytes, 0, POS_CHARACTER, 0, CHARS_UTF8, ptr::null_mut(), ptr::null_mut())
        };
        let Collected { samples, words, pauses, pause, full, .. } = std::mem::take(&mut *collected());
        if full {
            return Err(WorkerError::TooLong);
        }
        if outcome != EE_OK {
            return Err(WorkerError::Failed(format!("espeak-ng refused the text ({outcome})")));
        }
        let mut timings = Timings { words, pauses };
        timings.pauses.extend(pause.map(|start| (start, u32::MAX)));
        Ok(Synthesis { sample_rate: self.sample_rate, samples, timings: Some(timings) })
    }
}

/// What the callback has heard so far. A static, because the callback is given nothing of ours.
static COLLECTED: Mutex<Collected> =
    Mutex::new(Collected { samples: Vec::new(), words: Vec::new(), pauses: Vec::new(), pause: None, most: 0, full: false, parent: 0 });

#[derive(Default)]
struct Collected {
    samples: Vec<i16>,
    /// (character, milliseconds) where a word begins.
    words: Vec<(u32, u32)>,
    /// (from, to) in milliseconds.
    pauses: Vec<(u32, u32)>,
    /// When the pause that has not ended yet began.
    pause: Option<u32>,
    /// How many samples it may be at most, and whether it would have been more.
    most: usize,
    full: bool,
    /// The process that asked.
    parent: u32,
}

impl Collected {
    fn sound(&mut self, samples: &[i16]) {
        self.full = self.samples.len() + samples.len() > self.most;
        if !self.full {
            self.samples.extend_from_slice(samples);
        }
    }

    fn event(&mut self, event: &CEvent) {
        let at = u32::try_from(event.audio_position).unwrap_or(0);
        match event.kind {
            EVENT_WORD => {
                // espeak-ng counts characters from 1.
                if let Ok(character) = u32::try_from(event.text_position - 1) {
                    self.words.push((character, at));
                }
            }
            // Pauses are phonemes whose names begin with a low line: `_`, `_:`, `_!`, `_|`. `_^_` is not a pause: it
            // marks a change of language.
            EVENT_PHONEME if event.id[0] == b'_' && event.id[1] != b'^' => {
                self.pause.get_or_insert(at);
            }
            EVENT_PHONEME => {
                if let Some(start) = self.pause.take() {
                    self.pauses.push((start, at));
                }
            }
            _ => {}
        }
    }
}

fn collected() -> std::sync::MutexGuard<'static, Collected> {
    COLLECTED.lock().unwrap_or_else(PoisonError::into_inner)
}

type Callback = unsafe extern "C" fn(*mut c_short, c_int, *mut CEvent) -> c_int;

/// `t_espeak_callback`: called for each stretch of sound. Answers 0 to go on, 1 to stop.
///
/// # Safety
/// `wav` is null or holds `count` samples; `events` ends with an event of kind 0. espeak-ng sees to both.
unsafe extern "C" fn collect(wav: *mut c_short, count: c_int, events: *mut CEvent) -> c_int {
    let mut collected = collected();
    if let Ok(count @ 1..) = usize::try_from(count)
        && !wav.is_null()
    {
        // SAFETY: see above.
        collected.sound(unsafe { std::slice::from_raw_parts(wav, count) });
    }
    // A server that was killed has no more use for the rest; the worker has another parent then.
    if collected.full || std::os::unix::process::parent_id() != collected.parent {
        return 1;
    }
    let mut next = events;
    // SAFETY: see above; the list is read no further than its end.
    unsafe {
        while !next.is_null() && (*next).kind != EVENT_LIST_TERMINATED {
            collected.event(&*next);
            next = next.add(1);
        }
    }
    0
}

/// # Safety
/// `text` is null or ends with a zero byte.
unsafe fn text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: see above.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().trim().to_owned()
}

/// Reads `espeak_VOICE::languages`: a priority byte and a name, again and again, and a zero byte after the last.
///
/// # Safety
/// `list` is null or such a list.
unsafe fn languages(list: *const c_char) -> Vec<(u8, String)> {
    let mut languages = Vec::new();
    let mut next = list;
    // SAFETY: see above; each step goes over one priority byte and one name with its zero byte.
    unsafe {
        while !next.is_null() && *next != 0 {
            let name = CStr::from_ptr(next.add(1));
            languages.push((next.cast::<u8>().read(), name.to_string_lossy().into_owned()));
            next = next.add(1 + name.to_bytes_with_nul().len());
        }
    }
    languages
}

/// `espeak_VOICE`.
#[repr(C)]
struct CVoice {
    name: *const c_char,
    languages: *const c_char,
    identifier: *const c_char,
    gender: c_uchar,
    age: c_uchar,
    variant: c_uchar,
    xx1: c_uchar,
    score: c_int,
    spare: *mut c_void,
}

/// `espeak_EVENT`. `id` is a union there, of a number, a pointer and these eight bytes; only the name of a phoneme
/// is read here.
#[repr(C)]
struct CEvent {
    kind: c_int,
    unique_identifier: c_uint,
    text_position: c_int,
    length: c_int,
    audio_position: c_int,
    sample: c_int,
    user_data: *mut c_void,
    id: [u8; 8],
}

const EE_OK: c_int = 0;
const AUDIO_OUTPUT_SYNCHRONOUS: c_int = 2;
const INITIALIZE_PHONEME_EVENTS: c_int = 0x0001;
/// Without it a missing data folder would end the process with no word to its caller.
const INITIALIZE_DONT_EXIT: c_int = 0x8000;
const POS_CHARACTER: c_int = 1;
const CHARS_UTF8: c_uint = 1;
const PARAMETER_RATE: c_int = 1;
const PARAMETER_VOLUME: c_int = 2;
const PARAMETER_PITCH: c_int = 3;
const PARAMETER_RANGE: c_int = 4;
const PARAMETER_WORD_GAP: c_int = 7;
const EVENT_LIST_TERMINATED: c_int = 0;
const EVENT_WORD: c_int = 1;
const EVENT_PHONEME: c_int = 7;

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use super::*;

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn shapes_are_those_of_the_header() {
        // As `sizeof` and `offsetof` say of speak_lib.h on 64-bit Linux and macOS.
        assert_eq!((size_of::<CEvent>(), offset_of!(CEvent, user_data), offset_of!(CEvent, id)), (40, 24, 32));
        assert_eq!((size_of::<CVoice>(), offset_of!(CVoice, gender), offset_of!(CVoice, score)), (40, 24, 28));
    }

    #[test]
    fn no_more_is_kept_than_may_be() {
        let mut collected = Collected { most: 5, ..Collected::default() };
        collected.sound(&[1, 2, 3]);
        collected.sound(&[4, 5]);
        assert!(!collected.full);
        collected.sound(&[6]);
        assert!(collected.full && collected.samples == [1, 2, 3, 4, 5]);
    }
}
