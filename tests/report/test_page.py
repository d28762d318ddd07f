"""The page: self-contained, escaped, the same bytes each time, and no number alone."""

import dataclasses
import re
from html.parser import HTMLParser

import pytest

from simlab.errors import StoreError
from simlab.experiment import compare, save
from simlab.report import write_report
from simlab.report.page import environment, render
from simlab.report.study import Study
from simlab.report.terms import TIMING
from simlab.report.words import answer

VOID = {"meta", "br", "img", "input", "link", "hr"}
HOSTILE = [
    "<script>alert(1)</script>",
    "{{1234567*7}}",
    "$$",
    '"><img src=x onerror=alert(1)>',
    r"$\frac{1}{0$",
    "{% raw %}",
]


class Page(HTMLParser):
    """Elements, attributes and text of a page; complains of what is not closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words, self.open = [], [], [], []
        self.feed(text)
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open[-1:] == [tag], f"closes <{tag}> out of order"
        self.open.pop()

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture(scope="module")
def html(small):
    return render(small)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def check_harmless(page):
    assert not {"script", "iframe", "object", "embed", "link", "base", "form", "img"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert not [value for name, value in page.attributes if name in {"src", "srcset", "action", "data"}]
    links = [value for name, value in page.attributes if name in {"href", "xlink:href"}]
    assert all(link.startswith(("#", "https://", "http://")) for link in links)


def test_runs_nothing_and_asks_for_nothing(html, page):
    check_harmless(page)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in html
    assert not re.search(r"@import|url\((?!#)", html)


def test_links_are_the_only_addresses(html):
    assert set(re.findall(r"https?://[^\"<\s]+", html)) == {"https://example.org/rates"}


def test_says_what_a_reader_needs(page, small):
    said = page.text
    assert said.index("Can an issue carry plans away?") < said.index("Why, in words")
    for sentence in answer(Study(small)):
        assert sentence in said
    assert "when: at-work" in said.replace(" :", ":")
    assert TIMING["at-work"] in said
    assert "from 1d after the start of the run on" in said
    assert "reach 3 of 3 resources" in said
    assert "Reach is not exploitability" in said


def test_contents_come_in_order(html):
    order = [
        "question", "answer", "why", "timing", "table", "figures", "graph", "story", "reach", "all",
        "assumptions", "parameters", "environment", "limits",
    ]  # fmt: skip
    places = [html.index(f'id="{name}"') for name in order]
    assert places == sorted(places)


def test_every_mean_has_its_number_of_runs(html):
    cells = re.findall(r'<span class="value">.*?</td>', html, re.DOTALL)
    assert len(cells) > 60
    assert all("n = 12" in cell for cell in cells)


def test_the_reach_stands_beside_the_blast_radius(html):
    assert re.findall(r"n = 12, reach (\d)", html) == ["3", "3", "2"] * 2  # three strategies, two tables


def test_no_event_is_never_a_bare_zero(page):
    assert "none of 12 (at most 24.2 %)" in page.text
    assert not re.search(r"(?<![\d.,])0 %", page.text)
    assert "0 n = 12; the same in all runs; at most 22.1 % could differ" in page.text


def test_assumed_parameters_are_marked(html, page):
    assert html.count('<span class="assumed">assumed</span>') == 2
    assert "1 parameters that are assumed without a word" in page.text
    assert "agents.bot.susceptibility" in page.text


def test_the_figures_are_there(page):
    assert page.tags.count("svg") == 4
    assert sum(name == "role" and value == "img" for name, value in page.attributes) == 4


def test_ids_are_unique(page):
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))


def test_same_study_same_bytes(small, tmp_path):
    save(small, tmp_path / "a")
    save(small, tmp_path / "b")
    first, second = (write_report(tmp_path / name).read_bytes() for name in "ab")
    again = write_report(tmp_path / "a").read_bytes()
    assert first == second == again


def test_needs_nothing_but_the_folder(small, html, tmp_path):
    save(small, tmp_path)
    path = write_report(tmp_path)
    assert path == tmp_path / "report.html"
    assert path.read_text(encoding="utf-8") == html
    assert {item.name for item in tmp_path.iterdir()} == {"manifest.json", "runs.parquet", "report.html"}


def test_a_folder_that_is_no_study(tmp_path):
    with pytest.raises(StoreError, match="not a study"):
        write_report(tmp_path)


def test_everything_is_escaped_by_construction():
    made = environment()
    assert made.autoescape is True
    assert made.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


@pytest.mark.parametrize("bad", HOSTILE)
def test_hostile_names_come_out_as_text(make_scene, bad):
    scene = make_scene(agent=bad, data=f"plans {bad}", name=bad, question=bad, notes=bad, sources=(bad,))
    found = Page(render(compare(scene, ["static-rbac", "intent"], reps=2)))
    check_harmless(found)
    assert found.text.count(bad) >= 8
    assert "8641969" not in found.text


def test_only_web_addresses_become_links(make_scene):
    scene = make_scene(sources=("javascript:alert(1)", "https://example.org/a?b=1&c=2"))
    text = render(compare(scene, ["jit"], reps=2))
    assert 'href="javascript' not in text
    assert "javascript:alert(1)" in text
    assert 'href="https://example.org/a?b=1&amp;c=2"' in text


def test_a_long_label_can_be_wrapped(make_scene):
    text = render(compare(make_scene(question="x" * 5000), ["jit"], reps=2))
    assert "overflow-wrap: anywhere" in text
    assert "x" * 5000 in text


def test_by_hand_without_a_manifest(by_hand):
    found = Page(render(by_hand(("a", "b"), blast_radius=([0, 2], [2, 4]), latency_p95=([0, 0], [1, 1]))))
    assert "The study holds no graph" in found.text
    assert "Nothing goes wrong in this scenario" in found.text


def test_failed_and_censored_runs_are_told(small):
    cells = {"failed": [{"strategy": "jit", "replication": 3, "reason": "E301 time stands still"}]}
    cells |= {"censored": {"static-rbac": 0, "jit": 4, "intent": 12}}
    runs = small.runs[(small.runs["strategy"] != "jit") | (small.runs["replication"] != 3)]
    found = dataclasses.replace(small, runs=runs, manifest=small.manifest | {"cells": cells})
    said = Page(render(found)).text
    assert "11 of 12 1 (E301 time stands still) in 4 of 11 runs" in said
    assert "in all 12 runs (at least 75.8 %)" in said
    assert "n = 11" in said
