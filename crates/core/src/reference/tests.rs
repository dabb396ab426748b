//! What people paste, and what is said of it.

use super::*;
use crate::validate;
use proptest::prelude::*;
use serde_json::json;

/// All issues of an avatar with this address.
fn issues(text: &str) -> Vec<Issue> {
    let request = json!({ "avatar": { "lora_url": text, "trigger_word": "TOK" }, "prompt": "x", "preset": "fast" });
    validate::check(&request, NOW).issues
}

/// A moment at which some addresses have ended: 2026-01-01.
const NOW: Millis = 1_767_225_600_000;

/// The reasons of an address, with the fix of the first.
fn said(text: &str) -> (Vec<Reason>, Option<String>) {
    let issues = issues(text);
    let fix = issues.first().and_then(|issue| issue.fix.first());
    let fix = fix.map(|fix| fix.value.as_str().unwrap().to_owned());
    assert!(issues.iter().all(|issue| issue.field == URL), "{issues:?}");
    (issues.into_iter().map(|issue| issue.reason).collect(), fix)
}

fn fix_of(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

const GOOD: [&str; 33] = [
    "https://v3.fal.media/files/tiger/x_pytorch_lora_weights.safetensors",
    "https://fal.media/files/tiger/x.safetensors",
    "https://storage.googleapis.com/fal-flux-lora/x_pytorch_lora_weights.safetensors",
    "HTTPS://example.org",
    "https://huggingface.co/u/r/resolve/main/a.safetensors",
    "https://huggingface.co/u/r/resolve/main/deep/a.safetensors?download=true",
    "https://cdn-lfs.huggingface.co/u/r/a.safetensors",
    "https://civitai.com/api/download/models/456?type=Model&format=SafeTensor",
    "https://www.dropbox.com/s/x/a.safetensors?dl=1",
    "https://www.dropbox.com/scl/fi/x/a.safetensors?rlkey=y&raw=1",
    "https://dl.dropboxusercontent.com/s/x/a.safetensors",
    "https://github.com/u/r/raw/main/a.safetensors",
    "https://github.com/u/r/releases/download/v1/a.safetensors",
    "https://github.com/u/r/blob/main/a.safetensors?raw=true",
    "https://github.com/u/r/releases/latest/download/a.safetensors",
    "https://gitlab.com/g/r/-/releases/v1/downloads/a.safetensors",
    "https://bitbucket.org/u/r/downloads/a.safetensors",
    "https://pixeldrain.com/api/file/x",
    "https://huggingface.co/gpt2/resolve/main/a.safetensors",
    "https://drive.google.com/u/0/uc?id=1&export=download",
    "https://onedrive.live.com/download.aspx?cid=1&resid=2",
    "https://x-my.sharepoint.com/:u:/g/personal/a/b?e=1&download=1",
    "https://x.sharepoint.com/personal/a/_layouts/15/download.aspx?share=b",
    "https://a.example/weights_(v2)",
    "https://a.example/b'c",
    "https://raw.githubusercontent.com/u/r/main/a.safetensors",
    "https://gitlab.com/g/sub/r/-/raw/main/a.safetensors",
    "https://replicate.delivery/x/a.safetensors",
    "https://a.example:8443/b%20c.safetensors?x=1#y",
    "https://пример.рф/файл.safetensors",
    "https://[2001:db8::1]/a.safetensors",
    "https://a.example/zip.tar/weights",
    "https://a.example/b?keyboard=1&tokens=2&dl=0",
];

#[test]
fn good_addresses_are_left_alone() {
    for text in GOOD {
        assert_eq!(said(text), (vec![], None), "{text}");
        assert_eq!(masked(text), text);
    }
}

#[test]
fn what_nobody_sees_is_taken_out_before_anything_is_judged() {
    for text in [
        " https://a.example/b.safetensors\n",
        "https://\u{200B}a.example/b\u{FEFF}.safetensors",
        "\u{202A}https://a.example/b.safetensors\u{202C}",
        "https://a.exam\u{AD}ple/b.safetensors",
    ] {
        assert_eq!(said(text), (vec![], None), "{text}");
        let request = json!({ "avatar": { "lora_url": text }, "prompt": "x", "preset": "fast" });
        let avatar = validate::check(&request, NOW).avatar.unwrap();
        assert_eq!(avatar.lora_url.as_deref(), Some("https://a.example/b.safetensors"));
    }
}

#[test]
fn what_is_no_https_address_is_refused_with_the_right_one_where_it_is_known() {
    for (text, reason, right) in [
        ("http://a.example/b", Reason::NotHttps, "https://a.example/b"),
        ("//a.example/b", Reason::NotHttps, "https://a.example/b"),
        ("https:/a.example/b", Reason::NotHttps, "https://a.example/b"),
        ("https//a.example/b", Reason::NotHttps, "https://a.example/b"),
        ("https://https://a.example/b", Reason::NotHttps, "https://a.example/b"),
        ("https:///a.example/b", Reason::NotHttps, "https://a.example/b"),
        ("v3.fal.media/files/x", Reason::NotHttps, "https://v3.fal.media/files/x"),
        ("huggingface.co/u", Reason::NotHttps, "https://huggingface.co/u"),
        ("a.example:8443/l.safetensors", Reason::NotHttps, "https://a.example:8443/l.safetensors"),
        ("a.example:99999/l.safetensors", Reason::NotHttps, ""),
        ("www.a.example/b", Reason::NotHttps, "https://www.a.example/b"),
        ("a.example/b.safetensors", Reason::NotHttps, "https://a.example/b.safetensors"),
        ("\"https://a.example/b\",", Reason::NotHttps, "https://a.example/b"),
        ("<https://a.example/b>", Reason::NotHttps, "https://a.example/b"),
        ("LoRA: https://a.example/b", Reason::NotHttps, "https://a.example/b"),
        ("[my LoRA](https://a.example/b)", Reason::NotHttps, "https://a.example/b"),
        (
            "u/r/resolve/main/a.safetensors",
            Reason::NotHttps,
            "https://huggingface.co/u/r/resolve/main/a.safetensors",
        ),
        ("http://a.example/b c", Reason::NotHttps, "https://a.example/b%20c"),
        ("“https://a.example/b”", Reason::NotHttps, "https://a.example/b"),
        ("«a.example/b/c», ", Reason::NotHttps, "https://a.example/b/c"),
        ("`https://a.example/b`", Reason::NotHttps, "https://a.example/b"),
        ("**https://a.example/b**", Reason::NotHttps, "https://a.example/b"),
        ("{\"url\":\"https://a.example/b\"}", Reason::NotHttps, "https://a.example/b"),
        ("LoRA: “https://a.example/b”.", Reason::NotHttps, "https://a.example/b"),
        ("ttps://a.example/b", Reason::NotHttps, "https://a.example/b"),
        ("tp://a.example/b", Reason::NotHttps, "https://a.example/b"),
        ("htps://a.example/b", Reason::NotHttps, "https://a.example/b"),
        ("hhttps://a.example/b", Reason::NotHttps, "https://a.example/b"),
        ("HTTPSS ://a.example/b", Reason::NotHttps, "https://a.example/b"),
        ("https%3A%2F%2Fa.example%2Fb%2520c", Reason::NotHttps, "https://a.example/b%20c"),
        ("blob:https://a.example/b", Reason::NotHttps, ""),
        ("sftp://a.example/b", Reason::NotHttps, ""),
        ("ssh://git@a.example/b", Reason::NotHttps, ""),
        (
            "urn:air:flux1:lora:civitai:618692@691639",
            Reason::NotHttps,
            "https://civitai.com/api/download/models/691639",
        ),
        ("civitai:618692", Reason::NotHttps, ""),
        ("user/repo", Reason::RepositoryName, ""),
        ("user.name/repo-1", Reason::RepositoryName, ""),
        ("black-forest-labs/FLUX.1-dev", Reason::RepositoryName, ""),
        (
            "https://a.example/b c.safetensors",
            Reason::BlankInAddress,
            "https://a.example/b%20c.safetensors",
        ),
        ("https://a.example/b\tc\u{A0}d", Reason::BlankInAddress, "https://a.example/bc%20d"),
        ("https://a.example/b\nhttps://c.example", Reason::BlankInAddress, "https://a.example/b"),
        ("https:// a.example/b", Reason::BlankInAddress, "https://a.example/b"),
        ("https://a b/c", Reason::BlankInAddress, ""),
        ("javascript:alert(1)", Reason::NotHttps, ""),
        ("data:text/plain,x", Reason::NotHttps, ""),
        ("https://", Reason::NotHttps, ""),
        ("https:///a.safetensors", Reason::NotHttps, ""),
        ("https://user@/b", Reason::NotHttps, ""),
        ("ftp://a.example/b", Reason::NotHttps, ""),
        ("file:///home/a.safetensors", Reason::NotHttps, ""),
        ("C:\\loras\\a.safetensors", Reason::NotHttps, ""),
        ("loras/a.safetensors", Reason::NotHttps, ""),
        ("a.safetensors", Reason::NotHttps, ""),
        ("u/r/a.safetensors", Reason::NotHttps, ""),
    ] {
        assert_eq!(said(text), (vec![reason], fix_of(right)), "{text}");
        assert!(issues(text)[0].is_error());
    }
}

#[test]
fn what_looks_wrong_is_noticed_and_mended_where_the_file_is_known() {
    for (text, reason, right) in [
        (
            "https://huggingface.co/u/r/blob/main/a.safetensors",
            Reason::PageAddress,
            "https://huggingface.co/u/r/resolve/main/a.safetensors",
        ),
        (
            "https://HF.co/blob/r/blob/main/a.safetensors",
            Reason::PageAddress,
            "https://HF.co/blob/r/resolve/main/a.safetensors",
        ),
        (
            "https://huggingface.co/u/r/raw/main/a.safetensors",
            Reason::PageAddress,
            "https://huggingface.co/u/r/resolve/main/a.safetensors",
        ),
        (
            "https://huggingface.co/gpt2/blob/main/a.safetensors",
            Reason::PageAddress,
            "https://huggingface.co/gpt2/resolve/main/a.safetensors",
        ),
        (
            "https://a.example/b.safetensors\",",
            Reason::SignsBehind,
            "https://a.example/b.safetensors",
        ),
        (
            "https://a.example/b.safetensors.",
            Reason::SignsBehind,
            "https://a.example/b.safetensors",
        ),
        (
            "https://a.example/b.safetensors)",
            Reason::SignsBehind,
            "https://a.example/b.safetensors",
        ),
        (
            "https://a.example/b.safetensors”",
            Reason::SignsBehind,
            "https://a.example/b.safetensors",
        ),
        (
            "https://a.example/b?x=c.safetensors'",
            Reason::SignsBehind,
            "https://a.example/b?x=c.safetensors",
        ),
        ("https://civitaiarchive.com/models/1", Reason::PageAddress, ""),
        ("https://x-my.sharepoint.com/:u:/g/personal/a/b?e=1", Reason::SharingPage, ""),
        ("https://gofile.io/d/x", Reason::SharingPage, ""),
        ("https://huggingface.co/u/r", Reason::PageAddress, ""),
        ("https://huggingface.co/u/r/tree/main", Reason::PageAddress, ""),
        ("https://huggingface.co/u/model.bin", Reason::PageAddress, ""),
        ("https://civitai.com/models/123/name", Reason::PageAddress, ""),
        (
            "https://civitai.com/models/123?modelVersionId=456",
            Reason::PageAddress,
            "https://civitai.com/api/download/models/456",
        ),
        ("https://drive.google.com/file/d/x/view?usp=sharing", Reason::SharingPage, ""),
        ("https://drive.google.com/open?id=x", Reason::SharingPage, ""),
        ("https://1drv.ms/u/s!x", Reason::SharingPage, ""),
        (
            "https://www.dropbox.com/scl/fi/x/a.safetensors?rlkey=y&dl=0",
            Reason::PageAddress,
            "https://www.dropbox.com/scl/fi/x/a.safetensors?rlkey=y&dl=1",
        ),
        ("https://dropbox.com/s/x/a", Reason::PageAddress, "https://dropbox.com/s/x/a?dl=1"),
        (
            "https://www.dropbox.com/s/x/a?st=y#z",
            Reason::PageAddress,
            "https://www.dropbox.com/s/x/a?st=y&dl=1",
        ),
        (
            "https://github.com/u/r/blob/main/a.safetensors",
            Reason::PageAddress,
            "https://github.com/u/r/raw/main/a.safetensors",
        ),
        ("https://github.com/u/r", Reason::PageAddress, ""),
        (
            "https://gitlab.com/g/sub/r/-/blob/main/a.safetensors",
            Reason::PageAddress,
            "https://gitlab.com/g/sub/r/-/raw/main/a.safetensors",
        ),
        ("https://fal.ai/models/fal-ai/flux-lora", Reason::PageAddress, ""),
        ("https://github.com/u/r/releases/tag/v1", Reason::PageAddress, ""),
        ("https://github.com/u/r/releases/expanded_assets/v1", Reason::PageAddress, ""),
        ("https://github.com/u/r/archive/refs/heads/main.zip", Reason::ArchiveFile, ""),
        ("https://gitlab.com/g/r/-/releases/v1", Reason::PageAddress, ""),
        ("https://www.liblib.art/modelinfo/x", Reason::PageAddress, ""),
        ("https://drive.proton.me/urls/x", Reason::SharingPage, ""),
        ("https://pixeldrain.com/u/x", Reason::SharingPage, ""),
        (
            "https://m.dropbox.com/s/x/a.safetensors",
            Reason::PageAddress,
            "https://m.dropbox.com/s/x/a.safetensors?dl=1",
        ),
        ("https://www.dropbox.com/scl/fo/x/y?rlkey=z&dl=0", Reason::PageAddress, ""),
        ("https://www.dropbox.com/scl/fo/x/y?rlkey=z&dl=1", Reason::ArchiveFile, ""),
        ("https://www.dropbox.com/sh/x/y", Reason::PageAddress, ""),
        ("https://www.dropbox.com/sh/x/y?dl=1", Reason::ArchiveFile, ""),
        ("https://a.example/l.tar%2Egz", Reason::ArchiveFile, ""),
        ("https://a.example/l.%7Aip", Reason::ArchiveFile, ""),
        ("https://a.example/l.PDF", Reason::OtherFile, ""),
        ("https://a.example/b.tar", Reason::ArchiveFile, ""),
        ("https://a.example/b.TAR.GZ?x=.safetensors", Reason::ArchiveFile, ""),
        ("https://a.example/b.zip", Reason::ArchiveFile, ""),
        ("https://v3.fal.media/files/config.json", Reason::OtherFile, ""),
        ("https://a.example/b.ckpt", Reason::OtherWeights, ""),
        (
            "https://a.example/b?X-Amz-Date=20200101T000000Z&X-Amz-Expires=3600",
            Reason::EndedAddress,
            "",
        ),
        ("https://a.example/b?Expires=1&Signature=x", Reason::EndedAddress, ""),
        ("https://a.example/b?se=2020-01-01&sig=x", Reason::EndedAddress, ""),
        (
            "https://cdn.discordapp.com/a/1/b.safetensors?ex=65a&is=65b&hm=6",
            Reason::EndedAddress,
            "",
        ),
        ("https://www.dropbox.com/home/loras", Reason::PageAddress, ""),
        ("https://a.example/b?token=hf_x", Reason::SecretInAddress, ""),
        ("https://user:pass@a.example/b", Reason::SecretInAddress, ""),
        ("https://a.example/b?token=***", Reason::MaskedSecret, ""),
    ] {
        assert_eq!(said(text), (vec![reason], fix_of(right)), "{text}");
        assert!(!issues(text)[0].is_error());
    }
    let all = said("https://huggingface.co/u/r/blob/main/a.zip?token=x").0;
    assert_eq!(all, [Reason::PageAddress, Reason::ArchiveFile, Reason::SecretInAddress]);
}

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
            let issues = super::issues(&avatar, now);
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
fn an_address_in_place_of_an_id_is_noticed_and_moves_to_its_place_if_it_is_a_file() {
    let issues = |id: &str| {
        let avatar = json!({ "finetune_id": id, "trigger_word": "TOK" });
        validate::check(&json!({ "avatar": avatar, "prompt": "x", "preset": "fast" }), NOW).issues
    };
    let file = issues("https://a.example/b.safetensors");
    assert_eq!(file[0].reason, Reason::AddressAsId);
    assert_eq!(
        json!(file[0].fix),
        json!([
            { "field": "avatar.kind", "value": "portrait" },
            { "field": "avatar.lora_url", "value": "https://a.example/b.safetensors" },
            { "field": "avatar.finetune_id", "value": null },
        ])
    );
    for page in [
        "https://a.example/b",
        "http://a.example/b",
        "HTTPS://a.example/b",
        "//a.example/x",
        "www.a.example",
        "fal.ai/b",
    ] {
        assert_eq!((issues(page)[0].reason, issues(page)[0].fix.len()), (Reason::AddressAsId, 0));
    }
    assert_eq!(issues("ink-and-ash"), []);
    assert_eq!(issues("6fc5e628-6f56-48ec-93cb-c6a6b22bf5a\u{200B}"), []);
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

/// One of the ways in which addresses go wrong, with the reason that it has to be given.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    Nothing,
    Http,
    NoScheme,
    Repository,
    Blank,
    Blob,
    Model,
    Civitai,
    Drive,
    Dropbox,
    Github,
    Ending(&'static str, Reason),
    Expired,
    Token,
}

impl Wrong {
    const ALL: [Self; 18] = [
        Self::Nothing,
        Self::Http,
        Self::NoScheme,
        Self::Repository,
        Self::Blank,
        Self::Blob,
        Self::Model,
        Self::Civitai,
        Self::Drive,
        Self::Dropbox,
        Self::Github,
        Self::Ending(".tar", Reason::ArchiveFile),
        Self::Ending(".Zip", Reason::ArchiveFile),
        Self::Ending(".json", Reason::OtherFile),
        Self::Ending(".ckpt", Reason::OtherWeights),
        Self::Ending(".PT", Reason::OtherWeights),
        Self::Expired,
        Self::Token,
    ];

    /// What is pasted, why it is wrong, and the right address where that can be known.
    fn of(self, host: &str, [a, b, c]: [&str; 3]) -> (String, Option<Reason>, Option<String>) {
        let good = format!("https://{host}/{a}/{b}/{c}.safetensors");
        match self {
            Self::Nothing => (good, None, None),
            Self::Http => (good.replace("https", "http"), Some(Reason::NotHttps), Some(good)),
            Self::NoScheme => (good.replace("https://", ""), Some(Reason::NotHttps), Some(good)),
            Self::Repository => (format!("{a}/{b}"), Some(Reason::RepositoryName), None),
            Self::Blank => {
                let typed = format!("https://{host}/{a} {b}/{c}.safetensors");
                let right = typed.replace(' ', "%20");
                (typed, Some(Reason::BlankInAddress), Some(right))
            }
            Self::Blob => {
                let typed = format!("https://huggingface.co/{a}/{b}/blob/main/{c}.safetensors");
                let right = typed.replace("/blob/main/", "/resolve/main/");
                (typed, Some(Reason::PageAddress), Some(right))
            }
            Self::Model => {
                (format!("https://huggingface.co/{a}/{b}"), Some(Reason::PageAddress), None)
            }
            Self::Civitai => {
                (format!("https://civitai.com/models/{a}/{b}"), Some(Reason::PageAddress), None)
            }
            Self::Drive => {
                let typed = format!("https://drive.google.com/file/d/{a}/view?usp=sharing");
                (typed, Some(Reason::SharingPage), None)
            }
            Self::Dropbox => {
                let typed = format!("https://www.dropbox.com/s/{a}/{b}.safetensors?dl=0");
                let right = typed.replace("dl=0", "dl=1");
                (typed, Some(Reason::PageAddress), Some(right))
            }
            Self::Github => {
                let typed = format!("https://github.com/{a}/{b}/blob/main/{c}.safetensors");
                let right = typed.replace("/blob/main/", "/raw/main/");
                (typed, Some(Reason::PageAddress), Some(right))
            }
            Self::Ending(ending, reason) => {
                (format!("https://{host}/{a}/{c}{ending}"), Some(reason), None)
            }
            Self::Expired => {
                let query = "X-Amz-Date=20240101T000000Z&X-Amz-Expires=600&X-Amz-Signature=0";
                (format!("{good}?{query}"), Some(Reason::EndedAddress), None)
            }
            Self::Token => (format!("{good}?token={a}"), Some(Reason::SecretInAddress), None),
        }
    }
}

/// Anything at all, most of it near an address.
fn any_text() -> impl Strategy<Value = String> {
    let scheme =
        prop::sample::select(vec!["https://", "https://", "http://", "", "ftp://", "HTTPS:", "//"]);
    let host = prop_oneof![
        prop::sample::select(vec![
            "v3.fal.media",
            "huggingface.co",
            "www.dropbox.com",
            "civitai.com",
            "github.com",
            "drive.google.com",
            "a@b.c",
            "",
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,8}\\.(example|com)",
        "\\PC{0,8}",
    ];
    let part = prop_oneof![
        prop::sample::select(vec!["blob", "resolve", "raw", "src", "a b", "\u{200B}", "uc"])
            .prop_map(str::to_owned),
        "[a-z0-9._-]{0,9}",
        "\\PC{0,5}",
    ];
    let query = prop_oneof![
        prop::sample::select(vec![
            "",
            "",
            "?",
            "?dl",
            "?dl=0",
            "?token=x",
            "?X-Amz-Date=1&X-Amz-Expires=2",
            "?modelVersionId=7"
        ])
        .prop_map(str::to_owned),
        "\\?\\PC{0,9}",
    ];
    (scheme, host, prop::collection::vec(part, 0..6), query).prop_map(
        |(scheme, host, parts, query)| format!("{scheme}{host}/{}{query}", parts.join("/")),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn each_kind_is_named_with_its_fix_and_no_good_one_is_refused(
        kind in prop::sample::select(Wrong::ALL.to_vec()),
        host in "[a-z][a-z0-9-]{0,9}[a-z0-9]\\.(example|com|media|org|co\\.uk)",
        parts in prop::array::uniform3("[a-zA-Z][a-zA-Z0-9_-]{0,11}"),
    ) {
        let [a, b, c] = &parts;
        // Words that mean something at this place.
        let words = ["api", "blob", "raw", "resolve", "src", "media", "files", "releases"];
        prop_assume!(!parts.iter().any(|part| words.contains(&part.as_str())));
        let (typed, reason, right) = kind.of(&host, [a, b, c]);
        prop_assert_eq!(said(&typed), (reason.into_iter().collect(), right), "{}", typed);
    }

    #[test]
    fn only_what_is_no_https_address_is_refused_and_a_fix_is_never_refused_nor_offered_again(text in any_text()) {
        let issues = issues(&text);
        let text = cleaned(&text);
        prop_assert_eq!(issues.iter().any(Issue::is_error), !is_https_address(&text));
        for fix in issues.iter().flat_map(|issue| &issue.fix) {
            let fixed = fix.value.as_str().unwrap();
            prop_assert!(is_https_address(fixed), "{} of {}", fixed, text);
            let again = self::issues(fixed);
            prop_assert!(again.iter().flat_map(|issue| &issue.fix).all(|more| more.value != fixed), "{}", fixed);
        }
        prop_assert_eq!(masked(&masked(&text)), masked(&text));
    }
}
