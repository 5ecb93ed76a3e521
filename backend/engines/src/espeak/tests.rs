//! With the real espeak-ng, and a real worker: the test program itself, told to run only [`worker_process`].

use std::time::Instant;

use super::*;

const ARTICLE: &[(&str, &str)] = &[
    ("en", "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience."),
    ("es", "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y conciencia."),
    ("fr", "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience."),
    ("de", "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt."),
    ("ar", "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق، وقد وهبوا عقلاً وضميرًا."),
    ("hi", "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि प्राप्त है।"),
    ("zh", "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心。"),
    ("ko", "모든 인간은 태어날 때부터 자유로우며, 그 존엄과 권리에 있어 동등하다."),
    ("ja", "すべてのにんげんは、うまれながらにしてじゆうである。"),
];

#[test]
#[ignore = "not a test: the worker that the tests start"]
fn worker_process() {
    // Not where somebody runs all ignored tests.
    if std::env::args().any(|argument| argument == "--exact") {
        let left = worker_main();
        // At once: what the test harness says of its end would follow the samples.
        std::process::exit(i32::from(left != std::process::ExitCode::SUCCESS));
    }
}

fn worker() -> WorkerCommand {
    let module = module_path!().split_once("::").unwrap().1;
    let name = format!("{module}::worker_process");
    let args = [name.as_str(), "--exact", "--ignored", "--nocapture", "--quiet"].map(Into::into).to_vec();
    WorkerCommand { program: std::env::current_exe().unwrap(), args }
}

async fn engine() -> Engine {
    let engine = Engine::with_worker(worker()).await.expect("the tests need espeak-ng");
    assert!(engine.tells_times(), "the library was not found, only the program");
    engine
}

/// A file of its own for each narration, gone with the folder.
async fn spoken(engine: &Engine, text: &str, voice: &str, speed: f64) -> Result<(Spoken, Vec<i16>), SpeakError> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("narration.wav");
    let spoken = engine.speak(text, voice, speed, &out).await?;
    let mut reader = hound::WavReader::open(&out).unwrap();
    let spec = reader.spec();
    assert_eq!((spec.channels, spec.sample_rate, spec.bits_per_sample), (1, 22_050, 16));
    Ok((spoken, reader.samples().map(Result::unwrap).collect()))
}

/// How loud it is from one time to another, 0 to 1.
fn level(samples: &[i16], from: f64, to: f64) -> f64 {
    let at = |seconds: f64| ((seconds * 22_050.0) as usize).min(samples.len());
    let part = &samples[at(from.max(0.0))..at(to).max(at(from.max(0.0)))];
    let squares: f64 = part.iter().map(|&sample| (f64::from(sample) / 32_768.0).powi(2)).sum();
    (squares / part.len().max(1) as f64).sqrt()
}

#[tokio::test]
async fn every_language_of_the_samples_is_spoken_with_its_words() {
    let engine = engine().await;
    for (language, text) in ARTICLE {
        let voice = engine.voice_for(language).unwrap();
        let (spoken, samples) = spoken(&engine, text, &voice.id, 1.0).await.unwrap();
        let duration = samples.len() as f64 / 22_050.0;
        assert!((spoken.duration_seconds - duration).abs() < 1e-6, "{language}");
        assert!((2.5..13.0).contains(&duration), "{language}: {duration} s");
        assert!(samples.iter().all(|sample| sample.unsigned_abs() < 28_000), "{language} is clipped");

        let words = spoken.words.unwrap();
        let kept: String = words.iter().flat_map(|word| word.text.split_whitespace()).collect();
        assert_eq!(kept, text.split_whitespace().collect::<String>(), "{language}");
        assert!(words[0].start_seconds < 0.3 && words[words.len() - 1].end_seconds > duration - 0.5, "{language}: {words:?}");
        for pair in words.windows(2) {
            assert!(pair[0].start_seconds < pair[0].end_seconds, "{language}: {pair:?}");
            assert!(pair[0].end_seconds <= pair[1].start_seconds, "{language}: {pair:?}");
            let pause = level(&samples, pair[0].end_seconds + 0.03, pair[1].start_seconds - 0.03);
            assert!(pair[1].start_seconds - pair[0].end_seconds < 0.08 || pause < 0.01, "{language}: sound in the pause of {pair:?}");
        }
        for word in &words {
            assert!(level(&samples, word.start_seconds, word.end_seconds) > 0.005, "{language}: {word:?} is silent");
        }
    }
}

#[tokio::test]
async fn a_word_begins_where_its_sound_begins() {
    let engine = engine().await;
    let (spoken, samples) = spoken(&engine, "Go. Tea! Moon? Bake; end.", "en-us", 1.0).await.unwrap();
    let words = spoken.words.unwrap();
    assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["Go.", "Tea!", "Moon?", "Bake;", "end."]);
    for word in &words[1..] {
        let before = level(&samples, word.start_seconds - 0.06, word.start_seconds - 0.01);
        let within = level(&samples, word.start_seconds, word.start_seconds + 0.15);
        assert!(before < 0.01 && within > 0.02, "{word:?}: {before} then {within}");
    }
}

#[tokio::test]
async fn speed_is_what_it_says() {
    let engine = engine().await;
    for (language, text) in &ARTICLE[..4] {
        let voice = &engine.voice_for(language).unwrap().id;
        let normal = spoken(&engine, text, voice, 1.0).await.unwrap().0.duration_seconds;
        for speed in [0.5, 0.8, 1.3, 2.0] {
            let duration = spoken(&engine, text, voice, speed).await.unwrap().0.duration_seconds;
            let ratio = normal / duration / speed;
            assert!((0.85..1.15).contains(&ratio), "{language} at {speed}: {normal} s to {duration} s");
        }
    }
}

#[tokio::test]
async fn text_is_plain_text() {
    let engine = engine().await;
    let length = async |text: &str| spoken(&engine, text, "en-us", 1.0).await.unwrap().0.duration_seconds;
    // As SSML there would be a pause of three seconds; as phoneme codes five short sounds.
    let (tagged, _) = spoken(&engine, "one <break time=\"3s\"/> two", "en-us", 1.0).await.unwrap();
    let words = tagged.words.unwrap();
    assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["one", "<break", "time=\"3s\"/>", "two"]);
    assert!(words.windows(2).all(|pair| pair[1].start_seconds - pair[0].end_seconds < 1.0), "{words:?}");
    assert!((length("[[33333]]").await - length("33333").await).abs() < 0.1);
    // U+0001 begins a command to espeak-ng: this one would make everything after it much slower.
    let (plain, commanded) = (length("40s and then a few more words").await, length("\u{1}40s and then a few more words").await);
    assert!((plain - commanded).abs() < 0.05, "{plain} {commanded}");
    assert!(length("one\0two").await > length("one").await + 0.1);
    assert!((length("smile").await - length("smile 😀").await).abs() < 0.1);
}

#[tokio::test]
async fn what_cannot_be_spoken_is_an_error() {
    let engine = engine().await;
    for text in ["", " \n ", "…!?", "😀 — 👍🏽"] {
        assert!(matches!(spoken(&engine, text, "en-us", 1.0).await, Err(SpeakError::NothingToSay)), "{text:?}");
    }
    for voice in ["", "xx", "../en", "en-us+f3", "--help"] {
        assert!(matches!(spoken(&engine, "Hello.", voice, 1.0).await, Err(SpeakError::UnknownVoice { .. })), "{voice}");
    }
    let nowhere = Path::new("/nowhere/at/all.wav");
    assert!(matches!(engine.speak("Hello.", "en-us", 1.0, nowhere).await, Err(SpeakError::File(_))));
}

#[tokio::test]
async fn the_longest_narration_is_spoken_with_its_words() {
    let engine = engine().await;
    let text: String = "It rained all of 1863 long. ".repeat(358).chars().take(10_000).collect();
    let (spoken, _) = spoken(&engine, &text, "en-us", 2.0).await.unwrap();
    let words = spoken.words.unwrap();
    assert_eq!(words.len(), text.split_whitespace().count());
    assert!(words.is_sorted_by(|a, b| a.end_seconds <= b.start_seconds && a.start_seconds < a.end_seconds));
    assert!(words[words.len() - 1].end_seconds > spoken.duration_seconds - 0.5);
}

#[tokio::test]
async fn several_speak_at_a_time_without_mixing() {
    let engine = engine().await;
    let alone = spoken(&engine, ARTICLE[0].1, "en-us", 1.0).await.unwrap();
    let (english, german, again) = tokio::join!(
        spoken(&engine, ARTICLE[0].1, "en-us", 1.0),
        spoken(&engine, ARTICLE[3].1, "de", 1.5),
        spoken(&engine, ARTICLE[0].1, "en-us", 1.0)
    );
    assert_eq!(english.unwrap(), alone);
    assert_eq!(again.unwrap(), alone);
    assert!(german.is_ok());
}

#[tokio::test]
async fn the_program_speaks_where_the_library_cannot() {
    // A "worker" that knows nothing of its task.
    let engine = Engine::with_worker(WorkerCommand { program: "true".into(), args: Vec::new() }).await.unwrap();
    assert!(!engine.tells_times());
    let with_library = self::engine().await;
    let ids = |engine: &Engine| engine.voices().iter().map(|voice| voice.id.clone()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(ids(&engine), ids(&with_library));
    assert_eq!(engine.version(), with_library.version());
    for text in [ARTICLE[3].1, "-x --help [[33333]]"] {
        let (spoken_by_program, _) = spoken(&engine, text, "de", 1.0).await.unwrap();
        let (spoken_by_library, _) = spoken(&with_library, text, "de", 1.0).await.unwrap();
        assert!(spoken_by_program.words.is_none());
        assert!((spoken_by_program.duration_seconds - spoken_by_library.duration_seconds).abs() < 0.3, "{text}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn dropping_the_call_ends_the_process() {
    let folder = tempfile::tempdir().unwrap();
    // A worker that would speak for ever, known by its folder.
    let script = format!("echo $$ > {0}/pid; exec sleep 60", folder.path().display());
    let mut engine = engine().await;
    engine.source = Source::Worker(WorkerCommand { program: "/bin/sh".into(), args: vec!["-c".into(), script.into()] });
    let out = folder.path().join("narration.wav");
    let started = async {
        loop {
            match std::fs::read_to_string(folder.path().join("pid")) {
                Ok(pid) if pid.ends_with('\n') => return pid,
                _ => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    };
    let pid = tokio::select! {
        spoken = engine.speak("Hello.", "en-us", 1.0, &out) => panic!("it ended: {spoken:?}"),
        pid = started => pid,
    };
    let process = Path::new("/proc").join(pid.trim());
    let dropped = Instant::now();
    while process.exists() {
        assert!(dropped.elapsed() < Duration::from_secs(5), "the process lives on");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(!out.exists());
}
