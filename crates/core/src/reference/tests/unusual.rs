//! Addresses that no client can call, and unusual ones that every client can.

use super::*;

#[test]
fn what_no_client_can_call_is_refused_and_unusual_addresses_are_not() {
    for text in [
        "https://a.example:65536/b",
        "https://a.example:80a/b",
        "https://a.example:+80/b",
        "https://a..example/b",
        "https://-a.example/b",
        "https://a-.example/b",
        "https://a.-example/b",
        "https://a%20b.example/b",
        "https://a,b.example/b",
        "https://a.example..",
        "https://[2001:db8::1/b",
        "https://2001:db8::1/b",
        "https://[example]/b",
        "https://[]/b",
        "https://[::1]x/b",
        "https://[::1]:x/b",
        "https://[1:2:3]/b",
        "https://[1:2:3:4:5:6:7:8:9]/b",
        "https://[1::2::3]/b",
        "https://[1::2:]/b",
        "https://[:1::2]/b",
        "https://[1:::2]/b",
        "https://[:::]/b",
        "https://[12345::]/b",
        "https://[:1:2:3:4:5:6:7]/b",
        "https://[1:2:3:4:5:6:7::8]/b",
        "https://[fe80::1%25eth0]/b",
        "https://[1:2:3:4:5:6:7:1.2.3.4]/b",
    ] {
        assert_eq!(said(text), (vec![Reason::NotHttps], None), "{text}");
    }
    for text in [
        "https://a.example:/b",
        "https://a.example:65535/b",
        "https://a.example./b",
        "https://a--b_c.example/b",
        "https://xn--e1afmkfd.xn--p1ai/b",
        "https://[2001:db8::1]:8443/b",
        "https://[2001:DB8::]/b",
        "https://[::1]/b",
        "https://[::ffff:192.0.2.1]/b",
        "https://[1:2:3:4:5:6:1.2.3.4]/b",
        "https://192.0.2.1:8443/b",
        "https://[1:2:3:4:5:6:7:8]/b",
        "https://me:x@[::1]:1/b",
    ] {
        let is_secret = text.contains('@');
        let expected = is_secret.then_some(Reason::SecretInAddress).into_iter().collect();
        assert_eq!(said(text), (expected, None), "{text}");
    }
}

#[test]
fn a_percent_that_stands_for_nothing_is_noticed_and_written_out() {
    for (text, right) in [
        ("https://a.example/100%/b.safetensors", "https://a.example/100%25/b.safetensors"),
        ("https://a.example/%zz/%41%4.safetensors", "https://a.example/%25zz/%41%254.safetensors"),
        ("https://a.example/b%?x=%", "https://a.example/b%25?x=%"),
    ] {
        assert_eq!(said(text), (vec![Reason::LonePercent], fix_of(right)));
        assert_eq!(said(right), (vec![], None));
    }
    assert_eq!(said("https://a.example/100%25/%D0%B0.safetensors?x=100%"), (vec![], None));
}
