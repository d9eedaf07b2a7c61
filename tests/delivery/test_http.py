"""Events to a real web server that misbehaves: every one of them is delivered, in the dead letters, or refused."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from http_driver import HttpServer

import synthwb
from synthwb.engine import compile_plan
from synthwb.runtime import Pace, Run, State, Stats, outputs, target
from synthwb.sinks.dead import read_dead_letters

SALES = """\
seed: 7
events:
  sale: {key: till, fields: {till: {integer: {min: 1, max: 9}}, total: {lognormal: {median: 20, sigma: 1}}}}
  visit: {fields: {path: {choice: [/, /cart]}}}
arrivals: {sale: 600/s, visit: 400/s}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[HttpServer]:
    with HttpServer(tmp_path) as running:
        yield running


@pytest.fixture(autouse=True)
def _in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # dead letters stand where the run was started


def run_into(
    address: str, count: int = 3000, *, rate: float | None = None, during: Callable[[Run], None] = lambda run: None
) -> Stats:
    plan = compile_plan(synthwb.loads(SALES))
    made = outputs([target(address, plan.scenario)], plan, bounded=True)
    with Run(plan, made, pace=Pace(rate=rate), limit=count) as run:
        run.start()
        during(run)
        assert run.wait(100), run.stats()
        return run.stats()


def wanted(count: int = 3000) -> set[str]:
    """The ids of the events that were to be sent."""
    plan = compile_plan(synthwb.loads(SALES))
    return {i for batch in synthwb.Stream(plan, limit=count) for part in batch.parts for i in part.id.series()}


def dead(tmp_path: Path) -> list[str]:
    path = tmp_path / "http.dead.jsonl"
    if not path.exists():
        return []
    return [json.loads(letter.value or b"")["id"] for _, letter in read_dead_letters(str(path))]


def test_all_events_arrive_once_in_batches(server: HttpServer) -> None:
    stats = run_into(f"{server.url}?batch=250&concurrency=1")
    assert stats.state is State.FINISHED, stats.error
    assert server.taken() == dict.fromkeys(wanted(), 1)
    asked = server.requests()
    assert max(request.count for request in asked) == 250
    assert {request.headers["Content-Type"] for request in asked} == {"application/json"}
    assert all(request.headers["User-Agent"].startswith("synthwb/") for request in asked)
    report = stats.sinks[0].report
    assert report is not None
    assert (report.delivered, report.waiting, report.dead, report.retries) == (3000, 0, 0, 0)


def test_one_at_a_time_requests_keep_the_order_of_the_stream(server: HttpServer) -> None:
    run_into(f"{server.url}?batch=50&concurrency=1", 1000)
    plan = compile_plan(synthwb.loads(SALES))
    order = []
    for batch in synthwb.Stream(plan, limit=1000):
        rows = sorted((row, i) for part in batch.parts for row, i in zip(part.rows, part.id.series(), strict=True))
        order += [i for _, i in rows]
    assert [i for request in server.requests() for i in request.ids] == order


@pytest.mark.parametrize(
    ("options", "kind", "most"),
    [("body=lines&batch=100", "application/x-ndjson", 100), ("batch=1", "application/json", 1)],
)
def test_bodies(server: HttpServer, options: str, kind: str, most: int) -> None:
    stats = run_into(f"{server.url}?{options}", 300)
    assert stats.state is State.FINISHED, stats.error
    assert server.taken() == dict.fromkeys(wanted(300), 1)
    assert {request.headers["Content-Type"] for request in server.requests()} == {kind}
    assert max(request.count for request in server.requests()) == most


def test_every_event_type_has_an_address_of_its_own(server: HttpServer) -> None:
    run_into(f"{server.base}/in/{{event}}?batch=100", 500)
    assert {request.path for request in server.requests()} == {"/in/sale", "/in/visit"}
    assert len(server.taken()) == 500


def test_credentials_come_from_the_environment_and_are_shown_nowhere(
    server: HttpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_TOKEN", "s3cret-token")
    monkeypatch.setenv("HOOK_PASSWORD", "s3cret-pass")
    stats = run_into(f"{server.url}?bearer=${{HOOK_TOKEN}}", 100)
    assert server.requests()[-1].headers["Authorization"] == "Bearer s3cret-token"
    server.mood(status=401, text="who are you")
    failed = run_into(f"{server.url}?user=shop&password=${{HOOK_PASSWORD}}", 100)
    plain = base64.b64decode(server.requests()[-1].headers["Authorization"].removeprefix("Basic ")).decode()
    assert plain == "shop:s3cret-pass"
    assert failed.state is State.FAILED
    told = f"{stats}{failed}" + (tmp_path / "http.dead.jsonl").read_text()
    assert "s3cret" not in told
    assert "401" in failed.error


def test_a_variable_that_is_not_set_is_said_before_anything_is_sent(server: HttpServer) -> None:
    stats = run_into(f"{server.url}?bearer=${{NOT_SET_ANYWHERE}}", 100)
    assert stats.state is State.FAILED
    assert "NOT_SET_ANYWHERE is not set" in stats.error
    assert server.requests() == []


def test_bodies_are_compressed_when_asked(server: HttpServer) -> None:
    stats = run_into(f"{server.url}?gzip=true&batch=500", 1000)
    assert stats.state is State.FINISHED, stats.error
    assert {request.headers["Content-Encoding"] for request in server.requests()} == {"gzip"}
    assert server.taken() == dict.fromkeys(wanted(1000), 1)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_an_answer_that_asks_for_patience_is_tried_again(server: HttpServer, tmp_path: Path, status: int) -> None:
    server.mood(status=status, every=3, times=5)
    stats = run_into(f"{server.url}?batch=100")
    assert stats.state is State.FINISHED, stats.error
    assert server.taken() == dict.fromkeys(wanted(), 1)
    report = stats.sinks[0].report
    assert report is not None
    assert report.retries == 5
    assert str(status) in report.error
    assert dead(tmp_path) == []


def test_it_waits_as_long_as_the_server_asks_for(server: HttpServer) -> None:
    server.mood(status=429, headers={"Retry-After": "2"}, times=1)
    began = time.monotonic()
    stats = run_into(f"{server.url}?batch=1000&concurrency=1", 1000)
    assert stats.state is State.FINISHED
    assert time.monotonic() - began > 1.9
    first, second = server.requests()
    assert second.at - first.at > 1.9


def test_half_of_all_requests_fail_and_every_event_is_accounted_for(server: HttpServer, tmp_path: Path) -> None:
    server.mood(status=503, every=2)
    stats = run_into(f"{server.url}?batch=50", 5000)
    assert stats.state is State.FINISHED, stats.error
    lost = dead(tmp_path)
    assert sorted([*server.taken(), *lost]) == sorted(wanted(5000))
    assert max(server.taken().values()) == 1, "an answer that is no success took nothing"


@pytest.mark.parametrize("cut", ["body", "answer", "silent"])
def test_connections_that_break_lose_nothing(server: HttpServer, tmp_path: Path, cut: str) -> None:
    server.mood(cut=cut, every=3)
    stats = run_into(f"{server.url}?batch=100", 3000)
    assert stats.state is State.FINISHED, stats.error
    taken = server.taken()
    assert set(taken) | set(dead(tmp_path)) == wanted()
    if cut != "silent":
        assert set(taken.values()) == {1}, "the status has told what became of them"
    else:
        assert max(taken.values()) > 1, "at least once: what was taken without an answer comes again"


def test_a_server_that_is_killed_and_comes_back(server: HttpServer, tmp_path: Path) -> None:
    def trouble(run: Run) -> None:
        while not server.requests():
            time.sleep(0.01)
        server.kill()
        deadline = time.monotonic() + 30
        while "connection refused" not in (held := run.stats().sinks[0]).error:
            assert time.monotonic() < deadline, held
            time.sleep(0.02)
        assert held.state == "retrying"
        server.start()

    stats = run_into(f"{server.url}?batch=20&concurrency=2", 4000, rate=2000, during=trouble)
    assert stats.state is State.FINISHED, stats.error
    assert set(server.taken()) | set(dead(tmp_path)) == wanted(4000)
    assert stats.sinks[0].state == "closed"


def test_a_server_that_stalls_is_given_up_waiting_for_and_asked_again(server: HttpServer, tmp_path: Path) -> None:
    server.mood(delay=30.0, times=2)
    stats = run_into(f"{server.url}?batch=500&timeout=500ms")
    assert stats.state is State.FINISHED, stats.error
    assert set(server.taken()) == wanted()
    assert stats.sinks[0].report is not None
    assert "no answer within 0.5 s" in stats.sinks[0].report.error


def test_what_is_refused_later_becomes_dead_letters_and_can_be_sent_again(server: HttpServer, tmp_path: Path) -> None:
    def refuse(run: Run) -> None:
        while not server.requests():
            time.sleep(0.01)
        server.mood(status=422, text="no such till", times=3)

    stats = run_into(f"{server.url}?batch=100&concurrency=1", 3000, rate=3000, during=refuse)
    assert stats.state is State.FINISHED, stats.error
    lost = dead(tmp_path)
    assert len(lost) == sum(request.count for request in server.requests() if request.status == 422) > 0
    assert sorted([*server.taken(), *lost]) == sorted(wanted())
    letter = json.loads((tmp_path / "http.dead.jsonl").read_text().splitlines()[0])
    assert letter["reason"].endswith("422 Unprocessable Entity: no such till")
    command = [sys.executable, "-m", "synthwb", "resend", "http.dead.jsonl", "--to", f"{server.url}?batch=50"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert f"{len(lost)} of {len(lost)} events delivered" in done.stderr
    assert server.taken() == dict.fromkeys(wanted(), 1)
    assert not (tmp_path / "http.dead.jsonl").exists()


def test_what_is_refused_again_stays_in_the_file(server: HttpServer, tmp_path: Path) -> None:
    (tmp_path / "x.dead.jsonl").write_text(
        "".join(f'{{"sink": "x", "reason": "r", "value": "{{\\"id\\": \\"{i}\\"}}"}}\n' for i in range(10))
    )
    server.mood(status=400, every=2)
    address = f"{server.url}?batch=5&concurrency=1"
    command = [sys.executable, "-m", "synthwb", "resend", "x.dead.jsonl", "--to", address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "5 of 10 events delivered; 5 were refused again and are still in x.dead.jsonl" in done.stderr
    left = [json.loads(letter.value or b"")["id"] for _, letter in read_dead_letters("x.dead.jsonl")]
    assert sorted([*server.taken(), *left], key=int) == [str(i) for i in range(10)]


def test_letters_that_cannot_be_sent_stay_as_they_are(tmp_path: Path) -> None:
    text = '{"sink": "x", "reason": "r", "value": "{}"}\n'
    (tmp_path / "x.dead.jsonl").write_text(text)
    command = [sys.executable, "-m", "synthwb", "resend", "x.dead.jsonl", "--to", "http://127.0.0.1:9/events"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "connection refused" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "x.dead.jsonl").read_text() == text
    (tmp_path / "no.jsonl").write_text('{"id": 5}\n')
    command[4] = "no.jsonl"
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "no.jsonl, line 1: this is no dead letter of synthwb" in done.stderr


def test_a_server_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    began = time.monotonic()
    stats = run_into("http://127.0.0.1:9/events")
    assert stats.state is State.FAILED
    assert stats.error == "http://127.0.0.1:9/events: cannot be reached (connection refused); is the server running?"
    assert time.monotonic() - began < 10
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_redirects_is_not_followed(server: HttpServer) -> None:
    server.mood(status=301, headers={"Location": "https://elsewhere.example/"})
    stats = run_into(server.url)
    assert stats.state is State.FAILED
    assert "it redirects to https://elsewhere.example/: write that address" in stats.error


def test_a_slow_server_holds_generation_back_and_says_so(server: HttpServer) -> None:
    server.mood(delay=0.2)

    def look(run: Run) -> None:
        time.sleep(1.5)
        stats = run.stats()
        assert stats.sinks[0].report is not None
        assert stats.sinks[0].report.waiting <= 4 * 2 * 10 + 10, "a window of eight requests of ten events"

    stats = run_into(f"{server.url}?batch=10&concurrency=2", 300, during=look)
    assert stats.state is State.FINISHED
    assert server.taken() == dict.fromkeys(wanted(300), 1)


def test_a_certificate_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    pair = certificate(tmp_path)
    with HttpServer(tmp_path, tls=pair) as server:
        stats = run_into(f"{server.url}", 100)
        assert stats.state is State.FAILED
        assert "the server's certificate is not trusted" in stats.error
        assert "name its authority with ca:" in stats.error
        trusted = run_into(f"{server.url}?ca={pair[0]}", 100)
        assert trusted.state is State.FINISHED, trusted.error
        unchecked = run_into(f"{server.url}?verify=false", 100)
        assert unchecked.state is State.FINISHED, unchecked.error
        assert set(server.taken().values()) == {2}


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of its own authority for 127.0.0.1, and its key."""
    made, key = folder / "cert.pem", folder / "key.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", key, "-out", made], check=True, capture_output=True)
    return made, key


def test_killed_and_gone_on_with_the_server_has_every_event_with_the_same_ids(
    server: HttpServer, tmp_path: Path
) -> None:
    (tmp_path / "sales.yaml").write_text(SALES)
    command = [sys.executable, "-m", "synthwb", "run", "sales.yaml", "--to", f"{server.url}?batch=50"]
    command += ["--count", "6000", "--rate", "1500", "--state", "run.db", "--checkpoint", "200ms"]
    first = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while len(server.requests()) < 70:
        time.sleep(0.02)
        assert first.poll() is None
    first.kill()
    first.wait()
    before = sum(server.taken().values()) + 400  # a window of requests that were on their way
    done = subprocess.run([*command, "--resume"], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    taken = server.taken()
    assert set(taken) == wanted(6000)
    known = re.search(r"([\d,]+) events are there already", done.stderr)
    saved = int(known[1].replace(",", "")) if known else 0
    assert sum(taken.values()) <= before + 6000 - saved, "only what came after the last save is sent again"


def test_stopping_by_hand_waits_for_the_answers(server: HttpServer, tmp_path: Path) -> None:
    server.mood(delay=0.3)
    plan = compile_plan(synthwb.loads(SALES))
    made = outputs([target(f"{server.url}?batch=10", plan.scenario)], plan, bounded=False)
    run = Run(plan, made, pace=Pace(rate=500))
    run.start()
    while not server.requests():
        time.sleep(0.01)
    stopper = threading.Thread(target=run.stop)
    stopper.start()
    stopper.join(30)
    report = run.stats().sinks[0].report
    assert report is not None
    assert run.stats().state is State.STOPPED
    assert report.waiting == 0
    assert sum(server.taken().values()) == report.delivered


def test_an_error_of_the_sink_has_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "sales.yaml").write_text(SALES)
    command = [sys.executable, "-m", "synthwb", "run", "sales.yaml", "--to", "http://127.0.0.1:9/e", "--count", "5"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr == (
        "error: http://127.0.0.1:9/e: cannot be reached (connection refused); is the server running?\n"
    )
