"""
Pages in a real browser: stepping by key, click and link, numbers that follow the fields, and nothing asked of the network.

Needs Chromium, its driver and selenium; with SYMBACKPROP_REQUIRE_BROWSER=1 their absence is a failure, and more pages are opened.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages import PROBLEMS, at, data_of, expected, made, page_of

from symbackprop.derivation import derive
from symbackprop.pages.marks import in_text

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=1000,1200",
)  # fmt: skip

pytestmark = pytest.mark.browser


def some(rows: list[Any], most: int = 2) -> list[Any]:
    """Return the first rows; the others where every test was asked for: each takes seconds."""
    return rows if os.environ.get("SYMBACKPROP_REQUIRE_BROWSER") else rows[:most]


def missing() -> str:
    """Say what there is not."""
    if CHROMIUM is None or DRIVER is None:
        return "needs chromium and chromedriver"
    try:
        import selenium  # noqa: F401 - is it there?
    except ImportError:
        return "needs selenium"
    return ""


class Browser:
    """One Chromium; notes every request and every message of the console."""

    def __init__(self, profile: Path) -> None:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service

        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM or ""
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(DRIVER))

    def open(self, path: Path, *, where: str = "") -> None:
        """Open a page afresh."""
        self.driver.get("about:blank")
        self.driver.get(f"{path.as_uri()}{where}")

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page; `return` gives its value."""
        return self.driver.execute_script(script, *arguments)

    def press(self, *keys: str) -> None:
        """Press keys where the focus is."""
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def click(self, selector: str) -> None:
        """Click in the middle of an element, as a mouse does."""
        from selenium.webdriver import ActionChains

        element = self.driver.find_element("css selector", selector)
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        ActionChains(self.driver).move_to_element(element).click().perform()

    def requests(self) -> list[str]:
        """Return every address that was asked for."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """Return what the console says."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def size(self, width: int, height: int = 900) -> None:
        """Set the size of the window's inside."""
        device = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", device)

    def media(self, *, dark: bool = False, kind: str = "") -> None:
        """Turn the night on, or paper."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": kind, "features": features})

    def scripts(self, *, on: bool) -> None:
        """Turn scripts on or off for pages opened from now on."""
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not on})


@pytest.fixture(scope="module")
def chromium(tmp_path_factory) -> Iterator[Browser]:
    lacking = missing()
    if lacking and os.environ.get("SYMBACKPROP_REQUIRE_BROWSER"):
        pytest.fail(lacking)
    if lacking:
        pytest.skip(lacking)
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.driver.quit()


@pytest.fixture
def browser(chromium) -> Iterator[Browser]:
    """Give the browser as new; afterwards nothing was asked of the network, and nothing complained about."""
    chromium.size(1000, 1200)
    chromium.media()
    chromium.scripts(on=True)
    chromium.requests()
    chromium.complaints()
    yield chromium
    asked = [address for address in chromium.requests() if not address.startswith(("file:///", "about:", "data:"))]
    assert asked == []
    assert chromium.complaints() == []
    chromium.scripts(on=True)


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page by its name in `pages.PROBLEMS`."""

    def go(name: str, where: str = "") -> str:
        text = page_of(name)
        (tmp_path / "page.html").write_text(text, encoding="utf-8")
        browser.open(tmp_path / "page.html", where=where)
        return text

    return go


def state(browser: Browser) -> dict[str, Any]:
    """Return where the page is: its step, what is boxed, what is thick in the picture, what is still to come."""
    found: dict[str, Any] = browser.run("""
        const visible = e => e.checkVisibility({visibilityProperty: true});
        return {
            where: document.getElementById("where").textContent,
            hash: location.hash,
            boxed: [...new Set([...document.querySelectorAll("[data-e].on")].map(e => e.dataset.e))],
            lines: document.querySelectorAll("#lines [data-e].on").length,
            rows: new Set([...document.querySelectorAll("#lines [data-e].on")].map(e => e.closest(".rows > *"))).size,
            thick: [...document.querySelectorAll("#net .on")].map(e => e.dataset.name || e.dataset.edge || names[page.out]),
            gradients: [...document.querySelectorAll("#net .gradient")].filter(visible).map(e => e.dataset.of),
            values: [...document.querySelectorAll("#net .value")].filter(visible).map(e => e.dataset.of),
            now: [...document.querySelectorAll(".now")].map(e => e.id),
            said: document.getElementById("say").textContent,
        };""")
    return found


def test_keys_step_through_the_factors(browser, opened) -> None:
    """Forward values first, then one factor after the other: boxed in every line, thick in the picture, then its gradient."""
    opened("one weight")
    start = state(browser)
    assert (start["where"], start["boxed"]) == ("all steps", [])
    assert {"a1_1", "a2_1", "L"} <= set(start["values"])
    assert {"a1_1", "a2_1", "w1_1_1"} <= set(start["gradients"])

    browser.press("\ue014")
    first = state(browser)
    assert first["where"] == "forward 1 of 3"
    assert {"x_1", "a1_1"} <= set(first["values"])
    assert not {"a2_1", "L"} & set(first["values"])
    assert first["gradients"] == []
    browser.press("\ue014", "\ue014")
    assert {"a2_1", "L"} <= set(state(browser)["values"])

    seen = []
    for number in range(1, 6):
        browser.press("\ue014")
        here = state(browser)
        seen.append((here["thick"], sorted(set(here["gradients"]) & {"a2_1", "a1_1", "w1_1_1"})))
        assert here["where"] == f"factor {number} of 5"
        assert here["hash"] == f"#factor-{number}"
        assert (here["boxed"], here["rows"], here["now"]) == ([str(number)], 3, [f"factor-{number}"])
        assert here["said"].startswith(f"factor {number} of 5: d ")
    assert seen == [
        (["L"], ["a2_1"]),
        (["a2_1"], ["a2_1"]),
        (["w2_1_1"], ["a1_1", "a2_1"]),
        (["a1_1"], ["a1_1", "a2_1"]),
        (["w1_1_1"], ["a1_1", "a2_1", "w1_1_1"]),
    ]
    browser.press("\ue014", "\ue014", "\ue012")
    assert state(browser)["where"] == "factor 5 of 5"


def test_buttons_links_factors_and_edges_lead_to_a_step(browser, opened) -> None:
    opened("one weight")
    browser.click("#next")
    assert state(browser)["where"] == "forward 1 of 3"
    browser.click("#back")
    assert state(browser)["where"] == "all steps"
    assert browser.run("return document.getElementById('back').disabled")

    browser.click('#lines [data-e="4"]')
    assert state(browser)["where"] == "factor 4 of 5"
    browser.click('.steps a[href="#factor-2"]')
    assert state(browser)["where"] == "factor 2 of 5"
    browser.click('#net .edge[data-edge="w2_1_1"] .head')
    assert state(browser)["where"] == "factor 3 of 5"
    browser.click('#net .node[data-name="a1_1"]')
    assert state(browser)["where"] == "factor 4 of 5"


def test_a_link_opens_its_step(browser, opened) -> None:
    opened("one weight", "#factor-3")

    assert state(browser)["where"] == "factor 3 of 5"
    assert browser.run("return Math.abs(document.getElementById('stage').getBoundingClientRect().top)") < 40


def test_keys_in_a_field_stay_there(browser, opened) -> None:
    """Arrow keys in a field or on a slider move its number, not the page."""
    opened("one weight")
    browser.click("#fields input[type=range]")
    browser.press("\ue014")

    assert state(browser)["where"] == "all steps"


def typed(browser: Browser, values: dict[int, str], kind: str = ":not([type])") -> None:
    """Enter numbers, one after the other, as typing or moving a slider does."""
    browser.run(
        """for (const [place, text] of Object.entries(arguments[0])) {
             const input = document.querySelector(`#fields [data-v="${place}"] input${arguments[1]}`);
             input.value = text;
             input.dispatchEvent(new Event("input", {bubbles: true}));
           }""",
        {str(place): text for place, text in values.items()},
        kind,
    )


def shown(browser: Browser) -> dict[str, set[str]]:
    """Return what stands in the page at every place: alone, inside formulas (parentheses taken off), in the picture."""
    found: dict[str, dict[str, list[str]]] = browser.run(r"""
        const out = {alone: {}, inside: {}};
        const put = (kind, place, text) => (out[kind][place] ??= []).push(text);
        for (const e of document.querySelectorAll("b[data-n], td[data-n]")) put("alone", e.dataset.n, e.innerHTML);
        for (const e of document.querySelectorAll("math [data-n], math [data-p], math [data-r]")) {
            const bare = x => x.textContent.replace(/[()]/g, "");
            const mn = e.matches("mn") ? [bare(e)] : [...e.querySelectorAll("mn")].map(bare).filter(Boolean);
            const low = mn[0] === "−" ? mn.shift() : "";
            const text = e.querySelector("msup") ? `${mn[0]}·10<sup>${mn[2]}</sup>` : mn.join("/");
            put("inside", e.dataset.n ?? e.dataset.p ?? e.dataset.r, low + text);
        }
        for (const g of document.querySelectorAll("#net .value, #net .gradient")) {
            const place = g.matches(".value") ? index[g.dataset.of] : page.adjoint[index[g.dataset.of]];
            if (place !== undefined) put("picture", place, g.textContent);
        }
        return out;""".replace("inside: {}}", "inside: {}, picture: {}}"))
    return {f"{kind} {place}": set(texts) for kind, places in found.items() for place, texts in places.items()}


FIRST = ("one weight", "a gradient")
CHANGED = [*FIRST, *(name for name in PROBLEMS if name not in {*FIRST, "a domain", "without numbers", "an input"})]
MOST_FIELDS = 24


@pytest.mark.parametrize("name", some(CHANGED))
def test_numbers_follow_the_fields(browser, opened, name) -> None:
    """After every field was changed, every number in the page is that of `evaluate` at that point, to the printed digits."""
    data = data_of(opened(name))
    derivation = made(name)
    before = shown(browser)
    drawn = random.Random(name)
    free = [int(place) for place in data["start"] if data["names"][int(place)]]
    fixed = {place for group in data["sums"] for place in group}
    chosen = [place for place in free if place not in fixed]
    chosen = drawn.sample(chosen, min(len(chosen), MOST_FIELDS))
    for _ in range(2):
        point = {place: f"{drawn.uniform(-1.5, 1.5):.{drawn.choice([1, 2, 3])}f}" for place in chosen}
        typed(browser, point)
        moved = at(derivation, {data["names"][place]: text for place, text in point.items()})
        right = expected(moved, data)
        now = shown(browser)
        wrong = {
            key: (texts, in_text(right[int(key.split()[1])][0]))
            for key, texts in now.items()
            if int(key.split()[1]) in right
            and {re.sub(r"</?sup>", "", t) for t in texts} != {re.sub(r"</?sup>", "", in_text(right[int(key.split()[1])][0]))}
        }
        assert wrong == {}
    assert len(now) > 5
    assert sum(now[key] != before[key] for key in now) > (0.6 if len(chosen) < MOST_FIELDS else 0.3) * len(now)
    browser.click("#reset")
    assert shown(browser) == before


def test_a_slider_moves_everything_it_touches(browser, opened) -> None:
    """A slider sets its field, the numbers in the lines, in the picture and in the words; a bad number says so."""
    data = data_of(opened("one weight"))
    place = data["names"].index("w2_1_1")
    before = shown(browser)
    words = "return [...document.querySelectorAll('math[aria-label]')].map(e => e.getAttribute('aria-label')).join()"
    spoken = browser.run(words)
    typed(browser, {place: "-1.25"}, "[type=range]")
    after = shown(browser)

    assert browser.run(f"return document.querySelector('#fields [data-v=\"{place}\"] input').value") == "-1.25"
    assert after[f"alone {data['adjoint'][str(data['names'].index('w1_1_1'))]}"] != before[
        f"alone {data['adjoint'][str(data['names'].index('w1_1_1'))]}"
    ]
    now = browser.run(words)
    assert "minus 1.25" in now
    assert "minus 1.25" not in spoken
    assert "times 0.4 " not in now
    typed(browser, {place: ""})
    assert "A number is needed" in browser.run("return document.getElementById('fault').textContent")


READ = [("0.5", "0.5"), ("0,5", "0.5"), (".5", "0.5"), ("1/3", "0.3333"), ("-2/7", "−0.2857"), ("1e-3", "0.001"), ("−2", "−2")]
UNREAD = ["", "abc", "1/0", "1/2/3", "0x10", "1e999", "1,000.5", "1 2"]


def test_fields_read_numbers_as_they_are_written(browser, opened) -> None:
    """A comma, a fraction, either minus; anything else marks the field, and says what is read, until it is mended."""
    data = data_of(opened("one weight"))
    place = data["names"].index("w2_1_1")
    field = f"document.querySelector('#fields [data-v=\"{place}\"] input')"
    for text, number in READ:
        typed(browser, {place: text})
        assert shown(browser)[f"inside {place}"] == {number}, text
        assert browser.run(f"return {field}.ariaInvalid") is None
    before = shown(browser)
    for text in UNREAD:
        typed(browser, {place: text})
        assert (browser.run(f"return {field}.ariaInvalid"), shown(browser)) == ("true", before), text
        assert "1/3" in browser.run("return document.getElementById('fault').textContent")
    typed(browser, {place: "1"})
    assert browser.run("return document.getElementById('fault').textContent") == ""
    browser.run(f"{field}.focus()")
    browser.press("\ue013")
    assert 1 < float(browser.run(f"return {field}.value")) < 1.1
    assert state(browser)["where"] == "all steps"


def test_sliders_go_where_numbers_make_sense(browser, opened) -> None:
    """A learning rate is greater than 0, on its slider and in its field; a target of 0 or 1 goes from one to the other."""
    data = data_of(opened("without numbers"))
    rate, target = (max(map(int, data["start"])), data["names"].index("y_1"))
    ends = "const e = document.querySelector(`#fields [data-v='${arguments[0]}'] [type=range]`); return [+e.min, +e.max]"
    assert browser.run(ends, target) == [0, 1]
    assert browser.run(ends, rate)[0] > 0
    typed(browser, {rate: "0"})
    assert browser.run("return document.getElementById('fault').textContent") == "A rate above 0 is needed."


def test_a_longer_number_leaves_the_name_free(browser, opened) -> None:
    """Whatever is typed, no number in the picture lies over the name or the node it belongs to."""
    data = data_of(opened("all weights"))
    names = [place for place in map(int, data["start"]) if data["names"][place]]
    for text in ("-0.1235", "1e10", "-1234.5"):
        typed(browser, dict.fromkeys(names, text))
        over = browser.run("""
            const box = e => e.getBoundingClientRect(), out = [];
            for (const e of document.querySelectorAll("#net .value")) {
                const of = e.dataset.of, name = document.querySelector(
                    `#net .weight[data-of="${of}"] text, #net .node[data-name="${of}"] .shape`);
                const a = box(e), b = name && box(name), beside = b && Math.min(a.right, b.right) - Math.max(a.x, b.x) > 1;
                if (beside && Math.min(a.bottom, b.bottom) - Math.max(a.y, b.y) > 6) out.push(of);
            }
            return out;""")
        assert over == []


def test_a_stepping_reader_sees_picture_and_formula(browser, tmp_path) -> None:
    """In a low window, too: the buttons and the step stay in view, and the picture leaves room for them."""
    (tmp_path / "page.html").write_text(derive("2-3-3:tanh/softmax,cross_entropy").to_html(), encoding="utf-8")
    browser.size(1280, 720)
    browser.open(tmp_path / "page.html")
    for _ in range(9):
        browser.press("\ue014")
        seen = browser.run("""
            return [".bar", "#now"].map(what => document.querySelector(what).getBoundingClientRect())
                .map(r => r.top >= -1 && r.top < innerHeight - 40);""")
        assert seen == [True, True]
    assert browser.run("return net.offsetHeight") < 0.5 * 720


def test_labels_and_the_space_about_an_edge_are_clicked(browser, opened) -> None:
    """An edge is as wide as a finger, its label and numbers are part of it, and what does nothing looks like nothing."""
    data = data_of(opened("all weights"))
    for selector in ('.label[data-of="w2_1_1"]', 'text.value[data-of="w2_1_1"]'):
        browser.run("go(0)")
        browser.click(f"#net {selector}")
        assert state(browser)["where"].startswith("factor"), selector
    assert browser.run("return parseFloat(getComputedStyle(document.querySelector('#net .edge .wide')).strokeWidth)") >= 12
    owner = "e => e.dataset.edge || e.dataset.name || e.dataset.of"
    hands = browser.run(f"return [...document.querySelectorAll('#net .link')].map({owner})")
    assert "w2_1_1" in hands
    assert "y_1" not in hands
    assert len(data["wanted"]) > 1


def test_targets_go_on_summing_to_one(browser, opened) -> None:
    """Where targets sum to 1, moving one moves the others, and the numbers are still those of `evaluate`."""
    data = data_of(opened("softmax"))
    group = data["sums"][0]
    typed(browser, {group[0]: "0.25"})
    values = [browser.run(f"return document.querySelector('#fields [data-v=\"{place}\"] input').value") for place in group]
    right = expected(at(made("softmax"), {data["names"][place]: text for place, text in zip(group, values, strict=True)}), data)

    assert sum(map(float, values)) == pytest.approx(1)
    assert {
        key: texts for key, texts in shown(browser).items()
        if key.startswith("alone") and int(key.split()[1]) in right and texts != {in_text(right[int(key.split()[1])][0])}
    } == {}  # fmt: skip


@pytest.mark.parametrize("name", some(["all weights", "own names", "softmax", "a mean over samples"]))
def test_recounting_where_nothing_changed_changes_nothing(browser, opened, name) -> None:
    """The script's numbers, signs and words are those the page came with."""
    opened(name)
    same = browser.run("""
        const look = () => [...document.querySelectorAll("main b[data-n], main math, .lines, .rows > * > span")]
            .filter(e => !e.closest("#net")).map(e => e.outerHTML);
        const before = look();
        recount();
        const after = look();
        return before.map((x, i) => [x, after[i]]).filter(([x, y]) => x !== y);""")
    assert same == []


@pytest.mark.parametrize("name", some(["all weights", "a mean over samples", "softmax"]))
def test_every_weight_has_its_chain_rule(browser, opened, name) -> None:
    """Whatever weight is chosen, its factors are stepped through, boxed, and multiply to its gradient."""
    data = data_of(opened(name))
    for place in list(data["wanted"])[:12]:
        browser.run("pick.value = arguments[0]; pick.dispatchEvent(new Event('change'))", place)
        counts = browser.run("""
            const out = [];
            for (let t = page.groups.length + 1; t < steps.length - 1; t++) {
                go(t, false);
                const boxes = document.querySelectorAll("#lines [data-e].on").length;
                out.push([steps[t], boxes, document.getElementById("now").textContent.length]);
            }
            go(0, false);
            return out;""")
        assert counts
        assert [row for row in counts if row[2] < 3] == []
        # A derivative that only adds up others has no factor of its own to box.
        assert sum(row[1] >= 1 for row in counts) > 0.8 * len(counts)


@pytest.mark.parametrize("name", some(["a gradient", "a domain", "a kink", "many definitions"], 1))
def test_functions_are_stepped_through(browser, opened, name) -> None:
    """Every step has its place in the graph, and what is chosen is what is updated and listed, numbered as the bar counts."""
    data = data_of(opened(name))
    for place in list(data["wanted"]):
        browser.run("if (pick) { pick.value = arguments[0]; pick.dispatchEvent(new Event('change')); }", place)
        seen = browser.run("""
            const out = [];
            for (let t = 1; t < steps.length; t++) {
                go(t, false);
                const on = document.querySelectorAll("#net .on").length, now = document.querySelector(".steps .now > a");
                out.push([document.getElementById("where").textContent, now && now.textContent, on]);
            }
            go(0, false);
            return out;""")
        assert seen
        # Of a sum of others there is nothing to mark.
        assert sum(marked > 0 for _, _, marked in seen) > 0.8 * len(seen)
        assert [row for row in seen if row[0].split()[0] in {"forward", "factor"} and row[0].split()[1] != row[1]] == []


def test_the_update_is_that_of_the_chosen_weight(browser, opened) -> None:
    data = data_of(opened("all weights"))
    for place in list(data["wanted"]):
        browser.run("pick.value = arguments[0]; pick.dispatchEvent(new Event('change')); go(steps.length - 1, false)", place)
        told = browser.run("return [...document.querySelectorAll('#now b[data-n]')].map(e => [e.dataset.n, e.textContent])")
        row = browser.run("return document.querySelector(`table [data-n='${arguments[0]}']`).textContent", told[-1][0])
        names = browser.run("return document.querySelector('#now [data-u]').textContent")
        field = browser.run("return document.querySelector(`#fields [data-v='${arguments[0]}'] math`).textContent", place)

        assert int(told[-1][0]) == data["after"] + list(data["wanted"]).index(place) * data["size"]
        assert (told[-1][1], names) == (row, field)


def test_kinks_are_warned_of_where_they_are(browser, opened) -> None:
    data = data_of(opened("a kink"))
    warned = "return !document.getElementById('kinks').hidden && document.getElementById('kinks').innerText"
    x = data["names"].index("x")

    assert not browser.run(warned)
    typed(browser, {x: "0"})
    assert "is at a kink of abs" in browser.run(warned)
    typed(browser, {x: "0.7"})
    assert not browser.run(warned)


def test_what_has_no_value_is_named(browser, opened) -> None:
    data = data_of(opened("a domain"))
    typed(browser, {data["names"].index("y"): "100"})
    said = browser.run("return document.getElementById('fault').innerText.replace(/\\s+/g, ' ')")

    assert said.startswith("At this point ")
    assert said.endswith("has no value.")


def test_the_picture_is_that_of_the_sample_at_hand(browser, opened) -> None:
    opened("a mean over samples")
    shown = "return [...document.querySelectorAll('#net svg')].findIndex(e => e.checkVisibility({visibilityProperty: true}))"
    seen = [browser.run(f"go({t}, false); {shown}") for t in (1, 5, 9)]

    assert seen == [0, 1, 2]
    browser.run("const e = document.getElementById('sample'); e.value = 1; e.dispatchEvent(new Event('change'))")
    assert browser.run(shown) == 1


def test_without_a_script_everything_is_there(browser, opened) -> None:
    """All steps, all numbers, the whole picture; and no button that would do nothing."""
    browser.scripts(on=False)
    text = opened("one weight")
    browser.scripts(on=True)
    facts = browser.run("""
        const seen = e => e.checkVisibility({visibilityProperty: true});
        const every = what => [...document.querySelectorAll(what)];
        return {live: document.documentElement.className,
                hidden: every("main .rows, main math, #net text, b[data-n]").filter(e => !seen(e)).length,
                numbers: every("b[data-n]").length, buttons: every("button, input, select").filter(seen).length};""")

    assert facts["live"] == ""
    assert facts["buttons"] == 0
    assert facts["numbers"] == text.count("<b data-n=")
    # What only repeats a number (1 = 1) or names a field is not shown.
    assert facts["hidden"] <= text.count("class=same") + len(data_of(text)["start"])


PHONED = ["one weight", "a gradient", "softmax", "a mean over samples", "90 paths", "a domain", "many definitions"]


@pytest.mark.parametrize("name", some(PHONED))
def test_a_phone_scrolls_boxes_and_never_the_page(browser, opened, name) -> None:
    """At 400 pixels, and at 500: what is left of 1000 when a reader enlarges everything to 200 %."""
    opened(name)
    for step, width in ((0, 400), (1, 400), (5, 400), (5, 500)):
        browser.size(width)
        browser.run(f"go({step})")
        assert browser.run("return document.documentElement.scrollWidth") <= width
        loose = browser.run("""
            const inside = e => e.closest(".scroll, .rows, #now table, .unseen");
            return [...document.querySelectorAll("main *")].filter(e => e.checkVisibility() && !inside(e)
                && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 90));""")
        assert loose == []


def test_paper_has_everything_and_no_buttons(browser, opened) -> None:
    """Nothing that is still to come or folded is missing, nothing for a screen is printed, and all of it is dark on white."""
    opened("one weight")
    browser.run("go(2); for (const e of document.querySelectorAll('#list details')) e.open = false")
    browser.media(kind="print", dark=True)

    assert browser.run("return [...document.querySelectorAll('button, input')].filter(e => e.checkVisibility()).length") == 0
    assert browser.run("""return [...document.querySelectorAll("#lines math *, #net .value, #list .rows math")]
        .filter(e => !e.checkVisibility({visibilityProperty: true})).length""") == 0
    ink = "return getComputedStyle(arguments[0]).getPropertyValue(arguments[1])"
    for selector, what in (("body", "color"), ("#net .node text", "fill")):
        element = browser.driver.find_element("css selector", selector)
        assert max(map(int, re.findall(r"\d+", browser.run(ink, element, what))[:3])) < 100


@pytest.mark.parametrize("name", some(["all weights", "a gradient"], 1))
def test_everything_is_reached_by_the_tab_key_and_seen_to_be(browser, opened, name) -> None:
    """Whatever a mouse can use has the focus in turn, in the order of the page, and a ring around it."""
    opened(name)
    wanted = browser.run("""
        const use = "a[href], button:not(:disabled), select, input, summary";
        window.controls = [...document.querySelectorAll(use)].filter(e => e.checkVisibility());
        return controls.length;""")
    assert wanted > 20
    seen = []
    for _ in range(wanted + 20):
        browser.press("\ue004")
        found = browser.run("""
            const e = document.activeElement, style = getComputedStyle(e), ring = parseFloat(style.outlineWidth);
            return [controls.indexOf(e), e !== document.body && (style.outlineStyle === "none" || ring < 2)];""")
        assert not found[1], browser.run("return document.activeElement.outerHTML.slice(0, 120)")
        seen.append(found[0])
        if found[0] == wanted - 1:
            break

    assert [place for place in seen if place >= 0] == list(range(wanted))


def axe() -> str:
    """Return the source of axe-core: where AXE_CORE says, or beside npm's other modules, or installed for this run."""
    given = os.environ.get("AXE_CORE")
    npm = shutil.which("npm")
    if given:
        return Path(given).read_text(encoding="utf-8")
    if npm is None:
        pytest.skip("needs npm, or AXE_CORE")
    folder = Path(os.environ.get("TMPDIR", "/tmp")) / "symbackprop-axe"
    source = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        folder.mkdir(exist_ok=True)
        quiet = ("--silent", "--no-audit", "--no-fund")
        done = subprocess.run([npm, "install", *quiet, "--prefix", folder, "axe-core"], check=False)
        if done.returncode or not source.exists():
            pytest.skip("axe-core could not be installed")
    return source.read_text(encoding="utf-8")


LOOKS = [(name, dark) for name in ("all weights", "softmax", "a kink", "a mean over samples") for dark in (False, True)]


@pytest.mark.parametrize(("name", "dark"), some(LOOKS, 1))
def test_axe_finds_no_serious_fault(browser, opened, name, dark) -> None:
    """WCAG 2.2 AA as far as a program can tell, at the start and in the middle of the steps."""
    source = axe()
    browser.media(dark=dark)
    opened(name)
    for step in (0, 5):
        browser.run(f"go({step})")
        browser.run(source)
        found = browser.driver.execute_async_script(
            "const done = arguments[arguments.length - 1]; axe.run(document).then(result => done(result.violations));"
        )
        serious = [
            (fault["id"], fault["impact"], [node["html"][:160] for node in fault["nodes"][:3]])
            for fault in found
            if fault["impact"] in {"serious", "critical"}
        ]
        assert serious == []
