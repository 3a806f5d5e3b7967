/* trace/pages/page.js - steps through a journey, in the browser of whoever got the page: where one is.
 *
 * All there is to tell stands in the page, in the block of JSON with the id "data" (tell.h says what
 * is in it). A key, a button or a click moves the place one looks at; then everything is drawn anew
 * from data and place alone, as the viewer does it:
 *
 *     keys, buttons --> step(), go() --> place --> draw() --> ladder, stages, pane, status
 *
 * Nothing after the furthest place one has been at is shown: it has not happened yet. Every text
 * gets into the page by textContent, so whatever a stranger wrote into a mail stays text.
 *
 * The page holds these files as one script, in this order: page.js, ladder.js, parts.js, over.js, keys.js.
 */
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const wide = window.matchMedia("(min-width: 60rem)");
const PANES = { wire: 1, code: 3 };
const CLIENT = 0, HOST = 1;

/* Where one stands. */
const place = {
  ladder: 0,      // of data.ladders: 0 shows all, the others one message each
  at: 0,          // the row of that ladder one looks at
  reached: 0,     // the row of the page furthest on that has been seen
  pane: 0,
  predict: false, // one is asked before an outcome is shown
  ask: null,      // the question that waits for an answer, or was just answered
};
const answers = new Map(); // question -> the number of the choice; -1: skipped

const $ = (id) => document.getElementById(id);

/* An element with its class, its text and what is in it. */
function make(tag, name, text, ...inside) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  element.append(...inside);
  return element;
}

/* A word of the page, with {1} and {2} filled in. */
function word(name, ...values) {
  return (data.words[name] || name).replace(/\{([123])\}/g, (_, number) => values[number - 1]);
}

/* What of the journal is not on this page; "": nothing. */
function leftOut() {
  if (data.left_out === 0) return "";
  return data.told > 0 ? word("told", data.told, data.of, data.left_out) : word("left-out", data.left_out);
}

/* ---- places ---- */

const ladder = () => data.ladders[place.ladder];
const last = () => ladder().length - 1;
const rowNumber = (at) => ladder()[at][0];
const row = (at) => data.rows[rowNumber(at)];

/* The last place of this ladder that is not after a row of the page; -1: it begins later. */
function placeOf(number) {
  let low = 0, high = ladder().length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rowNumber(middle) <= number) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const stand = () => Math.max(0, placeOf(place.reached));

/* The stage that the host in focus is in; QUITs of old sessions aside, as the ladder shows it. */
function stageAt(at) {
  const it = row(at);
  return it.host === ladder()[at][3] ? it.stage : undefined;
}

const seeks = {
  worth: (at) => row(at).worth === 1,
  single: () => true,
  stage: (at, from) => stageAt(at) !== undefined && row(at).worth === 1 &&
    (stageAt(at) !== stageAt(from) || row(at).host !== row(from).host),
  hop: (at, from) => ladder()[at][3] !== ladder()[from][3],
  problem: (at) => row(at).sign !== undefined,
};

/* The next place that is sought; without one the last, or the first. */
function find(seek, direction) {
  const from = place.at;
  for (let at = from + direction; at >= 0 && at <= last(); at += direction)
    if (seeks[seek](at, from)) return at;
  return direction > 0 ? last() : 0;
}

/* ---- moves ---- */

/* The question that would be answered by what lies between here and there. */
function questionBefore(target) {
  const here = rowNumber(place.at), there = rowNumber(target);
  return data.asks.find((ask) => ask.hidden > here && ask.hidden <= there && !answers.has(ask) &&
    rowNumber(Math.max(0, placeOf(ask.outcome))) === ask.outcome);
}

function go(at) {
  place.at = Math.max(0, Math.min(at, last()));
  place.reached = Math.max(place.reached, rowNumber(place.at));
  draw();
}

/* Goes there, unless there is something to predict on the way. */
function forward(target) {
  if (place.ask !== null && !answers.has(place.ask)) {
    $("ask").querySelector("button").focus();
    return;
  }
  if (place.ask !== null && target > place.at && place.ask.outcome > rowNumber(place.at))
    target = Math.min(target, placeOf(place.ask.outcome));
  place.ask = null;
  const ask = place.predict && target > place.at ? questionBefore(target) : undefined;
  if (ask !== undefined) {
    place.ask = ask;
    target = Math.max(place.at, placeOf(ask.hidden - 1));
  }
  go(target);
}

function backward(target) {
  if (place.ask !== null && !answers.has(place.ask)) answers.set(place.ask, -1);
  place.ask = null;
  go(target);
}

function step(seek, direction) {
  const target = find(seek, direction);
  if (direction > 0) forward(target);
  else backward(target);
}

/* To event @seq of what has been seen; a page that is opened there has seen all before it. */
function goToEvent(seq, opening) {
  const at = ladder().findIndex(([number]) => data.rows[number].seq >= seq);
  if (at < 0 || (!opening && at > stand())) notice(word("not-yet"));
  else if (at > place.at) forward(at);
  else backward(at);
}

function chooseLadder(number) {
  const here = rowNumber(place.at);
  place.ladder = number;
  place.at = Math.max(0, placeOf(here));
  place.ask = null;
  draw();
}
