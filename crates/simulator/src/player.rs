//! Draws the fault of each request from a script. It counts and throws dice; it breaks nothing.

use crate::script::{Call, Effect, Fault, Rule, Script};

/// A script that is being played.
#[derive(Debug, Default)]
pub(crate) struct Player {
    script: Script,
    tallies: Vec<Tally>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    fitting: u64,
    struck: u64,
}

impl Player {
    /// Begins a script.
    pub(crate) fn new(script: Script) -> Self {
        Self { tallies: vec![Tally::default(); script.rules.len()], script }
    }

    /// What happens to this request.
    pub(crate) fn draw(&mut self, call: Call, id: Option<&str>) -> Option<(Fault, Effect)> {
        let seed = self.script.seed;
        let mut drawn = None;
        // Every rule counts every request that fits it, also those that an earlier rule took.
        for (index, (rule, tally)) in
            self.script.rules.iter().zip(self.tallies.iter_mut()).enumerate()
        {
            if !fits(rule, call, id) {
                continue;
            }
            tally.fitting += 1;
            let is_due = rule.nth.is_none_or(|nth| nth == tally.fitting)
                && rule.times.is_none_or(|times| tally.struck < times)
                && dice(seed, index as u64, tally.fitting) < rule.chance;
            if drawn.is_none() && is_due {
                tally.struck += 1;
                let effect = rule.effect.unwrap_or_else(|| rule.fault.usual_effect());
                drawn = Some((rule.fault.clone(), effect));
            }
        }
        drawn
    }

    /// How often each rule has struck.
    pub(crate) fn struck(&self) -> Vec<u64> {
        self.tallies.iter().map(|tally| tally.struck).collect()
    }
}

fn fits(rule: &Rule, call: Call, id: Option<&str>) -> bool {
    let is_kind = match rule.call {
        Some(wanted) => wanted == call,
        None => call != Call::Connect,
    };
    is_kind && rule.id.as_deref().is_none_or(|pattern| id.is_some_and(|id| matches(pattern, id)))
}

/// Whether a text fits a pattern in which `*` stands for anything.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(head) else { return false };
    (0..=text.len()).any(|at| text.get(at..).is_some_and(|tail| matches(rest, tail)))
}

/// A number in `0.0..1.0` that depends on nothing but these (SplitMix64).
fn dice(seed: u64, rule: u64, throw: u64) -> f64 {
    let mut z = seed ^ rule.rotate_left(32) ^ throw.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn player(rule: Rule, seed: u64) -> Player {
        Player::new(Script { seed, rules: vec![rule] })
    }

    #[test]
    fn a_rule_applies_to_the_nth_request_of_its_kind_only() {
        let rule = Rule { nth: Some(2), ..Rule::on(Call::Submit, Fault::Empty) };
        let mut player = player(rule, 0);
        let calls = [Call::Submit, Call::Status, Call::Submit, Call::Submit];
        let drawn = calls.map(|call| player.draw(call, None).is_some());
        assert_eq!(drawn, [false, false, true, false]);
    }

    #[test]
    fn the_same_seed_throws_the_same_dice() {
        let throws = |seed| {
            let mut player = player(Rule::on(Call::Status, Fault::Null).chance(0.3), seed);
            (0..1000).map(|_| player.draw(Call::Status, None).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(throws(7), throws(7));
        assert_ne!(throws(7), throws(8));
        let hits = throws(7).into_iter().filter(|hit| *hit).count();
        assert!((240..360).contains(&hits), "{hits}");
    }

    #[test]
    fn a_pattern_names_ids_with_stars() {
        for (pattern, text, fits) in
            [("*", "", true), ("ab*", "abc", true), ("*c*e", "abcde", true), ("a", "ab", false)]
        {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn a_rule_of_any_kind_leaves_bare_connections_alone_and_stops_when_spent() {
        let rule = Rule { call: None, times: Some(1), ..Rule::on(Call::Submit, Fault::Garbage) };
        let mut player = player(rule, 0);
        assert!(player.draw(Call::Connect, None).is_none());
        assert!(player.draw(Call::Media, None).is_some());
        assert!(player.draw(Call::Media, None).is_none());
        assert_eq!(player.struck(), [1]);
    }
}
