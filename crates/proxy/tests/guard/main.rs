//! Attacks on a real server, as tables: each row is printed with what was expected and what was
//! got. Rows of rules that the server keeps for its usual callers too (access, money, files, the
//! program) are printed by the tests of those.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "the table is for people to read")]

mod bodies;
mod catalogue;
#[path = "../server/common.rs"]
#[allow(dead_code, reason = "shared with another test program, which uses the rest")]
mod common;
mod comparing;
mod faults;
mod framing;
mod process;
mod recorder;
mod secrets;
mod stop;
mod table;
mod tls;
mod upstream;
