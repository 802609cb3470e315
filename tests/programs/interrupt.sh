# Ctrl-C at `sinew run` is the command's to answer: a shell stays, a build ends, a trap is run to its end.
. "$(dirname "$0")/lib.bash"
mkdir folders
export TMPDIR=$PWD/folders
cat > terminal.py <<'P'
import os, pty, select, signal, sys, time

def run(command, *talk):
    """Runs `sinew run -- command` at a terminal; `talk` are pairs of what to wait for and what to type then."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(os.environ["SINEW"], ["sinew", "run", "--", *command])
    said, talk, end = b"", list(talk), time.time() + 60
    while time.time() < end:
        if talk and talk[0][0] in said:
            said = said[said.index(talk[0][0]) + len(talk[0][0]):]
            os.write(terminal, talk.pop(0)[1])
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                data = os.read(terminal, 4096)
            except OSError:  # the other side is closed
                data = b""
            if not data:
                break
            said += data
    else:
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    os.close(terminal)
    assert not talk, (command, said, talk)
    return status, said

os.environ["PS1"] = "prompt> "
CTRL_C = b"\x03"
shell = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
status, said = run(
    shell,
    (b"prompt> ", b"echo rea''dy\n"),
    (b"ready", CTRL_C),
    (b"prompt> ", b"sleep 60\n"),
    (b"sleep 60", CTRL_C),
    (b"prompt> ", b"echo al''ive; exit 7\n"),
    (b"alive", b""),
)
assert os.waitstatus_to_exitcode(status) == 7, (status, said)

status, said = run(["sh", "-c", "echo ready; exec sleep 60"], (b"ready", CTRL_C))
assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT, (status, said)

trap = "trap 'sleep 1; echo cleaned; exit 3' INT; echo ready; sleep 60 & wait; sleep 60"
status, said = run(["bash", "-c", trap], (b"ready", CTRL_C), (b"cleaned", b""))
assert os.waitstatus_to_exitcode(status) == 3, (status, said)

# Who ignores the signal goes on ignoring it.
status, said = run(["sh", "-c", "trap '' INT; echo ready; sleep 1; echo done"], (b"ready", CTRL_C), (b"done", b""))
assert os.waitstatus_to_exitcode(status) == 0, (status, said)
P
python3 terminal.py
same '' "$(ls folders)"

# A parent that is killed leaves no folder, once its command has ended.
"$SINEW" run -- sleep 2 &
sleep 0.5
kill -KILL $!
wait || true
for _ in $(seq 1 100); do [ -n "$(ls folders)" ] || break; sleep 0.1; done
same '' "$(ls folders)"
