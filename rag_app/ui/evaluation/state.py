"""The state of evaluations in a session: the one that runs, its report, and the list."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from rag_app import Engine
from rag_app.eval.report import EvalReport
from rag_app.eval.saved_runs import KeptRun
from rag_app.eval.side_by_side import Versus
from rag_app.ui.evaluation.run import EvaluationRun
from rag_app.ui.session.state import Session


@dataclass(slots=True, eq=False)
class EvaluationState:
    """``running`` is the evaluation that is on its way, ``report`` is the one that is shown,
    ``error`` says why the last one did not work."""

    session: Session
    running: EvaluationRun | None = None
    report: EvalReport | None = None
    error: str | None = None


@dataclass(slots=True)
class RunsState:
    """The list of earlier runs: which are ticked, whether their deletion is to be confirmed, and
    the two that are compared."""

    selected: set[str] = field(default_factory=set)
    deleting: bool = False
    compared: tuple[KeptRun, KeptRun, Versus] | None = None


def runs_state(engine: Engine) -> RunsState:
    """The state of this session for the runs of a collection."""
    key = f"evaluations of {engine.store.directory}"
    state: RunsState = st.session_state.setdefault(key, RunsState())
    return state
