"""The proof that a kernel works: it sees what Jupyter gives it, and none is offered that does not work."""

import json
import os
from pathlib import Path

from jupyter_client.manager import KernelManager

from sesync_cli.kernel.start_test import expanded
from tests.conftest import HANG
from tests.kernel import ground


def test_variables_are_filled_in_as_jupyter_does(home: Path, tmp_path: Path, monkeypatch):
    python = ground.python("3.11")
    monkeypatch.setenv("TREES", "oaks")
    env = {"A": "${TREES}:$TREES", "B": "$$TREES", "C": "${NOWHERE}", "D": "100 %", "E": "$", "TREES": "pines ${TREES}"}
    ground.spec(home, "trees", [str(python)], env=env)
    (tmp_path / "show.py").write_text(
        "import os, sys\nopen(sys.argv[1], 'w').write(repr({k: os.environ[k] for k in 'ABCDE'}))\n"
    )
    spec = ground.specs(home) / "trees/kernel.json"
    facts = json.loads(spec.read_text())
    spec.write_text(json.dumps(facts | {"argv": [str(python), str(tmp_path / "show.py"), str(tmp_path / "seen")]}))
    manager = KernelManager(kernel_name="trees")
    manager.start_kernel()
    manager.provisioner.process.wait(HANG)
    manager.shutdown_kernel(now=True)
    given = expanded(env, os.environ)
    assert (tmp_path / "seen").read_text() == repr({name: given[name] for name in "ABCDE"})


def test_a_kernel_that_does_not_start_is_not_offered(sesync, home: Path, index: Path):
    ground.wheel(index, "sesync_breaks", x_dot_pth="import sys; sys.exit('Error: the [bold] trees are broken')\n")
    result = sesync("kernel", "create", "trees", "sesync_breaks")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("Error: the kernel does not start: SystemExit: Error: the [bold] trees are broken\n")
    assert ground.nothing(home)


def test_a_kernel_that_does_not_answer_is_not_offered(sesync, home: Path, index: Path, site):
    site(kernels={"start_seconds": 1})
    ground.wheel(index, "sesync_sleeps", x_dot_pth="import time, sys; print('zzz', flush=True); time.sleep(1000)\n")
    result = sesync("kernel", "create", "trees", "sesync_sleeps")
    assert (result.code, "the kernel does not start: it did not answer within 1 seconds" in result.err) == (1, True)
    assert ground.nothing(home)
    assert ground.survivors(home) == []


TAKES_A_PORT = (
    "import json, os, socket, sys; "
    "file = next((one for one in sys.argv if one.endswith('connection.json')), None); "
    "first = file and not os.path.exists({seen!r}); "
    "sys.taken = socket.create_server(('127.0.0.1', json.load(open(file))['shell_port'])) if first else None; "
    "first and open({seen!r}, 'w').close()\n"
)


def test_a_port_that_another_program_took_meanwhile_is_no_fault(sesync, home: Path, index: Path, tmp_path: Path):
    """Jupyter's own choice of ports leaves a moment in which others may take them."""
    seen = tmp_path / "seen"
    ground.wheel(index, "sesync_takes", x_dot_pth=TAKES_A_PORT.format(seen=str(seen)))
    result = sesync("kernel", "create", "trees", "sesync_takes")
    assert (result.code, seen.exists()) == (0, True), result.err
    seen.unlink()
    result = sesync("kernel", "check", "trees")
    assert (result.code, seen.exists()) == (0, True), result.out


DEAF = """
import sys
if sys.orig_argv[2:3] == ["ipykernel_launcher"]:
    import ipykernel.kernelbase as base
    dispatch, heard = base.Kernel.dispatch_shell, []
    async def deaf(self, *given, **named):
        heard.append(given)
        if len(heard) > 1:
            return await dispatch(self, *given, **named)
        open({lost!r}, "w").close()
    base.Kernel.dispatch_shell = deaf
"""


def test_a_kernel_that_is_asked_before_it_is_ready_is_asked_again(sesync, site, index: Path, tmp_path: Path):
    """What a kernel is asked before it listens may be lost."""
    lost = tmp_path / "lost"
    ground.wheel(index, "sesync_deaf", x_dot_pth=f"import sys; exec({DEAF.format(lost=str(lost))!r}, {{}})\n")
    result = sesync("kernel", "create", "trees", "sesync_deaf")
    assert (result.code, lost.exists()) == (0, True), result.err
    lost.unlink()
    result = sesync("kernel", "check", "trees")
    assert (result.code, lost.exists()) == (0, True), result.out
