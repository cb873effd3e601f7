"""pandas and R read an export by its address from a running server, with a token."""

import os
import shutil
import subprocess

import pandas as pd
import pytest

from tests import servers

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("exports-by-address")]
BUILD = """
from django.utils import timezone
from mediacoding.studies import operations
from tests.builders import coding as builders, studies as people
study = people.study()
round = builders.round(study)
builders.code(round, "boris", *[builders.READY] * 3)
print(operations.make_token(study=study, name="R", by=people.person(), at=timezone.now())[1])
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with servers.installation(tmp_path_factory.mktemp("address")) as made:
        secret = made.python(BUILD).strip()
        with servers.server(made) as base:
            yield f"{base}/studies/internet-window/exports/codings-wide/csv/", secret


def test_pandas_reads_by_address_with_the_token_in_the_header(place):
    address, secret = place
    frame = pd.read_csv(
        f"{address}?variable=tone",
        storage_options={"Authorization": f"Bearer {secret}"},
    )
    assert frame["tone"].tolist() == [2, 2, 2]
    assert frame.columns[0] == "round"


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not on this machine")
def test_r_reads_by_address_with_the_token_in_it(place):
    address, secret = place
    done = subprocess.run(
        [
            "Rscript",
            "-e",
            f'd <- read.csv("{address}?token={secret}", fileEncoding = "UTF-8-BOM");'
            "cat(names(d)[1], nrow(d), sum(d$sources_2))",
        ],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "round 3 3", done.stderr
