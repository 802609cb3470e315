//! The operating system as sinew sees it.
