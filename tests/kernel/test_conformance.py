"""Jupyter's own suite of conformance, with all that it offers, against kernels of old and new Pythons."""

import unittest
from typing import Any

import jupyter_kernel_test
import pytest
from jupyter_client.manager import start_new_kernel

from tests.conftest import HANG
from tests.kernel import ground
from tests.kernel.conftest import Shared


class Conformance(jupyter_kernel_test.KernelTests):
    """What a kernel of Python must do; a check of the suite that has no sample is skipped."""

    __test__ = False  # not by pytest, but below, in the home that has the kernels

    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('dry leaves', file=sys.stderr)"
    code_generate_error = "1 / 0"
    code_page_something = "sorted?"
    code_inspect_sample = "sorted"
    code_clear_output = "from IPython.display import clear_output; clear_output()"
    code_execute_result = (
        {"code": "6 * 7", "result": "42"},
        {"code": "'oak'.upper()", "result": "'OAK'"},
        {"code": "from IPython.display import HTML; HTML('<i>oak</i>')", "mime": "text/html", "result": "<i>oak</i>"},
    )
    code_display_data = (
        {"code": "from IPython.display import HTML, display; display(HTML('<i>oak</i>'))", "mime": "text/html"},
        {"code": "from IPython.display import Latex, display; display(Latex('$x^2$'))", "mime": "text/latex"},
        {"code": "from IPython.display import SVG, display; display(SVG('<svg/>'))", "mime": "image/svg+xml"},
    )
    completion_samples = ({"text": "sorte", "matches": {"sorted"}},)
    complete_code_samples = ("x = 1", "for tree in ():\n    pass\n\n", "print('oak')")
    incomplete_code_samples = ("for tree in ():", "sum((1,", '"""an oak')
    invalid_code_samples = ("for = 1", "1 +* 2")
    code_history_pattern = "6 ?*"
    # no "range": IPython calls the session that runs 0 there, and the suite expects the number that it has in "tail"
    supported_history_operations = ("tail", "search")

    @classmethod
    def setUpClass(cls) -> None:
        cls.km, cls.kc = start_new_kernel(startup_timeout=HANG, kernel_name=cls.kernel_name)

    def execute_helper(self, *words: Any, **more: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """As in the suite, which waits for a tenth of a second only, and hears what is late from earlier questions."""
        channel = self.kc.iopub_channel
        hear = jupyter_kernel_test.ensure_sync(channel.get_msg)

        def of_this(timeout: float) -> dict[str, Any]:
            while True:
                message: dict[str, Any] = hear(timeout=HANG)
                if message["parent_header"].get("msg_type") == "execute_request":
                    return message

        channel.get_msg = of_this
        try:
            return super().execute_helper(*words, **{"timeout": HANG, **more})
        finally:
            del channel.get_msg

    def test_interrupt(self) -> None:
        """The suite has no check of it."""
        self.flush_channels()
        self.kc.execute("import time\nprint('asleep', flush=True)\ntime.sleep(1000)")
        while self.kc.get_iopub_msg(timeout=HANG)["msg_type"] != "stream":
            pass
        self.km.interrupt_kernel()
        reply = self.kc.get_shell_msg(timeout=HANG)
        self.assertEqual(reply["content"]["ename"], "KeyboardInterrupt")
        while self.kc.get_iopub_msg(timeout=HANG)["content"].get("execution_state") != "idle":
            pass


@pytest.mark.parametrize("version", ("3.8", "3.11", "3.13"))
def test_a_kernel_passes_jupyters_own_suite(version: str, shared: Shared):
    ground.python(version)
    shared.kernel(f"py{version}", "six", "--python", version)
    kernel = type(f"Python {version}", (Conformance,), {"kernel_name": f"py{version}"})
    suite, result = unittest.defaultTestLoader.loadTestsFromTestCase(kernel), unittest.TestResult()
    suite.run(result)
    assert result.wasSuccessful(), "\n".join(why for _, why in (*result.failures, *result.errors))
    assert result.testsRun == 13
    assert [why for _, why in result.skipped] == ["History range not supported"]
