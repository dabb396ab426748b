//! Prints the TypeScript declarations of the package.
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

fn main() {
    print!("{}", likeness_module::types::declarations());
}
