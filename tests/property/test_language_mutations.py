"""A hundred thousand damaged presets: every one gets diagnostics, none a traceback, and none takes long."""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from language_mutations import WALK, mutated, try_mutations

from synthwb.engine import compile_plan, sample
from synthwb.errors import SynthwbError
from synthwb.scenario import parse, presets

CHUNKS, CHUNK = 40, 2_500


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_no_mutation_raises() -> None:
    """All processors share the work, in chunks that name their range when one fails."""
    chunks = [range(at * CHUNK, (at + 1) * CHUNK) for at in range(CHUNKS)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        undamaged = list(pool.map(try_mutations, chunks))
    assert all(0 < count < CHUNK for count in undamaged), "the mutations are all harmless or all deadly"


def test_what_is_accepted_of_them_makes_events() -> None:
    """A damaged preset that nothing is said against compiles and runs, or is refused in words."""
    texts, made = [WALK, *(preset.text for preset in presets())], 0
    for seed in range(500_000, 500_600):
        text = mutated(seed, texts[seed % len(texts)])
        scenario = parse(text).scenario
        if scenario is not None and text not in texts:
            try:
                made += len(sample(compile_plan(scenario), 20))
            except SynthwbError:
                continue
            except Exception as error:
                raise AssertionError(f"mutation {seed} raised {error!r}:\n{text}") from error
    assert made > 1000


def test_time_grows_with_the_text_and_no_faster() -> None:
    def best(events: int) -> float:
        fields = "      f{i}: {{lognormal: {{median: 25, sigma: 0.7}}, round: 2, missing: 5%}}\n"
        text = "events:\n" + "".join(
            f"  e{k}:\n    fields:\n" + "".join(fields.format(i=i) for i in range(20)) for k in range(events)
        )
        times = []
        for _ in range(5):
            start = time.perf_counter()
            assert parse(text).scenario is not None
            times.append(time.perf_counter() - start)
        return min(times)

    best(1)
    assert best(80) / best(10) < 8 * 3


@pytest.mark.parametrize(
    "text",
    [
        'events: {e: {fields: {a: {expr: "' + "(" * 3_000 + '"}}}}',
        'events: {e: {fields: {a: {expr: "' + "not " * 900 + 'x"}}}}',
        "events: {e: {fields: {a: " + "{list: " * 30 + "uuid" + "}" * 30 + "}}}",
        "events: {e: {fields: {a: " + "{object: {a: " * 28 + "uuid" + "}}" * 28 + "}}}",
        "events: {e: {fields: {" + ", ".join(f"a{i}: {{expr: a{i + 1}}}" for i in range(3_000)) + ", a3000: uuid}}}",
        "events: {e: {fields: {" + ", ".join(f"zz{i}: lognormall" for i in range(5_000)) + "}}}",
        'events: {e: {fields: {a: {template: "' + "{" * 50_000 + '"}}}}',
        "events: {e: {fields: {a: {choice: [" + ", ".join(str(i) for i in range(50_000)) + "]}}}}",
        'events: {e: {fields: {a: uuid}}}\narrivals: {e: "1s' + " " * 300_000 + 'x"}',
        'events: {e: {fields: {a: {datetime: {min: "+1a' + " " * 300_000 + '", max: 1}}}}}',
        "params: {"
        + ", ".join(f'p{i}: "${{params.p{i - 1}}}${{params.p{i - 1}}}"' for i in range(60))
        + "}\nevents: {}",
    ],
    ids=["parens", "nots", "lists", "objects", "chain", "misspelt", "braces", "choice", "rate", "time", "params"],
)
def test_hard_texts_are_read_in_bounded_time(text: str) -> None:
    parsed = parse(text)
    assert all(problem.span.end <= len(text) for problem in parsed.diagnostics)
