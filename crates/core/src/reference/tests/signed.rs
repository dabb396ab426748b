//! Addresses that end, and what in an address is a secret.

use super::*;

#[test]
fn it_is_told_when_a_signed_address_ends() {
    for (query, until) in [
        ("X-Amz-Date=20200101T000000Z&X-Amz-Expires=3600", Some(1_577_840_400)),
        ("x-amz-date=20240229T235959Z&x-amz-expires=1", Some(1_709_251_200)),
        ("X-Goog-Date=19700101T000000Z&X-Goog-Expires=0", Some(0)),
        ("Expires=1700000000&Signature=x", Some(1_700_000_000)),
        ("se=2020-01-01T01%3A00%3A00Z&sig=x", Some(1_577_840_400)),
        ("se=2020-01-01&sig=x", Some(1_577_836_800)),
        ("se=2020-01-01T01%3A00Z&sig=x", Some(1_577_840_400)),
        ("s%65=2020%2D01%2D01&sig=x", Some(1_577_836_800)),
        ("X%2DAmz-Date=20200101T000000Z&X-Amz%2DExpires=3600", Some(1_577_840_400)),
        ("X-Amz-Date=2020%30101T%3000000Z&X-Amz-Expires=36%30%30", Some(1_577_840_400)),
        ("X-Amz-Expires=3600&X-Amz-Date=20200101%54000000%5A", Some(1_577_840_400)),
        ("Expires=%31700000000&Signature=x", Some(1_700_000_000)),
        ("x-oss-date=20200101T000000Z&x-oss-expires=3600&x-oss-credential=a", Some(1_577_840_400)),
        ("X-Tos-Date=20200101T000000Z&X-Tos-Expires=3600&X-Tos-Signature=a", Some(1_577_840_400)),
        ("X-Amz-Date=yesterday&X-Amz-Expires=3600", None),
        ("X-Amz-Expires=3600", None),
    ] {
        let issues = issues(&["https://a.example/b?", query].concat());
        let expected = until.map(|until: u64| json!({ "until": until }));
        assert_eq!(issues.len(), 1, "{query}: {issues:?}");
        let reason = until.map_or(Reason::EndingAddress, |_| Reason::EndedAddress);
        assert_eq!((issues[0].reason, &issues[0].limit), (reason, &expected), "{query}");
    }
}

#[test]
fn an_address_that_has_ended_is_told_from_one_that_will_to_the_moment() {
    let query = "X-Amz-Date=20200101T000000Z&X-Amz-Expires=3600";
    for (query, until) in [
        (query, 1_577_840_400),
        (&query.replace("Amz", "Goog"), 1_577_840_400),
        ("sv=2023-11-03&se=2030-02-03T04%3A05%3A06Z&sr=b&sp=r&sig=x", 1_896_321_906),
        ("Expires=1900000000&Signature=x&Key-Pair-Id=y", 1_900_000_000),
    ] {
        let text = ["https://a.example/b.safetensors?", query].concat();
        let avatar = Avatar { lora_url: Some(text), ..Avatar::blank(AvatarKind::Portrait) };
        let at = |now| {
            let issues = super::super::issues(&avatar, now);
            assert_eq!(issues.len(), 1, "{issues:?}");
            (issues[0].reason, issues[0].limit.clone())
        };
        let limit = Some(json!({ "until": until }));
        assert_eq!(at(until * 1000 - 1), (Reason::EndingAddress, limit.clone()));
        assert_eq!(at(until * 1000), (Reason::EndedAddress, limit));
    }
    assert_ne!(Reason::EndingAddress.english(), Reason::EndedAddress.english());
}

#[test]
fn keys_and_signatures_are_masked_and_nothing_else_is() {
    for (text, shown) in [
        ("https://a.example/b?token=hf_x&y=1", "https://a.example/b?token=***&y=1"),
        ("https://user:pass@a.example/b", "https://***@a.example/b"),
        (
            "https://a.example/b?X-Amz-Expires=9&X-Amz-Credential=me&X-Amz-Signature=abc",
            "https://a.example/b?X-Amz-Expires=9&X-Amz-Credential=***&X-Amz-Signature=***",
        ),
        (
            "https://a.example/b?API_KEY=1&access_token=2",
            "https://a.example/b?API_KEY=***&access_token=***",
        ),
        ("https://a.example/b?token=", "https://a.example/b?token="),
        ("no address?token=x", "no address?token=x"),
    ] {
        assert_eq!(masked(text), shown);
        assert_eq!(masked(shown), shown);
    }
}

#[test]
fn a_key_is_known_by_its_name_in_any_spelling_and_by_its_looks() {
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
    for (tail, shown) in [
        ("?%74oken=x", "?%74oken=***"),
        ("?api%5Fkey=x&y=1", "?api%5Fkey=***&y=1"),
        ("?jwt=x", "?jwt=***"),
        ("?x-api-key=x", "?x-api-key=***"),
        ("?x-auth-token=x", "?x-auth-token=***"),
        ("?pw=x", "?pw=***"),
        ("?bearer=x", "?bearer=***"),
        ("?credential=x&credentials=y", "?credential=***&credentials=***"),
        ("?session=a&sessionid=b&sid=c", "?session=***&sessionid=***&sid=***"),
        ("#access_token=x", "#access_token=***"),
        ("?y=1#/way?token=x", "?y=1#/way?token=***"),
        ("?y=1;token=x", "?y=1;token=***"),
        (";jsessionid=x", ";jsessionid=***"),
        ("?y=hf_abcdefghijklmnop", "?y=***"),
        ("?hf_abcdefghijklmnop", "?***"),
        ("#hf_abcdefghijklmnop", "#***"),
        ("?y=Bearer%20hf%5Fabcdefghijklmnop", "?y=***"),
        ("?y=sk-proj-abc_defghijklmnop", "?y=***"),
        ("?y=ghp_abcdefghijklmnop", "?y=***"),
        ("?y=github_pat_abcdefgh_ijklmnop", "?y=***"),
    ] {
        let text = ["https://a.example/b", tail].concat();
        assert_eq!(said(&text), (vec![Reason::SecretInAddress], None), "{text}");
        let shown = ["https://a.example/b", shown].concat();
        assert_eq!(masked(&text), shown);
        assert_eq!((said(&shown).0, masked(&shown)), (vec![Reason::MaskedSecret], shown.clone()));
    }
    let signed = ["https://a.example/b?y=", jwt, "&X%2DAmz-Signature=1"].concat();
    assert_eq!(said(&signed).0, [Reason::EndingAddress, Reason::SecretInAddress]);
    assert_eq!(masked(&signed), "https://a.example/b?y=***&X%2DAmz-Signature=***");
    for tail in ["keyboard=1&tokens=2", "file=sk-landscape-lora-v1.safetensors", "y=hf_short"] {
        let text = ["https://a.example/b?", tail].concat();
        assert_eq!((said(&text), masked(&text)), ((vec![], None), text));
    }
    assert_eq!(masked("http://me:x@a.example/b?pw=y"), "http://***@a.example/b?pw=***");
}
