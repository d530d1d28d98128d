"""When a change counts as painted, as benchmarks/live.js measures it: cases whose frame is known beforehand."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "live.js"

# Each case notes the frame it happens in, or after; `painted` then says when the change was there.
CASES = """async () => {
  let frame = 0, step = 0;
  const happened = {}, counted = {}, channel = new MessageChannel();
  const change = (name) => ((happened[name] = frame), changed(name));
  channel.port1.onmessage = () => change("after the frame, before its message");
  const first = () => {
    frame++;
    if (++step === 10) change("in the frame, first callback");
    if (step === 40) channel.port2.postMessage(null);
    if (step === 50) setTimeout(() => change("between two frames"), 4);
    requestAnimationFrame(first);
  };
  requestAnimationFrame(first);
  const changed = painted((time, name) => (counted[name] = frame));
  const last = () => {
    if (step === 20) change("in the frame, last callback");
    if (step === 30) Promise.resolve().then(() => change("in the frame, promised"));
    requestAnimationFrame(last);
  };
  requestAnimationFrame(last);
  while (step < 60) await new Promise((resume) => setTimeout(resume, 20));
  return Object.fromEntries(Object.keys(happened).map((name) => [name, counted[name] - happened[name]]));
}"""


def test_a_change_counts_as_painted_with_the_frame_that_shows_it(browser):
    page = browser.new_page()
    page.goto("data:text/html,<!DOCTYPE html><title>empty</title>")
    page.add_script_tag(path=BENCHMARK)
    found = page.evaluate(CASES)
    page.close()
    assert found == {
        "in the frame, first callback": 0,
        "in the frame, last callback": 0,
        "in the frame, promised": 0,
        "after the frame, before its message": 1,
        "between two frames": 1,
    }
