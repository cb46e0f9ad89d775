"""Checks a page of nwc-eval report in headless Chromium; called by check-report.sh.

    check-report.py PAGE PICTURES        ends with an AssertionError at the first thing that is not as it should be
"""

import base64
import json
import os
import pathlib
import sys
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

# Remembers the players that the page makes for the blind test; they are not in the document.
SPY = "window.heard = []; const Plain = window.Audio; window.Audio = function (...a) { const p = new Plain(...a); window.heard.push(p); return p; };"

# Text with its colours: the smallest contrast by WCAG 2.2, and where it is.
CONTRAST = """
const parse = text => text.match(/[\\d.]+/g).map(Number);
const lum = ([r, g, b]) => { const f = c => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
let worst = [21, ""];
for (const e of document.querySelectorAll("body *")) {
  const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  if (!own || !e.checkVisibility() || e.disabled || ["SCRIPT", "STYLE"].includes(e.tagName)) continue;
  let back = null, alpha = 1;
  for (let p = e; p; p = p.parentElement) {
    const c = parse(getComputedStyle(p).backgroundColor);
    if (!back && (c[3] ?? 1) > 0.99) back = c;
    alpha *= Number(getComputedStyle(p).opacity);
  }
  back = back ?? [255, 255, 255];
  const ink = parse(getComputedStyle(e).color).slice(0, 3).map((v, i) => v * alpha + back[i] * (1 - alpha));
  const [a, b] = [lum(ink), lum(back)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
  if (ratio < worst[0]) worst = [ratio, e.tagName + ": " + e.textContent.trim().slice(0, 40)];
}
return worst;
"""


def wait(condition, what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for: {what}")


class Page:
    def __init__(self, path, downloads):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ["--headless=new", "--window-size=1280,1000", "--mute-audio"] + (["--no-sandbox"] if os.getuid() == 0 else []):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.requests = []
        self.command("Page.addScriptToEvaluateOnNewDocument", source=SPY)
        self.command("Browser.setDownloadBehavior", behavior="allow", downloadPath=downloads)
        self.driver.get(pathlib.Path(path).as_uri())

    def command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def press(self, *keys):
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def focus(self):
        """What the keyboard acts on, as text."""
        return self.run("const e = document.activeElement; return e.id || e.getAttribute('aria-label') || e.textContent.trim().slice(0, 40) || e.tagName")

    def tab_to(self, name, limit=400):
        for _ in range(limit):
            if self.focus() == name:
                return
            self.press(Keys.TAB)
        raise AssertionError(f"{limit} times Tab do not reach {name}")

    def drain(self):
        """Collects what the browser asked for."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])

    def scheme(self, name):
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def picture(self, path, whole=False):
        width, height = self.run("return [window.innerWidth, document.documentElement.scrollHeight]")
        extra = {"captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}} if whole else {}
        path.write_bytes(base64.b64decode(self.command("Page.captureScreenshot", format="png", **extra)["data"]))


def check_contents(page):
    broken = page.run("return [...document.images].filter(i => !i.complete || i.naturalWidth === 0).map(i => i.alt)")
    assert not broken, f"pictures that cannot be shown: {broken}"
    images = page.run("return document.images.length")
    assert images >= 2, f"{images} pictures"
    twice = page.run("const ids = [...document.querySelectorAll('[id]')].map(e => e.id); return ids.filter((id, i) => ids.indexOf(id) !== i)")
    assert not twice, f"ids twice: {twice}"
    targets = page.run("return [...document.querySelectorAll('nav a')].filter(a => !document.querySelector(a.getAttribute('href'))).map(a => a.href)")
    assert not targets, f"links without a target: {targets}"
    silent = page.run(
        "return [...document.querySelectorAll('input, textarea, button, audio')].filter(e => !e.labels?.length && !e.getAttribute('aria-label')"
        " && !e.textContent.trim()).map(e => e.outerHTML.slice(0, 80))"
    )
    assert not silent, f"controls without a name: {silent}"


def check_players(page):
    """Every player decodes its sound; one plays by keyboard, and a second one stops it."""
    count = page.run("const all = [...document.querySelectorAll('audio')]; for (const a of all) { a.preload = 'auto'; a.load(); } return all.length")
    assert count >= 4, f"{count} players"
    wait(lambda: page.run("return [...document.querySelectorAll('audio')].every(a => a.duration > 0.2 || a.error)"), "all sounds to be decoded")
    errors = page.run("return [...document.querySelectorAll('audio')].filter(a => a.error).map(a => a.getAttribute('aria-label'))")
    assert not errors, f"sounds that cannot be decoded: {errors}"
    page.run("document.querySelectorAll('audio')[0].focus()")
    page.press(Keys.SPACE)
    wait(lambda: page.run("const a = document.querySelectorAll('audio')[0]; return !a.paused && a.currentTime > 0.1"), "the first player to play")
    page.run("document.querySelectorAll('audio')[1].focus()")
    page.run("document.querySelectorAll('audio')[0].currentTime = 0.5")
    page.press(Keys.SPACE)
    wait(lambda: page.run("const a = document.querySelectorAll('audio'); return a[0].paused && a[1].currentTime > 0.1"), "the second player to take over")
    places = page.run("return [...document.querySelectorAll('audio')].slice(0, 2).map(a => a.currentTime)")
    assert places[0] >= 0.5 and places[1] >= places[0] - 0.05, f"the second player does not go on at the same place: {places}"
    # A stretch again and again, in the middle and beyond the end of the clip.
    loop = "for (const [end, at] of [['from', arguments[0]], ['to', arguments[1]]]) document.querySelector(`input[data-loop=${end}]`).value = at"
    start = "const a = document.querySelectorAll('audio')[1]; a.currentTime = arguments[0]; a.play()"
    page.run(loop, 0.2, 0.4)
    page.run(start, 0.39)
    wait(lambda: page.run("const a = document.querySelectorAll('audio')[1]; return !a.paused && a.currentTime < 0.35"), "the loop to begin anew")
    page.run(loop, 0.2, 99)
    page.run(start + "; a.currentTime = a.duration - 0.1", 0.5)
    wait(lambda: page.run("const a = document.querySelectorAll('audio')[1]; return !a.paused && a.currentTime < 0.9"), "the loop over the end to begin anew")
    page.run("for (const input of document.querySelectorAll('input[data-loop]')) input.value = ''")
    page.press(Keys.SPACE)
    return count


def check_table(page):
    """Sorted by a column of numbers, downwards and upwards."""
    column = "return [...document.querySelectorAll('#table + .scroll tbody tr')].map(r => parseFloat(r.cells[2].textContent)).filter(x => !isNaN(x))"
    for direction in ["descending", "ascending"]:
        page.run("document.querySelectorAll('#table + .scroll thead button')[2].click()")
        values = page.run(column)
        assert len(values) >= 3 and values == sorted(values, reverse=direction == "descending"), f"{direction}: {values}"
        assert page.run("return document.querySelectorAll('#table + .scroll th')[2].getAttribute('aria-sort')") == direction


def check_blind_test(page, downloads, pictures):
    """The whole blind test without a mouse; gives the number of clips and of stimuli."""
    clips = json.loads(page.run("return document.getElementById('clips').textContent"))
    # Loaded anew, so that Tab begins at the top.
    page.driver.refresh()
    page.tab_to("Blind test", 20)
    page.press(Keys.ENTER)
    page.tab_to("listener")
    page.press("K. Eyboard")
    chosen = page.run("return [...document.querySelectorAll('#conditions input:checked')].map(b => b.value)")
    assert "lowpass-3.5k" in chosen and len(chosen) >= 2, f"conditions at first: {chosen}"
    page.tab_to("begin")
    page.press(Keys.ENTER)
    expected = []
    for number in range(len(clips)):
        letters = page.run("return [...document.querySelectorAll('#trial button')].slice(1).map(b => b.textContent)")
        shown = page.run("return document.getElementById('trial').innerHTML")
        assert not [name for name in chosen + ["hidden"] if name in shown], "the trial shows the name of a condition"
        assert page.run("return document.getElementById('next').disabled"), "a clip can be left before everything is rated"
        assert page.focus() == "Reference", f"focus at the start of a clip: {page.focus()}"
        page.press("0")
        playing = "return window.heard.filter(p => !p.paused && p.currentTime > 0).length"
        wait(lambda: page.run(playing) == 1, "the reference to be heard")
        ratings = []
        for index, letter in enumerate(letters):
            page.press(letter.lower())
            wait(lambda: page.run(playing) == 1, f"stimulus {letter} alone to be heard")
            pressed = page.run("return [...document.querySelectorAll('#trial button[aria-pressed=true]')].map(b => b.textContent)")
            assert pressed == [letter], f"pressed: {pressed}"
            page.press(*[Keys.ARROW_LEFT if (index + number) % 2 else Keys.ARROW_RIGHT] * (index + 1))
            ratings.append(50 + (index + 1) * (-1 if (index + number) % 2 else 1))
        if number == 0:
            page.picture(pictures / "blind.png")
        page.tab_to("next")
        page.press(Keys.ENTER)
        expected.append(ratings)
    wait(lambda: page.run("return !document.getElementById('results').hidden"), "the results")
    assert page.run("return window.heard.every(p => p.paused)"), "something goes on sounding after the end"
    assert page.focus() == "save", f"focus at the end: {page.focus()}"
    page.picture(pictures / "scores.png")
    page.press(Keys.ENTER)
    saved = wait(lambda: list(pathlib.Path(downloads).glob("*.json")), "the scores to be saved")[0]
    scores = json.loads(wait(saved.read_text, "the saved file to be written"))
    assert scores == json.loads(page.run("return document.getElementById('json').value")), "the file differs from what is shown"
    assert scores["listener"] == "K. Eyboard" and scores["started"] <= scores["finished"]
    assert sorted(trial["clip"] for trial in scores["trials"]) == sorted(clip["name"] for clip in clips), "clips"
    for trial, ratings in zip(scores["trials"], expected):
        assert [rating["score"] for rating in trial["ratings"]] == ratings, f"scores of {trial['clip']}: {trial['ratings']}, given {ratings}"
        names = sorted(rating["condition"] for rating in trial["ratings"])
        assert names == sorted(chosen + ["hidden reference"]), f"conditions of {trial['clip']}: {names}"
    return len(clips), len(expected[0])


def main():
    path, pictures = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as downloads:
        page = Page(path, downloads)
        try:
            check_contents(page)
            check_table(page)
            players = check_players(page)
            clips, stimuli = check_blind_test(page, downloads, pictures)
            contrasts = []
            for scheme in ["light", "dark"]:
                page.scheme(scheme)
                contrast, place = page.run(CONTRAST)
                assert contrast >= 4.5, f"{scheme}: contrast {contrast:.2f} of {place}"
                contrasts.append(f"{scheme} {contrast:.1f}")
                page.picture(pictures / f"page-{scheme}.png", whole=True)
            ground = page.run("return getComputedStyle(document.body).backgroundColor")
            assert ground != "rgb(255, 255, 255)", "dark is white"
            page.command("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=False)
            wide = page.run(
                "return document.scrollingElement.scrollWidth <= 390 ? [] : [...document.querySelectorAll('body *')]"
                ".filter(e => !e.closest('.scroll') && e.getBoundingClientRect().right > 390).map(e => e.outerHTML.slice(0, 80))"
            )
            assert not wide, f"wider than a screen of 390 pixels: {wide}"
            page.drain()
            outside = [url for url in page.requests if not url.startswith(("data:", "blob:")) and url != pathlib.Path(path).as_uri()]
            assert page.requests and not outside, f"asked for {outside}"
            messages = [entry["message"] for entry in page.driver.get_log("browser")]
            assert not messages, f"the console says {messages}"
        finally:
            page.driver.quit()
    print(
        f"check-report: {players} players decode; blind test of {clips} clips with {stimuli} stimuli by keyboard, scores saved; least contrast "
        f"{', '.join(contrasts)}; {len(page.requests)} requests, none outside the page"
    )


main()
