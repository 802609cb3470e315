//! The command: argv → args → link → exit code.

fn main() {}
