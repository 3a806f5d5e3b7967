/* trace/pages/over.js - what is asked in predict mode, and the pages over all: map, messages, help. */

/* ---- predict ---- */

function score() {
  const given = [...answers].filter(([, choice]) => choice >= 0);
  return word("score", given.filter(([ask, choice]) => ask.right === choice).length, given.length);
}

function drawAsk() {
  const ask = place.ask, choice = answers.get(ask);
  const inside = [make("h2", "", ask.asks)];

  if (choice === undefined) {
    ask.choices.forEach((text, i) => inside.push(button(`${i + 1}  ${text}`, () => answer(i))));
    inside.push(button(word("skip"), () => answer(-1)));
  } else {
    const good = choice === ask.right;
    inside.push(make("p", good ? "good" : "bad", undefined,
      make("b", "", good ? word("right") : word("wrong", ask.choices[ask.right]))));
    inside.push(make("p", "", ask.why));
    if (ask.rule) inside.push(make("p", "", word("rule", ask.rule)));
    inside.push(button(word("go-on"), () => step("worth", 1)));
  }
  $("ask").replaceChildren(...inside);
  $("ask").scrollTop = 0;
  say(choice === undefined ? ask.asks : inside.slice(1, -1).map((part) => part.textContent).join(" "));
}

function answer(choice) {
  const ask = place.ask;
  if (ask === null || answers.has(ask) || choice >= ask.choices.length) return;
  answers.set(ask, choice);
  if (choice < 0) {
    step("worth", 1);
    return;
  }
  draw();
  $("ask").querySelector("button").focus({ preventScroll: true });
}

function togglePredict() {
  place.predict = !place.predict;
  if (!place.predict) place.ask = null;
  $("predict").setAttribute("aria-pressed", place.predict);
  draw();
  if (place.predict) notice(word("predict-on"));
}

/* ---- pages over it ---- */

function button(text, action) {
  const element = make("button", "", text);
  element.type = "button";
  element.addEventListener("click", action);
  return element;
}

function openPage(title, close, ...inside) {
  $("page-title").textContent = title;
  $("page-text").replaceChildren(...inside);
  $("close").textContent = close;
  if (!$("page").open) $("page").showModal();
  $("page").scrollTop = 0;
}

/* Stages in a row; the one that the event belongs to is marked. */
function fork(names, before) {
  const line = make("div", "fork");
  if (before) line.append(make("em", "", before + ":"));
  for (const name of names) {
    const item = make("span", "", name);
    const stage = row(place.at).stage;
    if (stage !== undefined && data.stages[stage].name === name) item.setAttribute("aria-current", "step");
    line.append(item, name === names[names.length - 1] ? "" : ">");
  }
  return line;
}

function box(title, host, ...inside) {
  return make("li", "box", undefined, make("h3", "", host ? `${host}, ${title}` : title), ...inside);
}

function openMap(welcome) {
  const seen = [];
  for (let at = 0; at <= place.at; at++)
    if (ladder()[at][3] >= 0) seen.push(ladder()[at][3]);
  const first = seen[0], other = seen.reverse().find((host) => host !== first);
  const stage = row(place.at).stage;
  const name = (host) => (host === undefined ? "" : data.hosts[host]);

  openPage(welcome ? data.title || $("title").textContent : word("map"), word(welcome ? "begin" : "close"),
    make("p", "", data.watch || word("sentence")),
    make("p", "", welcome ? leftOut() : ""),
    make("ul", "journey", undefined,
      box(word("sender"), name(first), fork(["connect", "sender", "split", "route"]),
        fork(["recipient", "filter", "store", "deliver", "archive", "pickup"], word("local")),
        fork(["dns", "filter", "store", "queue", "relay"], word("remote")),
        fork(["retry", "bounce"], word("fails"))),
      box(word("name-server"), "", fork(["dns"])),
      box(word("server"), name(other), make("div", "fork", word("again")))),
    make("p", "", stage === undefined || welcome ? ""
      : word("now", `${data.stages[stage].name}. ${data.stages[stage].question}`)));
  if (welcome) $("close").focus();
}

/* What had become of a message when that row had happened. */
function resultOf(message, number) {
  return message.results.filter(([changed]) => changed <= number).map(([, text]) => text).pop();
}

function openMessages() {
  const here = rowNumber(place.at);
  const list = make("div", "list");
  const choose = (number) => () => {
    $("page").close();
    chooseLadder(number);
  };

  if (data.ladders.length > 1) list.append(button(word("all"), choose(0)));
  data.messages.forEach((message, i) => {
    const result = resultOf(message, here);
    if (result === undefined) return;
    const text = `${message.journey}  ${message.from === "<>" ? word("report") : message.from || "..."} > ` +
      `${message.to || "..."}${message.others ? " " + word("others", message.others) : ""}: ${result}`;
    list.append(i + 1 < data.ladders.length ? button(text, choose(i + 1)) : make("p", "", text));
  });
  if (list.childElementCount < 2 && data.messages.length > 0 && here < data.messages[0].results[0][0])
    list.append(make("p", "", word("no-message")));
  if (data.left_out > 0) list.append(make("p", "", leftOut()));
  openPage(word("messages"), word("close"), make("p", "", word("choose")), list);
}

function openHelp() {
  const keys = [["Space \u2192 \u2193", "key-next"], ["Backspace \u2190 \u2191", "key-back"], ["s S", "key-single"],
    ["o O", "key-stage"], ["h H", "key-hop"], ["e E", "key-problem"], ["Home End", "key-ends"], ["u", "key-cause"],
    ["1 - 6", "key-pane"], ["v", "key-map"], ["l", "key-list"], ["p", "key-predict"], ["d", "key-theme"],
    ["?", "key-help"]];
  const list = make("dl");
  for (const [key, name] of keys) list.append(make("dt", "mono", key), make("dd", "", word(name)));
  openPage(word("help"), word("close"), list, make("p", "", word("help-lanes")), make("p", "", word("help-link")));
}
