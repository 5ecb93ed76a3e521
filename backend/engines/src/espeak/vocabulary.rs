//! The small words that a narration writes as signs: abbreviations, units and currencies, by language.

/// What has to follow an abbreviation, or stand before it, or it is something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    Anything,
    /// "No. 5", "S. 12".
    Number,
    /// "St. Paul", "M. Dupont".
    Name,
    /// Anything; and where a sentence ends with it, its full stop is that of the sentence, too.
    Sentence,
    /// "د. أحمد": one letter, and a word of a script without capitals. After a number or another letter it is no title.
    Title,
    /// As a sentence's end, where a year stands before it: "سنة 632 م."
    Era,
    /// As a sentence's end, where a number stands before it: "10 lb."
    Counted,
}

use Follows::{Anything, Counted as Measure, Era, Name, Number, Sentence, Title};

/// Abbreviations as they are written, with how they are said.
pub fn abbreviations(language: &str) -> &'static [(&'static str, &'static str, Follows)] {
    match language {
        "en" => ENGLISH,
        "de" => GERMAN,
        "fr" => FRENCH,
        "es" => SPANISH,
        "hi" => &[("डॉ.", "डॉक्टर", Anything), ("श्री.", "श्री", Anything), ("किमी", "किलोमीटर", Anything), ("ई.पू.", "ईसा पूर्व", Anything)],
        "ar" => ARABIC,
        _ => &[],
    }
}

const ENGLISH: &[(&str, &str, Follows)] = &[
    ("Mr.", "Mr", Name),
    ("Mrs.", "Mrs", Name),
    ("Ms.", "Ms", Name),
    ("Dr.", "Doctor", Name),
    ("Prof.", "Professor", Name),
    // "Baker St., London"; where a name follows, the line below is taken.
    ("St.", "Street", Sentence),
    ("St.", "Saint", Name),
    ("Mt.", "Mount", Name),
    ("Ft.", "Fort", Name),
    ("Gen.", "General", Name),
    ("Col.", "Colonel", Name),
    ("Capt.", "Captain", Name),
    ("Lt.", "Lieutenant", Name),
    ("Sgt.", "Sergeant", Name),
    ("Rev.", "Reverend", Name),
    ("Gov.", "Governor", Name),
    ("Sen.", "Senator", Name),
    ("Jr.", "Junior", Sentence),
    ("Sr.", "Senior", Sentence),
    ("No.", "Number", Number),
    ("no.", "number", Number),
    ("Nos.", "Numbers", Number),
    ("p.", "page", Number),
    ("pp.", "pages", Number),
    ("vol.", "volume", Number),
    ("Vol.", "Volume", Number),
    ("ch.", "chapter", Number),
    ("Ch.", "Chapter", Number),
    ("fig.", "figure", Number),
    ("Fig.", "Figure", Number),
    ("Jan.", "January", Number),
    ("Feb.", "February", Number),
    ("Mar.", "March", Number),
    ("Apr.", "April", Number),
    ("Aug.", "August", Number),
    ("Sep.", "September", Number),
    ("Sept.", "September", Number),
    ("Oct.", "October", Number),
    ("Nov.", "November", Number),
    ("Dec.", "December", Number),
    ("i.e.", "that is", Anything),
    ("e.g.", "for example", Anything),
    ("etc.", "et cetera", Sentence),
    ("vs.", "versus", Anything),
    ("ca.", "circa", Number),
    ("approx.", "approximately", Anything),
    ("Inc.", "Incorporated", Sentence),
    ("Ltd.", "Limited", Sentence),
    ("U.S.", "U S", Sentence),
    ("U.K.", "U K", Sentence),
    ("U.N.", "U N", Sentence),
    ("lb", "pounds", Measure),
    ("lb.", "pounds", Measure),
    ("lbs.", "pounds", Measure),
    ("oz", "ounces", Measure),
    ("oz.", "ounces", Measure),
    ("ft", "feet", Measure),
    ("ft.", "feet", Measure),
    ("mph", "miles per hour", Measure),
    ("tsp", "teaspoons", Measure),
    ("tsp.", "teaspoons", Measure),
    ("tbsp", "tablespoons", Measure),
    ("tbsp.", "tablespoons", Measure),
    ("min", "minutes", Measure),
    ("min.", "minutes", Measure),
    ("hr.", "hours", Measure),
    ("hrs.", "hours", Measure),
    ("h", "hours", Measure),
];

const GERMAN: &[(&str, &str, Follows)] = &[
    ("z. B.", "zum Beispiel", Anything),
    ("z.B.", "zum Beispiel", Anything),
    ("Z. B.", "Zum Beispiel", Anything),
    ("d. h.", "das heißt", Anything),
    ("d.h.", "das heißt", Anything),
    ("D. h.", "Das heißt", Anything),
    ("u. a.", "unter anderem", Anything),
    ("u.a.", "unter anderem", Anything),
    ("v. a.", "vor allem", Anything),
    ("v.a.", "vor allem", Anything),
    ("o. Ä.", "oder Ähnliches", Sentence),
    ("i. d. R.", "in der Regel", Anything),
    ("v. Chr.", "vor Christus", Sentence),
    ("n. Chr.", "nach Christus", Sentence),
    ("bzw.", "beziehungsweise", Anything),
    ("vgl.", "vergleiche", Anything),
    ("usw.", "und so weiter", Sentence),
    ("etc.", "et cetera", Sentence),
    ("ca.", "circa", Anything),
    ("evtl.", "eventuell", Anything),
    ("ggf.", "gegebenenfalls", Anything),
    ("inkl.", "inklusive", Anything),
    ("sog.", "sogenannte", Anything),
    ("bspw.", "beispielsweise", Anything),
    ("z. T.", "zum Teil", Anything),
    ("z.T.", "zum Teil", Anything),
    ("u. U.", "unter Umständen", Anything),
    ("m. E.", "meines Erachtens", Anything),
    ("rd.", "rund", Number),
    ("Nr.", "Nummer", Number),
    ("S.", "Seite", Number),
    ("Bd.", "Band", Number),
    ("Kap.", "Kapitel", Number),
    ("Abb.", "Abbildung", Number),
    ("Art.", "Artikel", Number),
    ("Abs.", "Absatz", Number),
    ("Dr.", "Doktor", Name),
    ("Prof.", "Professor", Name),
    ("Hr.", "Herr", Name),
    ("Fr.", "Frau", Name),
    ("St.", "Sankt", Name),
    // What is counted follows, and has a capital: "3,5 Mrd. Euro".
    ("Mio.", "Millionen", Anything),
    ("Mrd.", "Milliarden", Anything),
    ("Jh.", "Jahrhundert", Sentence),
    ("Std.", "Stunden", Sentence),
    ("Min.", "Minuten", Sentence),
];

const FRENCH: &[(&str, &str, Follows)] = &[
    ("MM.", "messieurs", Name),
    ("M.", "monsieur", Name),
    ("Mme", "madame", Anything),
    ("Mmes", "mesdames", Anything),
    ("Mlle", "mademoiselle", Anything),
    ("Dr", "docteur", Name),
    ("Pr", "professeur", Name),
    ("St", "saint", Name),
    ("Ste", "sainte", Name),
    ("p. ex.", "par exemple", Anything),
    ("c.-à-d.", "c’est-à-dire", Anything),
    ("av. J.-C.", "avant Jésus-Christ", Sentence),
    ("apr. J.-C.", "après Jésus-Christ", Sentence),
    ("n°", "numéro", Anything),
    ("N°", "Numéro", Anything),
    ("nº", "numéro", Anything),
    ("p.", "page", Number),
    ("chap.", "chapitre", Number),
    ("vol.", "volume", Number),
    ("fig.", "figure", Number),
    ("Art.", "Article", Number),
    ("art.", "article", Number),
    ("etc.", "et cetera", Sentence),
    ("env.", "environ", Anything),
];

const SPANISH: &[(&str, &str, Follows)] = &[
    ("Sr.", "señor", Name),
    ("Sra.", "señora", Name),
    ("Srta.", "señorita", Name),
    ("Dr.", "doctor", Name),
    ("Dra.", "doctora", Name),
    ("Prof.", "profesor", Name),
    ("D.", "don", Name),
    ("Dña.", "doña", Name),
    ("Ud.", "usted", Sentence),
    ("Uds.", "ustedes", Sentence),
    ("EE. UU.", "Estados Unidos", Sentence),
    ("EE.UU.", "Estados Unidos", Sentence),
    ("p. ej.", "por ejemplo", Anything),
    ("p.ej.", "por ejemplo", Anything),
    ("a. C.", "antes de Cristo", Sentence),
    ("d. C.", "después de Cristo", Sentence),
    ("núm.", "número", Number),
    ("n.º", "número", Anything),
    ("N.º", "Número", Anything),
    ("pág.", "página", Number),
    ("págs.", "páginas", Number),
    ("cap.", "capítulo", Number),
    ("art.", "artículo", Number),
    ("Art.", "Artículo", Number),
    ("etc.", "etcétera", Sentence),
    ("aprox.", "aproximadamente", Anything),
    // espeak-ng 1.51 says these in English.
    ("½", "un medio", Anything),
    ("¼", "un cuarto", Anything),
    ("¾", "tres cuartos", Anything),
];

const ARABIC: &[(&str, &str, Follows)] = &[
    ("د.", "الدكتور", Title),
    ("أ.", "الأستاذ", Title),
    ("أ.د.", "الأستاذ الدكتور", Title),
    ("أ. د.", "الأستاذ الدكتور", Title),
    ("م.", "المهندس", Title),
    ("م.", "ميلادي", Era),
    ("ق.م.", "قبل الميلاد", Sentence),
    ("ق. م.", "قبل الميلاد", Sentence),
    ("إلخ.", "إلى آخره", Sentence),
];

/// One thing that is counted: its sign, and its name for one and for many in English, German, French, Spanish, Chinese,
/// Arabic and Hindi, parted by bars (the last three and German have one form).
pub struct Counted {
    pub sign: &'static str,
    names: &'static str,
}

impl Counted {
    /// Its name beside a number; None in a language that it has none in.
    pub fn name(&self, language: &str, one: bool) -> Option<&'static str> {
        let column = match (language, one) {
            ("en", true) => 0,
            ("en", false) => 1,
            ("de", _) => 2,
            ("fr", true) => 3,
            ("fr", false) => 4,
            ("es", true) => 5,
            ("es", false) => 6,
            ("zh", _) => 7,
            ("ar", _) => 8,
            ("hi", _) => 9,
            _ => return None,
        };
        self.names.split('|').nth(column)
    }
}

const fn counted(sign: &'static str, names: &'static str) -> Counted {
    Counted { sign, names }
}

/// Units, longer signs before what they begin with.
pub const UNITS: &[Counted] = &[
    counted(
        "km/h",
        "kilometer per hour|kilometers per hour|Kilometer pro Stunde|kilomètre à l’heure|kilomètres à l’heure|kilómetro por hora|kilómetros por hora|公里每小时|كيلومتر في الساعة|किलोमीटर प्रति घंटा",
    ),
    counted(
        "m/s",
        "meter per second|meters per second|Meter pro Sekunde|mètre par seconde|mètres par seconde|metro por segundo|metros por segundo|米每秒|متر في الثانية|मीटर प्रति सेकंड",
    ),
    counted(
        "km²",
        "square kilometer|square kilometers|Quadratkilometer|kilomètre carré|kilomètres carrés|kilómetro cuadrado|kilómetros cuadrados|平方公里|كيلومتر مربع|वर्ग किलोमीटर",
    ),
    counted(
        "m²",
        "square meter|square meters|Quadratmeter|mètre carré|mètres carrés|metro cuadrado|metros cuadrados|平方米|متر مربع|वर्ग मीटर",
    ),
    counted("m³", "cubic meter|cubic meters|Kubikmeter|mètre cube|mètres cubes|metro cúbico|metros cúbicos|立方米|متر مكعب|घन मीटर"),
    counted("km", "kilometer|kilometers|Kilometer|kilomètre|kilomètres|kilómetro|kilómetros|公里|كيلومتر|किलोमीटर"),
    counted("cm", "centimeter|centimeters|Zentimeter|centimètre|centimètres|centímetro|centímetros|厘米|سنتيمتر|सेंटीमीटर"),
    counted("mm", "millimeter|millimeters|Millimeter|millimètre|millimètres|milímetro|milímetros|毫米|مليمتر|मिलीमीटर"),
    counted("kg", "kilogram|kilograms|Kilogramm|kilogramme|kilogrammes|kilogramo|kilogramos|公斤|كيلوغرام|किलोग्राम"),
    counted("mg", "milligram|milligrams|Milligramm|milligramme|milligrammes|miligramo|miligramos|毫克|مليغرام|मिलीग्राम"),
    counted("ml", "milliliter|milliliters|Milliliter|millilitre|millilitres|mililitro|mililitros|毫升|مليلتر|मिलीलीटर"),
    counted(
        "kWh",
        "kilowatt hour|kilowatt hours|Kilowattstunden|kilowattheure|kilowattheures|kilovatio hora|kilovatios hora|千瓦时|كيلوواط ساعة|किलोवाट घंटे",
    ),
    counted("kW", "kilowatt|kilowatts|Kilowatt|kilowatt|kilowatts|kilovatio|kilovatios|千瓦|كيلوواط|किलोवाट"),
    counted("MW", "megawatt|megawatts|Megawatt|mégawatt|mégawatts|megavatio|megavatios|兆瓦|ميغاواط|मेगावाट"),
    counted("GHz", "gigahertz|gigahertz|Gigahertz|gigahertz|gigahertz|gigahercio|gigahercios|吉赫|غيغاهرتز|गीगाहर्ट्ज़"),
    counted("MHz", "megahertz|megahertz|Megahertz|mégahertz|mégahertz|megahercio|megahercios|兆赫|ميغاهرتز|मेगाहर्ट्ज़"),
    counted("GB", "gigabyte|gigabytes|Gigabyte|gigaoctet|gigaoctets|gigabyte|gigabytes|吉字节|غيغابايت|गीगाबाइट"),
    counted("MB", "megabyte|megabytes|Megabyte|mégaoctet|mégaoctets|megabyte|megabytes|兆字节|ميغابايت|मेगाबाइट"),
    counted("ha", "hectare|hectares|Hektar|hectare|hectares|hectárea|hectáreas|公顷|هكتار|हेक्टेयर"),
    counted(
        "°C",
        "degree Celsius|degrees Celsius|Grad Celsius|degré Celsius|degrés Celsius|grado Celsius|grados Celsius|摄氏度|درجة مئوية|डिग्री सेल्सियस",
    ),
    counted(
        "°F",
        "degree Fahrenheit|degrees Fahrenheit|Grad Fahrenheit|degré Fahrenheit|degrés Fahrenheit|grado Fahrenheit|grados Fahrenheit|华氏度|درجة فهرنهايت|डिग्री फ़ारेनहाइट",
    ),
    counted("m", "meter|meters|Meter|mètre|mètres|metro|metros|米|متر|मीटर"),
    counted("g", "gram|grams|Gramm|gramme|grammes|gramo|gramos|克|غرام|ग्राम"),
];

/// Currencies.
pub const CURRENCIES: &[Counted] = &[
    counted("$", "dollar|dollars|Dollar|dollar|dollars|dólar|dólares|美元|دولار|डॉलर"),
    counted("€", "euro|euros|Euro|euro|euros|euro|euros|欧元|يورو|यूरो"),
    counted("£", "pound|pounds|Pfund|livre|livres|libra|libras|英镑|جنيه|पाउंड"),
    counted("¥", "yen|yen|Yen|yen|yens|yen|yenes|元|ين|येन"),
    counted("₹", "rupee|rupees|Rupien|roupie|roupies|rupia|rupias|卢比|روبية|रुपये"),
];

/// Words for a great number between an amount and its currency.
pub const SCALES: &[&str] = &[
    "million",
    "billion",
    "trillion",
    "thousand",
    "millions",
    "milliards",
    "millones",
    "Millionen",
    "Milliarden",
    "万",
    "亿",
    "लाख",
    "करोड़",
    "مليون",
    "مليار",
];

/// Letters right behind an amount in English.
pub const SHORT_SCALES: &[(&str, &str)] = &[
    ("k", "thousand"),
    ("K", "thousand"),
    ("m", "million"),
    ("M", "million"),
    ("mn", "million"),
    ("bn", "billion"),
    ("b", "billion"),
    ("B", "billion"),
    ("tn", "trillion"),
    ("T", "trillion"),
];

/// Kings, queens and popes, in the languages that count them.
pub fn is_regnal(name: &str) -> bool {
    REGNAL.split_whitespace().any(|known| known == name)
}

const REGNAL: &str = "Henry George William James Charles Edward Richard Elizabeth Mary Louis Philip Napoleon Catherine Peter \
    Pius John Paul Benedict Leo Gregory Alexander Frederick Nicholas Ferdinand Ivan Ramses Ramesses Ptolemy \
    Victoria Robert Francis Clement Innocent Urban Ludwig Friedrich Wilhelm Karl Heinrich Otto Franz Johannes \
    Leopold Joseph Maximilian Rudolf Katharina Philipp Henri François Philippe Napoléon Jean Pie Léon Grégoire \
    Benoît Felipe Carlos Alfonso Isabel Fernando Enrique Juan Pío Benedicto León Pedro Jaime Luis Napoleón \
    Sancho Gustav Christian Umberto";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_counted_has_a_name_in_every_language() {
        for counted in UNITS.iter().chain(CURRENCIES) {
            assert_eq!(counted.names.split('|').count(), 10, "{}", counted.sign);
            for language in ["en", "de", "fr", "es", "zh", "ar", "hi"] {
                assert!(counted.name(language, true).is_some_and(|name| !name.is_empty()), "{} in {language}", counted.sign);
            }
            assert!(counted.name("sv", true).is_none());
        }
    }
}
