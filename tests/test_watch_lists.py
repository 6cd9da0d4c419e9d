"""`gatehouse lists` and `gatehouse screen` as an operator uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.domain.test_lists import ALT, COMMENTS, SDN, SIMPLE, folder
from tests.make.process import output


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"GATEHOUSE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/g.db"}


def test_a_list_is_brought_in_shown_and_looked_into(environment: dict[str, str], tmp_path: Path) -> None:
    path = folder(tmp_path, sdn=SDN, alt=ALT, sdn_comments=COMMENTS)
    nothing = output(["screen", "--name", "Rodrigo Valcamor"], environment)
    first = output(["lists", "import", str(path), "--name", "ofac"], environment)
    again = output(["lists", "import", str(path), "--name", "ofac"], environment)
    told = output(["lists", "status"], environment)
    data = json.loads(output(["lists", "status", "--json"], environment).stdout)
    found = output(["screen", "--name", "Rodrigo Valkamor", "--birthdate", "1968-04-17", "--nationality", "RU"], environment)
    hits = json.loads(output(["screen", "--name", "Ostenbrück Harald", "--json"], environment).stdout)
    nobody = output(["screen", "--name", "Somebody Else"], environment)

    assert nothing.returncode == 2
    assert "gatehouse lists import" in nothing.stderr
    assert first.returncode == 0, first.stderr
    assert "2 people  1 entries skipped" in first.stdout
    assert (again.returncode, "nothing was changed" in again.stderr) == (0, True)
    assert "ACTIVE  2 people" in told.stdout
    assert [row["name"] for row in data["lists"]] == ["ofac"]
    assert [(row["list"], row["total"]) for row in data["rescreenings"]] == [("ofac", 0)]
    assert found.stdout.startswith("1.000  strong    VALCAMOR TRESSENDE, Rodrigo  (ofac ofac-101; sanctions, terrorism, crime)")
    for line in (
        "rodrigo = rodrigo 1",
        "birth date same_day (1968-04-17, ~1969): +0.1",
        "country same (RU, KP, SY): +0.02",
        "Details.aspx?id=101",
    ):
        assert line in found.stdout
    assert [(hit["entry"], hit["listed"]["births"]) for hit in hits] == [("ofac-103", ["1960/1962"])]
    assert (nobody.returncode, nobody.stdout) == (0, "")
    assert "0 hits in ofac" in nobody.stderr


def test_a_file_that_is_no_list_changes_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    good = folder(tmp_path, targets=SIMPLE)
    assert output(["lists", "import", str(good)], environment).returncode == 0
    (tmp_path / "broken").mkdir()
    broken = folder(tmp_path / "broken", targets=SIMPLE[:-40])
    refused = output(["lists", "import", str(broken)], environment)
    absent = output(["lists", "import", "nowhere.csv"], environment)
    told = json.loads(output(["lists", "status", "--json"], environment).stdout)

    assert refused.returncode == 1
    assert "is the file cut off?\nThe lists in use are unchanged" in refused.stderr
    assert (absent.returncode, "The file nowhere.csv does not exist" in absent.stderr) == (2, True)
    assert [(row["name"], row["status"], row["entries"]) for row in told["lists"]] == [("targets", "ACTIVE", 2)]


def test_the_invented_list_ships_and_is_for_the_sandbox_alone(environment: dict[str, str]) -> None:
    brought = output(["lists", "import", "sandbox"], environment)
    found = output(["screen", "--name", "Владислав Корзунецкий"], environment)
    production = {
        "GATEHOUSE_ENVIRONMENT": "production",
        "GATEHOUSE_SECRET_KEYS": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "GATEHOUSE_PUBLIC_URL": "https://kyc.example.com",
    }
    refused = output(["lists", "import", "sandbox"], {**environment, **production})

    assert (brought.returncode, "8 people" in brought.stdout) == (0, True)
    assert "sandbox-2" in found.stdout
    assert (refused.returncode, "for the sandbox" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["screen", "--name", "X", "--birthdate", "12.3.1970"], "Use the format YYYY-MM-DD."),
        (["screen", "--name", " "], "Give a name"),
        (["screen"], "--name"),
        (["screen", "--name", "X", "--nationality", "QQ"], "Unknown country code: QQ"),
        (["lists", "import", "x", "--threshold", "2"], "--threshold"),
        (["lists", "import", "x", "--format", "xml"], "--format"),
    ],
)
def test_wrong_usage_says_what_to_do(environment: dict[str, str], arguments: list[str], message: str) -> None:
    done = output(arguments, environment)

    assert done.returncode == 2
    assert message in done.stderr
