//! What is written, and what is said.

use super::*;

fn read(language: &str, text: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for reading in readings(text, language) {
        assert!(reading.range.start >= from, "they overlap");
        out.push_str(&text[from..reading.range.start]);
        out.push_str(&reading.spoken);
        from = reading.range.end;
    }
    out + &text[from..]
}

fn check(language: &str, cases: &[(&str, &str)]) {
    for (written, said) in cases {
        assert_eq!(read(language, written), *said, "{language}");
    }
}

#[test]
fn english() {
    check(
        "en-us",
        &[
            ("Dr. Smith paid $3.50 for 5 km at 20°C.", "Doctor Smith paid 3 dollars 50 for 5 kilometers at 20 degrees Celsius."),
            ("It cost £5 million, $1, €0.05 or $2.5 billion.", "It cost 5 million pounds, 1 dollar, 0 euros 5 or 2.5 billion dollars."),
            ("In 1863 and 1905, since 1900; on May 5, 2024.", "In 18 63 and 19 oh 5, since 19 hundred; on May 5, 20 24."),
            ("He had 1863 crowns and 1,000 more.", "He had 1863 crowns and 1,000 more."),
            ("Henry VIII and World War II, Part I; so do I.", "Henry the 8th and World War 2, Part 1; so do I."),
            (
                "See No. 5, p. 12, e.g. this, etc. Then St. Paul came.",
                "See Number 5, page 12, for example this, et cetera. Then Saint Paul came.",
            ),
            ("“No.” He left the U.S. in Jan. 5.", "“No.” He left the U S in January 5."),
            ("1/2 cup, 3/4 and 1/10, 3.5 kg, 50%, 3D, 1.2.3", "one half cup, three quarters and 1/10, 3.5 kilograms, 50%, 3D, 1.2.3"),
        ],
    );
}

#[test]
fn german() {
    check(
        "de",
        &[
            (
                "Am 3. Oktober 1990 kostete es 3,50 €, z. B. 5 km.",
                "Am dritten Oktober 19 hundert 90 kostete es 3 Euro 50, zum Beispiel 5 Kilometer.",
            ),
            (
                "Der 2. Versuch, d. h. Nr. 5 auf S. 12 usw. Ende.",
                "Der zweite Versuch, das heißt Nummer 5 auf Seite 12 und so weiter. Ende.",
            ),
            ("Ludwig XIV. war um 14:30 Uhr da, 1.000 Mann.", "Ludwig der vierzehnte war um 14 Uhr 30 da, 1000 Mann."),
            (
                "Dr. Müller, 20 °C, 1,5 km/h, 1. Wasser kochen.",
                "Doktor Müller, 20 Grad Celsius, 1,5 Kilometer pro Stunde, 1. Wasser kochen.",
            ),
            ("Er ist 12. Sie ist 13.", "Er ist 12. Sie ist 13."),
        ],
    );
}

#[test]
fn french_and_spanish() {
    check(
        "fr-fr",
        &[
            ("M. Dupont paya 3,50 € à 14h30, p. ex. 5 km.", "monsieur Dupont paya 3 euros 50 à 14 heures 30, par exemple 5 kilomètres."),
            (
                "Au XVIIIe siècle, Louis XIV et François I ; la 2e fois.",
                "Au dix-huitième siècle, Louis 14 et François premier ; la deuxième fois.",
            ),
            ("10 000 hommes, n° 5, 50 %, 1 km", "10000 hommes, numéro 5, 50 %, 1 kilomètre"),
        ],
    );
    check(
        "es",
        &[
            (
                "El Sr. García pagó 3,50 € en EE. UU. Luego, 5 km.",
                "El señor García pagó 3 euros con 50 en Estados Unidos. Luego, 5 kilómetros.",
            ),
            ("Felipe II, Alfonso XIII, el siglo XVIII; el 2.º día.", "Felipe segundo, Alfonso 13, el siglo 18; el segundo día."),
            ("p. ej. 20 °C, núm. 5, 10.000", "por ejemplo 20 grados Celsius, número 5, 10000"),
        ],
    );
}

#[test]
fn chinese_arabic_and_hindi() {
    check(
        "cmn-latn-pinyin",
        &[
            ("增长了50%，3.5公里，¥20，20°C，10:30", "增长了百分之50，3点5公里，20元，20摄氏度，10点30分"),
            ("1949年10月1日", "一九四九年10月1日"),
        ],
    );
    check("ar", &[("50% من 5 km، د. أحمد", "50 بالمئة من 5 كيلومتر، الدكتور أحمد")]);
    check("hi", &[("50%, ₹20, 5 किमी, डॉ. शर्मा", "50 प्रतिशत, 20 रुपये, 5 किलोमीटर, डॉक्टर शर्मा")]);
    check("sv", &[("5 km, $3.50", "5 km, $3.50")]);
}

#[test]
fn the_other_decimal_mark_is_one_where_something_is_counted() {
    check("en", &[("1,5 km, €3,50, 2,5 kg; 1,5 and 15", "1.5 kilometers, 3 euros 50, 2.5 kilograms; 1,5 and 15")]);
    check("es", &[("Corrió 2.5 km por 3.50 €.", "Corrió 2,5 kilómetros por 3 euros con 50.")]);
    check("de", &[("3.50 € für 2.5 km am 3.10. um 14.30 Uhr", "3 Euro 50 für 2,5 Kilometer am dritten zehnten um 14 Uhr 30")]);
    check("fr", &[("3.50 €", "3 euros 50")]);
    check("zh", &[("增长1,5%，第1,5页", "增长百分之1点5，第1,5页")]);
    check("hi", &[("12,5 %", "12.5 प्रतिशत")]);
    check("ar", &[("12,5 %", "12.5 بالمئة")]);
}

#[test]
fn amounts_in_the_groups_of_india() {
    check("en", &[("₹1,50,000, ₹12,34,567.50 or 1,50,000 people", "150000 rupees, 1234567 rupees 50 or 150000 people")]);
    check("hi", &[("₹1,50,000 और 1,50,000", "150000 रुपये और 1,50,000")]);
}

#[test]
fn what_is_no_amount_keeps_its_number() {
    check("en", &[("$1.2.3, 1.2.3 km, ₹1,50,00", "$1.2.3, 1.2.3 km, ₹1,50,00")]);
    check("de", &[("3.40.1990 €", "3.40.1990 €")]);
    check("ar", &[("1.2.3 %", "1.2.3 %")]);
}

#[test]
fn arabic_letters_are_titles_before_names_only() {
    check(
        "ar",
        &[
            ("توفي سنة 632 م.", "توفي سنة 632 ميلادي."),
            ("بنيت عام ٦٣٢ م. في مكة", "بنيت عام ٦٣٢ ميلادي في مكة"),
            ("حدث ذلك في 500 ق.م.", "حدث ذلك في 500 قبل الميلاد."),
            ("طوله 5 م. وعرضه 3 م.", "طوله 5 م. وعرضه 3 م."),
            ("أ. النقطة الأولى\nب. الثانية", "أ. النقطة الأولى\nب. الثانية"),
            ("انتهى. د. أحمد وم. علي، م. سعيد، أ. منى", "انتهى. الدكتور أحمد وم. علي، المهندس سعيد، الأستاذ منى"),
            ("أ.د. محمد", "الأستاذ الدكتور محمد"),
        ],
    );
}

#[test]
fn years_are_said_as_years() {
    check(
        "en",
        &[
            ("Lincoln (1809–1865) and the war of 1861-65.", "Lincoln (18 oh 9 to 18 65) and the war of 18 61 to 65."),
            ("In the 1990s, the 1800s and the 2020s.", "In the 19 nineties, the 18 hundreds and the 20 twenties."),
            ("Pages 1200-1100; 555-1234-1567; room 1990-05; 1990.5", "Pages 1200-1100; 555-1234-1567; room 1990-05; 1990.5"),
            ("The mid-1990s, 1500-2000 km.", "The mid-19 nineties, 1500-2000 kilometers."),
        ],
    );
    check(
        "de",
        &[
            ("1789 begann, was 1914–1918 endete.", "17 hundert 89 begann, was 19 hundert 14 bis 19 hundert 18 endete."),
            ("Die 1990er Jahre, 1900, 2024 und 1.500 Mann.", "Die 19 hundert 90er Jahre, 19 hundert, 2024 und 1500 Mann."),
            ("1200–1500 m hoch", "1200–1500 Meter hoch"),
        ],
    );
    check("fr", &[("La guerre de 1914-1918.", "La guerre de 1914 à 1918.")]);
    check("es", &[("La guerra (1936–1939).", "La guerra (1936 a 1939).")]);
    check("cmn", &[("1914-1918年，1990年代，1500年前，1450年的历史", "一九一四至一九一八年，一九九零年代，1500年前，1450年的历史")]);
}

#[test]
fn dates_in_digits_are_said_as_dates() {
    check("en", &[("On 2024-05-03 and 10/12/2024, not 13/14/2024.", "On May 3, 20 24 and 10 12 20 24, not 13/14/2024.")]);
    check("de", &[("Am 3.10.1990, der 1.5.2024.", "Am dritten zehnten 19 hundert 90, der erste fünfte 2024.")]);
    check("de", &[("Seit 2024-05-03; bis zum 3.10.", "Seit dritter Mai 2024; bis zum dritten zehnten.")]);
    check("de", &[("Am 3.10. Dann bis 3.5.", "Am dritten zehnten. Dann bis 3.5.")]);
    check("fr", &[("le 01/05/1990 et le 3/10/1990", "le premier mai 1990 et le 3 octobre 1990")]);
    check("es", &[("el 3/10/1990", "el 3 de octubre de 1990")]);
    check("zh", &[("2024-05-03", "二零二四年5月3日")]);
    check("en", &[("1.2.2024; 2024-05-03-1 and 3/10", "1.2.2024; 2024-05-03-1 and 3/10")]);
}

#[test]
fn times_of_day_are_said_as_times() {
    check(
        "en",
        &[
            ("At 10:00 a.m., 10:00, 18:00 and 9:30.", "At 10 a.m., 10 o'clock, 18 hundred and 9:30."),
            ("At 12:05 pm, 7:00 o’clock and 9.15 p.m., 10:00am.", "At 12 oh 5 pm, 7 o’clock and 9 15 p.m., 10am."),
            ("It took 1:05:30, or 9.15 seconds.", "It took 1:05:30, or 9.15 seconds."),
        ],
    );
    check(
        "fr",
        &[(
            "à 15 h. De 9h à 18 h, l’h est muet ; 14 h 30, 1 h",
            "à 15 heures. De 9 heures à 18 heures, l’h est muet ; 14 heures 30, 1 heure",
        )],
    );
    check("es", &[("A las 18:45 h, 14.30 h, 20 h, 18:00h y 9:30.", "A las 18:45 horas, 14:30 horas, 20 horas, 18 horas y 9:30.")]);
}

#[test]
fn great_amounts_may_be_written_short() {
    check("en", &[("$1m, $3.5bn, £20k and $5 mmHg", "1 million dollars, 3.5 billion dollars, 20 thousand pounds and 5 dollars mmHg")]);
    check("de", &[("3,5 Mrd. Euro, 5 Mio. Menschen, $5k", "3,5 Milliarden Euro, 5 Millionen Menschen, $5k")]);
}

#[test]
fn from_one_number_to_another() {
    check("en", &[("2-3 days, pages 12–15, 5-10 km", "2 to 3 days, pages 12 to 15, 5 to 10 kilometers")]);
    check("en", &[("555-1234, 3-2, 50-50, 9-1-1, a 737-800, 01-02", "555-1234, 3-2, 50-50, 9-1-1, a 737-800, 01-02")]);
    check("de", &[("von 9–17 Uhr, 2-3 Tage", "von 9 bis 17 Uhr, 2 bis 3 Tage")]);
    check("fr", &[("2-3 jours", "2 à 3 jours")]);
    check("zh", &[("2-3天", "2至3天")]);
}

#[test]
fn ordinals_bend_with_what_stands_before_them() {
    check("de", &[("in der 2. Hälfte, der 2. Versuch, jeden 2. Tag", "in der zweiten Hälfte, der zweite Versuch, jeden zweiten Tag")]);
    check("de", &[("der II. Weltkrieg, im XIX. Jahrhundert", "der zweite Weltkrieg, im neunzehnten Jahrhundert")]);
    check("fr", &[("François Ier, la 1re fois, la Ire République", "François premier, la première fois, la première République")]);
}

#[test]
fn streets_and_parts_of_a_whole() {
    check("en", &[("221B Baker St., near St. Paul", "221B Baker Street, near Saint Paul"), ("2 1/2 cups", "2 and one half cups")]);
    check("zh", &[("3/4的人", "四分之三的人")]);
    check("es", &[("2 1/2 tazas, ½ taza", "2 y un medio tazas, un medio taza")]);
}

#[test]
fn measures_of_kitchens_and_roads() {
    check(
        "en",
        &[
            (
                "1 tsp. salt, 6–8 tbsp. water and 10 lb. Then 6 ft. at 60 mph.",
                "1 teaspoon salt, 6 to 8 tablespoons water and 10 pounds. Then 6 feet at 60 miles per hour.",
            ),
            ("1 h 30 min, the h and the min. of it", "1 hour 30 minutes, the h and the min. of it"),
        ],
    );
}
