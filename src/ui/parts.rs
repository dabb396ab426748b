//! The parts of the app that the composer can do without until someone acts, and the pieces of the screen that they draw.

use super::{
    components::{
        avatar_list::AvatarList,
        details::Controls,
        inspector::Request,
        job::Jobs,
        kept_seed::KeptSeed,
        noticed::Noticed,
        prints::{Sheet, Thumbnail},
        sending::Sending,
        sign_in::SignIn,
        toasts::Toasts,
        ultra::UltraSwitch,
        underway::Underway,
        viewer::Viewer,
    },
    context::Studio,
    pages::{
        about::AboutPage,
        avatar_form::AvatarFormPage,
        avatars::AvatarsPage,
        check::CheckPage,
        help::HelpPage,
        more::{MorePage, NotFoundPage},
        pictures::PicturesPage,
        settings::SettingsPage,
    },
};
use crate::{
    later::{Missing, later},
    page::Page,
};
use leptos::prelude::*;
use likeness_core::Route;
use likeness_studio::picture::PictureId;

/// A part of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The library and the engine: whatever orders, follows, keeps and shows pictures.
    Darkroom,
    /// What makes the app at home in Telegram.
    Telegram,
    /// The controls of single settings, and the request as it is sent.
    Panels,
    /// Every page but the studio.
    Pages,
}

/// A piece of the screen that a part draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The picture that is being looked at, large.
    Viewer,
    /// All pictures.
    Sheet,
    /// The runs that are under way or ended without pictures.
    Jobs,
    /// What is under way, at the button.
    Underway,
    /// The choice among many avatars.
    Avatars,
    /// The seed that the person keeps.
    KeptSeed,
    /// Short messages.
    Toasts,
    /// A small picture, with its class.
    Thumbnail(PictureId, &'static str),
    /// The controls of a route.
    Controls(Route),
    /// The switch that makes any preset of a style extra large.
    Ultra,
    /// Where a picture can go inside Telegram.
    Sending(PictureId),
    /// What will be sent.
    Request,
    /// What is worth knowing about the words.
    Noticed,
    /// The question for the access code.
    SignIn,
    /// A page.
    Page(Page),
}

impl Piece {
    /// The part that draws it.
    pub const fn part(&self) -> Part {
        match self {
            Self::Viewer
            | Self::Sheet
            | Self::Jobs
            | Self::Underway
            | Self::Avatars
            | Self::KeptSeed
            | Self::Toasts
            | Self::Thumbnail(..) => Part::Darkroom,
            Self::Sending(_) => Part::Telegram,
            Self::Controls(_) | Self::Ultra | Self::Request | Self::Noticed | Self::SignIn => {
                Part::Panels
            }
            Self::Page(_) => Part::Pages,
        }
    }
}

/// Draws the pieces of one part.
pub type Draw = fn(Piece) -> AnyView;

/// Fetches a part.
///
/// # Errors
/// [`Missing`] if it cannot be had now.
pub async fn fetch(part: Part, studio: Studio) -> Result<Draw, Missing> {
    match part {
        Part::Darkroom => darkroom(studio).await,
        Part::Telegram => telegram(studio).await,
        Part::Panels => panels().await,
        Part::Pages => pages().await,
    }
}

later! {
    darkroom:
    fn darkroom(studio: Studio) -> Draw {
        studio.open_library();
        |piece| match piece {
            Piece::Viewer => view! { <Viewer /> }.into_any(),
            Piece::Sheet => view! { <Sheet /> }.into_any(),
            Piece::Jobs => view! { <Jobs /> }.into_any(),
            Piece::Underway => view! { <Underway /> }.into_any(),
            Piece::Avatars => view! { <AvatarList /> }.into_any(),
            Piece::KeptSeed => view! { <KeptSeed /> }.into_any(),
            Piece::Toasts => view! { <Toasts /> }.into_any(),
            Piece::Thumbnail(id, class) => view! { <Thumbnail id class /> }.into_any(),
            _ => ().into_any(),
        }
    }
}

later! {
    telegram:
    fn telegram(studio: Studio) -> Draw {
        studio.enter_telegram();
        |piece| match piece {
            Piece::Sending(id) => view! { <Sending id /> }.into_any(),
            _ => ().into_any(),
        }
    }
}

later! {
    panels:
    fn panels() -> Draw {
        |piece| match piece {
            Piece::Controls(route) => view! { <Controls route /> }.into_any(),
            Piece::Ultra => view! { <UltraSwitch /> }.into_any(),
            Piece::Request => view! { <Request /> }.into_any(),
            Piece::Noticed => view! { <Noticed /> }.into_any(),
            Piece::SignIn => view! { <SignIn /> }.into_any(),
            _ => ().into_any(),
        }
    }
}

later! {
    pages:
    fn pages() -> Draw {
        |piece| {
            let Piece::Page(page) = piece else { return ().into_any() };
            match page {
                Page::Pictures => view! { <PicturesPage /> }.into_any(),
                Page::Avatars => view! { <AvatarsPage /> }.into_any(),
                Page::NewAvatar => view! { <AvatarFormPage id=None /> }.into_any(),
                Page::EditAvatar(id) => view! { <AvatarFormPage id=Some(id) /> }.into_any(),
                Page::Settings => view! { <SettingsPage /> }.into_any(),
                Page::Help => view! { <HelpPage /> }.into_any(),
                Page::Check => view! { <CheckPage /> }.into_any(),
                Page::About => view! { <AboutPage /> }.into_any(),
                Page::More => view! { <MorePage /> }.into_any(),
                Page::NotFound => view! { <NotFoundPage /> }.into_any(),
                Page::Studio => ().into_any(),
            }
        }
    }
}
