//! The server of Likeness: static files, the fal.ai proxy protocol, access and health.
