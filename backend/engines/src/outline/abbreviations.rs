//! Abbreviations whose full stop ends no sentence, and numbers whose full stop makes an ordinal, by language.

use std::collections::HashSet;

/// A language's abbreviations, in lower case, with their full stops inside but without the last one.
pub struct Abbreviations {
    /// Something always follows: "Dr. Watson", "z.B. Hunde".
    leading: HashSet<&'static str>,
    /// They may end a sentence: "etc.", "Inc.".
    trailing: HashSet<&'static str>,
    /// They stand before a number: "No. 5", "S. 12".
    numbered: HashSet<&'static str>,
    months: HashSet<&'static str>,
    /// "3. Oktober": a full stop after digits makes an ordinal.
    pub ordinals: bool,
    /// Words before which or after which digits with a full stop are an ordinal: "am 3.", "der 2."
    before_ordinal: HashSet<&'static str>,
}

impl Abbreviations {
    pub fn is_leading(&self, lower: &str) -> bool {
        self.leading.contains(lower)
    }

    pub fn is_trailing(&self, lower: &str) -> bool {
        self.trailing.contains(lower)
    }

    pub fn is_numbered(&self, lower: &str) -> bool {
        self.numbered.contains(lower)
    }

    pub fn is_month(&self, lower: &str) -> bool {
        self.months.contains(lower)
    }

    pub fn goes_before_ordinal(&self, lower: &str) -> bool {
        self.before_ordinal.contains(lower)
    }
}

/// Titles and Latin that are written in many languages.
const LEADING: &str = "mr mrs ms dr prof vs cf viz al messrs gen col capt lt sgt rev hon fr sr sra mt ft e.g i.e eg ie p.ex";
const TRAILING: &str = "st etc inc ltd co corp jr u.s u.k u.n a.m p.m b.c a.d ph.d m.d ca approx dept est";
const NUMBERED: &str = "no nr p pp vol fig art sec ch chap cap op nos ed n s c";

pub fn of(language: &str) -> Abbreviations {
    let (leading, trailing, numbered, months, before_ordinal) = lists(language);
    let set = |shared: &'static str, own: &'static str| shared.split_whitespace().chain(own.split_whitespace()).collect();
    let ordinals = matches!(
        language,
        "de" | "da" | "nb" | "nn" | "no" | "fi" | "cs" | "sk" | "sl" | "hr" | "sr" | "bs" | "hu" | "pl" | "tr" | "et" | "lv" | "is"
    );
    Abbreviations {
        leading: set(LEADING, leading),
        trailing: set(TRAILING, trailing),
        numbered: set(NUMBERED, numbered),
        months: set("", months),
        ordinals,
        before_ordinal: set("", before_ordinal),
    }
}

type Lists = (&'static str, &'static str, &'static str, &'static str, &'static str);

fn lists(language: &str) -> Lists {
    match language {
        "en" => (
            "gov sen rep pres maj cmdr adm supt esq gent mme mlle hon prop",
            "sq ave blvd rd bros assn tue thu jan feb apr jun jul aug sep sept oct nov dec",
            "para",
            "",
            "",
        ),
        "de" => (
            "z.b z d.h d u.a o.ä bzw hr fr hrn dipl ing hl kgl sog insb bes vgl ggf evtl inkl exkl geb gest str zw franz engl d.i s.o s.u i.d.r m.e u.u z.t z.zt v.a",
            "usw usf u.s.w etc o.g gmbh n.chr v.chr jh jhs mio mrd tsd std",
            "bd abs kap ziff abb tab",
            "januar jänner februar märz april mai juni juli august september oktober november dezember jahrhundert jahrhunderts jahrhunderte kapitel klasse jahr jahre mal tag",
            "am der die das den dem des im vom zum zur beim ab bis seit und oder ihr sein ihrem seinem jeder jedes",
        ),
        "fr" => ("mm mgr mlle mme p.ex ex st ste env av apr cf c.-à-d bd", "etc", "chap t", "", ""),
        "es" => (
            "dra sres srta d dña ud uds vd ee excmo ilmo lic ing arq gral pág págs tel p.ej ej fray sto sta",
            "uu etc ee.uu s.a",
            "núm pág págs t",
            "",
            "",
        ),
        "it" => ("sig sigg sig.ra dott dott.ssa prof.ssa avv ing geom rag on s ss p.es es mons", "ecc s.p.a", "pag cap n", "", ""),
        "pt" => ("sra srs exmo exma ilmo d dª drª prof.ª eng p.ex ex", "etc ltda", "pág núm n.º", "", ""),
        "nl" => ("dhr mevr mw mej drs ir mr ing bijv b.v d.w.z o.a t.a.v zgn zg", "enz e.d nv bv", "blz nr", "", ""),
        "ru" => (
            "т.е т.к т.н им ул г-н проф акад гр св тов см ср напр",
            "т.д т.п др пр г гг в вв руб коп тыс млн млрд",
            "стр рис табл гл ст",
            "",
            "",
        ),
        "pl" => (
            "np tzn tj prof ul św inż im ks płk gen",
            "itd itp in r w",
            "str nr rys",
            "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
            "dnia",
        ),
        "sv" => ("t.ex bl.a d.v.s dvs s.k kl", "osv m.m m.fl", "sid", "", ""),
        "da" | "nb" | "no" | "nn" => (
            "f.eks fx bl.a d.v.s dvs hr fru kl",
            "osv m.m m.v",
            "s nr",
            "januar februar marts mars april maj mai juni juli august september oktober november december desember",
            "den det",
        ),
        "tr" => (
            "örn bkz yrd doç av sn",
            "vb vs",
            "s no",
            "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık yüzyıl",
            "",
        ),
        "cs" => (
            "např tzv tj mj prof ing mgr bc sv",
            "atd apod",
            "č str",
            "ledna února března dubna května června července srpna září října listopadu prosince století",
            "dne",
        ),
        "uk" => ("ім вул пл проф акад гр св див напр т.зв", "т.д т.п ін м р рр ст тис млн млрд грн", "стор рис табл гл", "", ""),
        "el" => ("κ κα κκ δρ καθ βλ δηλ αγ", "κ.λπ κ.ά", "σελ αρ κεφ", "", ""),
        "hi" | "mr" | "ne" => ("डॉ प्रो श्री कु पं मो स्व ई.पू", "", "रु", "", ""),
        _ => ("", "", "", "", ""),
    }
}
