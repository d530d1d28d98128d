// In the page that is measured: when a change was painted, and the steps and the drag of one figure.

/** Tells `after(time, what)` of every `changed(what)` as soon as the frame that shows it is over. */
window.painted = (after) => {
  const waiting = [], within = [], channel = new MessageChannel();
  const speck = document.body.appendChild(document.createElement("div"));
  speck.style.cssText = "position: fixed; top: 0; height: 1px";
  // sizes are observed when all callbacks of a frame have run: what has changed by then is in this frame
  new ResizeObserver(() => {
    within.push(...waiting.splice(0));
    channel.port2.postMessage(null); // arrives after the frame was painted
  }).observe(speck);
  channel.port1.onmessage = () => {
    const time = performance.now();
    for (const what of within.splice(0)) after(time, what);
  };
  let frames = 0;
  requestAnimationFrame(function next() {
    speck.style.width = `${1 + (frames++ % 2)}px`;
    requestAnimationFrame(next);
  });
  return (what) => waiting.push(what);
};

/** Calls `changed()` at each change of the engine's picture; returns what ends that. */
window.watchPictures = (kind, changed) => {
  if (kind === "interact") { // an image is on the page when it is decoded
    const watched = document.querySelector(".widget-output, .jupyter-widgets-output-area");
    let last = null;
    const observer = new MutationObserver(() => {
      const image = watched.querySelector("img");
      if (!image || image === last) return;
      last = image;
      image.decode().catch(() => {}).then(changed);
    });
    observer.observe(watched, { childList: true, subtree: true });
    return () => observer.disconnect();
  }
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  let told = false; // one drawing calls drawImage several times
  CanvasRenderingContext2D.prototype.drawImage = function (...rest) {
    draw.apply(this, rest);
    if (told || !this.canvas.isConnected) return;
    told = true;
    queueMicrotask(() => ((told = false), changed()));
  };
  return () => (CanvasRenderingContext2D.prototype.drawImage = draw);
};

window.measure = async ({ kind, steps }) => {
  const frame = () => new Promise((resume) => requestAnimationFrame(resume));
  const sleep = (ms) => new Promise((resume) => setTimeout(resume, ms));
  const live = kind === "live";
  const knob = document.querySelector(live ? ".live-figure input" : ".noUi-handle");
  const seen = []; // [time, words] of every update that was painted
  const words = () => (live ? document.querySelector(".live-words").textContent : null);
  let shown = words();
  const changed = painted((time, said) => {
    if (said === null || said !== shown) seen.push([time, said]); // drawn again is no update
    shown = said;
  });
  const stop = watchPictures(kind, () => changed(words()));
  let at = 200;
  const asked = new Map();
  const move = (by) => {
    at += by;
    if (live) {
      knob.value = at;
      knob.dispatchEvent(new Event("input"));
      asked.set(`a = ${(-1 + at * 0.005).toFixed(3)}`.replace("-0.000", "0.000"), performance.now());
    } else {
      const key = by > 0 ? "ArrowRight" : "ArrowLeft";
      knob.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
  };
  const trips = [];
  for (let i = 0; i < steps; i++) {
    const before = seen.length, start = performance.now();
    move(i % 2 ? -1 : 1);
    while (seen.length === before && performance.now() - start < 5000) await sleep(1);
    trips.push((seen.at(-1)?.[0] ?? performance.now()) - start);
    await sleep(20 + 13 * Math.random());
  }
  await sleep(500);
  seen.length = 0;
  asked.clear();
  const start = performance.now();
  for (let i = 0; performance.now() - start < 2000; i++) move(i % 160 < 80 ? 1 : -1), await frame();
  const released = performance.now(), updates = seen.length;
  await sleep(live ? 1000 : 2500);
  const ages = seen.filter(([, value]) => asked.has(value)).map(([time, value]) => time - asked.get(value));
  const pings = [];
  const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
  for (let i = 0; i < 20; i++) {
    const sent = performance.now();
    await kernel.requestKernelInfo();
    pings.push(performance.now() - sent);
  }
  stop();
  const lag = Math.max(0, (seen.at(-1)?.[0] ?? released) - released);
  return { trips, rate: updates / 2, count: seen.length, lag, ages, pings };
};
