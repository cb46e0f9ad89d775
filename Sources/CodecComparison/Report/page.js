"use strict";
// Blind listening in the manner of ITU-R BS.1534 (MUSHRA): open reference, hidden reference, low anchor, shuffled stimuli, 0 ... 100 each.
(() => {
  const data = JSON.parse(document.getElementById("clips").textContent);
  const find = id => document.getElementById(id);
  const players = new Map();  // address -> Audio; made when first heard
  let trial = null;
  const session = { kind: "nwc listening test", started: null, finished: null, trials: [] };

  for (const player of document.querySelectorAll("audio[data-clip]")) {
    const clip = data[Number(player.dataset.clip)], item = Number(player.dataset.item);
    player.src = item < 0 ? clip.reference : clip.items[item].source;
  }

  // One player at a time on the whole page; of the same clip it goes on at the place of the one before.
  document.addEventListener("play", event => {
    for (const other of document.querySelectorAll("audio")) {
      if (other === event.target) continue;
      if (!other.paused && other.dataset.clip === event.target.dataset.clip) event.target.currentTime = other.currentTime;
      other.pause();
    }
    if (event.target.isConnected && trial) stop();
  }, true);

  // A stretch of a clip again and again, in all its players; places are told every quarter of a second, so that its end may be that of the clip.
  const stretch = player => {
    const [from, to] = ["from", "to"].map(end => Number(document.querySelector(`input[data-loop="${end}"][data-clip="${player.dataset?.clip}"]`)?.value || 0));
    return to > from ? { from, to } : null;
  };
  document.addEventListener("timeupdate", event => {
    const loop = stretch(event.target), place = event.target.currentTime;
    if (loop && (place >= loop.to || place < loop.from - 0.3)) event.target.currentTime = loop.from;
  }, true);
  document.addEventListener("ended", event => {
    const loop = stretch(event.target);
    if (loop && loop.from < event.target.duration) { event.target.currentTime = loop.from; event.target.play(); }
  }, true);

  // The table by any of its columns: numbers downwards first, then upwards.
  const table = document.querySelector("#table + .scroll table");
  for (const [index, head] of [...(table?.tHead.rows[0].cells ?? [])].entries()) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "sort" });
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const down = head.getAttribute("aria-sort") !== "descending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const key = row => row.cells[index].textContent;
      const rows = [...table.tBodies[0].rows].sort((a, b) => {
        const [x, y] = [parseFloat(key(a)), parseFloat(key(b))];
        if (isNaN(x) && isNaN(y)) return key(a).localeCompare(key(b), "en", { numeric: true }) * (down ? -1 : 1);
        return isNaN(x) ? 1 : isNaN(y) ? -1 : (x - y) * (down ? -1 : 1);
      });
      table.tBodies[0].append(...rows);
    };
  }

  // A uniform number below n, from the browser's random source.
  const below = n => {
    const words = new Uint32Array(1), limit = Math.floor(2 ** 32 / n) * n;
    do crypto.getRandomValues(words); while (words[0] >= limit);
    return words[0] % n;
  };
  const shuffled = list => {
    const copy = list.slice();
    for (let i = copy.length - 1; i > 0; i--) { const j = below(i + 1); [copy[i], copy[j]] = [copy[j], copy[i]]; }
    return copy;
  };
  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const chosen = () => [...document.querySelectorAll("#conditions input:checked")].map(box => box.value);

  function stop() {
    for (const player of players.values()) player.pause();
    for (const button of document.querySelectorAll("#trial button[aria-pressed]")) button.setAttribute("aria-pressed", "false");
  }

  // Changes to another stimulus at the same place in the sound.
  function listen(button, address) {
    const wasPlaying = button.getAttribute("aria-pressed") === "true";
    let place = 0;
    for (const player of players.values()) if (!player.paused) place = player.currentTime;
    stop();
    for (const other of document.querySelectorAll("audio")) other.pause();
    if (wasPlaying) return;
    if (!players.has(address)) {
      const player = new Audio(address);
      player.loop = true;
      players.set(address, player);
    }
    const player = players.get(address);
    player.currentTime = place;
    player.play();
    button.setAttribute("aria-pressed", "true");
  }

  function begin() {
    const names = chosen();
    const clips = data.filter(clip => clip.reference && clip.items.some(item => names.includes(item.name)));
    if (!clips.length) { find("status").textContent = "Choose at least one condition that has sound."; return; }
    session.started = new Date().toISOString();
    session.trials = [];
    session.queue = shuffled(clips);
    session.names = names;
    session.total = clips.length;
    find("setup").hidden = true;
    find("results").hidden = true;
    next();
  }

  function next() {
    stop();
    players.clear();
    const clip = session.queue.pop();
    if (!clip) return end();
    const stimuli = [{ name: "hidden reference", source: clip.reference }];
    for (const item of clip.items) if (session.names.includes(item.name)) stimuli.push({ name: item.name, source: item.source });
    trial = { clip: clip.name, order: shuffled(stimuli) };
    const box = find("trial");
    const reference = element("button", { type: "button", textContent: "Reference" });
    reference.setAttribute("aria-pressed", "false");
    reference.onclick = () => listen(reference, clip.reference);
    box.replaceChildren(reference, element("span", { textContent: "the original; key 0" }), element("span"));
    trial.order.forEach((stimulus, index) => {
      const letter = String.fromCharCode(65 + index);
      const button = element("button", { type: "button", textContent: letter });
      button.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-label", "Play stimulus " + letter);
      button.onclick = () => listen(button, stimulus.source);
      const number = element("output", { textContent: "-" });
      const slider = element("input", { type: "range", min: 0, max: 100, step: 1, value: 50 });
      slider.setAttribute("aria-label", "Quality of stimulus " + letter + ", 0 bad to 100 excellent");
      slider.oninput = () => { stimulus.score = Number(slider.value); number.textContent = slider.value; ready(); };
      box.append(button, slider, number);
    });
    find("status").textContent = "Clip " + (session.total - session.queue.length) + " of " + session.total +
      ". Rate every stimulus against the reference: 0-20 bad, 20-40 poor, 40-60 fair, 60-80 good, 80-100 excellent. One of them is the reference itself.";
    find("run").hidden = false;
    ready();
    reference.focus();
  }

  const ready = () => { find("next").disabled = !trial.order.every(stimulus => stimulus.score !== undefined); };

  function commit() {
    session.trials.push({ clip: trial.clip, ratings: trial.order.map((stimulus, index) => ({ position: index, condition: stimulus.name, score: stimulus.score })) });
    trial = null;
    next();
  }

  function end() {
    session.finished = new Date().toISOString();
    find("run").hidden = true;
    find("results").hidden = false;
    find("setup").hidden = false;
    const { queue, names, total, ...kept } = session;
    const text = JSON.stringify({ ...kept, listener: find("listener").value, page: document.title }, null, 1);
    find("json").value = text;
    const link = find("save");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = "listening-" + session.finished.slice(0, 19).replaceAll(":", "") + ".json";
    const sums = new Map();
    for (const one of session.trials) for (const rating of one.ratings) {
      const sum = sums.get(rating.condition) ?? [0, 0];
      sums.set(rating.condition, [sum[0] + rating.score, sum[1] + 1]);
    }
    // Scores keep the names of the results; people read the codecs' own.
    const titles = new Map(data.flatMap(clip => clip.items.map(item => [item.name, item.title])));
    const rows = [...sums].map(([name, [sum, count]]) => [name, sum / count, count]).sort((a, b) => b[1] - a[1]);
    find("means").replaceChildren(...rows.map(([name, mean, count]) =>
      element("tr", {}, element("td", { textContent: titles.get(name) ?? name }), element("td", { textContent: mean.toFixed(1) }), element("td", { textContent: count }))));
    find("status").textContent = "Done. Save the scores.";
    link.focus();
  }

  document.addEventListener("keydown", event => {
    if (!trial || event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input[type=text], textarea")) return;
    const buttons = find("trial").querySelectorAll("button");
    const key = event.key.toUpperCase();
    const index = key === "0" ? 0 : /^[A-Z]$/.test(key) ? key.charCodeAt(0) - 64 : /^[1-9]$/.test(key) ? Number(key) : -1;
    if (index < 0 || index >= buttons.length) return;
    buttons[index].click();
    // The stimulus that is heard is the one that the arrow keys rate.
    (find("trial").querySelectorAll("input")[index - 1] ?? buttons[0]).focus();
    event.preventDefault();
  });

  if (find("begin")) {
    find("begin").onclick = begin;
    find("next").onclick = commit;
  }
})();
