//! FAL's hosts, and the endpoints that Likeness calls, as data.
//!
//! FAL changes fields without notice (one was added to flux-lora in 2025, one left Ultra the same year), so an endpoint is a list that can be read in
//! one look, not a struct. What the interface offers is decided in [`likeness_core::Route::rule`]; this list adds what only the wire has.
//!
//! Sources: FAL's OpenAPI dump of June 2026 for the two listed endpoints, the types of fal-js 1.10 for the unlisted `flux-pro/finetuned`.

use likeness_core::{Field, Route, Rule};

/// A host of FAL that takes requests with a key. Media hosts take none: see [`is_media_host`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// Submits, status, results, cancelling.
    Queue,
    /// Direct runs that answer with the picture.
    Run,
    /// Where uploads begin.
    Rest,
}

impl Host {
    /// Every host.
    pub const ALL: [Self; 3] = [Self::Queue, Self::Run, Self::Rest];

    /// The exact name, lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue.fal.run",
            Self::Run => "fal.run",
            Self::Rest => "rest.fal.ai",
        }
    }

    /// The host with exactly this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|host| host.name() == name)
    }
}

/// The domain of FAL's pictures. Its sub-domains change over the years (`v3`, `v3b`), so all of them count.
pub const MEDIA_DOMAIN: &str = "fal.media";

/// Whether pictures come from this host: `fal.media` or a sub-domain of it, in lower case.
pub fn is_media_host(host: &str) -> bool {
    let Some(prefix) = host.strip_suffix(MEDIA_DOMAIN) else { return false };
    let is_label = |label: &str| {
        label.starts_with(|c: char| c.is_ascii_alphanumeric())
            && label.ends_with(|c: char| c.is_ascii_alphanumeric())
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    match prefix.strip_suffix('.') {
        Some(labels) => host.len() <= 253 && labels.split('.').all(is_label),
        None => prefix.is_empty(),
    }
}

/// What a wire field takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Takes {
    /// What core says of a setting.
    Rule(Rule),
    /// Any text.
    Text,
    /// A list of `{path, scale}`.
    Loras,
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

/// A field of an endpoint's body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WireField {
    /// The key in the body.
    pub key: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether it may be missing.
    pub presence: Presence,
}

/// One endpoint with everything that its schema takes.
#[derive(Debug)]
pub struct Endpoint {
    /// The route that uses it; knows the endpoint id and whether it is legacy.
    pub route: Route,
    /// `owner/app`: what status, result and cancel addresses begin with.
    pub app: &'static str,
    /// The fields in the order of FAL's schema.
    pub fields: &'static [WireField],
}

impl Endpoint {
    /// Every endpoint that Likeness calls.
    pub const ALL: [&'static Self; 3] = [&FLUX_LORA, &FLUX_PRO_FINETUNED, &ULTRA_FINETUNED];

    /// The endpoint of a route.
    pub const fn of(route: Route) -> &'static Self {
        match route {
            Route::FluxLora => &FLUX_LORA,
            Route::FluxProFinetuned => &FLUX_PRO_FINETUNED,
            Route::UltraFinetuned => &ULTRA_FINETUNED,
        }
    }

    /// The field with this key.
    pub fn field(&self, key: &str) -> Option<&'static WireField> {
        self.fields.iter().find(|field| field.key == key)
    }
}

const PROMPT: WireField = required("prompt", Takes::Text);
const FINETUNE_ID: WireField = required("finetune_id", Takes::Text);
const SYNC_MODE: WireField = optional("sync_mode", Takes::Rule(Rule::Flag));

static FLUX_LORA: Endpoint = Endpoint {
    route: Route::FluxLora,
    app: "fal-ai/flux-lora",
    fields: {
        const fn known(field: Field) -> WireField {
            setting(Route::FluxLora, field)
        }
        &[
            PROMPT,
            known(Field::ImageSize),
            known(Field::NumInferenceSteps),
            known(Field::Seed),
            optional("loras", Takes::Loras),
            known(Field::GuidanceScale),
            SYNC_MODE,
            known(Field::NumImages),
            known(Field::EnableSafetyChecker),
            known(Field::OutputFormat),
            known(Field::Acceleration),
        ]
    },
};

static FLUX_PRO_FINETUNED: Endpoint = Endpoint {
    route: Route::FluxProFinetuned,
    app: "fal-ai/flux-pro",
    fields: {
        const fn known(field: Field) -> WireField {
            setting(Route::FluxProFinetuned, field)
        }
        &[
            PROMPT,
            FINETUNE_ID,
            must(known(Field::FinetuneStrength)),
            known(Field::ImageSize),
            known(Field::NumInferenceSteps),
            known(Field::GuidanceScale),
            known(Field::Seed),
            SYNC_MODE,
            known(Field::NumImages),
            known(Field::OutputFormat),
            known(Field::SafetyTolerance),
            known(Field::EnhancePrompt),
        ]
    },
};

static ULTRA_FINETUNED: Endpoint = Endpoint {
    route: Route::UltraFinetuned,
    app: "fal-ai/flux-pro",
    fields: {
        const fn known(field: Field) -> WireField {
            setting(Route::UltraFinetuned, field)
        }
        &[
            PROMPT,
            FINETUNE_ID,
            must(known(Field::FinetuneStrength)),
            known(Field::Seed),
            SYNC_MODE,
            known(Field::NumImages),
            known(Field::OutputFormat),
            known(Field::SafetyTolerance),
            known(Field::EnhancePrompt),
            WireField { key: "image_url", takes: Takes::Text, presence: Presence::Nullable },
            optional("image_prompt_strength", Takes::Rule(Rule::Number { min: 0.0, max: 1.0 })),
            // Nine ratios are listed, but the schema takes any text beside them.
            optional(Field::AspectRatio.key(), Takes::Text),
            known(Field::Raw),
        ]
    },
};

const fn required(key: &'static str, takes: Takes) -> WireField {
    WireField { key, takes, presence: Presence::Required }
}

const fn optional(key: &'static str, takes: Takes) -> WireField {
    WireField { key, takes, presence: Presence::Optional }
}

const fn must(field: WireField) -> WireField {
    WireField { presence: Presence::Required, ..field }
}

/// A setting that core knows for this route. The statics above make a missing one a compile error.
const fn setting(route: Route, field: Field) -> WireField {
    let presence = match field {
        Field::Seed => Presence::Nullable,
        _ => Presence::Optional,
    };
    match route.rule(field) {
        Some(rule) => WireField { key: field.key(), takes: Takes::Rule(rule), presence },
        None => panic!("the catalogue lists a setting that the route does not take"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_holds_every_setting_that_core_knows_for_the_route() {
        for route in Route::ALL {
            let endpoint = Endpoint::of(route);
            assert_eq!(endpoint.route, route);
            for field in Field::ALL {
                let listed = endpoint.field(field.key()).map(|wire| wire.takes);
                let expected = match (field, route.rule(field)) {
                    (Field::LoraScale, _) => None,
                    (Field::AspectRatio, Some(_)) => Some(Takes::Text),
                    (_, rule) => rule.map(Takes::Rule),
                };
                assert_eq!(listed, expected, "{route:?} {field:?}");
            }
        }
    }

    #[test]
    fn the_app_is_the_first_two_segments_of_the_endpoint_id() {
        for endpoint in Endpoint::ALL {
            let id = endpoint.route.endpoint();
            let segments: Vec<_> = id.split('/').take(2).collect();
            assert_eq!(endpoint.app, segments.join("/"));
        }
    }

    #[test]
    fn media_hosts_are_the_domain_and_its_sub_domains_and_nothing_that_looks_like_it() {
        for host in ["fal.media", "v3.fal.media", "v3b.fal.media", "eu.v3b.fal.media"] {
            assert!(is_media_host(host), "{host}");
        }
        for host in [
            "",
            "media",
            "evilfal.media",
            "fal.media.evil.com",
            ".fal.media",
            "-.fal.media",
            "V3.fal.media",
            "fal.media.",
            "v3..fal.media",
            "v3b.fal.media:443",
            "a@fal.media",
            "fäl.media",
            "x/fal.media",
        ] {
            assert!(!is_media_host(host), "{host}");
        }
    }
}
