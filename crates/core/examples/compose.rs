//! Composes prompts from lines: `{"kind", "trigger_word", "trigger_phrase", "prompt"}` in, `{"text"}` out, null for a prompt with nothing in it. For holding
//! the rules against another implementation of them.

use likeness_core::{Avatar, AvatarKind, prompt};
use serde_json::{Value, json};
use std::io::{self, BufRead, BufWriter, Write};

fn main() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let case: Value = serde_json::from_str(&line?)?;
        let text = |key: &str| case[key].as_str().map(str::to_owned);
        let kind = case["kind"].as_str().and_then(AvatarKind::parse);
        let avatar = Avatar {
            trigger_word: text("trigger_word"),
            trigger_phrase: text("trigger_phrase"),
            ..Avatar::blank(kind.unwrap_or(AvatarKind::Portrait))
        };
        let typed = case["prompt"].as_str().unwrap_or_default();
        let sent = prompt::compose(&avatar, typed).map(|composition| composition.text);
        writeln!(out, "{}", json!({ "text": sent }))?;
    }
    out.flush()
}
