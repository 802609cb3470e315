//! Runs a program with a time limit and collects what it printed.

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::case::{quoted, split};
use crate::dump::Result;

/// How a program ended.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    /// The exit status; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) timed_out: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// `exit status 1`, `signal 11`, or `no end within the limit`.
    pub(crate) fn how(&self) -> String {
        match (self.timed_out, self.code, self.signal) {
            (true, ..) => "no end within the limit".to_string(),
            (_, Some(code), _) => format!("exit status {code}"),
            (_, _, Some(signal)) => format!("signal {signal}"),
            _ => "an unknown end".to_string(),
        }
    }
}

/// Runs `command` in `dir` for at most `limit`. Output goes through files, so that no pipe can fill up or stay open.
pub(crate) fn run(command: &mut Command, dir: &Path, limit: Duration) -> Result<Ended> {
    let name = format!("{:?}", command.get_program());
    let err = |e: std::io::Error| format!("{name}: {e}");
    let (out_path, err_path) = (dir.join(".stdout"), dir.join(".stderr"));
    command.current_dir(dir).stdin(Stdio::null());
    command.stdout(File::create(&out_path).map_err(err)?).stderr(File::create(&err_path).map_err(err)?);
    let mut child = command.spawn().map_err(err)?;
    let started = Instant::now();
    let mut pause = Duration::from_micros(200);
    let mut timed_out = false;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(err)? {
            break status;
        }
        if started.elapsed() > limit {
            timed_out = true;
            child.kill().map_err(err)?;
            break child.wait().map_err(err)?;
        }
        std::thread::sleep(pause);
        pause = (pause * 3 / 2).min(Duration::from_millis(10));
    };
    let text = |path: &Path| std::fs::read(path).map(|b| String::from_utf8_lossy(&b).into_owned()).unwrap_or_default();
    Ok(Ended {
        code: status.code(),
        signal: status.signal(),
        timed_out,
        stdout: text(&out_path),
        stderr: text(&err_path),
    })
}

/// Like [`run`], and anything but exit status 0 is an error with what was printed.
pub(crate) fn must(command: &mut Command, dir: &Path) -> Result<Ended> {
    let ended = run(command, dir, Duration::from_secs(60))?;
    if ended.code == Some(0) {
        return Ok(ended);
    }
    let args: Vec<_> = command.get_args().map(|a| a.to_string_lossy().into_owned()).collect();
    let program = command.get_program().to_string_lossy().into_owned();
    Err(format!("{program} {}: {}\n{}{}", args.join(" "), ended.how(), ended.stdout, ended.stderr))
}

/// Where the first of `names` lies on PATH.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names.iter().find_map(|name| std::env::split_paths(&path).map(|d| d.join(name)).find(|p| p.is_file()))
}

/// Runs the output of a case and compares: `[exit N] [stdout "text"] [prints "part"] [env K=V] [args…]`.
pub(crate) fn run_as_told(command: &mut Command, told: &str, dir: &Path, limit: Duration) -> Result<()> {
    let (mut exit, mut stdout, mut part) = (0, None, None);
    let mut rest = told.trim();
    while let Some((word, tail)) = rest.split_once(' ').or((!rest.is_empty()).then_some((rest, ""))) {
        let tail = tail.trim_start();
        let (next, after) = tail.split_once(' ').unwrap_or((tail, ""));
        rest = match word {
            "exit" => {
                exit = next.parse().map_err(|e| format!("{next}: {e}"))?;
                after
            }
            "stdout" | "prints" => {
                let (text, after) = quoted(tail)?;
                *(if word == "stdout" { &mut stdout } else { &mut part }) = Some(text);
                after
            }
            "env" => {
                let (key, value) = next.split_once('=').ok_or("env K=V")?;
                command.env(key, value);
                after
            }
            "args" => {
                command.args(split(tail));
                ""
            }
            word => return Err(format!("unknown word {word}")),
        };
    }
    let ended = run(command, dir, limit)?;
    if ended.code != Some(exit) {
        return Err(format!("{} instead of {exit}\n{}{}", ended.how(), ended.stdout, ended.stderr));
    }
    if stdout.is_some_and(|wanted| wanted != ended.stdout.as_bytes()) {
        return Err(format!("it printed {:?}", ended.stdout));
    }
    let lacks = part.is_some_and(|wanted| !ended.stdout.contains(&*String::from_utf8_lossy(&wanted)));
    if lacks { Err(format!("it printed {:?}", ended.stdout)) } else { Ok(()) }
}
