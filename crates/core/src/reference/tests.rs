//! What people paste, and what is said of it.

mod mended;
mod random;
mod signed;
mod unusual;

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
