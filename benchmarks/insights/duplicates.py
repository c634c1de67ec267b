"""Near-duplicates: pairs of questions, copied answers, planted copies, and speed.

    python -m benchmarks.insights.duplicates quora|plagiarism|planted|speed --data BENCH/insights

*planted*: of 1,000 posts of ``newsgroups`` 60 are copied (other white space and case), 60 edited
(a tenth of the words replaced, sentences left out and added), and of 60 there is a newer version (a
third of the sentences changed, added or moved, "v2" in its name); pair F1 of all that is listed as
pairs of documents. *speed*: 100,000 made chunks of 170 words, of which 2,000 are near-copies.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.insights.sets import embedded, parser, rows_of
from ingest import ingest_paths
from ingest.text.sentences import split_sentences
from rag_app import AnswerSettings, open_engine
from rag_app.insights.duplicates.find import ALIKE, SHARED, find_duplicates
from rag_app.insights.duplicates.nearest import pairs_above
from rag_app.insights.duplicates.shingles import overlaps


def main() -> None:
    """Measure one of the sets."""
    options = parser(__doc__)
    options.add_argument("what", choices=("quora", "plagiarism", "planted", "speed"))
    options.add_argument("--count", type=int, default=0, help="documents, or chunks")
    chosen = options.parse_args()
    if chosen.what == "quora":
        quora(chosen.data, chosen.cache)
    elif chosen.what == "plagiarism":
        plagiarism(chosen.data)
    elif chosen.what == "planted":
        planted(chosen.data, chosen.count or 1000)
    else:
        speed(chosen.data, chosen.count or 100_000)


def quora(data: Path, cache: Path | None) -> None:
    """Average precision and F1 of the cosine over pairs."""
    from sklearn.metrics import average_precision_score, f1_score, precision_recall_curve

    rows = rows_of(data / "quora_pairs/pairs.jsonl")
    one, other = (embedded([row[key] for row in rows], cache) for key in ("text1", "text2"))
    labels = np.array([int(row["label"]) for row in rows])
    cosine = np.einsum("ij,ij->i", one, other)
    precision, recall, thresholds = precision_recall_curve(labels, cosine)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    best = int(f1.argmax())
    print(f"AP {average_precision_score(labels, cosine):.4f}")
    print(f"best F1 {f1[best]:.4f} at {thresholds[best]:.3f}; at {ALIKE}: "
          f"F1 {f1_score(labels, cosine >= ALIKE):.4f}, "
          f"precision {labels[cosine >= ALIKE].mean():.4f}")  # fmt: skip


def plagiarism(data: Path) -> None:
    """Copy or not at the default threshold; four classes from shares of shingles, by
    cross-validation."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import average_precision_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = rows_of(data / "plagiarism/answers.jsonl")
    sources = {row["task"]: row["text"] for row in rows if row["category"] == "orig"}
    answers = [row for row in rows if row["category"] != "orig"]
    texts = [text for row in answers for text in (row["text"], sources[row["task"]])]
    shares = np.zeros((len(answers), 6))
    for size in (1, 2, 3, 4, 5):
        for at in range(len(answers)):
            pair = overlaps(texts[2 * at : 2 * at + 2], least=0, size=size)
            shares[at, size - 1] = pair.containment.sum()
    shares[:, 5] = [_in_order(texts[2 * at], texts[2 * at + 1]) for at in range(len(answers))]
    kinds = np.array([row["category"] for row in answers])
    is_copy = kinds != "non"
    scores = shares[:, 2]
    found = scores >= SHARED
    print(f"copy or not, share of shingles of 3 words: AP "
          f"{average_precision_score(is_copy, scores):.3f}; best accuracy "
          f"{max(((scores >= limit) == is_copy).mean() for limit in scores):.3f}; at the default "
          f"{SHARED}: {(found == is_copy).mean():.3f}, precision {is_copy[found].mean():.3f}, "
          f"of cut {found[kinds == 'cut'].mean():.2f}, light {found[kinds == 'light'].mean():.2f}, "
          f"heavy {found[kinds == 'heavy'].mean():.2f}")  # fmt: skip
    figures = []
    for seed in range(5):
        folds = StratifiedKFold(10, shuffle=True, random_state=seed)
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        two = cross_val_predict(model, shares, is_copy, cv=folds)
        four = cross_val_predict(model, shares, kinds, cv=folds)
        of_four = (four != "non") == is_copy
        figures.append([(two == is_copy).mean(), of_four.mean(), (four == kinds).mean()])
    two, of_four, four = np.mean(figures, axis=0)
    print(f"by 10 folds, 5 times: copy or not {two:.3f} (by the four classes {of_four:.3f}), "
          f"four classes {four:.3f}")  # fmt: skip


def _in_order(text: str, source: str) -> float:
    """The longest common subsequence of words, as a share of the first text's."""
    one, other = text.casefold().split(), source.casefold().split()
    row = [0] * (len(other) + 1)
    for word in one:
        diagonal = 0
        for at, beside in enumerate(other, start=1):
            above = row[at]
            row[at] = diagonal + 1 if word == beside else max(above, row[at - 1])
            diagonal = above
    return row[-1] / len(one)


def planted(data: Path, count: int) -> None:
    """Pair F1 of planted copies, edits and versions among documents."""
    choose = random.Random(1)
    texts = [
        row["text"]
        for part in ("train", "test")
        for row in rows_of(data / f"newsgroups/{part}.jsonl")
        if len(row["text"]) >= 500
    ]
    choose.shuffle(texts)
    each = max(count * 6 // 100, 2)
    with tempfile.TemporaryDirectory() as folder:
        documents, gold = Path(folder, "documents"), set()
        documents.mkdir()
        originals = texts[: count - 3 * each]
        for number, text in enumerate(originals):
            (documents / f"{_name(number)}.txt").write_text(text, encoding="utf-8")
        makers = {"copy": _copied, "edited": _edited, "version": _version}
        for at, number in enumerate(choose.sample(range(len(originals)), 3 * each)):
            kind = list(makers)[at // each]
            name = f"{_name(number)}-v2" if kind == "version" else f"{_name(5000 + number)}"
            text = makers[kind](originals[number], texts[count:], choose)
            (documents / f"{name}.txt").write_text(text, encoding="utf-8")
            gold.add((frozenset((f"{_name(number)}.txt", f"{name}.txt")), kind))
        store = Path(folder, "store")
        ingest_paths([documents], store=store)
        with open_engine(store, answers=AnswerSettings()) as engine:
            started = time.perf_counter()
            found = find_duplicates(engine.collection)
            seconds = time.perf_counter() - started
        pairs = {frozenset((one.first, one.second)): one.kind for one in found.documents}
        right = [(pair, kind) for pair, kind in gold if pair in pairs]
        print(f"{len(gold)} planted among {count}: {len(pairs)} listed in {seconds:.1f} s; "
              f"precision {len(right) / len(pairs):.3f}, recall {len(right) / len(gold):.3f}, "
              f"F1 {2 * len(right) / (len(pairs) + len(gold)):.3f}; "
              f"of the right kind {sum(pairs[pair] == kind for pair, kind in right)}")  # fmt: skip
        for kind in makers:
            of_kind = [pair for pair, one in gold if one == kind]
            print(f"  {kind}: {sum(pair in pairs for pair in of_kind)} of {len(of_kind)}")
        known = {pair for pair, _ in gold}
        for pair in [pair for pair in pairs if pair not in known][:5]:
            print("  not planted:", pairs[pair], json.dumps(sorted(pair)))


def _name(number: int) -> str:
    """A name of letters, which no other document's resembles."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:05}")


def _copied(text: str, _others: Sequence[str], _choose: random.Random) -> str:
    return "\n\n".join(" ".join(line.split()) for line in text.upper().split("\n") if line.strip())


def _edited(text: str, others: Sequence[str], choose: random.Random) -> str:
    strangers = choose.choice(others).split()
    sentences = list(split_sentences(text))
    kept = [one for one in sentences if choose.random() > 0.1] or sentences
    kept.insert(choose.randrange(len(kept) + 1), " ".join(strangers[:15]) + ". ")
    words = " ".join(kept).split()
    return " ".join(choose.choice(strangers) if choose.random() < 0.1 else word for word in words)


def _version(text: str, others: Sequence[str], choose: random.Random) -> str:
    sentences = [one.strip() for one in split_sentences(text)]
    for at in choose.sample(range(len(sentences)), len(sentences) // 3):
        strangers = " ".join(choose.choice(others).split()[:12]) + "."
        sentences[at] = choose.choice([strangers, f"{sentences[at]} {strangers}", ""])
    return "\n\n".join(sentences)


def speed(data: Path, count: int) -> None:
    """Seconds for all passages, by words and by meaning."""
    choose = np.random.default_rng(1)
    words = np.array(
        " ".join(row["text"] for row in rows_of(data / "newsgroups/train.jsonl")).split()
    )
    texts = [" ".join(words[choose.integers(0, len(words), 170)]) for _ in range(count)]
    for at in choose.integers(0, count, count // 50):
        texts[at] = texts[(at + 7) % count] + " " + texts[at][:100]
    vectors = choose.normal(size=(count, 384)).astype(np.float32) * (0.94 ** np.arange(384)) ** 0.5
    vectors += vectors[choose.integers(0, count // 20, count)]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for name, work in (
        ("words", lambda: overlaps(texts).first),
        ("meaning", lambda: pairs_above(vectors.astype(np.float32), ALIKE)[0]),
    ):
        wall, processor = time.perf_counter(), time.process_time()
        pairs = work()
        print(f"{name}: {len(pairs):,} pairs of {count:,} passages in "
              f"{time.perf_counter() - wall:.1f} s, {time.process_time() - processor:.1f} s of "
              "processor")  # fmt: skip


if __name__ == "__main__":
    main()
