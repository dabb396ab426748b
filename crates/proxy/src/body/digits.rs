//! JSON written anew with every digit of every integer: one may have more than a
//! [`Value`](serde_json::Value) holds.

/// Whether an integer in JSON that was read before has more digits than 64 bits hold.
pub(super) fn has_long_integer(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(byte) = rest.first() {
        let length = match byte {
            b'"' => length_of_text(rest).unwrap_or(rest.len()),
            b'-' | b'0'..=b'9' => {
                let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
                let length = rest.iter().take_while(|byte| is_part(byte)).count();
                let number = std::str::from_utf8(&rest[..length]).unwrap_or_default();
                let is_integer = !number.contains(['.', 'e', 'E']);
                if is_integer && number.parse::<u64>().is_err() && number.parse::<i64>().is_err() {
                    return true;
                }
                length
            }
            _ => 1,
        };
        rest = &rest[length..];
    }
    false
}

/// JSON that was read before, written anew without blanks. Texts are read and written, numbers are
/// copied.
pub(super) fn compact(json: &[u8]) -> Option<Vec<u8>> {
    let mut written = Vec::with_capacity(json.len());
    let mut rest = json;
    while let Some((&byte, behind)) = rest.split_first() {
        match byte {
            b'"' => {
                let length = length_of_text(rest)?;
                match serde_json::from_slice::<String>(&rest[..length]) {
                    Ok(text) => serde_json::to_writer(&mut written, &text).ok()?,
                    // Half a character, which is told elsewhere.
                    Err(_) => written.extend_from_slice(&rest[..length]),
                }
                rest = &rest[length..];
            }
            b' ' | b'\t' | b'\n' | b'\r' => rest = behind,
            _ => {
                written.push(byte);
                rest = behind;
            }
        }
    }
    Some(written)
}

/// Of a JSON text with both its quotes.
fn length_of_text(json: &[u8]) -> Option<usize> {
    let mut is_escaped = false;
    let end = json.iter().skip(1).position(|&byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    end.map(|end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use likeness_core::json::parse_strict;

    #[test]
    fn numbers_are_copied_and_everything_else_is_written_anew() {
        let rows = [
            (r#" { "a" : 18446744073709551616 } "#, r#"{"a":18446744073709551616}"#),
            (r#"{"b":1.10,"a":[ -0, 1E2, 28.0 ]}"#, r#"{"b":1.10,"a":[-0,1E2,28.0]}"#),
            (r#"{"\u0061 b":"c \\ \" \u00e9 \/ \n"}"#, r#"{"a b":"c \\ \" é / \n"}"#),
            (r#""\\""#, r#""\\""#),
            ("null", "null"),
        ];
        for (read, written) in rows {
            let anew = String::from_utf8(compact(read.as_bytes()).unwrap()).unwrap();
            assert_eq!(anew, written);
            assert_eq!(
                parse_strict(read.as_bytes()).unwrap(),
                parse_strict(anew.as_bytes()).unwrap()
            );
        }
    }

    #[test]
    fn an_integer_of_more_than_64_bits_is_seen_outside_of_texts() {
        for json in [
            "18446744073709551616",
            "[-9223372036854775809]",
            r#"{"a":[1,{"b":99999999999999999999}]}"#,
        ] {
            assert!(has_long_integer(json.as_bytes()), "{json}");
        }
        for json in [
            "18446744073709551615",
            "-9223372036854775808",
            r#"["99999999999999999999\"",1.5e30]"#,
            "1e400",
            "",
        ] {
            assert!(!has_long_integer(json.as_bytes()), "{json}");
        }
    }
}
