//! What looks wrong, and what is offered in its place.

use super::*;

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
