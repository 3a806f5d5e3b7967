/* trace/pages/keys.js - dark and light, the keys, and how it begins. */

/* ---- dark and light ---- */

function remembered() {
  try {
    return localStorage.getItem("glasspost-theme");
  } catch (error) {
    return null;
  }
}

function setDark(dark, keep) {
  document.documentElement.classList.toggle("dark", dark);
  $("theme").setAttribute("aria-pressed", dark);
  try {
    if (keep) localStorage.setItem("glasspost-theme", dark ? "dark" : "light");
  } catch (error) {
    /* It is not remembered where nothing may be kept. */
  }
}

const toggleTheme = () => setDark(!document.documentElement.classList.contains("dark"), true);

/* ---- keys ---- */

function choosePane(pane) {
  place.pane = (pane + data.panes.length) % data.panes.length;
  draw();
}

const keys = {
  " ": () => step("worth", 1), "ArrowRight": () => step("worth", 1), "ArrowDown": () => step("worth", 1),
  "PageDown": () => step("worth", 1), "n": () => step("worth", 1),
  "Backspace": () => step("worth", -1), "ArrowLeft": () => step("worth", -1), "ArrowUp": () => step("worth", -1),
  "PageUp": () => step("worth", -1),
  "s": () => step("single", 1), "S": () => step("single", -1),
  "o": () => step("stage", 1), "O": () => step("stage", -1),
  "h": () => step("hop", 1), "H": () => step("hop", -1),
  "e": () => step("problem", 1), "E": () => step("problem", -1),
  "Home": () => backward(0), "End": () => forward(last()), "g": () => backward(0), "G": () => forward(last()),
  "u": () => goToEvent(row(place.at).cause || 0), "v": () => openMap(false), "l": openMessages,
  "p": togglePredict, "d": toggleTheme, "?": openHelp,
};

/* While a question is open, digits and letters answer it. */
function answerKey(key) {
  if (place.ask === null || answers.has(place.ask)) return false;
  const choice = "1234".includes(key) ? "1234".indexOf(key) : "abcd".indexOf(key);
  if (key === "Escape") answer(-1);
  else if (key.length === 1 && choice >= 0) answer(choice);
  else return false;
  return true;
}

/* Keys that mean something else where the focus is: a button is pressed, a pane scrolls. */
function isTheirs(target, key) {
  if (target.closest("dialog") !== null) return true;
  if (target.closest("button") !== null && (key === " " || key === "Enter")) return true;
  return target.id === "pane" && /^(Arrow|Page|Home|End)/.test(key);
}

/* Whoever steps with an arrow or a clicker begins with it, too. (A button takes Space and Enter by itself.) */
function beginKey(target, key) {
  if (target !== $("close") || !["PageDown", "ArrowRight", "n"].includes(key)) return false;
  target.click();
  return true;
}

function tabKey(target, key) {
  if (target.getAttribute("role") !== "tab" || !/^Arrow(Left|Right)$/.test(key)) return false;
  choosePane(place.pane + (key === "ArrowRight" ? 1 : -1));
  $("tabs").children[place.pane].focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  const key = event.key;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (beginKey(event.target, key)) event.preventDefault();
  if (isTheirs(event.target, key)) return;
  if (answerKey(key) || tabKey(event.target, key)) {
    event.preventDefault();
  } else if (key in keys) {
    keys[key]();
    event.preventDefault();
  } else if (/^[1-6]$/.test(key)) {
    choosePane(Number(key) - 1);
  }
});

/* A mouse or a finger leaves no focus behind: the next Space shall step, not press that button again. */
document.addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (pressed !== null && event.detail > 0) pressed.blur();
});

/* ---- the beginning ---- */

function prepare() {
  for (const element of document.querySelectorAll("[data-word]"))
    element.textContent = word(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]"))
    element.setAttribute("aria-label", word(element.dataset.label));
  data.panes.forEach((name, pane) => {
    const tab = button(`${pane + 1} ${name}`, () => choosePane(pane));
    tab.id = "tab-" + pane;
    tab.dataset.pane = pane;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", "pane");
    $("tabs").append(tab);
  });
  const actions = {
    next: keys[" "], back: keys["Backspace"], single: keys["s"], map: keys["v"], messages: openMessages,
    predict: togglePredict, theme: toggleTheme, help: openHelp, close: () => $("page").close(),
  };
  for (const [id, action] of Object.entries(actions)) $(id).addEventListener("click", action);
  $("predict").hidden = data.asks.length === 0;
  $("rows").addEventListener("click", (event) => {
    const item = event.target.closest("[data-at]");
    if (item !== null) backward(Number(item.dataset.at));
  });
  $("page").addEventListener("close", () => $("rows").focus({ preventScroll: true }));
  wide.addEventListener("change", draw);
  window.addEventListener("resize", draw);
  window.addEventListener("hashchange", openFragment);
}

/* #108 opens at event 108. */
function openFragment() {
  const seq = /^#(\d{1,15})$/.exec(location.hash);
  if (seq !== null) goToEvent(Number(seq[1]), true);
  return seq !== null;
}

setDark(remembered() === null ? window.matchMedia("(prefers-color-scheme: dark)").matches : remembered() === "dark");
prepare();
if (!openFragment()) {
  draw();
  openMap(true);
}
