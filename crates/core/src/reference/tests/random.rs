//! Addresses put together at random, right and wrong ones.

use super::*;

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
