//! The server as its callers meet it: a real one on a free port, with a stand-in for FAL behind it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::print_stdout, reason = "rows and figures are for people to read")]

mod access;
mod api;
mod bots;
mod chaos;
#[allow(dead_code, reason = "shared with another test program, which uses the rest")]
mod common;
mod demo;
mod disk;
mod files;
mod generate;
mod log;
mod money;
mod outcome;
mod program;
#[path = "../support/redis_server.rs"]
mod redis_server;
mod room;
mod sending;
mod share;
mod sharing;
mod targets;
mod telegram;
mod weight;
