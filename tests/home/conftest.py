"""What tests of other folders stand on, too; and patience, since a busy machine takes its time."""

import pytest

from tests.kernel.conftest import index  # noqa: F401


@pytest.fixture
def site(site):
    site(data={"patience_seconds": 80})
    return site
