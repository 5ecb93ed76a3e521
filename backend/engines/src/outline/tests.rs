//! The whole engine on whole texts: what a reader would expect of the cuts, and what holds for every text.

use std::{collections::HashSet, fmt::Write as _, time::Instant};

use shared::pace;

use super::{Options, Outline, outline};

const GETTYSBURG: &str = include_str!("../../../../tests/samples/gettysburg.txt");
const FABLE: &str = include_str!("../../../../tests/samples/tortoise-and-hare.txt");
const RIGHTS: &str = include_str!("../../../../tests/samples/udhr-article-1.txt");

const DIALOGUE: &str = "“What is the matter?” asked Mr. Bennet. “You look pale. Has anything happened?”\n\n\
    “Nothing at all,” replied his wife. “I have only walked too far.”\n\n\
    He put down his book. The fire had burnt low, and outside the wind was rising.\n\n\
    “Then sit down!” Mr. Bennet said. “I shall ring for tea.”\n\n\
    “No tea! I could not drink it. Where is Jane?”\n\n\
    “She has gone to Netherfield on the grey mare. It will rain before she arrives, I fear.”";

const BEES: &str = "# The Honey Bee\n\nHoney bees live together in a colony of up to sixty thousand. Each has her work.\n\n\
    ## The queen\n\nThe queen lays all the eggs of the hive, as many as two thousand a day. She may live for five years.\n\n\
    ## What the workers do\n\nA worker lives for six weeks in summer. In that time she has several jobs:\n\n\
    - cleaning the cells\n- feeding the larvae\n* building the comb with **wax**\n- guarding the entrance\n\n\
    # Winter\n\nIn winter the bees form a cluster around the queen. They shiver to keep warm.\n";

const TYGER: &str = "Tyger Tyger, burning bright,\nIn the forests of the night;\nWhat immortal hand or eye,\nCould frame thy fearful symmetry?\n\n\
    In what distant deeps or skies,\nBurnt the fire of thine eyes?\nOn what wings dare he aspire?\nWhat the hand, dare seize the fire?\n";

const CHINESE: &str = "从前，有一个农夫在田里耕作。田里有一棵大树桩。一天，一只兔子飞快地跑过来，撞在树桩上，折断了脖子，死了。\
    农夫非常高兴，说：“我今天运气真好！”于是他放下农具，每天守在树桩旁边，希望再得到一只兔子。可是兔子再也没有来，他的田地也荒了。";

const THAI: &str = "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ";

const GERMAN: &str = "Eines Tages sprach seine Mutter zu ihm: „Komm, Rotkäppchen, da hast du ein Stück Kuchen und eine Flasche Wein, bring das der \
    Großmutter hinaus; sie ist krank und schwach und wird sich daran laben.“ Am 3. Mai, d. h. im Frühling, kam sie in den Wald. „Guten Tag!“ rief der Wolf.";

const TEXTS: [&str; 16] = [
    GETTYSBURG,
    FABLE,
    RIGHTS,
    DIALOGUE,
    BEES,
    TYGER,
    CHINESE,
    THAI,
    GERMAN,
    "Hello",
    "…",
    "  *** ",
    "# Only a heading",
    "a\n\n\nb",
    "👩‍🚀 🚀 OK!",
    "## A\n## B\n\n## C\ntext\n\n# A\n\nmore text here\n\nTitle\n=====\nand\nlines\n\n1. one\n2. two\n",
];

fn by_default(text: &str) -> Outline {
    outline(text, &Options::default())
}

fn narrations(outline: &Outline) -> Vec<&str> {
    outline.scenes.iter().map(|scene| scene.narration.as_str()).collect()
}

fn seconds(outline: &Outline) -> Vec<f64> {
    outline.scenes.iter().map(|scene| pace::speech_seconds(&scene.narration, &outline.language, 1.0)).collect()
}

/// Letters and digits: what words are made of, in every script and however they are parted.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The words of the narrations, and of the headings that became titles, are the words of the text, in order.
fn check_words_are_kept(text: &str, outline: &Outline) {
    let whole = letters(text);
    let mut rest = whole.as_str();
    let title = letters(&outline.title);
    let has_headings = text.contains('#') || text.contains("==");
    if has_headings {
        let begins_with_title = rest.starts_with(&title) && !rest.starts_with(&letters(&outline.scenes[0].narration));
        rest = rest.strip_prefix(title.as_str()).filter(|_| begins_with_title).unwrap_or(rest);
    }
    for scene in &outline.scenes {
        let narration = letters(&scene.narration);
        let heading = letters(scene.title.split(" (2)").next().unwrap());
        let under_heading = rest.strip_prefix(heading.as_str()).and_then(|rest| rest.strip_prefix(narration.as_str()));
        let after = under_heading.filter(|_| has_headings).or_else(|| rest.strip_prefix(narration.as_str()));
        rest = after.unwrap_or_else(|| panic!("{scene:?} is not where the text goes on: {rest:.60}"));
    }
    assert_eq!(rest, "", "words are missing at the end of {text:.80}");
    if text.is_ascii() && !has_headings && !text.contains('*') {
        let spoken: Vec<&str> = outline.scenes.iter().flat_map(|scene| scene.narration.split_whitespace()).collect();
        assert_eq!(spoken, text.split_whitespace().collect::<Vec<_>>());
    }
}

fn check_what_holds_always(text: &str, options: &Options) -> Outline {
    let made = outline(text, options);
    check_words_are_kept(text, &made);
    assert!((1..=200).contains(&made.scenes.len()));
    let mut titles = HashSet::new();
    for scene in &made.scenes {
        assert!(
            !scene.title.trim().is_empty() && !scene.narration.trim().is_empty() && !scene.visual_prompt.trim().is_empty(),
            "{scene:?}"
        );
        assert!(titles.insert(scene.title.to_lowercase()), "two scenes are called {:?}", scene.title);
        assert!(scene.title.chars().count() <= 110 && !scene.title.contains('\n'), "{scene:?}");
        assert!(!scene.title.ends_with(['.', ',', ';', ':', '。', '，']), "{scene:?}");
        assert_eq!(scene.narration, scene.narration.trim());
    }
    assert!(!made.title.trim().is_empty() && !made.language.is_empty());
    assert_eq!(made, outline(text, options), "the same text gives the same scenes");
    made
}

#[test]
fn the_speech_is_cut_as_a_reader_would_breathe() {
    let made = by_default(GETTYSBURG);
    let starts: Vec<String> = narrations(&made).iter().map(|text| text.split_whitespace().take(4).collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "Four score and seven",
        "Now we are engaged",
        "We have come to",
        "But, in a larger",
        "The brave men, living",
        "The world will little",
        "It is for us",
        "It is rather for",
        "that we here highly",
    ];
    assert_eq!(starts, expected);
    assert_eq!(made.language, "en");
    assert!(seconds(&made).iter().all(|seconds| (6.0..20.0).contains(seconds)), "{:?}", seconds(&made));
    assert_eq!(made.scenes[4].title, "The brave men, living and dead");
    assert_eq!(made.title, "A new nation, conceived in Liberty");
}

#[test]
fn the_fable_is_cut_at_its_turns() {
    let made = by_default(FABLE);
    let ends: Vec<&str> = narrations(&made).iter().map(|text| text.rsplit(' ').next().unwrap()).collect();
    assert_eq!(ends, ["race.\"", "goal.", "course.", "race."]);
    assert_eq!(made.title, "Slow but steady wins the race");
    assert!(made.scenes[0].visual_prompt.starts_with("Hare"), "{}", made.scenes[0].visual_prompt);
}

#[test]
fn seven_languages_are_seven_scenes_titled_in_their_own() {
    let made = by_default(RIGHTS);
    assert_eq!(narrations(&made), RIGHTS.lines().collect::<Vec<_>>());
    assert_eq!(made.scenes[6].title, "人人生而自由，在尊严和权利上一律平等");
    assert!(made.scenes[6].visual_prompt.contains("尊严"), "{}", made.scenes[6].visual_prompt);
    assert_eq!(made.scenes[4].title, "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق");
}

#[test]
fn words_stay_with_their_speaker() {
    let made = by_default(DIALOGUE);
    for (speech, speaker) in [("matter?”", "asked Mr. Bennet."), ("all,”", "replied his wife."), ("down!”", "Mr. Bennet said.")] {
        assert!(narrations(&made).iter().any(|text| text.contains(&format!("{speech} {speaker}"))), "{speaker}");
    }
    assert!(narrations(&made).iter().all(|text| text.starts_with(['“', 'H'])), "no quotation is cut: {made:#?}");
}

#[test]
fn headings_are_titles_and_lists_stay_lists() {
    let made = by_default(BEES);
    let titles: Vec<&str> = made.scenes.iter().map(|scene| scene.title.as_str()).collect();
    // Two headings of the first level: neither is the title of the whole.
    assert_eq!(titles, ["The Honey Bee", "The queen", "What the workers do", "Winter"]);
    let list = made.scenes[2].narration.split_once("\n\n").unwrap().1;
    assert_eq!(list, "- cleaning the cells\n- feeding the larvae\n- building the comb with wax\n- guarding the entrance");
    let one = by_default(&BEES.replace("# Winter", "## Winter").replace("###", "##"));
    assert_eq!((one.title.as_str(), one.scenes.len()), ("The Honey Bee", 4));
    let named = outline(BEES, &Options { title: Some("Bees".into()), ..Options::default() });
    assert_eq!((named.title.as_str(), named.scenes[0].title.as_str()), ("Bees", "The Honey Bee"));
}

#[test]
fn words_stay_with_their_speaker_in_every_kind_of_quotation_marks() {
    let british = "‘Come in,’ said the doctor. ‘Sit down by the fire and tell me what has happened. You are wet to the skin! Was the \
        bridge gone?’\n\nThe girl shook her head. ‘It is my brother. He went up to the pass this morning with the sheep. He has not \
        come home. There was snow on the ridge at noon.’ She wrung out her shawl. ‘Nobody in the village will go.’";
    let american = british.replace('‘', "“").replace('’', "”");
    let cuts = |text: &str| narrations(&by_default(text)).iter().map(|text| text.chars().count()).collect::<Vec<_>>();
    assert_eq!(cuts(british), cuts(&american));
    let german = "Er goss Kaffee ein. »Milch?«\n\nSie nickte. »Wo ist der Brief?« Der Mann im Mantel zog ihn aus der Tasche.";
    assert_eq!(by_default(german).title, by_default(&german.replace('»', "„").replace('«', "“")).title);
    // Whom the words between two quotations name, speaks next.
    let chinese = "有一天，他对家人说：“我和你们一起努力，把门前的两座大山搬走，好吗？”妻子问道：“你连一座小丘都搬不动，怎么搬得动大山呢？\
        再说，挖出来的泥土石块放到哪里去？”大家都说：“扔到渤海边上去！”";
    let made = by_default(chinese);
    assert!(narrations(&made).iter().all(|text| text.matches('“').count() == text.matches('”').count()), "{made:#?}");
}

#[test]
fn a_title_is_not_cut_at_an_abbreviation_a_date_or_a_time() {
    let titles = |text: &str| by_default(text).scenes.into_iter().map(|scene| scene.title).collect::<Vec<_>>();
    for (text, torn) in [
        ("I will be in St. Louis until Thursday night.", "Louis until Thursday night"),
        ("Seit dem 19. Jahrhundert wird der Strom begradigt.", "Jahrhundert wird der Strom begradigt"),
        ("La entrevista terminó a las 18:45 h.", "La entrevista terminó a las 18"),
        ("Ecco cosa serve per la gita del 25/04/2025.", "Ecco cosa serve per la gita del 25"),
        ("И. С. Тургенев родился 9 ноября 1818 года в г. Орле.", "Тургенев родился 9 ноября 1818 года в г"),
        ("'There is no grey horse here,' said the landlord.", "There is no grey horse here,' said the landlord"),
        ("‘Music,’ said the boy.", "Music,’ said the boy"),
    ] {
        assert!(!titles(text).contains(&torn.to_owned()), "{:?}", titles(text));
    }
}

#[test]
fn lines_without_a_mark_take_their_time_too() {
    let made = by_default(
        "| Planet | Moons | Day |\n|---|---|---|\n| Mercury | 0 | 176 d |\n| Venus | 0 | 117 d |\n| Earth | 1 | 24 h |\n| Mars | 2 | 24.6 h |\n\
        | Jupiter | 95 | 9.9 h |\n| Saturn | 146 | 10.7 h |\n| Uranus | 27 | 17.2 h |\n| Neptune | 14 | 16.1 h |\n\nSource: NASA.",
    );
    assert!(seconds(&made).iter().all(|seconds| (2.0..=20.0).contains(seconds)), "{:?}", seconds(&made));
}

#[test]
fn verse_keeps_its_lines_and_stanzas() {
    let made = by_default(TYGER);
    assert_eq!(narrations(&made).join("\n\n"), TYGER.trim());
    assert_eq!(made.title, "Tyger Tyger, burning bright");
}

#[test]
fn a_wrapped_page_reads_as_prose() {
    let made = by_default(
        "It was the best of times, it was the worst of times, it was the\nage of wisdom, it was the age of foolishness, it was the epoch of\nbelief.",
    );
    assert_eq!(made.scenes.len(), 1);
    assert!(!made.scenes[0].narration.contains('\n'));
}

#[test]
fn what_holds_always_holds_for_every_text_and_wish() {
    for text in TEXTS {
        check_what_holds_always(text, &Options::default());
        for wish in [5.0, 60.0, 600.0] {
            check_what_holds_always(text, &Options { duration_seconds: Some(wish), ..Options::default() });
        }
        for count in [1, 2, 3, 7, 20, 60] {
            check_what_holds_always(text, &Options { scene_count: Some(count), ..Options::default() });
        }
    }
}

#[test]
fn a_count_is_met_where_the_words_allow() {
    for text in [GETTYSBURG, FABLE, RIGHTS, DIALOGUE, BEES, CHINESE, GERMAN] {
        for count in (1..=12).chain([17, 24, 33, 45, 60]) {
            let words = if text == CHINESE { 60 } else { text.split_whitespace().count() };
            let made = outline(text, &Options { scene_count: Some(count), ..Options::default() });
            assert_eq!(made.scenes.len(), words.min(count as usize), "{text:.30}");
        }
    }
    let of = |text: &str, count| outline(text, &Options { scene_count: Some(count), ..Options::default() }).scenes.len();
    assert_eq!(of("Hello", 5), 1);
    assert_eq!(of("one two three", 60), 3);
}

#[test]
fn a_count_makes_no_scene_of_a_heading_while_there_are_words() {
    let text = "# A\n\nOne sentence here, with clauses.\n\n# B\n\nAnother sentence, too.";
    for count in 2..=8 {
        let made = check_what_holds_always(text, &Options { scene_count: Some(count), ..Options::default() });
        assert_eq!(made.scenes.len(), count as usize);
        assert!(narrations(&made).iter().all(|text| !matches!(*text, "A" | "B")), "{made:#?}");
    }
}

#[test]
fn sentences_are_kept_whole_while_there_are_enough_of_them() {
    let made = outline(GETTYSBURG, &Options { scene_count: Some(10), ..Options::default() });
    assert!(made.scenes.iter().filter(|scene| !scene.narration.ends_with('.')).count() <= 1, "{made:#?}");
    let three = outline(GETTYSBURG, &Options { scene_count: Some(3), ..Options::default() });
    assert!(three.scenes.iter().all(|scene| scene.narration.ends_with('.')));
}

#[test]
fn a_wished_duration_chooses_how_many_scenes() {
    let scenes = |wish| outline(GETTYSBURG, &Options { duration_seconds: Some(wish), ..Options::default() }).scenes.len();
    assert!(scenes(30.0) < scenes(300.0), "{} {}", scenes(30.0), scenes(300.0));
    let made = outline(GETTYSBURG, &Options { duration_seconds: Some(600.0), ..Options::default() });
    assert!(seconds(&made).iter().all(|seconds| (2.0..=20.0).contains(seconds)), "{:?}", seconds(&made));
}

#[test]
fn text_without_punctuation_and_words_without_end_are_cut_too() {
    let ramble = "and then we went to the house and saw that nobody was there so we left ".repeat(20);
    let made = check_what_holds_always(&ramble, &Options::default());
    assert!(seconds(&made).iter().all(|seconds| (2.0..=20.0).contains(seconds)), "{:?}", seconds(&made));
    let monster = "नि".repeat(3000);
    let made = by_default(&monster);
    assert!(made.scenes.len() > 10 && narrations(&made).concat() == monster);
}

/// Texts of every kind, mixed by a generator whose seed is the number of the text.
fn mixed(seed: u64) -> String {
    const PARTS: [&str; 40] = [
        "The hare ran. ",
        "“Stop!” he cried. ",
        "Mr. Smith paid $3.50 ",
        "(see p. 12) ",
        "and ",
        "that ",
        "\n",
        "\n\n",
        "\n\n## A heading\n\n",
        "\n- an item\n",
        "\n1. first\n2. second\n",
        "\n\n---\n\n",
        "人人生而自由，",
        "在尊严和权利上一律平等。",
        "「行こう。」と言った。",
        "カタカナ",
        "يولد جميع الناس أحرارًا، ",
        "من أنت؟ ",
        "सभी मनुष्यों को ",
        "समानता प्राप्त है। ",
        "**bold** ",
        "_slanted_ ",
        "snake_case ",
        "2 * 3 ",
        "e.g. ",
        "J. R. R. Tolkien ",
        "… ",
        "— ",
        "“",
        "”",
        "(",
        ") ",
        "\"",
        "\t ",
        "👩‍🚀 ",
        "# ",
        "\r\n",
        "\u{00A0}",
        "l'homme est né libre; ",
        "Straße, ",
    ];
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize % bound
    };
    let mut text = String::from("x");
    for _ in 0..=next(120) {
        text.push_str(PARTS[next(PARTS.len())]);
    }
    text
}

#[test]
fn what_holds_always_holds_for_any_mix() {
    for seed in 0..60 {
        let text = mixed(seed);
        let wished = Options { scene_count: Some(u32::try_from(seed % 60).unwrap() + 1), ..Options::default() };
        for options in [Options::default(), wished] {
            let made = outline(&text, &options);
            assert!((1..=200).contains(&made.scenes.len()));
            assert_eq!(made, outline(&text, &options));
            let titles: HashSet<String> = made.scenes.iter().map(|scene| scene.title.to_lowercase()).collect();
            assert_eq!(titles.len(), made.scenes.len(), "{made:#?}");
            // Where headings are is a matter of `document`; no letter may be lost, whichever it is in.
            let kept = made.scenes.iter().fold(letters(&made.title), |mut all, scene| {
                let _ = write!(all, "{}{}", letters(&scene.title), letters(&scene.narration));
                all
            });
            assert!(is_subsequence(&letters(&text), &kept), "{text:?}\n{made:#?}");
            if !text.contains('#') && !text.contains("---") {
                let spoken: String = made.scenes.iter().map(|scene| letters(&scene.narration)).collect();
                assert_eq!(spoken, letters(&text), "{text:?}");
            }
        }
    }
}

fn is_subsequence(part: &str, whole: &str) -> bool {
    let mut rest = whole.chars();
    part.chars().all(|wanted| rest.any(|c| c == wanted))
}

#[test]
fn long_texts_have_at_most_two_hundred_scenes_and_take_little_time() {
    // Optimised, 200 kB take a quarter of a second of one core; unoptimised code is some thirty times slower.
    let (bytes, most_seconds) = if cfg!(debug_assertions) { (40_000, 60) } else { (200_000, 5) };
    let no_stops = GETTYSBURG.replace(['.', ',', ';', '\n'], " ");
    for text in [GETTYSBURG, CHINESE, &no_stops, TYGER, "word ", "नि"] {
        let text = text.repeat(bytes / text.len());
        for scene_count in [None, Some(60)] {
            let started = Instant::now();
            let made = outline(&text, &Options { scene_count, ..Options::default() });
            let took = started.elapsed();
            assert!(made.scenes.len() <= 200);
            assert_eq!(made.scenes.iter().map(|scene| letters(&scene.narration)).collect::<String>(), letters(&text));
            assert!(took.as_secs() < most_seconds, "{} scenes of {text:.20} took {took:?}", made.scenes.len());
        }
    }
}
