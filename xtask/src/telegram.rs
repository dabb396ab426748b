//! `cargo xtask telegram`: the app in a stand-in for Telegram's web client, whose version, colours, manners and link can be switched.

use crate::failure::Outcome;
use crate::project::Project;
use crate::server::{self, Profile};
use crate::{app, test};

pub(crate) fn telegram(project: &Project) -> Outcome<()> {
    app::release(project)?;
    let program = server::build(project, Profile::Release)?;
    test::with_product(project, &program, |node| {
        node.arg("tests/e2e/support/telegram-desk.mjs");
    })
}
