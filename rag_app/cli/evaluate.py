"""The command ``rag-app eval``: how well retrieval and answers do, and under which settings."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.cli import add_store_arguments, print_json, show
from ingest.errors import UsageError
from rag_app.cli.progress import progress_bar

if TYPE_CHECKING:
    from rag_app.engine import Engine
    from rag_app.eval.compare import Comparison, Variant
    from rag_app.eval.questions import Question
    from rag_app.eval.report import EvalReport
    from rag_app.eval.run import Scoring
    from rag_app.eval.workplace import Collection, Workplace

QUESTIONS = "data/questions.jsonl"


@dataclass(frozen=True)
class Job:
    """Questions and what they are asked of."""

    name: str
    source: str
    questions: Sequence[Question]
    scoring: Scoring
    collection: Collection
    notes: tuple[str, ...] = ()


def add_eval_command(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser(
        "eval", help="measure search and answers, by known or generated questions"
    )
    add = parser.add_argument
    add(
        "questions",
        nargs="*",
        metavar="FILE|SET",
        help=f"a questions file ({QUESTIONS}); with --bench-data, names of sets (all)",
    )
    add("--generate", type=int, metavar="N", help="N questions from the documents themselves")
    add("--seed", type=int, default=0, metavar="S", help="other questions are drawn (0)")
    add("--write", metavar="FILE", help="write the generated questions, to edit and keep")
    add("--bench-data", type=Path, metavar="DIR", help="folder of public question sets")
    add("--work", type=Path, metavar="DIR", help="where stores are built and kept (temporary)")
    add(
        "--compare",
        nargs="+",
        metavar="NAME=V,V",
        help="try all combinations of settings: chunk_size=128,200 mode=hybrid,dense",
    )
    add("--by", metavar="FIGURE", help="the figure that orders a comparison (ndcg@10)")
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument(
        "--answers", action="store_true", default=None, dest="answers",
        help="answer each question too (not with sets or --compare, if not said)",
    )  # fmt: skip
    asked.add_argument(
        "--search-only", action="store_false", default=None, dest="answers", help="only search"
    )
    add(
        "--fail-under",
        action="append",
        default=[],
        metavar="FIGURE=SHARE",
        help="exit with 1 if a figure is lower: hit@5=0.8, or of one set northwind:hit@5=0.8",
    )
    add("--output", type=Path, metavar="DIR", help="write results.json and report.html")
    add("--keep", action="store_true", help="keep the report: the page lists and compares it")
    add("--json", action="store_true", help="print one JSON object")
    add_store_arguments(parser)
    parser.set_defaults(command=_eval)


def _eval(options: argparse.Namespace) -> int:
    from rag_app.eval.fail_under import check_thresholds, read_thresholds
    from rag_app.eval.html.page import write_results

    _check(options)
    thresholds = read_thresholds(options.fail_under)
    with _workplace(options) as workplace:
        jobs = _bench_jobs(options, workplace) if options.bench_data else [_job(options, workplace)]
        if options.compare:
            comparisons = [_compared(options, job) for job in jobs]
            if options.output:
                write_results(options.output, comparisons=comparisons)
            _print(comparisons, options)
            return 0
        # What cannot be checked is said before anything is measured.
        figures = [(job.name, job.scoring.figures) for job in jobs]
        for threshold in thresholds:
            threshold.check_name(figures, answers=_with_answers(options))
        reports = [_measured(options, job) for job in jobs]
    if options.output:
        write_results(options.output, reports=reports)
    _print(reports, options)
    missed = check_thresholds(thresholds, reports)
    for line in missed:
        show(f"rag-app: {line}", file=sys.stderr)
    return 1 if missed else 0


def _check(options: argparse.Namespace) -> None:
    """Raise UsageError for options that do not go together."""
    if options.generate is not None and (options.bench_data or options.questions):
        raise UsageError("--generate makes its own questions; leave FILE and --bench-data out")
    if options.write and options.generate is None:
        raise UsageError("--write is for generated questions; give --generate N too")
    if not options.bench_data and len(options.questions) > 1:
        raise UsageError(
            f"One questions file at a time, not {len(options.questions)}; sets of questions are "
            "named after --bench-data DIR"
        )
    if options.compare and options.fail_under:
        raise UsageError("--fail-under is for one run; leave --compare out")
    if options.keep and (options.compare or options.bench_data):
        raise UsageError(
            "--keep is for one run over your own documents; leave --compare and --bench-data out"
        )
    if options.by and not options.compare:
        raise UsageError("--by orders a comparison; give --compare too")


@contextmanager
def _workplace(options: argparse.Namespace) -> Iterator[Workplace]:
    from ingest.progress import progress_for_terminal
    from rag_app.eval.workplace import Workplace

    if options.work:
        yield Workplace(options.work, progress_for_terminal)
        return
    with tempfile.TemporaryDirectory(prefix="rag-app-eval-") as folder:
        yield Workplace(Path(folder), progress_for_terminal)


def _bench_jobs(options: argparse.Namespace, workplace: Workplace) -> list[Job]:
    from rag_app.eval.bench_sets import read_set, sets_in
    from rag_app.eval.workplace import BenchCollection

    there = sets_in(options.bench_data)
    sets = [read_set(options.bench_data, name) for name in options.questions or there]
    return [
        Job(
            name=one.name,
            source=f"the set in {options.bench_data / one.name}",
            questions=one.questions,
            scoring=one.scoring,
            collection=BenchCollection(workplace, one),
        )
        for one in sets
    ]


def _job(options: argparse.Namespace, workplace: Workplace) -> Job:
    from rag_app.eval.questions import read_questions, review_notes
    from rag_app.eval.run import Scoring
    from rag_app.eval.workplace import OwnCollection

    collection = OwnCollection(workplace, options.store, options.collection)
    if options.generate is not None:
        questions, (made, *more) = _generated(options, collection)
        name, source, notes = "generated", made.rstrip("."), tuple(more)
    else:
        path = options.questions[0] if options.questions else QUESTIONS
        if not options.questions and not Path(path).is_file():
            raise UsageError(
                f"There is no file {path} here; name a questions file, or have questions made of "
                "the documents: rag-app eval --generate 50"
            )
        questions, notes = read_questions(path), review_notes(path)
        name, source = Path(path).name, f"the questions of {path}"
    return Job(name, source, questions, Scoring(), collection, notes)


def _generated(
    options: argparse.Namespace, collection: Collection
) -> tuple[Sequence[Question], tuple[str, ...]]:
    from rag_app.eval.generate import by_llm, by_rules
    from rag_app.eval.questions import write_questions

    with collection.open({}, {}) as engine:
        if engine.llm is None:
            made = by_rules(engine.store, options.generate, options.seed)
        else:
            with progress_bar("questions made", options.generate) as on_progress:
                made = by_llm(
                    engine.store,
                    engine.llm,
                    options.generate,
                    options.seed,
                    on_progress,
                    engine.prompts,
                )
    if options.write:
        write_questions(options.write, made.questions)
    return made.questions, made.notes


def _measured(options: argparse.Namespace, job: Job) -> EvalReport:
    with job.collection.open({}, {}) as engine:
        report = _evaluated(options, job, engine, job.name)
        if options.keep:
            from rag_app.eval.saved_runs import KeptRuns

            KeptRuns(engine).keep(report)
        return report


def _compared(options: argparse.Namespace, job: Job) -> Comparison:
    from rag_app.eval.compare import compare, variants

    by = options.by or job.scoring.key
    if by not in job.scoring.figures:
        raise UsageError(
            f"--by: {job.name} has no figure {by!r} of the search; it has "
            f"{', '.join(job.scoring.figures)}"
        )

    def measured(engine: Engine, variant: Variant) -> EvalReport:
        return _evaluated(options, job, engine, f"{job.name}, {variant.label}")

    return compare(job.collection, variants(options.compare), measured, by)


def _evaluated(options: argparse.Namespace, job: Job, engine: Engine, what: str) -> EvalReport:
    from rag_app.eval.run import evaluate

    with progress_bar(what, len(job.questions)) as on_progress:
        report = evaluate(
            engine,
            job.questions,
            on_progress,
            name=job.name,
            source=job.source,
            scoring=job.scoring,
            answers=_with_answers(options),
        )
    return replace(report, notes=job.notes + report.notes)


def _with_answers(options: argparse.Namespace) -> bool:
    if options.answers is None:
        return not (options.bench_data or options.compare)
    return bool(options.answers)


def _print(done: Sequence[EvalReport] | Sequence[Comparison], options: argparse.Namespace) -> None:
    """One object for one report; for several, ``{"sets": [...]}``."""
    if not options.json:
        show("\n\n".join(one.table() for one in done))
    elif options.bench_data:
        print_json({"sets": [one.summary() for one in done]})
    else:
        print_json(done[0].summary())
