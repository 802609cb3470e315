//! Bump arenas.
