//! The ways to a picture: FAL endpoints, each one constant that holds all that Likeness knows of it.
//!
//! Form, body, schema, validation, price, help, types and simulator read a route's [`RouteSpec`]; none of them asks which route it is.

mod specs;

use crate::{
    AvatarKind,
    cost::Price,
    field::{Field, Rule},
    layer::Layer,
    size::Pixels,
};
use core::fmt;

/// One FAL endpoint with what Likeness knows of it.
#[derive(Debug)]
pub struct RouteSpec {
    /// A name for types: `FluxLora`.
    pub name: &'static str,
    /// FAL's endpoint id.
    pub endpoint: &'static str,
    /// The engine as its maker calls it.
    pub engine: &'static str,
    /// Which avatars go this way.
    pub kind: AvatarKind,
    /// Whether the preset Ultra or its switch leads here.
    pub is_ultra: bool,
    /// Whether FAL no longer lists the endpoint. It may answer 404; the same recipe then works on Ultra.
    pub is_legacy: bool,
    /// The fields of the body, in the order of FAL's schema.
    pub fields: &'static [WireField],
    /// What is sent when nothing else sets it.
    pub defaults: Layer,
    /// Sides are rounded down to multiples of this, in pixels.
    pub step: u32,
    /// The longest side that comes, in pixels.
    pub most_side: u32,
    /// What a picture costs, by the dated table.
    pub price: Price,
    /// Seconds that a run usually takes, shortest and longest, where the preset does not decide.
    pub seconds: Option<(u16, u16)>,
}

/// A field of an endpoint's body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WireField {
    /// The key in the body.
    pub key: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether it may be missing.
    pub presence: Presence,
    /// The setting that it carries; none where Likeness offers none.
    pub field: Option<Field>,
}

/// What a wire field takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Takes {
    /// A value that keeps a rule. FAL takes any text for a ratio.
    Rule(Rule),
    /// Any text.
    Text,
    /// A list of `{path, scale}`; the rule is that of a scale.
    Loras(Rule),
}

/// Whether a body is valid without the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It must be there.
    Required,
    /// It may be left out.
    Optional,
    /// It may be left out or null.
    Nullable,
}

/// A route: one of those constants.
#[derive(Clone, Copy)]
pub struct Route(&'static RouteSpec);

impl Route {
    /// FLUX.1 \[dev\] with a LoRA: portrait avatars.
    pub const FLUX_LORA: Self = Self(&specs::FLUX_LORA);
    /// FLUX.1 \[pro\] finetuned: artistic avatars. No longer in FAL's listing, so it may be retired.
    pub const FLUX_PRO_FINETUNED: Self = Self(&specs::FLUX_PRO_FINETUNED);
    /// FLUX1.1 \[pro\] Ultra finetuned: artistic avatars in about four megapixels.
    pub const ULTRA_FINETUNED: Self = Self(&specs::ULTRA_FINETUNED);
    /// Every route.
    pub const ALL: [Self; 3] = [Self::FLUX_LORA, Self::FLUX_PRO_FINETUNED, Self::ULTRA_FINETUNED];

    /// The route with these facts.
    pub const fn new(spec: &'static RouteSpec) -> Self {
        Self(spec)
    }

    /// The route of an avatar, with or without Ultra; a kind that has only one route always takes that.
    pub fn of(kind: AvatarKind, is_ultra: bool) -> Self {
        let mut routes = Self::ALL.into_iter().filter(|route| route.kind() == kind);
        let first = routes.clone().next().unwrap_or(Self::FLUX_LORA);
        routes.find(|route| route.is_ultra() == is_ultra).unwrap_or(first)
    }

    /// The route of an endpoint id.
    pub fn of_endpoint(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.endpoint() == id)
    }

    /// All that is known of it.
    pub const fn spec(self) -> &'static RouteSpec {
        self.0
    }

    /// FAL's endpoint id.
    pub const fn endpoint(self) -> &'static str {
        self.0.endpoint
    }

    /// `owner/app`, the first two segments of the endpoint id: what addresses of status, result and cancelling begin with.
    pub fn app(self) -> &'static str {
        let end = self.endpoint().match_indices('/').nth(1).map(|(at, _)| at);
        end.map_or(self.endpoint(), |end| &self.endpoint()[..end])
    }

    /// The engine as its maker calls it.
    pub const fn engine(self) -> &'static str {
        self.0.engine
    }

    /// Which avatars go this way.
    pub const fn kind(self) -> AvatarKind {
        self.0.kind
    }

    /// Whether the preset Ultra or its switch leads here.
    pub const fn is_ultra(self) -> bool {
        self.0.is_ultra
    }

    /// Whether avatars of its kind can choose Ultra.
    pub fn is_switchable(kind: AvatarKind) -> bool {
        Self::of(kind, true) != Self::of(kind, false)
    }

    /// Whether FAL no longer lists the endpoint. It may answer 404; the same recipe then works on Ultra.
    pub const fn is_legacy(self) -> bool {
        self.0.is_legacy
    }

    /// The sides of the picture that comes for sides that were asked for.
    pub const fn delivered(self, asked: Pixels) -> Pixels {
        asked.rounded(self.0.step, self.0.most_side)
    }

    /// The field of the body with this key.
    pub fn wire(self, key: &str) -> Option<&'static WireField> {
        self.0.fields.iter().find(|field| field.key == key)
    }

    /// The rule for a field on this route, none if the route does not take it.
    pub fn rule(self, field: Field) -> Option<Rule> {
        let wire = self.0.fields.iter().find(|wire| wire.field == Some(field))?;
        match wire.takes {
            Takes::Rule(rule) | Takes::Loras(rule) => Some(rule),
            Takes::Text => None,
        }
    }

    /// Whether the route takes a field.
    pub fn takes(self, field: Field) -> bool {
        self.rule(field).is_some()
    }

    /// The rule by which a value is judged where the route is unknown or does not take the field: the widest of all routes.
    pub fn any_rule(field: Field) -> Rule {
        if field == Field::UseUltra {
            return Rule::Flag;
        }
        Self::ALL
            .into_iter()
            .find_map(|route| route.rule(field))
            .expect("every field but use_ultra is taken by at least one route")
    }

    /// What is sent when nothing else sets it.
    pub fn defaults(self) -> Layer {
        self.0.defaults.clone()
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self.0, other.0)
    }
}

impl Eq for Route {}

impl core::hash::Hash for Route {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        core::ptr::from_ref(self.0).hash(state);
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Preset;

    #[test]
    fn every_field_has_a_rule_somewhere() {
        for field in Field::ALL {
            Route::any_rule(field);
        }
    }

    #[test]
    fn a_default_is_given_only_for_a_field_that_the_route_takes() {
        for route in Route::ALL {
            for field in Field::ALL {
                if route.defaults().value(field).is_some() {
                    assert!(route.takes(field), "{route:?} {field:?}");
                }
            }
        }
    }

    #[test]
    fn what_carries_a_setting_has_its_key_and_each_setting_is_carried_once() {
        for route in Route::ALL {
            for field in Field::ALL {
                let carriers: Vec<_> =
                    route.spec().fields.iter().filter(|wire| wire.field == Some(field)).collect();
                assert!(carriers.len() <= 1, "{route:?} {field:?}");
                for wire in carriers {
                    let key = if field == Field::LoraScale { "loras" } else { field.key() };
                    assert_eq!(wire.key, key, "{route:?}");
                }
            }
        }
    }

    #[test]
    fn kind_and_ultra_choose_the_route() {
        let [lora, pro, ultra] = Route::ALL;
        assert_eq!(Route::of(AvatarKind::Portrait, false), lora);
        assert_eq!(Route::of(AvatarKind::Portrait, true), lora);
        assert_eq!(Route::of(AvatarKind::Artistic, false), pro);
        assert_eq!(Route::of(AvatarKind::Artistic, true), ultra);
        assert!(Route::is_switchable(AvatarKind::Artistic));
        assert!(!Route::is_switchable(AvatarKind::Portrait));
    }

    #[test]
    fn the_app_is_the_first_two_segments_of_the_endpoint() {
        assert_eq!(
            Route::ALL.map(Route::app),
            ["fal-ai/flux-lora", "fal-ai/flux-pro", "fal-ai/flux-pro"]
        );
    }

    #[test]
    fn the_preset_ultra_takes_as_long_as_its_route() {
        let seconds = Preset::Ultra.seconds(Route::ULTRA_FINETUNED);
        assert_eq!(Route::ULTRA_FINETUNED.spec().seconds, Some((seconds.low, seconds.high)));
    }
}
