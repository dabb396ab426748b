//! What stands in an `Authorization` header.

/// The credentials of this scheme. Its name may be written in any case, and any number of blanks may follow (RFC 9110, 11.4); none if the header has
/// another scheme, or nothing behind it.
pub fn credentials<'a>(scheme: &str, value: &'a str) -> Option<&'a str> {
    let (name, rest) = value.trim().split_once([' ', '\t'])?;
    let rest = rest.trim_start();
    (name.eq_ignore_ascii_case(scheme) && !rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheme_is_read_in_any_case_and_before_any_number_of_blanks() {
        for value in ["Bearer code", "bearer code", "BEARER   code", " Bearer \t code "] {
            assert_eq!(credentials("Bearer", value), Some("code"), "{value:?}");
        }
        assert_eq!(credentials("tma", "TMA a=1&b=c d"), Some("a=1&b=c d"));
    }

    #[test]
    fn another_scheme_or_none_has_no_credentials() {
        for value in
            ["", " ", "Bearer", "Bearer ", "Bearercode", "Basic code", "code", "Bearer:code"]
        {
            assert_eq!(credentials("Bearer", value), None, "{value:?}");
        }
    }
}
