//! A stand-in for fal.ai over HTTP: queue, direct run, storage, media and drawn pictures.
