//! A checked request, and what becomes of it before it is sent.

use crate::{
    avatar::Avatar,
    cost::{self, Cost},
    field::Field,
    issue::Issue,
    layer::Layer,
    parameters::{Layers, Parameters},
    preset::{Preset, Seconds},
    prompt::Composition,
    route::Route,
};

/// The trained model that a run refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Model {
    /// https address of LoRA weights.
    Lora(String),
    /// FAL's finetune id.
    Finetune(String),
}

/// A request without errors. Only [`crate::validate::check`] makes one.
#[derive(Clone, Debug)]
pub struct Recipe {
    pub(crate) avatar: Avatar,
    pub(crate) model: Model,
    pub(crate) route: Route,
    pub(crate) preset: Preset,
    pub(crate) edits: Layer,
    pub(crate) composition: Composition,
    pub(crate) warnings: Vec<Issue>,
}

/// Everything that is known of a run before it is sent.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Whom or what the pictures should look like.
    pub avatar: Avatar,
    /// The preset.
    pub preset: Preset,
    /// The model.
    pub model: Model,
    /// The composed prompt.
    pub composition: Composition,
    /// The values of the route.
    pub parameters: Parameters,
    /// The layers that they came from.
    pub layers: Layers,
    /// What the preset sets and the route does not take.
    pub omitted: Vec<Field>,
    /// Worth knowing, but nothing that stops the run.
    pub warnings: Vec<Issue>,
    /// What it will cost.
    pub cost: Cost,
    /// How long one run usually takes.
    pub seconds: Seconds,
}

impl Recipe {
    /// Resolves the layers.
    pub fn prepare(self) -> Prepared {
        let layers = Layers::new(self.route, self.preset, &self.avatar, self.edits);
        let parameters = Parameters::resolve(self.route, &layers);
        Prepared {
            omitted: layers.omitted(self.route),
            cost: cost::estimate(&parameters),
            seconds: self.preset.seconds(self.route),
            avatar: self.avatar,
            preset: self.preset,
            model: self.model,
            composition: self.composition,
            warnings: self.warnings,
            parameters,
            layers,
        }
    }
}
