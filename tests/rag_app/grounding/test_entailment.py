"""A judge in the place of the rules: small cross-encoders of random weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.embed.embedder import Embedder
from rag_app.errors import JudgeError
from rag_app.grounding.checker import Checker
from rag_app.grounding.citations import cite
from rag_app.grounding.entailment import EntailmentJudge
from tests.rag_app.grounding.passages import passage

BATTERY = passage("The battery lasts 14 days without sun.", "It is replaced every 5 years.")
TEXT = BATTERY.chunk.text
LABELS = {0: "contradiction", 1: "entailment", 2: "neutral"}


def make(directory: Path, embedder: Embedder, labels: dict[int, str], favourite: int) -> str:
    """A model that prefers one of its outputs, whatever it reads."""
    import torch
    import transformers

    config = transformers.BertConfig(
        vocab_size=30522,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        id2label=labels,
        label2id={name: number for number, name in labels.items()},
    )
    model = transformers.BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.bias[favourite] += 20
    model.save_pretrained(directory)
    transformers.AutoTokenizer.from_pretrained(embedder.path).save_pretrained(directory)
    return str(directory)


@pytest.mark.slow
@pytest.mark.long
def test_the_judge_decides_and_facts_are_looked_up_all_the_same(
    tmp_path: Path, embedder: Embedder
) -> None:
    true, false = "Without sun the battery lasts 14 days.", "The battery lasts 21 days without sun."
    yes = EntailmentJudge(make(tmp_path / "yes", embedder, LABELS, 1), "cpu")
    no = EntailmentJudge(make(tmp_path / "no", embedder, LABELS, 2), "cpu")
    for judge, found in ((yes, ["supported", "contradicted"]), (no, ["not_found", "contradicted"])):
        cited = cite(f"{true} [1] {false} [1]", [BATTERY], Checker(judge=judge))
        assert [one.status for one in cited.checks] == found
        assert [one.supported for one in cited.citations] == [found[0] == "supported", False]
    assert yes.follows(true, []) == []


@pytest.mark.slow
def test_what_has_no_output_for_entailment_is_refused(tmp_path: Path, embedder: Embedder) -> None:
    judge = EntailmentJudge(make(tmp_path, embedder, {0: "good", 1: "bad"}, 1), "cpu")
    with pytest.raises(JudgeError, match="no output for entailment: its outputs are good, bad"):
        judge.follows("The battery lasts 14 days.", [TEXT])


def test_what_is_not_at_hand_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(JudgeError, match=r"no weights of the judge .* unset RAG_JUDGE"):
        EntailmentJudge("cross-encoder/none").follows("The battery lasts.", [TEXT])
    with pytest.raises(JudgeError, match="is no judge"):
        EntailmentJudge(str(tmp_path)).follows("The battery lasts.", [TEXT])
