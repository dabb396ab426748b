//! `cargo xtask telegram`: the app in a stand-in for Telegram's clients, whose view, version, colours, manners and link can be switched.

use crate::failure::Outcome;
use crate::project::Project;
use crate::server::{self, Profile};
use crate::{app, test};

pub(crate) fn telegram(project: &Project) -> Outcome<()> {
    app::release(project)?;
    let program = server::build(project, Profile::Release)?;
    let simulator = server::simulator(project)?;
    test::with_product(project, &program, |node| {
        node.env("LIKENESS_SIMULATOR_BIN", simulator).arg("tests/e2e/support/telegram-desk.mjs");
    })
}
