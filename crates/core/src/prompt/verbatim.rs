//! Stretches of a text that are no words: tags of other programs and addresses. Nothing in them counts as a trigger, and nothing in them is respelled.

use core::ops::Range;

/// Tags `<letters:…>` and addresses that begin at `from` or later.
pub(super) fn ranges(text: &str, from: usize) -> Vec<Range<usize>> {
    let mut ranges = every(text, b"<", tag_length);
    ranges.extend(every(text, b"hHwW", address_length));
    ranges.retain(|range| range.start >= from);
    ranges
}

/// From the left, none overlapping. `starts` are the bytes that one can begin with.
fn every(text: &str, starts: &[u8], length: fn(&str) -> Option<usize>) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        let is_inside = ranges.last().is_some_and(|last| at < last.end);
        if !is_inside && starts.contains(&byte) {
            ranges.extend(length(&text[at..]).map(|length| at..at + length));
        }
    }
    ranges
}

/// The length of `<name:…>` at the start of a text.
pub(crate) fn tag_length(text: &str) -> Option<usize> {
    let (name, rest) = text.strip_prefix('<')?.split_once(':')?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let end = rest.find(['<', '>']).filter(|end| is_name && rest[*end..].starts_with('>'))?;
    Some(text.len() - rest.len() + end + 1)
}

/// The length of an address at the start of a text.
fn address_length(text: &str) -> Option<usize> {
    let is_address = ["http://", "https://", "www."].iter().any(|start| {
        text.get(..start.len()).is_some_and(|begun| begun.eq_ignore_ascii_case(start))
    });
    is_address.then(|| text.find(' ').unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        ranges(text, 0).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn tags_have_a_name_and_a_colon_and_no_tag_inside() {
        assert_eq!(found("<lora:a b:0.8>,<x-1_:>"), ["<lora:a b:0.8>", "<x-1_:>"]);
        assert_eq!(found("<a:<b:c>>"), ["<b:c>"]);
        for text in ["<b>", "<1:a>", "< a:b>", "<lora:x", "I <3 you: >", "<ж:a>"] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn addresses_go_to_the_next_blank() {
        assert_eq!(found("at HTTPS://a.example/b, or www.c"), ["HTTPS://a.example/b,", "www.c"]);
        assert_eq!(found("http:/a ww.b"), [""; 0]);
    }
}
