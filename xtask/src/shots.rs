//! `cargo xtask shots`: the pictures of the README, taken by a command so that they stay true.

use crate::failure::Outcome;
use crate::project::Project;
use crate::server::{self, Profile};
use crate::{app, test};

pub(crate) fn shots(project: &Project) -> Outcome<()> {
    app::release(project)?;
    let program = server::build(project, Profile::Release)?;
    test::with_product(project, &program, |node| {
        node.arg("tests/e2e/support/shots.mjs");
    })
}
