/* trace/pages/parts.js - what lies around the ladder: stages, a pane, the status; and draw(), which draws all. */

function drawWhere() {
  const it = row(place.at);
  const message = data.messages.find((one) => one.journey === it.journey);
  const others = message && message.others ? " " + word("others", message.others) : "";
  const from = message && (message.from === "<>" ? word("report") : message.from || "...");

  $("who").textContent = message ? `${message.journey}  ${from} > ${message.to || "..."}${others}` : "";
  $("clock").textContent = it.clock;
}

/* "mx.north: SENDER ok > [DNS ...] > STORE -", a word each; a dash: not yet. */
function drawStages() {
  const [, host, line] = /^(?:(\S+): )?(.*)$/s.exec(data.texts[row(place.at).strip].slice(1));
  const items = line.split(" > ").filter((text) => text !== "").map((text) => {
    const here = text.startsWith("[");
    const item = make("li", text.endsWith(" -") ? "ahead" : "", here ? text.slice(1, -1) : text);
    if (here) item.setAttribute("aria-current", "step");
    return item;
  });
  if (host !== undefined) items.unshift(make("li", "host", host));
  $("stages").replaceChildren(...items);
}

const looks = { "*": "bold", ".": "dim", "+": "green", "!": "red", "#": "cyan" };

/* The lines of a pane; of Wire those of this very event are marked, of Code the line. */
function paneLines(pane) {
  const panes = row(place.at).panes;
  if (panes === undefined) return [];
  const [sheet, count, now] = panes[pane];
  return data.sheets[sheet].slice(0, count).map((number, i) => {
    const text = data.texts[number];
    const here = (now !== undefined && i >= now) || (pane === PANES.code && text[1] === ">");
    return make("div", here ? "here" : looks[text[0]] || "", text.slice(1) || "\u00a0");
  });
}

function drawPane() {
  const pane = $("pane");
  const asked = place.ask !== null;

  pane.hidden = asked;
  $("ask").hidden = !asked;
  document.querySelector("main").classList.toggle("asking", asked);
  for (const tab of $("tabs").children) {
    const chosen = Number(tab.dataset.pane) === place.pane;
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
  }
  if (asked) {
    drawAsk();
    return;
  }
  pane.className = place.pane === PANES.code ? "code" : "";
  pane.setAttribute("aria-labelledby", "tab-" + place.pane);
  pane.replaceChildren(...paneLines(place.pane));
}

const firstLine = () => paneLines(0).map((line) => line.textContent)[0] || row(place.at).note || "";

function drawStatus() {
  const it = row(place.at);
  const problems = ladder().slice(0, place.at + 1).filter(([number]) => data.rows[number].sign).length;
  const parts = [word("at", it.seq, data.rows[data.rows.length - 1].seq)];

  if (place.at < stand()) parts.push(word("past", stand() - place.at));
  if (problems > 0) parts.push(word("problems", problems));
  if (place.predict) parts.push(score());
  if (place.at === last())
    parts.push(leftOut() || data.ending || word("end"));
  $("status").textContent = parts.join("  ");
  $("next").disabled = place.at === last();
  $("back").disabled = place.at === 0;
  if (place.ask === null)
    say(`${it.host === undefined ? "" : data.hosts[it.host] + ": "}${firstLine()}`);
}

function notice(text) {
  $("status").textContent = text;
  say(text);
}

function say(text) {
  $("say").textContent = text;
}

/* What one looks at comes into sight. After all is drawn, so that the browser lays it out but once. */
function scrollAll() {
  const stage = $("stages").querySelector("[aria-current]");
  const now = $("rows").querySelector(".now");
  const pane = $("pane");
  const here = pane.querySelector(".here");

  if (stage !== null) $("stages").scrollLeft = stage.offsetLeft - $("stages").clientWidth / 3;
  now.scrollIntoView({ block: place.at < stand() ? "center" : "nearest" });
  pane.scrollTop = place.pane === PANES.wire ? pane.scrollHeight : 0;
  if (place.pane === PANES.code && here !== null)
    pane.scrollTop = here.offsetTop - pane.offsetTop - pane.clientHeight / 3;
}

function draw() {
  drawLadder();
  drawWhere();
  drawStages();
  drawPane();
  drawStatus();
  scrollAll();
  clearTimeout(draw.later);
  draw.later = setTimeout(tellAddress, 150);
}

/* The address says where one is; not at each of many quick steps, which browsers don't like. */
function tellAddress() {
  try {
    history.replaceState(null, "", "#" + row(place.at).seq);
  } catch (error) {
    /* A page inside another may not change its address; it works without. */
  }
}
