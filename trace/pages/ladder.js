/* trace/pages/ladder.js - the ladder: one row an event, arrows between the lanes. */

const drawn = { ladder: -1, rows: 0, lanes: "", fresh: [] };
/* As many rows as any screen shows. */
const FRESH = 60;

/* Which lanes are drawn: all where there is room, else those that were used so far. */
function lanesShown() {
  if (wide.matches) return data.lanes.map((_, lane) => lane);
  const used = new Set([CLIENT, HOST]);
  for (let at = 0; at <= stand(); at++) used.add(ladder()[at][1]).add(ladder()[at][2]);
  return [...used].sort();
}

const laneAt = (lanes, lane) => ((lanes.indexOf(lane) + 0.5) / lanes.length) * 100;

function svg(tag, attributes, ...inside) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
}

/* The vertical lines, and the arrow between two of them. */
function picture(lanes, from, to) {
  const lines = lanes.map((lane) => {
    const x = laneAt(lanes, lane) + "%";
    return svg("line", { x1: x, x2: x, y1: "0", y2: "100%" });
  });
  if (from !== to) {
    const x = laneAt(lanes, to) + "%";
    const tip = to > from ? "M-1 0l-9-5v10z" : "M1 0l9-5v10z";
    lines.push(svg("line", { class: "arrow", x1: laneAt(lanes, from) + "%", x2: x, y1: "68%", y2: "68%" }),
      svg("svg", { x, y: "68%" }, svg("path", { class: "head", d: tip })));
  }
  return svg("svg", { "aria-hidden": "true" }, ...lines);
}

function arrowLabel(lanes, from, to, text) {
  const label = make("span", "label", text);
  const a = laneAt(lanes, from), b = laneAt(lanes, to);
  label.setAttribute("aria-hidden", "true");
  label.style.left = (a + b) / 2 + "%";
  label.style.maxWidth = Math.abs(b - a) + "%";
  return label;
}

/* "SENDER ok: alice is registered here": what was decided stands out. */
function note(lanes, lane, text) {
  const said = /^([A-Z]+(?: [^:]{1,40})?): (.*)$/s.exec(text);
  const element = said === null ? make("div", "note", "\u25cf " + text)
    : make("div", "note", "\u25cf ", make("b", "", said[1]), ": " + said[2]);
  element.style.marginLeft = wide.matches ? `calc(${laneAt(lanes, lane)}% - 0.65rem)` : "0.3rem";
  return element;
}

function colour(it) {
  return it.sign ? "problem" : ["decision", "sql", "dns"].includes(it.kind) ? it.kind : "";
}

function makeRow(lanes, at) {
  const [, from, to] = ladder()[at];
  const it = row(at);
  const item = make("li", from === to ? "" : "arrowed");
  const number = make("span", "number");
  const sign = make("span", "sign", it.sign || "");
  const picked = make("div", "lanes " + colour(it), undefined, picture(lanes, from, to));

  number.append(sign, make("span", "", String(it.seq)), make("small", "", it.time));
  if (from === to) {
    picked.append(note(lanes, from, it.note || ""));
  } else {
    const lanesSaid = word("arrow", data.lanes[from], data.lanes[to]);
    picked.append(arrowLabel(lanes, from, to, it.label || ""),
      make("span", "unseen", `${lanesSaid}: ${it.label || it.note || ""}`));
  }
  item.append(number, picked);
  item.dataset.at = at;
  return item;
}

/* The newest rows are laid out, in sight or not (page.css says why). */
function addRow(rows, item) {
  item.classList.add("fresh");
  rows.append(item);
  drawn.fresh.push(item);
  if (drawn.fresh.length > FRESH) drawn.fresh.shift().classList.remove("fresh");
}

function drawLadder() {
  const lanes = lanesShown();
  const rows = $("rows");

  if (drawn.ladder !== place.ladder || drawn.lanes !== lanes.join()) {
    rows.replaceChildren();
    $("lanes").replaceChildren(...lanes.map((lane) => {
      const name = make("span", "", data.lanes[lane]);
      name.style.left = laneAt(lanes, lane) + "%";
      name.style.maxWidth = 100 / lanes.length + "%";
      return name;
    }));
    Object.assign(drawn, { ladder: place.ladder, rows: 0, lanes: lanes.join(), fresh: [] });
  }
  for (; drawn.rows <= stand(); drawn.rows++) {
    const rule = ladder()[drawn.rows][4];
    if (rule !== undefined) addRow(rows, make("li", "rule", rule));
    addRow(rows, makeRow(lanes, drawn.rows));
  }
  markRow(rows);
}

/* The row one looks at. */
function markRow(rows) {
  for (const item of rows.querySelectorAll(".now")) {
    item.classList.remove("now");
    item.removeAttribute("aria-current");
  }
  const now = rows.querySelector(`[data-at="${place.at}"]`);
  now.classList.add("now");
  now.setAttribute("aria-current", "step");
}
