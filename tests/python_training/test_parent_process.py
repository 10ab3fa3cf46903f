from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

CHILD = """
import signal, sys, time
from python_training.parent_process import end_with_parent
end_with_parent(signal.Signals(int(sys.argv[1])))
print("ready", flush=True)
time.sleep(600)
"""
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", *sys.argv[1:]], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="NOT TESTED: the kernel tells of a parent's death on Linux alone")
@pytest.mark.parametrize("number", [9, 15])
def test_a_child_ends_with_its_parent(number: int) -> None:
    """SIGKILL to the parent, which can tell nobody any more: the child is sent the signal that it chose."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT, CHILD, str(number)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout:
        child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    child.wait(30)
    assert not child.is_running()
