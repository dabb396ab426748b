//! The pure rules of Likeness: avatars, presets, parameters, prompts, validation, cost, jobs.
