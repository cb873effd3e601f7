// The coder's desk by keyboard. Saving itself is htmx: one request an answer, in order.

import { evaluate, parse } from "./conditions.js";

const form = document.querySelector(".form");
const words = document.querySelector("#words").content.querySelector("span").dataset;
const all = [...form.querySelectorAll(".question[data-kind]")];
let current = null;

const questions = () => all.filter((question) => !question.hidden);
const inputs = (question) => [...question.querySelectorAll("fieldset input, fieldset textarea")];
const isBox = (input) => ["radio", "checkbox"].includes(input.type);
const isGiven = (input) => (isBox(input) ? input.checked : input.value.trim() !== "");

// -- where the coder is ---------------------------------------------------------------------

form.addEventListener("focusin", (event) => {
  current = event.target.closest(".question[data-kind]") ?? current;
});

function go(question) {
  if (!question) return;
  current = question;
  const fields = inputs(question);
  (fields.find((input) => input.checked) ?? fields[0])?.focus({ preventScroll: true });
  question.scrollIntoView({ block: "nearest" });
}

function step(by) {
  let at = all.indexOf(current) + by;
  while (all[at]?.hidden) at += by;
  if (all[at]) go(all[at]);
  else if (by > 0) document.querySelector("#submit button")?.focus();
}

const isAnswered = (question) => inputs(question).some(isGiven);

function goToOpen() {
  const at = all.indexOf(current);
  const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  go(order.find((question) => !question.hidden && !isAnswered(question)));
}

// -- which questions are open ---------------------------------------------------------------

// The browser evaluates the filters as soon as an answer is given (conditions.js); what the
// server says in its reply, in #asked, holds.

const known = [...form.querySelectorAll(".known")]; // not shown here, but answered
const inOrder = [...all, ...known].sort((one, other) => one.dataset.place - other.dataset.place);
const filters = new Map(
  inOrder.filter((one) => one.dataset.filter).map((one) => [one, parse(one.dataset.filter)]),
);
const number = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$/;

/** What stands in a question, as codebook/values.py keeps it; undefined if no legal answer. */
function answerIn(question) {
  const { state, value: kept } = question.dataset;
  if (known.includes(question)) return state && { state, value: kept };
  const given = inputs(question).filter(isGiven);
  const last = given.at(-1);
  if (!last) return undefined;
  if ("missing" in last.dataset) return { state: "missing", value: last.value };
  let value = last.value.normalize("NFC").trim();
  if (question.dataset.kind === "multi") {
    const codes = given.map((input) => input.value).filter((code) => code !== "none");
    value = codes.sort((one, other) => one - other).join(" ");
  } else if (["integer", "decimal"].includes(question.dataset.kind)) {
    value = value.replace("−", "-").replace(",", ".");
    if (!number.test(value)) return undefined;
    value = value.replace("+", "").replace(/\.$/, "").replace(/^(-?)\./, "$10.");
  }
  return { state: "value", value };
}

/** The questions whose filters are true, given what stands in the form. */
function openQuestions() {
  const seen = new Map();
  const open = new Set();
  for (const question of inOrder) {
    const { name } = question.dataset;
    const filter = filters.get(question);
    const isAsked = filter ? evaluate(filter, seen) : true;
    if (isAsked === false) seen.set(name, { state: "not_applicable", value: "" });
    if (!isAsked) continue;
    open.add(question);
    const answer = answerIn(question);
    if (answer) seen.set(name, answer);
  }
  return open;
}

function show(open) {
  for (const question of all) {
    const isOpen = open.has(question);
    if (question.hidden === !isOpen) continue;
    const hadFocus = question.contains(document.activeElement);
    question.hidden = !isOpen;
    const folded = document.getElementById(`folded-${question.dataset.name}`);
    if (folded) folded.hidden = isOpen;
    if (hadFocus) step(-1);
  }
}

form.addEventListener("change", (event) => {
  if (event.target.closest("fieldset, .question[data-kind] > form")) show(openQuestions());
});

const said = { revision: -1, names: new Set() };
const unsaved = new Set(); // forms whose answer did not reach the server

function hear() {
  const { names, revision } = document.getElementById("asked").dataset;
  // Replies may overtake each other; the one that knows more answers counts.
  if (Number(revision) >= said.revision) {
    said.revision = Number(revision);
    said.names = new Set(names.split(" "));
  }
  if (waiting > 0 || unsaved.size > 0) return; // the server does not know everything yet
  show(new Set(all.filter((question) => said.names.has(question.dataset.name))));
}

// -- choosing -------------------------------------------------------------------------------

function choose(key) {
  const input = current && inputs(current).find((one) => one.dataset.key === key);
  if (!input || input.disabled) return false;
  input.focus();
  input.click();
  return true;
}

function clear() {
  if (!current) return;
  for (const input of inputs(current)) {
    if (isBox(input)) input.checked = false;
    else input.value = "";
  }
  current.querySelector("form").dispatchEvent(new Event("change", { bubbles: true }));
}

// An option that stands alone takes the others back, and the others take it back; a missing
// code and a number exclude each other.
form.addEventListener(
  "change",
  (event) => {
    const input = event.target;
    const question = input.closest(".question[data-kind]");
    if (!question || !inputs(question).includes(input) || !isGiven(input)) return;
    if (question.dataset.kind === "single") return;
    for (const other of inputs(question)) {
      if (other === input) continue;
      const excludes = "alone" in input.dataset || "alone" in other.dataset;
      if (!excludes) continue;
      if (other.type === "checkbox") other.checked = false;
      else other.value = "";
    }
  },
  true,
);

// -- keys -----------------------------------------------------------------------------------

function isTyping(target) {
  return target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
}

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.altKey || event.metaKey) return;
  const asking = event.target.closest(".asking");
  if (asking && event.key === "Escape") {
    asking.closest("details").open = false;
    go(current);
    return;
  }
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    if (asking) return asking.requestSubmit();
    document.activeElement?.blur();
    document.getElementById("submit")?.requestSubmit();
    return;
  }
  if (event.ctrlKey) return;
  const target = event.target;
  if (event.key === "Enter" && target.closest(".question[data-kind]") && !target.matches("textarea, button, summary, a")) {
    event.preventDefault();
    if (isTyping(target)) target.blur(); // the browser sends "change" first
    step(event.shiftKey ? -1 : 1);
    return;
  }
  if (isTyping(target) || target.matches("summary") || event.shiftKey && event.key !== "?") return;
  const acts = {
    "?": () => document.getElementById("keys").showModal(),
    ".": goToOpen,
    u: () => current?.querySelector(".flag")?.click(),
    m: () => document.getElementById("remark").focus(),
    d: () => {
      const rules = current?.querySelector("details.rules");
      if (rules) rules.open = !rules.open;
    },
    q: ask,
    Backspace: clear,
    Delete: clear,
  };
  if (choose(event.key)) event.preventDefault();
  else if (event.key in acts) {
    event.preventDefault();
    acts[event.key]();
  }
});

// -- asking the supervisor ------------------------------------------------------------------

function ask() {
  const details = (current ?? questions()[0])?.querySelector(".ask");
  if (!details) return;
  details.open = true;
  details.querySelector("textarea").focus();
}

form.addEventListener("htmx:afterSwap", (event) => {
  // The form that had the focus is gone; the coder goes on where they asked.
  if (event.target.matches(".ask") && document.activeElement === document.body) go(current);
});

// -- saving ---------------------------------------------------------------------------------

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // a plain http address
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

let waiting = 0;

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.parameters.event_id = newId();
});

document.addEventListener("htmx:beforeRequest", (event) => {
  waiting += 1;
  const state = event.detail.elt.querySelector?.(".state");
  if (!state) return;
  state.classList.add("wait");
  state.lastChild?.nodeType === Node.TEXT_NODE && state.lastChild.remove();
  state.append(words.wait);
});

document.addEventListener("htmx:afterRequest", (event) => {
  waiting -= 1;
  const { elt } = event.detail;
  if (event.detail.successful) {
    // A refusal, too: it was swapped in (_fragments/htmx.html).
    unsaved.delete(elt);
    hear();
    return;
  }
  if (elt.matches(".question[data-kind] > form")) unsaved.add(elt);
  const state = event.detail.elt.querySelector?.(".state");
  if (!state) return;
  state.className = "state bad";
  state.lastChild?.nodeType === Node.TEXT_NODE && state.lastChild.remove();
  state.append(words.lost + " ");
  const retry = document.createElement("button");
  retry.className = "link";
  retry.textContent = words.retry;
  state.append(retry);
});

window.addEventListener("beforeunload", (event) => {
  const isTyped = [...form.querySelectorAll(".asking textarea")].some(isGiven);
  if (waiting > 0 || isTyped || form.querySelector(".state.bad")) event.preventDefault();
});

// Begin at the first question without an answer, unless an address names one or the form stands
// below the article, which is read first.
if (!location.hash && matchMedia("(min-width: 60rem)").matches) go(questions().find((question) => !isAnswered(question)) ?? questions()[0]);
