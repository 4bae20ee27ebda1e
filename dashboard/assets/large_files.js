// Large files: taken out of Streamlit's uploader and sent to the store in parts, past the dashboard's memory.
//
// Streamlit draws a component again whenever its page runs, and takes it away on another page. What is being
// sent therefore lives in this module, which the browser loads once: `mounted` is where it is shown, if it is.
//
// One file, although it knows several things: components v2 are given their script as one string, and the page
// imports it from a blob: address, against which no other module's address can be resolved.

const LANES = 3; // parts under way at a time; a browser opens six connections to a host
const PATIENCE = 4 * 3_600_000; // milliseconds: as long does one part try again before somebody is asked
const LONGEST_PAUSE = 30_000;
const STALLED_AFTER = 60_000; // milliseconds without a byte
const RATE_OVER = 10_000; // milliseconds that the rate is a mean of
const END_BYTES = 1024 * 1024; // what is read of a file to know it again

const BUSY = new Set(["reading", "waiting", "sending", "pausing", "joining"]);

const transfers = []; // in the order in which they were chosen
const over = new Set(); // ids of uploads that ended here, which the page may not know yet
const rests = new Map(); // by id: uploads of which this window has no file
let mounted = null; // { list, limit, unfinished, tell }
let queue = Promise.resolve(); // files are sent one after the other: the first is there the soonest

class Refused extends Error {
  constructor(message, { status, again }) {
    super(message);
    this.status = status;
    this.again = again;
  }
}

class Cancelled extends Error {}

// ---- The dashboard's routes

async function ask(path, body) {
  let answer;
  let given;
  try {
    answer = await fetch(`/direct-uploads${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    given = await answer.json();
  } catch {
    throw new Error("The dashboard does not answer.");
  }
  // The dashboard or the store may be back in a moment; what else is refused stays refused.
  if (answer.status >= 500) throw new Error(given.message);
  if (!answer.ok) throw new Refused(given.message, { status: answer.status, again: given.again });
  return given;
}

async function fingerprintOf(file) {
  // Browsers have no digests on a page that came over plain http from another machine.
  if (!globalThis.crypto?.subtle) return `modified-${file.lastModified}`;
  const ends = new Blob([file.slice(0, END_BYTES), file.slice(-END_BYTES)]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await ends.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// ---- One file on its way

class Transfer {
  constructor(file) {
    this.file = file;
    this.id = null;
    this.name = file.name;
    this.size = file.size;
    this.modified = file.lastModified; // parts of two versions would make a file that nobody has
    this.arrived = 0; // bytes of whole parts
    this.underWay = new Map(); // bytes of the others, by part
    this.samples = []; // [milliseconds, bytes] while it is being sent
    this.requests = new Set();
    this.isCancelled = false;
    this.state = "reading";
    this.message = "";
    this.row = new Row(this);
  }

  get sent() {
    return [...this.underWay.values()].reduce((sum, bytes) => sum + bytes, this.arrived);
  }

  say(state, message) {
    this.state = state;
    this.message = message;
    this.row.draw();
  }

  // Whether there is something to send then.
  async start({ again = false } = {}) {
    this.say("reading", "Looking what of it is there already …");
    try {
      this.fingerprint ??= await fingerprintOf(this.file);
      const twin = transfers.find((other) => other !== this && this.isSame(other));
      if (twin && BUSY.has(twin.state)) {
        this.say("refused", `${this.name} has the same content as ${twin.name}, which is on the list.`);
        return false;
      }
      twin?.remove(); // it came to nothing: this is the next try
      const begun = await this.patiently(() =>
        ask("", {
          name: this.name,
          size: this.size,
          fingerprint: this.fingerprint,
          modified: this.modified,
          again,
        }),
      );
      if (this.isCancelled) await ask(`/${begun.id}/cancel`, {}); // while it was beginning
      else this.begun(begun);
      return !this.isCancelled;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  isSame({ fingerprint, size, modified }) {
    return fingerprint === this.fingerprint && size === this.size && modified === this.modified;
  }

  begun({ id, partBytes, present }) {
    this.id = id;
    this.partBytes = partBytes;
    const there = new Set(present);
    const count = Math.ceil(this.size / partBytes);
    this.missing = Array.from({ length: count }, (_, at) => at + 1).filter((number) => !there.has(number));
    this.arrived = present.reduce((sum, number) => sum + this.part(number).size, 0);
    this.say("waiting", present.length ? "Goes on where it stopped." : "Waiting for the file before it.");
    mounted?.tell({ kind: "begun", id });
    draw();
  }

  part(number) {
    return this.file.slice((number - 1) * this.partBytes, number * this.partBytes);
  }

  async send() {
    if (this.isCancelled) return;
    this.say("sending", "Sending");
    this.samples = [];
    const ticking = setInterval(() => this.row.draw(), 500);
    const lanes = new AbortController();
    const lane = async () => {
      while (this.missing.length && !lanes.signal.aborted) {
        const number = this.missing.shift();
        try {
          await this.sendPart(number);
        } catch (error) {
          this.missing.unshift(number);
          lanes.abort();
          throw error;
        }
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: LANES }, lane));
    clearInterval(ticking);
    try {
      const broken = ended.find(({ status }) => status === "rejected");
      if (broken) throw broken.reason;
      this.say("joining", "Checking what arrived …");
      await this.patiently(() => ask(`/${this.id}/complete`, {}));
      over.add(this.id);
      this.remove();
      mounted?.tell({ kind: "arrived", id: this.id });
    } catch (error) {
      this.failed(error);
    }
  }

  async sendPart(number) {
    const bytes = await this.part(number).arrayBuffer(); // fails where the file was changed or is gone
    await this.patiently(async () => {
      this.underWay.set(number, 0);
      try {
        // A new address for each attempt: none is ever too old.
        const signed = await ask(`/${this.id}/parts`, { numbers: [number], sent: this.arrived });
        await this.put(signed.addresses[number], bytes, (sent) => this.underWay.set(number, sent));
        this.arrived += bytes.byteLength;
      } finally {
        this.underWay.delete(number);
      }
    });
  }

  put(address, bytes, progress) {
    // Not fetch: only this tells how much of a body has left.
    return new Promise((resolve, reject) => {
      if (this.isCancelled) return reject(new Cancelled());
      const request = new XMLHttpRequest();
      let stalled;
      const alive = () => {
        clearTimeout(stalled);
        stalled = setTimeout(() => request.abort(), STALLED_AFTER);
      };
      const settle = (finish, value) => {
        clearTimeout(stalled);
        this.requests.delete(request);
        finish(value);
      };
      const fail = (message) => settle(reject, this.isCancelled ? new Cancelled() : new Error(message));
      request.open("PUT", address);
      request.upload.onprogress = (event) => {
        alive();
        progress(event.loaded);
      };
      request.onload = () =>
        request.status === 200 ? settle(resolve) : fail(`The store answered ${request.status}.`);
      request.onerror = () => fail("The connection was interrupted.");
      request.onabort = () => fail("Nothing moved for a minute.");
      this.requests.add(request);
      alive();
      request.send(bytes);
    });
  }

  // Try again what may work later, with growing pauses; a connection that is back ends a pause.
  async patiently(attempt) {
    const began = Date.now();
    for (let tries = 1; ; tries += 1) {
      if (this.isCancelled) throw new Cancelled();
      try {
        const done = await attempt();
        if (this.state === "pausing") this.say("sending", "Sending");
        return done;
      } catch (error) {
        if (error instanceof Refused || error instanceof Cancelled) throw error;
        if (Date.now() - began > PATIENCE) throw error;
        const pause = Math.min(1000 * 2 ** Math.min(tries - 1, 10), LONGEST_PAUSE);
        if (this.isCancelled) throw new Cancelled();
        this.say("pausing", `${error.message} Trying again in ${Math.ceil(pause / 1000)} s.`);
        await pauseOf(pause);
      }
    }
  }

  failed(error) {
    if (this.isCancelled) return;
    if (error instanceof Refused) {
      this.say(error.again ? "asking" : "refused", error.message);
    } else if (error instanceof DOMException) {
      this.say("refused", "The file cannot be read: it was changed, moved or deleted. Choose it again.");
    } else {
      this.say("interrupted", `${error.message} Go on when the connection is back.`);
    }
  }

  async cancel() {
    this.isCancelled = true;
    this.say("cancelled", "Cancelling …");
    for (const request of this.requests) request.abort();
    try {
      if (this.id !== null) await ask(`/${this.id}/cancel`, {});
      over.add(this.id);
      this.remove();
      if (this.id !== null) mounted?.tell({ kind: "cancelled", id: this.id });
    } catch (error) {
      this.say("refused", error.message);
    }
  }

  remove() {
    const at = transfers.indexOf(this);
    if (at >= 0) transfers.splice(at, 1);
    draw();
  }
}

function lineUp(transfer, options) {
  const ready = transfer.start(options);
  queue = queue.then(() => ready).then((isReady) => isReady && transfer.send());
}

function pauseOf(milliseconds) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    addEventListener("online", end);
  });
}

// ---- What is seen of it

class Row {
  constructor(transfer) {
    this.transfer = transfer;
    this.name = element("span", "name", transfer.name);
    this.numbers = element("span", "numbers");
    this.bar = element("div", "bar");
    this.filled = element("div", "filled");
    this.message = element("span", "message");
    this.buttons = element("span", "buttons");
    this.element = element("li", "file");
    this.bar.append(this.filled);
    this.bar.role = "progressbar";
    this.bar.ariaLabel = transfer.name;
    this.bar.ariaValueMin = 0;
    this.bar.ariaValueMax = 100;
    this.message.role = "status"; // read out when it changes; the numbers change all the time
    const head = element("div", "line");
    head.append(this.name, this.numbers);
    const foot = element("div", "line");
    foot.append(this.message, this.buttons);
    this.element.append(head, this.bar, foot);
    this.draw();
  }

  draw() {
    const { state, size, sent = 0, message } = this.transfer;
    const percent = Math.floor((100 * sent) / size);
    this.filled.style.width = `${percent}%`;
    this.bar.ariaValueNow = percent;
    const numbers = `${percent} % · ${inBytes(sent)} of ${inBytes(size)}${this.pace()}`;
    this.numbers.textContent = numbers;
    this.bar.ariaValueText = numbers;
    if (this.message.textContent !== message) this.message.textContent = message;
    this.element.dataset.state = state;
    if (this.shown !== state) this.offer(state);
    this.shown = state;
  }

  pace() {
    const { state, samples, sent, size } = this.transfer;
    if (state !== "sending") return "";
    const now = performance.now();
    samples.push([now, sent]);
    while (samples.length > 2 && now - samples[0][0] > RATE_OVER) samples.shift();
    const [since, before] = samples[0];
    const rate = (1000 * (sent - before)) / (now - since); // bytes a second
    if (!(now - since > 400 && rate > 0)) return "";
    return ` · ${inBytes(rate)}/s · ${inTime((size - sent) / rate)} left`;
  }

  offer(state) {
    const { transfer } = this;
    const offered = {
      asking: [["Upload it again", () => lineUp(transfer, { again: true })]],
      interrupted: [["Go on", () => lineUp(transfer)]],
    }[state] ?? [];
    // What arrived of it stays: it is on the list as an upload that can go on, or be cancelled.
    if (state === "refused") offered.push(["Close", () => transfer.remove()]);
    else if (state !== "cancelled") offered.push(["Cancel", () => transfer.cancel()]);
    this.buttons.replaceChildren(
      ...offered.map(([label, act]) => {
        const button = element("button", "button", label);
        button.type = "button";
        button.ariaLabel = `${label}: ${transfer.name}`;
        button.onclick = act;
        return button;
      }),
    );
  }
}

// An upload of which this window has no file: it was begun before the page was loaded, or in another window.
class Rest {
  constructor({ id, name, size, sent }) {
    Object.assign(this, { id, name, size, sent, state: "unfinished" });
    this.message = "Not being sent from this window. Choose the same file again to go on.";
    this.row = new Row(this);
  }

  async cancel() {
    try {
      await ask(`/${this.id}/cancel`, {});
      over.add(this.id);
      draw();
      mounted?.tell({ kind: "cancelled", id: this.id });
    } catch (error) {
      this.message = error.message;
      this.row.draw();
    }
  }
}

function restOf(known) {
  if (!rests.has(known.id)) rests.set(known.id, new Rest(known));
  const rest = rests.get(known.id);
  rest.sent = known.sent;
  rest.row.draw();
  return rest;
}

function draw() {
  if (!mounted) return;
  const { list, unfinished } = mounted;
  const elsewhere = ({ id }) => !over.has(id) && transfers.every((transfer) => transfer.id !== id);
  const rows = [...unfinished.filter(elsewhere).map(restOf), ...transfers].map(({ row }) => row.element);
  // What is in place stays there: a button that is moved loses the focus.
  if (rows.length !== list.children.length || rows.some((row, at) => row !== list.children[at])) {
    list.replaceChildren(...rows);
  }
  list.hidden = !rows.length;
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text; // people's file names are never markup
  return made;
}

function inBytes(bytes) {
  const megabytes = bytes / 1024 / 1024;
  if (megabytes >= 1024) return `${(megabytes / 1024).toFixed(2)} GB`;
  return megabytes >= 100 ? `${Math.round(megabytes)} MB` : `${megabytes.toFixed(1)} MB`;
}

function inTime(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// ---- One drop zone: Streamlit's, from which large files are taken before it sees them

function zoneOf(event) {
  const target = event.target;
  return mounted && target instanceof Element ? target.closest('[data-testid="stFileUploader"]') : null;
}

function take(files) {
  for (const file of files) {
    const transfer = new Transfer(file);
    transfers.push(transfer);
    lineUp(transfer);
  }
  draw();
}

function give(zone, files) {
  const input = zone.querySelector('input[type="file"]');
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files; // none: then the same file can be chosen again
  if (files.length) input.dispatchEvent(new Event("change", { bubbles: true }));
}

function intercept(event, chosen) {
  const zone = zoneOf(event);
  const files = zone ? [...(chosen ?? [])] : [];
  const isLarge = (file) => file.size > mounted.limit;
  if (!files.some(isLarge)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.type === "drop") {
    // One of nothing, so that the zone sees that the dragging is over.
    const nothing = { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() };
    event.target.dispatchEvent(new DragEvent("drop", nothing));
  }
  take(files.filter(isLarge));
  give(zone, files.filter((file) => !isLarge(file)));
}

addEventListener("change", (event) => intercept(event, event.target.files), true);
addEventListener("drop", (event) => intercept(event, event.dataTransfer?.files), true);
addEventListener("paste", (event) => intercept(event, event.clipboardData?.files), true);
addEventListener("beforeunload", (event) => {
  if (transfers.some(({ state }) => BUSY.has(state))) event.preventDefault();
});

export default function ({ parentElement, data, setTriggerValue }) {
  const list = parentElement.querySelector("ul");
  const tell = (news) => setTriggerValue("news", news);
  mounted = { list, limit: data.limit, unfinished: data.unfinished, tell };
  draw();
  list.dataset.ready = ""; // from now on large files are seen before Streamlit sees them
  return () => {
    if (mounted?.list === list) mounted = null;
  };
}
