//! Which script a letter belongs to, as far as words end there: in "TOK站在海边" a Latin word ends before a Chinese one.
//!
//! The tables of the standard library do not say it, and a JavaScript engine tells it only for one script at a time. So this is Unicode's Script property for the
//! letters of the Basic Multilingual Plane and for Han, drawn together: what stands between two letters of one script counts as that script, since only letters
//! are ever asked about.

use super::unicode;

/// The four letters of ISO 15924.
type Script = [u8; 4];

/// Whether two letters are of two scripts. Letters of rare scripts that the table does not know go with any.
pub(super) fn differ(a: char, b: char) -> bool {
    matches!((of(a), of(b)), (Some(a), Some(b)) if a != b)
}

/// The script of a letter; none for everything else.
fn of(c: char) -> Option<Script> {
    if c.is_ascii() {
        return c.is_ascii_alphabetic().then_some(*b"Latn");
    }
    if !unicode::is_letter(c) {
        return None;
    }
    let Ok(c) = u16::try_from(u32::from(c)) else {
        return matches!(c, '\u{20000}'..='\u{3FFFF}').then_some(*b"Hani");
    };
    let next = STARTS.partition_point(|(start, _)| *start <= c);
    Some(STARTS[next.checked_sub(1)?].1).filter(|script| *script != COMMON)
}

/// Of letters that go with every script, such as the apostrophe of "мʼята".
const COMMON: Script = *b"Zyyy";

/// Where each script begins.
#[rustfmt::skip]
static STARTS: &[(u16, Script)] = &[
    (0x0041, *b"Latn"), (0x02B9, COMMON), (0x02E0, *b"Latn"), (0x02E5, COMMON), (0x0370, *b"Grek"), (0x03E2, *b"Copt"), (0x03F0, *b"Grek"),
    (0x0400, *b"Cyrl"), (0x0531, *b"Armn"), (0x05D0, *b"Hebr"), (0x0620, *b"Arab"),
    (0x0710, *b"Syrc"), (0x0750, *b"Arab"), (0x0780, *b"Thaa"), (0x07CA, *b"Nkoo"),
    (0x0800, *b"Samr"), (0x0840, *b"Mand"), (0x0860, *b"Syrc"), (0x0870, *b"Arab"),
    (0x0904, *b"Deva"), (0x0980, *b"Beng"), (0x0A05, *b"Guru"), (0x0A85, *b"Gujr"),
    (0x0B05, *b"Orya"), (0x0B83, *b"Taml"), (0x0C05, *b"Telu"), (0x0C80, *b"Knda"),
    (0x0D04, *b"Mlym"), (0x0D85, *b"Sinh"), (0x0E01, *b"Thai"), (0x0E81, *b"Laoo"),
    (0x0F00, *b"Tibt"), (0x1000, *b"Mymr"), (0x10A0, *b"Geor"), (0x1100, *b"Hang"),
    (0x1200, *b"Ethi"), (0x13A0, *b"Cher"), (0x1401, *b"Cans"), (0x1681, *b"Ogam"),
    (0x16A0, *b"Runr"), (0x1700, *b"Tglg"), (0x1720, *b"Hano"), (0x1740, *b"Buhd"),
    (0x1760, *b"Tagb"), (0x1780, *b"Khmr"), (0x1820, *b"Mong"), (0x18B0, *b"Cans"),
    (0x1900, *b"Limb"), (0x1950, *b"Tale"), (0x1980, *b"Talu"), (0x1A00, *b"Bugi"),
    (0x1A20, *b"Lana"), (0x1B05, *b"Bali"), (0x1B83, *b"Sund"), (0x1BC0, *b"Batk"),
    (0x1C00, *b"Lepc"), (0x1C5A, *b"Olck"), (0x1C80, *b"Cyrl"), (0x1C90, *b"Geor"),
    (0x1D00, *b"Latn"), (0x1D26, *b"Grek"), (0x1D2B, *b"Cyrl"), (0x1D2C, *b"Latn"),
    (0x1D5D, *b"Grek"), (0x1D62, *b"Latn"), (0x1D66, *b"Grek"), (0x1D6B, *b"Latn"),
    (0x1D78, *b"Cyrl"), (0x1D79, *b"Latn"), (0x1DBF, *b"Grek"), (0x1E00, *b"Latn"),
    (0x1F00, *b"Grek"), (0x2071, *b"Latn"), (0x2126, *b"Grek"), (0x212A, *b"Latn"),
    (0x2C00, *b"Glag"), (0x2C60, *b"Latn"), (0x2C80, *b"Copt"), (0x2D00, *b"Geor"),
    (0x2D30, *b"Tfng"), (0x2D80, *b"Ethi"), (0x3005, *b"Hani"), (0x3041, *b"Hira"),
    (0x30A1, *b"Kana"), (0x3105, *b"Bopo"), (0x3131, *b"Hang"), (0x31A0, *b"Bopo"),
    (0x31F0, *b"Kana"), (0x3400, *b"Hani"), (0xA000, *b"Yiii"), (0xA4D0, *b"Lisu"),
    (0xA500, *b"Vaii"), (0xA640, *b"Cyrl"), (0xA6A0, *b"Bamu"), (0xA722, *b"Latn"),
    (0xA800, *b"Sylo"), (0xA840, *b"Phag"), (0xA882, *b"Saur"), (0xA8F2, *b"Deva"),
    (0xA90A, *b"Kali"), (0xA930, *b"Rjng"), (0xA960, *b"Hang"), (0xA984, *b"Java"),
    (0xA9E0, *b"Mymr"), (0xAA00, *b"Cham"), (0xAA60, *b"Mymr"), (0xAA80, *b"Tavt"),
    (0xAAE0, *b"Mtei"), (0xAB01, *b"Ethi"), (0xAB30, *b"Latn"), (0xAB65, *b"Grek"),
    (0xAB66, *b"Latn"), (0xAB70, *b"Cher"), (0xABC0, *b"Mtei"), (0xAC00, *b"Hang"),
    (0xF900, *b"Hani"), (0xFB00, *b"Latn"), (0xFB13, *b"Armn"), (0xFB1D, *b"Hebr"),
    (0xFB50, *b"Arab"), (0xFF21, *b"Latn"), (0xFF66, *b"Kana"), (0xFFA0, *b"Hang"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(STARTS.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn an_apostrophe_that_is_a_letter_parts_no_word() {
        for (a, b) in [('м', 'ʼ'), ('ʼ', 'я'), ('K', 'ʼ'), ('ʼ', '站')] {
            assert!(!differ(a, b), "{a}{b}");
        }
        assert!(differ('м', 'ʰ') && differ('K', 'я'));
    }

    #[test]
    fn a_letter_has_its_script_and_nothing_else_has_one() {
        let rows: [(&[u8; 4], &str); 11] = [
            (b"Latn", "aZéßđʔᴀḀﬁＡ"),
            (b"Grek", "ωΆἀ"),
            (b"Cyrl", "яЇӁꙀ"),
            (b"Hani", "站々㐀𠀀"),
            (b"Hira", "のゟ"),
            (b"Kana", "ラーｶ"),
            (b"Hang", "바ᄀㄱ"),
            (b"Arab", "شﷲ"),
            (b"Hebr", "שיִ"),
            (b"Thai", "ท"),
            (b"Deva", "न"),
        ];
        for (script, letters) in rows {
            for letter in letters.chars().filter(|c| unicode::is_letter(*c)) {
                assert_eq!(of(letter), Some(*script), "{letter}");
            }
        }
        for other in "_1٣\u{301}\u{E34}Ⓐ 😀'-ʼʹˈˮ".chars() {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
