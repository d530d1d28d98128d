// The browser's half of a live figure: controls, a canvas, and one request at a time.
//
//   Picture   the items of a frame (see items.py) and how each kind is drawn
//   Kernel    asks the kernel for frames: newest value wins, nothing queues, and silence is noticed
//   Recording gives frames that were computed beforehand, in a page without a kernel
//   Session   the state of one figure: values, picture, ghost, words; any number of views
//   View      what a person sees and touches
//
// No library and no build step: this file is sent as it is.

const PATIENCE = 2000; // ms without a sign of life before the reader is told
const LONG_PATIENCE = 60000; // the same, once the kernel has said that it is at work
const FRAME = 17; // ms from one frame of the screen to the next
const REST = 600; // ms without a change before words are announced
const GAP = -32768, PER_PIXEL = 16; // of a recording's points, as in film.py
const HANDLE = 8; // px: half a slider's thumb
const PARTS = 4; // of a pixel, between which a mark that is stamped is placed
const SPIKE = 5; // widths of the pen: as far as a canvas lets a sharp corner stick out

// ---------------------------------------------------------------------------------------------- drawing

const css = (rgba, i = 0) => `rgba(${rgba[4 * i]},${rgba[4 * i + 1]},${rgba[4 * i + 2]},${rgba[4 * i + 3] / 255})`;

class Picture {
  items = [];
  layout = null;
  background = null;

  /** Takes a frame: only what changed is in it. `arrays` cuts an array out of its buffer. */
  apply(frame, arrays) {
    for (const { i, style, arrays: changed = {}, drop = [], whole } of frame.changes) {
      const old = (!whole && this.items[i]) || { style: null, arrays: {} };
      const item = { style: style ?? old.style, arrays: { ...old.arrays } };
      for (const name of drop) delete item.arrays[name];
      for (const [name, place] of Object.entries(changed)) item.arrays[name] = arrays(name, place);
      this.items[i] = item; // a new object: a ghost may still hold the old one
    }
    this.items.length = frame.count;
  }

  /** Draws everything, `scale` canvas pixels to one of the sheet. */
  draw(context, scale, ghost) {
    const { axes, over } = this.layout, paper = this.scaled(context.canvas);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(paper, 0, 0);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    for (const item of ghost?.items ?? []) if (drawable(item)) drawItem(context, item, ghost.move, axes);
    for (const item of this.items) drawItem(context, item);
    for (const [x, y, w, h, framed] of over) { // legends stay in front; one without a frame lets curves through
      context.globalCompositeOperation = framed ? "source-over" : "darken";
      context.drawImage(paper, x * scale, y * scale, w * scale, h * scale, x, y, w, h);
    }
    context.globalCompositeOperation = "source-over";
  }

  /** The background in the canvas's pixels; scaled once, because scaling is the slowest part of a frame. */
  scaled({ width, height }) {
    if (this.paper?.of !== this.background || this.paper.width !== width || this.paper.height !== height) {
      this.paper = Object.assign(new OffscreenCanvas(width, height), { of: this.background });
      const context = this.paper.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(this.background, 0, 0, width, height);
    }
    return this.paper;
  }
}

const drawable = ({ style: { kind, letters } }) => (kind === "shape" && !letters) || kind === "marks";

function drawItem(context, { style, arrays }, move = (axes, x, y) => [x, y], ghost = null) {
  context.save();
  const edge = new Path2D();
  if (style.clip && ghost?.[style.axes]) edge.rect(...ghost[style.axes].box);
  else for (let i = 0; i < (style.clip?.length ?? 0); i += 2) edge.lineTo(style.clip[i], style.clip[i + 1]);
  if (style.clip) context.clip(edge);
  context.setLineDash(style.dash ?? []);
  context.lineDashOffset = style.offset ?? 0;
  context.lineCap = style.cap ?? "butt";
  context.lineJoin = style.join ?? "miter";
  const look = ghost ? grey(arrays) : arrays;
  if (style.kind === "shape") drawShape(context, look, (x, y) => move(style.axes, x, y));
  else if (style.kind === "marks") drawMarks(context, look, (x, y) => move(style.axes, x, y));
  else if (style.kind === "image") drawPixels(context, style, arrays);
  else drawText(context, style);
  context.restore();
}

const GREY = new Uint8Array([120, 124, 130, 120]);
const grey = (arrays) => ({ ...arrays, ends: undefined, face: arrays.face && GREY, edge: arrays.edge && GREY });

/** Adds points from `from` to `to` to a path; NaN lifts the pen, an outline that ends where it began is closed. */
function trace(path, xy, from, to, move) {
  let start = -1;
  for (let i = from; i <= to; i++) {
    const pen = i < to && xy[2 * i] === xy[2 * i] && xy[2 * i + 1] === xy[2 * i + 1];
    if (pen) {
      const [x, y] = move(xy[2 * i], xy[2 * i + 1]);
      if (start < 0) path.moveTo(x, y), (start = i);
      else path.lineTo(x, y);
    } else if (start >= 0) {
      const last = i - 1;
      if (last > start + 1 && xy[2 * start] === xy[2 * last] && xy[2 * start + 1] === xy[2 * last + 1]) path.closePath();
      start = -1;
    }
  }
  return path;
}

function paint(context, path, { face, edge, width }, i) {
  if (face) (context.fillStyle = css(face, i % (face.length / 4))), context.fill(path);
  if (edge && width[i % width.length] > 0) {
    context.strokeStyle = css(edge, i % (edge.length / 4));
    context.lineWidth = width[i % width.length];
    context.stroke(path);
  }
}

function drawShape(context, arrays, move) {
  const { xy, ends = [xy.length / 2] } = arrays;
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    paint(context, trace(new Path2D(), xy, from, ends[i], move), arrays, i);
    from = ends[i];
  }
}

/** One outline at many places, one after the other, as they may overlap; many that look alike are stamped. */
function drawMarks(context, arrays, move) {
  const { at, scale, face = "", edge = "", width = "" } = arrays, count = at.length / 2;
  const alike = scale.length === 1 && width.length <= 1 && face.length <= 4 && edge.length <= 4;
  const mark = (alike && count > PARTS ** 2 ? stamp : pen)(context, arrays);
  for (let i = 0; i < count; i++) {
    const [x, y] = move(at[2 * i], at[2 * i + 1]);
    if (x === x && y === y) mark(x, y, i);
  }
}

/** Marks drawn stroke by stroke. */
function pen(context, arrays) {
  const { outline, scale } = arrays, unit = trace(new Path2D(), outline, 0, outline.length / 2, (x, y) => [x, y]);
  const sized = new Map(); // an outline of each size; not the context is scaled, else the pen would be
  const sheet = context.getTransform();
  return (x, y, i) => {
    const size = scale[i % scale.length];
    if (!sized.has(size)) sized.set(size, new Path2D()), sized.get(size).addPath(unit, { a: size, d: size });
    context.setTransform(sheet.a, 0, 0, sheet.d, sheet.a * x, sheet.d * y);
    paint(context, sized.get(size), arrays, i);
  };
}

/** One mark drawn at every fourth of a pixel, across and down, and copied from there: five times as fast as the pen. */
function stamp(context, arrays) {
  const zoom = context.getTransform().a, { lineCap, lineJoin } = context, { outline, scale, width = [0] } = arrays;
  const reach = scale[0] * outline.reduce((most, v) => Math.max(most, Math.abs(v) || 0), 0) + SPIKE * width[0];
  const half = Math.ceil(zoom * reach) + 1, side = 2 * half;
  const stamps = new OffscreenCanvas(PARTS * side, PARTS * side), ink = Object.assign(stamps.getContext("2d"), { lineCap, lineJoin });
  ink.setLineDash(context.getLineDash());
  ink.scale(zoom, zoom);
  const mark = pen(ink, arrays), middle = (part) => (part * side + half + part / PARTS) / zoom;
  for (let i = 0; i < PARTS ** 2; i++) mark(middle(i % PARTS), middle(Math.floor(i / PARTS)), 0);
  context.setTransform(1, 0, 0, 1, 0, 0);
  return (x, y) => {
    const [u, v] = [Math.round(PARTS * zoom * x), Math.round(PARTS * zoom * y)];
    const [left, top] = [Math.floor(u / PARTS), Math.floor(v / PARTS)];
    context.drawImage(stamps, (u - PARTS * left) * side, (v - PARTS * top) * side, side, side, left - half, top - half, side, side);
  };
}

function drawPixels(context, { rows, cols, box, smooth, alpha }, { pixels, table }) {
  const image = new ImageData(cols, rows);
  if (!table) image.data.set(pixels);
  else {
    const colours = new Uint32Array(table.slice().buffer), out = new Uint32Array(image.data.buffer);
    for (let i = 0; i < out.length; i++) out[i] = colours[pixels[i]];
  }
  const small = new OffscreenCanvas(cols, rows);
  small.getContext("2d").putImageData(image, 0, 0);
  context.globalAlpha = alpha;
  context.imageSmoothingEnabled = smooth;
  context.translate(box[0], box[1]);
  context.scale(box[2] / cols, box[3] / rows); // negative where an axis is turned round
  context.drawImage(small, 0, 0);
}

function drawText(context, style) {
  const { lines, x, y, size, leading, across, down, angle, frame } = style;
  const family = style.mono ? '"DejaVu Sans Mono", Menlo, Consolas, monospace' : '"DejaVu Sans", Verdana, sans-serif';
  context.font = `${style.italic ? "italic " : ""}${style.bold ? "bold " : ""}${size}px ${family}`;
  context.textAlign = across;
  const step = leading * size, block = step * (lines.length - 1);
  const ascent = 0.76 * size, descent = 0.24 * size;
  const first = { top: ascent, bottom: -descent - block, baseline: -block }[down] ?? (ascent - descent - block) / 2;
  context.translate(x, y);
  context.rotate((-angle * Math.PI) / 180);
  if (frame) {
    const wide = Math.max(...lines.map((line) => context.measureText(line).width));
    const left = { left: 0, center: -wide / 2, right: -wide }[across];
    context.beginPath();
    context.roundRect(left - frame.pad, first - ascent - frame.pad, wide + 2 * frame.pad, block + size + 2 * frame.pad, frame.pad / 2);
    (context.fillStyle = frame.face), context.fill();
    if (frame.width) (context.strokeStyle = frame.edge), (context.lineWidth = frame.width), context.stroke();
  }
  context.fillStyle = style.colour;
  lines.forEach((line, i) => context.fillText(line, 0, first + i * step));
}

// ---------------------------------------------------------------------------------------------- axes

const forward = { linear: (v) => v, log: (v) => Math.log10(v) };
const back = { linear: (v) => v, log: (v) => 10 ** v };
const straight = (axes) => axes && axes.scales.every((scale) => scale in forward);
const along = (v, [lo, hi], f) => (f(v) - f(lo)) / (f(hi) - f(lo));

function toPixel({ box: [x0, y0, w, h], x, y, scales }, [u, v]) {
  return [x0 + w * along(u, x, forward[scales[0]]), y0 + h * (1 - along(v, y, forward[scales[1]]))];
}

function toData({ box: [x0, y0, w, h], x, y, scales }, [px, py]) {
  const value = (part, [lo, hi], scale) => {
    const [a, b] = [forward[scale](lo), forward[scale](hi)];
    return back[scale](a + part * (b - a));
  };
  return [value((px - x0) / w, x, scales[0]), value(1 - (py - y0) / h, y, scales[1])];
}

// ---------------------------------------------------------------------------------------------- frames

const TYPES = { f4: Float32Array, u1: Uint8Array };

/** Cuts arrays out of a message's buffer, which may begin anywhere. */
const cutter = (view) => (name, [type, at, count]) => {
  const start = view.byteOffset + at;
  return new TYPES[type](view.buffer.slice(start, start + count * TYPES[type].BYTES_PER_ELEMENT));
};

let busyIcon, iconRest;

/**
 * JupyterLab loads another icon for the tab whenever a kernel becomes busy or idle: twice an update, which costs more
 * than all the rest of it. So there is no busy icon to change to until a second after the last request.
 */
function keepIcon() {
  const busy = document.querySelector("link.busy.favicon"), idle = document.querySelector("link.idle.favicon");
  if (busy && idle) {
    if (busy.rel === "icon") [busy.rel, idle.rel] = ["", "icon"];
    busy.classList.remove("busy");
    busyIcon = busy;
  }
  clearTimeout(iconRest);
  iconRest = setTimeout(() => busyIcon?.classList.add("busy"), 1000);
}

class Kernel {
  constructor(model, session) {
    Object.assign(this, { model, session, client: Math.random().toString(36).slice(2), seq: 0, want: null, asked: null });
    this.flying = new Map(); // seq → when it was sent
    this.window = 1;
    this.trips = []; // ms on the way, of the last ten
    this.turn = Promise.resolve();
    this.listen = (content, buffers) => (this.turn = this.turn.then(() => this.hear(content, buffers)).catch((error) => session.trouble(String(error))));
    this.probe = () => this.hello();
    model.on("msg:custom", this.listen);
    model.on("comm_live_update", this.probe); // the kernel restarted, or came back
  }

  hello() {
    this.send({ kind: "hello" });
  }

  ask(values, final) {
    this.want = { values, final };
    this.pump();
  }

  get busy() {
    return this.flying.size > 0 || this.want !== null;
  }

  pump() {
    while (this.want && this.flying.size < this.window) {
      const want = (this.asked = this.want);
      this.want = null; // before it is sent: a closed connection comes back here at once
      this.send({ kind: "ask", ...want, device: this.session.device });
    }
  }

  send(message) {
    this.flying.set(++this.seq, performance.now());
    this.watch(PATIENCE);
    keepIcon();
    this.session.tell("busy");
    try {
      this.model.send({ ...message, client: this.client, seq: this.seq });
    } catch {
      this.silence(); // its connection is closed
    }
  }

  watch(patience) {
    clearTimeout(this.timer);
    if (this.flying.size) this.timer = setTimeout(() => this.silence(), patience);
  }

  silence() {
    if (this.model.widget_manager?.kernel?.status === "busy") {
      this.session.note("the kernel is busy …"); // with another cell, or with this: the answer will come
      return this.watch(PATIENCE);
    }
    this.flying.clear();
    this.session.trouble("The kernel does not answer. If it is busy, wait; if it was restarted or is gone, run this cell again.");
    this.pump();
  }

  async hear(content, [data, png] = []) {
    const mine = content.client === this.client && this.flying.has(content.seq);
    if (content.kind === "began" || content.kind === "progress") {
      if (mine) this.watch(LONG_PATIENCE), this.session.progress(content.fraction ?? null);
      return;
    }
    if (content.kind === "error") this.session.trouble(content.message);
    else await this.session.take(content, cutter(data), png && new Blob([png], { type: "image/png" }));
    if (!mine) return;
    this.measure(performance.now() - this.flying.get(content.seq), content.milliseconds ?? 0);
    this.flying.delete(content.seq);
    this.watch(PATIENCE);
    if (!this.flying.size && content.seq < this.seq) this.want ??= this.asked; // an older answer came last: once more
    this.pump();
  }

  /**
   * As many requests in flight, up to three, as keep the kernel at work while others are on their way. With a server that
   * waits for acknowledgements before it sends a small message, the next request is one.
   */
  measure(trip, computing) {
    this.trips = [...this.trips.slice(-9), trip - computing];
    this.window = Math.min(3, 1 + Math.floor(Math.min(...this.trips) / Math.max(FRAME / 2, computing)));
  }

  close() {
    clearTimeout(this.timer);
    this.model.off("msg:custom", this.listen);
    this.model.off("comm_live_update", this.probe);
  }
}

/** Frames from a block (see film.py), by the place of the values in its grid. */
class Recording {
  waiting = 0; // frames that are asked for and not yet shown
  constructor(session, header, data) {
    Object.assign(this, { session, ...header, data, turn: Promise.resolve() });
  }

  get busy() {
    return this.waiting > 0;
  }

  hello() {
    this.ask(this.session.values);
  }

  ask(values) {
    const place = this.grid.reduce((at, stops, i) => at * stops.length + nearest(stops, values[i]), 0);
    const [look, words, ...items] = this.frames[place];
    const [layout, png] = this.looks[look];
    const changes = items.map((number, i) => {
      const [style, arrays] = this.items[number];
      return { i, style: this.styles[style], arrays, whole: true };
    });
    const frame = { count: items.length, changes, words: this.words[words], layout };
    const background = look !== this.shown && new Blob([this.bytes(png)], { type: "image/png" });
    this.shown = look;
    this.waiting++;
    this.turn = this.turn.then(() => this.session.take(frame, (_, number) => this.array(number), background));
    this.turn.then(() => (this.waiting--, this.session.tell("frame")));
  }

  bytes([, at, count]) {
    return this.data.slice(at, at + count);
  }

  array(number) {
    const [type, at, count] = this.arrays[number];
    if (type !== "i2") return cutter(this.data)(null, [type, at, count]);
    const points = new Int16Array(this.data.buffer.slice(this.data.byteOffset + at, this.data.byteOffset + at + 2 * count));
    return Float32Array.from(points, (step) => (step === GAP ? NaN : step / PER_PIXEL));
  }

  close() {}
}

// ---------------------------------------------------------------------------------------------- one figure

class Session {
  views = new Set();
  picture = new Picture();
  ghost = null;
  words = "";
  message = "";
  device = null;

  constructor(spec, source) {
    this.spec = spec;
    this.values = [...spec.start];
    this.source = source(this);
    this.source.hello();
  }

  /** A person moved something: `part` of the vector begins at `at`. */
  move(at, part, final = true) {
    const before = JSON.stringify([this.values, this.final]);
    this.values.splice(at, part.length, ...part);
    this.final = final || !this.spec.preview;
    if (JSON.stringify([this.values, this.final]) === before) return;
    this.source.ask([...this.values], this.final);
    this.tell("values");
  }

  async take(frame, arrays, background) {
    const bitmap = background && (await createImageBitmap(background));
    this.picture.apply(frame, arrays);
    if (frame.layout) this.picture.layout = frame.layout;
    if (bitmap) this.picture.background = bitmap;
    Object.assign(this, { words: frame.words, message: "", fraction: undefined });
    this.ran = frame.milliseconds ? `${frame.device}, ${frame.milliseconds.toFixed(1)} ms` : "";
    if (frame.values && !this.source.want && (frame.greeting || frame.client !== this.source.client)) {
      this.values = [...frame.values]; // where the kernel was, or where another window moved it
      this.tell("values");
    }
    this.tell("frame");
  }

  trouble(message) {
    Object.assign(this, { message, fraction: undefined });
    this.tell("frame");
  }

  note(words) {
    this.ran = words;
    this.tell("frame");
  }

  progress(fraction) {
    this.fraction = fraction;
    this.tell("frame");
  }

  /** The present curves as a ghost; once more, at the same place, without it. */
  pin() {
    const values = JSON.stringify(this.values);
    if (this.ghost?.values === values) this.ghost = null;
    else {
      const was = this.picture.layout;
      const move = (axes, x, y) => {
        const [from, to] = [was.axes[axes], this.picture.layout.axes[axes]];
        return from === to || !straight(from) || !straight(to) ? [x, y] : toPixel(to, toData(from, [x, y]));
      };
      this.ghost = { items: [...this.picture.items], values, move };
    }
    this.tell("frame");
  }

  /** The call at the present settings, as Python. */
  code() {
    let at = 0;
    const given = this.spec.controls.map((control) => {
      const [value, second] = this.values.slice(at);
      at += control.kind === "point" ? 2 : 1;
      const text = { toggle: value ? "True" : "False", choice: control.literals?.[value], point: `(${value}, ${second})` };
      return `${control.name}=${text[control.kind] ?? value}`;
    });
    const { call, import: line } = this.spec.code;
    return `${line ? line + "\n\n" : ""}${call}(${[...given, ...(this.spec.fixed ?? [])].join(", ")})`;
  }

  tell(what) {
    for (const view of this.views) view.hear(what);
  }

  close() {
    this.source.close();
  }
}

// ---------------------------------------------------------------------------------------------- what a person touches

let serial = 0;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

const keys = { "data-lm-suppress-shortcuts": "true" }; // else JupyterLab takes the arrow keys for itself
const tidy = (value, unit) => `${String(+value.toPrecision(6))}${unit ? " " + unit : ""}`.replace("-", "\u2212");

/** The index of the stop closest to a value. */
function nearest(stops, value) {
  let best = 0;
  for (let i = 1; i < stops.length; i++) if (Math.abs(stops[i] - value) < Math.abs(stops[best] - value)) best = i;
  return best;
}

function rangeRow(view, control, at) {
  const { session } = view, { stops, unit } = control, id = `live-${++serial}`;
  let held = false;
  const input = make("input", {
    type: "range", id, min: 0, max: stops.length - 1, step: 1, ...keys,
    onpointerdown: () => (held = true),
    onpointerup: () => (held = false),
    oninput: () => session.move(at, [stops[input.value]], !held),
    onchange: () => ((held = false), session.move(at, [stops[input.value]])),
  });
  const output = make("output", { for: id });
  const track = make("span", { class: "live-track" }, input);
  const guess = session.spec.guess;
  if (guess?.marks === control.name) {
    const place = Math.min(1, Math.max(0, position(stops, guess.value)));
    const says = `your guess: ${tidy(guess.value, guess.unit || unit)}`;
    track.append(make("span", {
      class: "live-guess", role: "img", "aria-label": says, title: says,
      style: `left: calc(${HANDLE}px + ${place} * (100% - ${2 * HANDLE}px))`,
    }));
    input.setAttribute("aria-description", says);
  }
  const play = control.play ? playButton(view, control, at) : null;
  return {
    element: make("div", { class: "live-row" }, make("label", { for: id }, control.label), track, output, play),
    show(values) {
      input.value = nearest(stops, values[at]);
      output.value = tidy(values[at], unit);
      input.setAttribute("aria-valuetext", output.value);
    },
  };
}

/** Where on a track of stops a value lies, from 0 to 1. */
function position(stops, value) {
  const above = stops.findIndex((stop) => stop >= value);
  if (above <= 0) return above < 0 ? 1 : 0;
  const part = (value - stops[above - 1]) / (stops[above] - stops[above - 1]);
  return (above - 1 + part) / (stops.length - 1);
}

function playButton(view, control, at) {
  const { session } = view, last = control.stops.length - 1;
  const button = make("button", {
    type: "button", class: "live-play", "aria-label": `play ${control.label}`, "aria-pressed": "false", ...keys,
    onclick: () => (button.getAttribute("aria-pressed") === "true" ? stop() : start()),
  }, "▶");
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    cancelAnimationFrame(timer);
    button.setAttribute("aria-pressed", "false");
    button.textContent = "▶";
  };
  const start = () => {
    button.setAttribute("aria-pressed", "true");
    button.textContent = "■";
    const first = nearest(control.stops, session.values[at]), began = performance.now();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const from = first === last ? 0 : first;
    const step = () => {
      const part = (performance.now() - began) / (1000 * control.play);
      const there = Math.min(last, from + Math.floor((calm ? Math.floor(part * 5) / 5 : part) * last));
      session.move(at, [control.stops[there]], there === last);
      if (there === last) stop();
      else if (!calm) timer = requestAnimationFrame(step);
    };
    timer = calm ? setInterval(step, 200 * control.play) : requestAnimationFrame(step);
  };
  view.leaving.push(stop);
  return button;
}

function toggleRow(view, control, at) {
  const id = `live-${++serial}`;
  const input = make("input", { type: "checkbox", id, ...keys, onchange: () => view.session.move(at, [+input.checked]) });
  return {
    element: make("div", { class: "live-row" }, make("label", { for: id }, control.label), input),
    show: (values) => (input.checked = values[at] > 0.5),
  };
}

function choiceRow(view, control, at) {
  const id = `live-${++serial}`;
  const options = control.names.map((name, i) => make("option", { value: i }, name));
  const select = make("select", { id, ...keys, onchange: () => view.session.move(at, [+select.value]) }, ...options);
  return {
    element: make("div", { class: "live-row" }, make("label", { for: id }, control.label), select),
    show: (values) => (select.value = values[at]),
  };
}

/** A point in the axes: a handle over the canvas, moved by the mouse or by the arrow keys. */
function pointRow(view, control, at) {
  const { session } = view, { xs, ys, unit } = control, label = `live-${++serial}`;
  const axes = () => session.picture.layout?.axes[control.axes];
  const to = (x, y, final) => session.move(at, [xs[nearest(xs, x)], ys[nearest(ys, y)]], final);
  const pixel = (event) => {
    const sheet = view.canvas.getBoundingClientRect(), scale = session.picture.layout.size[0] / sheet.width;
    return [(event.clientX - sheet.left) * scale, (event.clientY - sheet.top) * scale];
  };
  const here = () => session.values.slice(at, at + 2);
  let held = null; // while it is held: where the pointer is from the point, where the point was, and if it moved
  const hold = (event) => {
    const [px, py] = pixel(event), [x, y] = toPixel(axes(), here());
    held = { off: [px - x, py - y], from: String(here()) };
    handle.setPointerCapture(event.pointerId);
    handle.focus();
    event.preventDefault();
  };
  const drag = (event) => {
    const [px, py] = pixel(event);
    to(...toData(axes(), [px - held.off[0], py - held.off[1]]), false);
    held.moved ||= held.from !== String(here());
  };
  const release = () => {
    if (held?.moved) session.move(at, here(), true);
    else if (held) below().focus(); // a click
    held = null;
  };
  /** Of several points at one place the one drawn last is in front; a click on it brings the next one there. */
  const below = () => {
    const place = (other) => other.style.left + other.style.top;
    const pile = [...view.sheet.querySelectorAll(".live-point")].filter((other) => place(other) === place(handle));
    return pile.at(pile.indexOf(handle) - 1);
  };
  const shift = (stops, value, by) => stops[Math.min(stops.length - 1, Math.max(0, nearest(stops, value) + by))];
  const handle = make("div", {
    class: "live-point", role: "slider", tabindex: 0, "aria-labelledby": label, "aria-valuemin": xs[0], "aria-valuemax": xs.at(-1), ...keys,
    title: control.label,
    onfocus: () => name.classList.add("live-taken"),
    onblur: () => name.classList.remove("live-taken"),
    onpointerdown: hold,
    onpointermove: (event) => held && drag(event),
    onlostpointercapture: release,
    onkeydown: (event) => {
      const [x, y] = here(), by = event.shiftKey ? 10 : 1;
      const places = {
        ArrowLeft: [shift(xs, x, -by), y], ArrowRight: [shift(xs, x, by), y], Home: [xs[0], y], End: [xs.at(-1), y],
        ArrowDown: [x, shift(ys, y, -by)], ArrowUp: [x, shift(ys, y, by)], PageDown: [x, ys[0]], PageUp: [x, ys.at(-1)],
      };
      if (event.key in places) event.preventDefault(), to(...places[event.key], true);
    },
  });
  const name = make("span", { id: label, class: "live-label", onclick: () => handle.focus() }, control.label);
  view.sheet.append(handle);
  const output = make("output");
  return {
    element: make("div", { class: "live-row" }, name, output),
    show(values) {
      const [x, y] = values.slice(at);
      output.value = `(${tidy(x)}, ${tidy(y)})${unit ? " " + unit : ""}`;
      handle.setAttribute("aria-valuenow", x);
      handle.setAttribute("aria-valuetext", output.value);
      if (!axes()) return;
      const { size } = session.picture.layout, [px, py] = toPixel(axes(), [x, y]);
      handle.style.left = `${(100 * px) / size[0]}%`;
      handle.style.top = `${(100 * py) / size[1]}%`;
    },
  };
}

const ROWS = { range: rangeRow, toggle: toggleRow, choice: choiceRow, point: pointRow };

class View {
  leaving = []; // what to undo when the figure goes away
  constructor(session, root) {
    this.session = session;
    this.canvas = make("canvas", { role: "img" });
    this.alert = make("p", { class: "live-trouble", role: "alert", hidden: true });
    this.bar = make("progress", { class: "live-progress", "aria-label": "computing", hidden: true });
    this.sheet = make("div", { class: "live-sheet" }, this.canvas, this.bar, this.alert);
    this.words = make("p", { class: "live-words" });
    this.announced = make("p", { class: "live-unseen", "aria-live": "polite" });
    this.ran = make("span", { class: "live-ran" });
    this.pinning = make("button", { type: "button", title: "keep the present curves as a ghost (key P)", onclick: () => session.pin(), ...keys }, "Pin (P)");
    this.copying = make("button", { type: "button", title: "copy the call at these settings as code", onclick: () => this.copy(), ...keys }, "Copy as code");
    let at = 0;
    this.rows = session.spec.controls.map((control) => {
      const row = ROWS[control.kind](this, control, at);
      at += control.kind === "point" ? 2 : 1;
      return row;
    });
    const tools = make("div", { class: "live-tools" }, this.pinning, this.copying, this.devices(), this.ran);
    this.root = make("div", { class: "live-figure", role: "group", "aria-label": "live figure", onkeydown: (event) => this.key(event) },
      ...this.rows.map((row) => row.element), this.sheet, this.words, tools, this.announced);
    root.append(this.root);
    session.views.add(this);
    this.sized = new ResizeObserver(() => ((this.wide = this.canvas.clientWidth), this.hear("frame")));
    this.sized.observe(this.canvas);
    this.leaving.push(() => this.sized.disconnect(), () => session.views.delete(this), () => clearTimeout(this.rest), () => this.root.remove());
    this.hear("values");
    this.hear("frame");
  }

  devices() {
    const names = this.session.spec.devices ?? [];
    this.session.device ??= names[0]; // the preferred one
    if (names.length < 2) return null;
    const options = names.map((name) => make("option", { value: name }, name));
    const select = make("select", { "aria-label": "device", ...keys, onchange: () => {
      this.session.device = select.value;
      this.session.source.ask([...this.session.values], true);
    } }, ...options);
    select.value = this.session.device;
    return select;
  }

  key(event) {
    if (event.key.toLowerCase() !== "p" || event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "SELECT") return;
    event.preventDefault();
    event.stopPropagation();
    this.session.pin();
  }

  async copy() {
    const code = this.session.code();
    try {
      await navigator.clipboard.writeText(code);
    } catch { // a page that is not served securely has no clipboard
      const area = make("textarea", { class: "live-unseen" });
      area.value = code;
      this.root.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    this.copying.textContent = "Copied";
    setTimeout(() => (this.copying.textContent = "Copy as code"), 1500);
  }

  hear(what) {
    if (this.session.source?.busy) this.root.setAttribute("aria-busy", "true");
    if (what === "values") for (const row of this.rows) row.show(this.session.values);
    else if (what === "frame" && !this.due) this.due = requestAnimationFrame(() => ((this.due = null), this.draw()));
  }

  draw() {
    const { picture, ghost, message, fraction, words, ran } = this.session;
    if (!this.session.source.busy) this.root.setAttribute("aria-busy", "false");
    this.alert.hidden = !message;
    if (this.alert.textContent !== message) this.alert.textContent = message;
    this.bar.hidden = fraction === undefined;
    if (fraction == null) this.bar.removeAttribute("value");
    else this.bar.value = fraction;
    this.pinning.setAttribute("aria-pressed", String(ghost !== null));
    if (!picture.layout) return;
    const [width, height] = picture.layout.size;
    if (this.layout !== picture.layout) { // new, or the first one
      this.layout = picture.layout;
      this.sheet.style.maxWidth = `${width}px`;
      this.sheet.style.aspectRatio = `${width} / ${height}`;
      this.wide = this.canvas.clientWidth;
      for (const row of this.rows) row.show(this.session.values); // a point's place
    }
    const scale = (this.wide / width) * devicePixelRatio;
    if (!scale) return; // not on the screen
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    if (this.canvas.width !== w || this.canvas.height !== h) Object.assign(this.canvas, { width: w, height: h });
    this.ran.textContent = ran; // texts first: the canvas lays the page out when it draws a text
    if (this.words.textContent !== words) {
      this.words.textContent = words;
      clearTimeout(this.rest);
      this.rest = setTimeout(() => {
        this.announced.textContent = words;
        this.canvas.setAttribute("aria-label", words);
      }, REST);
    }
    const context = this.canvas.getContext("2d");
    picture.draw(context, scale, ghost);
    this.drawGuess(context);
  }

  /** A guess about an axis: a dashed line across the first axes. */
  drawGuess(context) {
    const { guess } = this.session.spec, axes = this.session.picture.layout.axes[0];
    if (!guess || !["x", "y"].includes(guess.marks) || !straight(axes)) return;
    const [x0, y0, w, h] = axes.box, across = guess.marks === "x";
    const [x, y] = toPixel(axes, across ? [guess.value, axes.y[0]] : [axes.x[0], guess.value]);
    if (across ? !(x >= x0 && x <= x0 + w) : !(y >= y0 && y <= y0 + h)) return;
    context.save();
    Object.assign(context, { strokeStyle: "#b3006b", fillStyle: "#b3006b", lineWidth: 1.5, font: '11px "DejaVu Sans", Verdana, sans-serif' });
    context.setLineDash([6, 4]);
    context.beginPath();
    across ? (context.moveTo(x, y0), context.lineTo(x, y0 + h)) : (context.moveTo(x0, y), context.lineTo(x0 + w, y));
    context.stroke();
    const says = `your guess: ${tidy(guess.value, guess.unit)}`, wide = context.measureText(says).width;
    const left = across ? (x + 5 + wide > x0 + w ? x - 5 - wide : x + 5) : x0 + w - wide - 5;
    context.fillText(says, left, across ? y0 + 12 : y < y0 + 16 ? y + 14 : y - 5);
    context.restore();
  }

  close() {
    cancelAnimationFrame(this.due);
    for (const undo of this.leaving) undo();
  }
}

// ---------------------------------------------------------------------------------------------- ways in

/** For a kernel, as anywidget calls it: once a model; the model may be shown at several places. */
export default () => {
  let session;
  return {
    initialize({ model }) {
      session = new Session(model.get("spec"), (it) => new Kernel(model, it));
      return () => session.close();
    },
    render({ el }) {
      const view = new View(session, el);
      return () => view.close();
    },
  };
};

/** For a page without a kernel: unpacks a recording and shows it in `root`. */
export async function play(root, block) {
  const packed = await (await fetch(`data:application/octet-stream;base64,${block}`)).blob();
  const bytes = new Uint8Array(await new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const session = new Session(header.spec, (it) => new Recording(it, header, bytes.subarray(4 + length)));
  new View(session, root);
}
