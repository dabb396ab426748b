//! Plural forms.

/// The form of a noun after a whole number in Russian: 1 снимок, 2 снимка, 5 снимков, 21 снимок.
pub(super) fn russian<'a>(count: usize, one: &'a str, few: &'a str, many: &'a str) -> &'a str {
    match (count % 10, count % 100) {
        (1, teens) if teens != 11 => one,
        (2..=4, teens) if !(12..=14).contains(&teens) => few,
        _ => many,
    }
}

/// The form of a noun after a whole number in English.
pub(super) fn english<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn russian_nouns_follow_the_last_digit_but_for_the_teens() {
        for (count, form) in [
            (0, "many"),
            (1, "one"),
            (2, "few"),
            (4, "few"),
            (5, "many"),
            (11, "many"),
            (12, "many"),
            (14, "many"),
            (21, "one"),
            (22, "few"),
            (111, "many"),
            (101, "one"),
            (112, "many"),
        ] {
            assert_eq!(russian(count, "one", "few", "many"), form, "{count}");
        }
    }
}
