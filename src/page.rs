//! The pages of the app and their addresses.

/// A page. Its address is its identity: what is not in the address does not survive a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// `/`: composer and contact sheet.
    Studio,
    /// `/pictures`: every picture.
    Pictures,
    /// `/avatars`: the list.
    Avatars,
    /// `/avatars/new`: the form, empty.
    NewAvatar,
    /// `/avatars/{id}`: the form, filled.
    EditAvatar(String),
    /// `/settings`.
    Settings,
    /// `/help`.
    Help,
    /// `/check`: the self-check.
    Check,
    /// `/about`.
    About,
    /// `/more`: what the phone's bottom bar has no room for.
    More,
    /// Anything else.
    NotFound,
}

impl Page {
    /// The page at a path.
    pub fn parse(path: &str) -> Self {
        let path = path.strip_prefix('/').unwrap_or(path).trim_end_matches('/');
        match path.split_once('/') {
            Some(("avatars", "new")) => Self::NewAvatar,
            Some(("avatars", id)) if is_id(id) => Self::EditAvatar(id.to_owned()),
            Some(_) => Self::NotFound,
            None => match path {
                "" | "index.html" => Self::Studio,
                "pictures" => Self::Pictures,
                "avatars" => Self::Avatars,
                "settings" => Self::Settings,
                "help" => Self::Help,
                "check" => Self::Check,
                "about" => Self::About,
                "more" => Self::More,
                _ => Self::NotFound,
            },
        }
    }

    /// The path of the page. That of [`Page::NotFound`] is the start.
    pub fn path(&self) -> String {
        let fixed = match self {
            Self::Studio | Self::NotFound => "/",
            Self::Pictures => "/pictures",
            Self::Avatars => "/avatars",
            Self::NewAvatar => "/avatars/new",
            Self::EditAvatar(id) => return format!("/avatars/{id}"),
            Self::Settings => "/settings",
            Self::Help => "/help",
            Self::Check => "/check",
            Self::About => "/about",
            Self::More => "/more",
        };
        fixed.to_owned()
    }
}

/// Our ids are letters, digits and hyphens, so a path never needs escaping.
pub(crate) fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_found_again_by_its_path() {
        use Page::*;
        for page in [
            Studio,
            Pictures,
            Avatars,
            NewAvatar,
            EditAvatar("a-1".into()),
            Settings,
            Help,
            Check,
            About,
            More,
        ] {
            assert_eq!(Page::parse(&page.path()), page);
        }
    }

    #[test]
    fn an_unknown_path_is_not_found() {
        for path in ["/nothing", "/avatars/<b>", "/avatars/a/b", "//evil"] {
            assert_eq!(Page::parse(path), Page::NotFound, "{path}");
        }
    }
}
