//! Small words by language: function words, abbreviations, words that begin a clause, verbs of speech, months.
//!
//! Function words come from the `stop-words` crate; the rest are short lists of what is common, since a missing word
//! costs a slightly worse cut or title and never a wrong text. A language without lists gets the shared ones.

use std::{
    collections::{HashMap, HashSet},
    sync::{LazyLock, Mutex, PoisonError},
};

use super::abbreviations;

/// What is known of a language's small words. All are in lower case.
pub struct Lexicon {
    stop: HashSet<&'static str>,
    clause_starters: HashSet<&'static str>,
    determiners: HashSet<&'static str>,
    prepositions: HashSet<&'static str>,
    speech_verbs: HashSet<&'static str>,
    verbs: HashSet<&'static str>,
    verbs_or_things: HashSet<&'static str>,
    coordinators: HashSet<&'static str>,
    loose_starters: HashSet<&'static str>,
    pub abbreviations: abbreviations::Abbreviations,
    pub language: String,
}

impl Lexicon {
    /// Function words: what carries no picture.
    pub fn is_stop(&self, lower: &str) -> bool {
        self.stop.contains(lower) || self.determiners.contains(lower) || self.prepositions.contains(lower)
    }

    /// "and", "that", "because": a comma before one of them is a good place to breathe.
    pub fn begins_clause(&self, lower: &str) -> bool {
        self.clause_starters.contains(lower)
    }

    /// Whether more than its function words is known, so that the edges of phrases can be told.
    pub fn has_grammar(&self) -> bool {
        !self.determiners.is_empty()
    }

    /// Articles and possessives: what follows is a thing.
    pub fn is_determiner(&self, lower: &str) -> bool {
        self.determiners.contains(lower)
    }

    /// "and", "or", "so", "as": they begin a clause after a pause, and without one may only join two things.
    pub fn needs_pause(&self, lower: &str) -> bool {
        self.determiners.contains(lower) || self.is_coordinator(lower) || self.loose_starters.contains(lower)
    }

    /// "and", "or".
    pub fn is_coordinator(&self, lower: &str) -> bool {
        self.coordinators.contains(lower)
    }

    /// "of": what follows belongs to the thing before.
    pub fn is_genitive(&self, lower: &str) -> bool {
        matches!(
            (self.language.as_str(), lower),
            ("en", "of")
                | ("de", "von" | "des" | "der")
                | ("fr", "de" | "du" | "des" | "d'")
                | ("es", "de" | "del")
                | ("it", "di" | "del" | "della" | "dei" | "delle" | "degli" | "dello")
                | ("pt", "de" | "do" | "da" | "dos" | "das")
                | ("nl", "van")
                | ("hi", "का" | "के" | "की")
        )
    }

    /// "this", "those": they point at something outside of the phrase.
    pub fn is_demonstrative(&self, lower: &str) -> bool {
        matches!(
            (self.language.as_str(), lower),
            ("en", "this" | "that" | "these" | "those" | "such")
                | ("de", "dieser" | "diese" | "dieses" | "diesen" | "diesem")
                | ("fr", "ce" | "cet" | "cette" | "ces")
                | ("es", "este" | "esta" | "estos" | "estas" | "ese" | "esa" | "aquel" | "aquella")
                | ("it", "questo" | "questa" | "questi" | "queste" | "quel" | "quella")
                | ("pt", "este" | "esta" | "esse" | "essa" | "aquele" | "aquela")
                | ("nl", "deze" | "dit" | "die" | "dat")
        )
    }

    /// Forms of "be" before which stands a thing and after which stands a quality.
    pub fn is_copula(&self, lower: &str) -> bool {
        matches!(
            lower,
            "be" | "is"
                | "are"
                | "was"
                | "were"
                | "been"
                | "being"
                | "ist"
                | "sind"
                | "war"
                | "waren"
                | "est"
                | "sont"
                | "était"
                | "étaient"
                | "es"
                | "son"
                | "era"
                | "eran"
                | "sono"
                | "erano"
                | "é"
                | "são"
                | "eram"
        ) && self.is_stop(lower)
    }

    pub fn is_preposition(&self, lower: &str) -> bool {
        self.prepositions.contains(lower)
    }

    /// "said", "asked": they belong to the words before or after them.
    pub fn is_speech_verb(&self, lower: &str) -> bool {
        self.speech_verbs.contains(lower)
    }

    /// "work", "rest": verbs that are things after an article.
    pub fn may_be_thing(&self, lower: &str) -> bool {
        self.verbs_or_things.contains(lower)
    }

    /// Common verbs, which make no picture alone and end the name of a thing.
    pub fn is_verb(&self, lower: &str) -> bool {
        self.verbs.contains(lower) || self.speech_verbs.contains(lower)
    }
}

/// The lexicon of a language (a primary subtag), made once.
pub fn of(language: &str) -> &'static Lexicon {
    static MADE: LazyLock<Mutex<HashMap<String, &'static Lexicon>>> = LazyLock::new(Mutex::default);
    // Languages that have no list share one lexicon, or a caller could fill the memory with invented tags.
    let known = stop_words::available_languages().contains(&stop_code(language));
    let key = if known { language } else { "und" };
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.entry(key.to_owned()).or_insert_with(|| Box::leak(Box::new(make(key))))
}

fn make(language: &str) -> Lexicon {
    let words = words_of(language);
    let set = |list: &'static str| list.split_whitespace().collect();
    Lexicon {
        stop: stop_words::lookup(stop_code(language))
            .unwrap_or_default()
            .iter()
            .copied()
            .chain(words.more_stop.split_whitespace())
            .collect(),
        clause_starters: set(words.clause_starters),
        determiners: set(words.determiners),
        prepositions: set(words.prepositions),
        speech_verbs: set(words.speech_verbs),
        verbs: set(words.verbs),
        verbs_or_things: set(words.verbs_or_things),
        coordinators: set(coordinators(language)),
        loose_starters: set(LOOSE_STARTERS),
        abbreviations: abbreviations::of(language),
        language: language.to_owned(),
    }
}

fn stop_code(language: &str) -> &str {
    match language {
        "nb" | "nn" => "no",
        _ => language,
    }
}

fn coordinators(language: &str) -> &'static str {
    match language {
        "en" => "and or nor but",
        "de" => "und oder sowie aber",
        "fr" => "et ou ni mais",
        "es" => "y e o u ni pero",
        "it" => "e ed o ma né",
        "pt" => "e ou nem mas",
        "nl" => "en of maar",
        "sv" => "och eller men",
        "da" | "nb" => "og eller men",
        "ru" => "и или а но",
        "pl" => "i oraz lub ale",
        "tr" => "ve veya ama",
        "ar" => "و أو ثم",
        "hi" => "और या तथा लेकिन",
        _ => "",
    }
}

/// Words that begin a clause after a comma and compare, count or point without one ("so conceived", "as swift").
const LOOSE_STARTERS: &str = "so as for yet than then before after until wie als denn si comme pour puis como para come";

#[derive(Default)]
struct Words {
    more_stop: &'static str,
    clause_starters: &'static str,
    determiners: &'static str,
    prepositions: &'static str,
    speech_verbs: &'static str,
    verbs: &'static str,
    verbs_or_things: &'static str,
}

fn words_of(language: &str) -> Words {
    match language {
        "en" => Words {
            more_stop: "would could may might must shall upon also even ever never yet though although however therefore thus hence \
                already always almost quite rather very much many still perhaps indeed us one two another every any whose whom among \
                toward towards without within across along around whether since unless thing things way lot thou thee thy ye let got \
                be get gets together straight far long well like first last new three four five six seven eight nine ten \
                altogether merely simply nor else instead soon often sometimes really maybe away back little less least most \
                ago asleep awake fast hard later today tomorrow yesterday tonight tis twas oh ah o yes please mr mrs ms dr nothing anything something everything everyone anyone someone nobody somebody \
                forth once twice either neither both others eleven twelve twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion",
            clause_starters: "and but or nor so yet for that which who whom whose when where whereby wherein while because since although though if unless until as before after then than whereas whether how",
            determiners: "the a an this these those my your his her its our their some each every no another any",
            prepositions: "of in on at by with from to into onto over under through across between among against toward towards upon beside behind before after above below around near without within along as for",
            speech_verbs: "said says say asked asks replied replies answered answers cried cries shouted shouts whispered whispers exclaimed \
                told tells called muttered murmured added continued remarked explained declared observed responded sighed laughed growled sang inquired",
            verbs: "went go goes going gone came come comes coming made make makes making took take takes taking taken saw see sees seen seeing \
                gave give gives given knew know knows known thought think thinks found find finds left leave leaves felt feel feels became become becomes \
                began begin begins begun kept keep keeps held hold holds brought bring brings stood stand stands ran run runs sat sit sits lay lie lies lying \
                put puts got gets fell fall falls fallen wrote write writes written spoke speak speaks spoken grew grow grows grown lost lose loses won win wins \
                sent send sends met meet meets paid pay pays led lead leads heard hear hears broke break breaks broken spent spend spends built build builds \
                caught catch catches chose choose chooses chosen drew draw draws drawn drove drive drives driven ate eat eats eaten flew fly flies flown \
                forgot forget hid hide hides hung hurt let lets meant mean means rose rise rises risen sold sell sells shook shake shone shot shut slept sleep sleeps \
                sought spread struck swam swept swung taught threw throw throws thrown understood woke wore wear wears worn wound want wants need needs use uses \
                seem seems show shows shown shew try tries let beat beats fix help helps long live lives endure perish forget detract add hallow dedicate consecrate \
                able believe bound done look looks move moves turn turns stay stays stop stops start starts wait waits work works play plays belong belongs \
                happen happens remain remains contain contains include includes provide provides allow allows require requires \
                fought fight bought buy born borne bore saved save set sets shall ought dare dares read reads wish wishes hope hopes love loves lay lays laid raise raises burnt burned learn learnt form forms",
            verbs_or_things: "work works play plays look looks use uses help show shows turn turns start lead note fix run runs rest fall stand love need want hope wish fight \
                change end cause answer call cries cry whisper shout beat strike throw draw drive catch break meet build spread sleep wound shot set sets move stop stay wait speaks read",
        },
        "de" => Words {
            more_stop: "dass daß schon noch immer nur sehr ganz mehr wenig beim zum zur vom ins ans sowie sowohl weder jedoch also denn doch mal etwa \
                wurde wurden worden werden wird würde hätte hätten könnte möchte sollte mußte musste konnten kann kein keine ja nein einmal eines eins zwei drei \
                darauf daran damit dafür davon dabei daher darum darin daraus heraus hinaus herein hinein hin her fort wieder bereits endlich plötzlich",
            clause_starters: "und aber oder denn sondern doch dass daß weil wenn als ob obwohl während damit bevor nachdem da wo der die das welcher welche welches indem sodass so",
            determiners: "der die das den dem des ein eine einen einem einer eines mein meine meinen meinem meiner dein deine sein seine seinen seinem seiner ihr ihre ihren ihrem ihrer unser unsere euer eure dieser diese dieses diesen diesem jeder jede jedes kein keine keinen keinem keiner am im zum zur vom beim ins ans",
            prepositions: "in an auf mit von bei nach aus zu für gegen durch um über unter vor hinter neben zwischen ohne seit bis im am zum zur vom beim",
            speech_verbs: "sagte sagt sagten sprach spricht fragte fragt antwortete antwortet rief ruft flüsterte erwiderte entgegnete meinte schrie erzählte bat",
            verbs: "",
            ..Words::default()
        },
        "fr" => Words {
            more_stop: "plus très tout tous toute toutes comme si bien mal sans sous sur vers chez entre depuis alors donc or car ni puis lorsque quand où dont cela ceci celui celle ceux celles leur leurs être avoir fait faire peut doit doivent peuvent était étaient fut furent il elle ils elles on y en non oui encore toujours jamais déjà peu assez trop autre autres même mêmes aussi ainsi après avant pendant uns unes un une dit deux trois jour",
            clause_starters: "et mais ou donc or ni car que qui dont où quand lorsque parce puisque si comme tandis alors afin pour puis",
            determiners: "le la les l un une des du de mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet cette ces au aux chaque quelque quelques",
            prepositions: "de du des à au aux en dans sur sous par pour avec sans vers chez entre contre depuis après avant",
            speech_verbs: "dit dis disait répondit répond demanda demande cria crie s'écria murmura ajouta reprit répliqua fit raconta",
            verbs: "naissent vit vint alla prit mit tint tenait peut sait veut voit vient va prend met tient",
            ..Words::default()
        },
        "es" => Words {
            more_stop: "más muy tan así aunque mientras pues luego ya aún solo sólo también tampoco nunca siempre jamás cada cual cuyo cuya cuando donde dónde cómo qué quién ser estar haber hacer hizo hace puede pueden debe deben era eran fue fueron había habían dijo uno una unos unas otro otra otros otras mismo misma dos tres sido si no allí aquí entonces después antes vez",
            clause_starters: "y e pero o u sino que quien cuando donde porque pues aunque mientras si como para cual cuyo luego entonces",
            determiners: "el la los las un una unos unas mi mis tu tus su sus nuestro nuestra nuestros nuestras este esta estos estas ese esa esos esas aquel aquella aquellos aquellas al del cada",
            prepositions: "de del a al en con por para sin sobre bajo entre hacia hasta desde contra según",
            speech_verbs: "dijo dice dijeron respondió responde preguntó pregunta gritó exclamó contestó murmuró añadió replicó susurró",
            verbs: "nacen vio vino fue tomó puso sabe quiere puede ve va viene tiene",
            ..Words::default()
        },
        "it" => Words {
            more_stop: "più molto così anche ancora già mai sempre poi quando dove perché mentre se cui essere avere fare fa può possono deve devono era erano fu furono aveva disse uno due tre altro altra altri altre stesso stessa ogni tutto tutti tutta tutte dopo prima senza",
            clause_starters: "e ed ma o che chi quando dove perché poiché se come mentre cui quale dunque quindi però anche affinché",
            determiners: "il lo la i gli le l un uno una mio mia tuo tua suo sua suoi sue nostro nostra vostro loro questo questa questi queste quel quello quella quei quegli quelle del dello della dei degli delle al allo alla ai agli alle dal dalla nel nella nei nelle sul sulla",
            prepositions: "di a da in con su per tra fra del della dei delle al alla dal dalla nel nella sul sulla senza verso",
            speech_verbs: "disse dice rispose risponde chiese domandò gridò esclamò mormorò aggiunse replicò",
            verbs: "nascono vide venne andò prese mise vuole può va viene",
            ..Words::default()
        },
        "pt" => Words {
            more_stop: "mais muito tão assim também já ainda nunca sempre jamais cada qual quando onde como porque enquanto pois se ser estar ter fazer fez faz pode podem deve devem era eram foi foram havia disse um uma uns umas outro outra outros outras mesmo mesma dois três todo todos toda todas depois antes sem",
            clause_starters: "e mas ou que quem quando onde porque pois embora enquanto se como para qual cujo então",
            determiners: "o a os as um uma uns umas meu minha seu sua seus suas nosso nossa este esta estes estas esse essa aquele aquela ao aos à às do da dos das no na nos nas pelo pela cada",
            prepositions: "de do da dos das em no na nos nas a ao com por para sem sobre sob entre até desde contra",
            speech_verbs: "disse diz respondeu perguntou gritou exclamou murmurou acrescentou replicou",
            verbs: "nascem viu veio foi tomou quer pode vai vem tem",
            ..Words::default()
        },
        "nl" => Words {
            more_stop: "zeer heel ook nog al altijd nooit alleen omdat terwijl toen wanneer waar hoe wordt werd worden kan kunnen moet moeten zou zouden zei",
            clause_starters: "en maar of want dat die wie toen als omdat terwijl wanneer waar zodat dus",
            determiners: "de het een mijn jouw zijn haar ons onze hun deze dit die dat elke elk",
            prepositions: "van in op aan met bij naar uit voor door om over onder tussen zonder tegen",
            speech_verbs: "zei zegt vroeg vraagt antwoordde riep fluisterde",
            verbs: "",
            ..Words::default()
        },
        "ru" => Words {
            clause_starters: "и а но или что чтобы который которая которое которые когда где если потому как пока хотя ибо",
            prepositions: "в во на с со из к ко от до по о об при про без для над под за между через",
            speech_verbs: "сказал сказала говорит спросил спросила ответил ответила крикнул закричал воскликнул прошептал",
            ..Words::default()
        },
        "ar" => Words {
            more_stop: "أن إن من في على إلى عن مع هذا هذه ذلك التي الذي قد كان كانت لا ما لم لن وقد وعليهم",
            clause_starters: "و ثم لكن ولكن أو لأن حتى إذا الذي التي وقد",
            speech_verbs: "قال قالت فقال فقالت وقال سأل أجاب",
            ..Words::default()
        },
        "hi" => Words {
            more_stop: "है हैं था थे थी का की के को में से पर और यह वह चाहिए प्रति परस्पर उन्हें जो कि तो ही भी",
            clause_starters: "और लेकिन परन्तु किन्तु या कि जो जब क्योंकि यदि तो तथा",
            speech_verbs: "कहा बोला बोली पूछा",
            ..Words::default()
        },
        "zh" => Words {
            more_stop: "的 了 着 是 在 和 与 及 并 而 也 都 就 不 没 有 他 她 它 我 你 们 他们 我们 你们 应 应该 以 之 其 这 那 一个 上 下 里 中 说 道",
            clause_starters: "但 但是 而 而且 并 并且 因为 所以 如果 虽然 于是 然后 可是 不过 或",
            speech_verbs: "说 说道 道 问 问道 答 答道 回答 喊 喊道 叫 叫道 笑道",
            ..Words::default()
        },
        "ja" => Words {
            more_stop: "は が を に の で と も へ や から まで より です ます た だ ない いる ある する した して こと もの それ これ その この あの よう ため",
            clause_starters: "しかし そして だから また でも が けれども",
            speech_verbs: "言っ 言う 言った 答え 答えた 叫ん 叫んだ 尋ね 聞い",
            ..Words::default()
        },
        _ => Words::default(),
    }
}
