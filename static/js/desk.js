// The coder's desk by keyboard. Saving itself is htmx: one request an answer, in order.

const form = document.querySelector(".form");
const words = document.querySelector("#words").content.querySelector("span").dataset;
let current = null;

const questions = () => [...form.querySelectorAll("form.question[data-kind]")];
const inputs = (question) => [...question.querySelectorAll("fieldset input, fieldset textarea")];

// -- where the coder is ---------------------------------------------------------------------

form.addEventListener("focusin", (event) => {
  current = event.target.closest("form.question[data-kind]") ?? current;
});

function go(question) {
  if (!question) return;
  current = question;
  const all = inputs(question);
  (all.find((input) => input.checked) ?? all[0])?.focus({ preventScroll: true });
  question.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = questions();
  const at = all.indexOf(document.getElementById(current?.id));
  const next = all[at + by];
  if (next) go(next);
  else if (by > 0) document.querySelector("#submit button")?.focus();
}

function isAnswered(question) {
  return inputs(question).some((input) =>
    ["radio", "checkbox"].includes(input.type) ? input.checked : input.value.trim() !== "",
  );
}

function goToOpen() {
  const all = questions();
  const at = all.indexOf(current);
  const order = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  go(order.find((question) => !isAnswered(question)));
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
    if (["radio", "checkbox"].includes(input.type)) input.checked = false;
    else input.value = "";
  }
  current.dispatchEvent(new Event("change", { bubbles: true }));
}

// An option that stands alone takes the others back, and the others take it back; a missing
// code and a number exclude each other.
form.addEventListener(
  "change",
  (event) => {
    const input = event.target;
    const question = input.closest("form.question[data-kind]");
    if (!question || question.dataset.kind === "single") return;
    const isOn = input.type === "checkbox" ? input.checked : input.value.trim() !== "";
    if (!isOn) return;
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
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    document.activeElement?.blur();
    document.getElementById("submit")?.requestSubmit();
    return;
  }
  if (event.ctrlKey) return;
  const target = event.target;
  if (event.key === "Enter" && target.closest("form.question[data-kind]") && !target.matches("textarea, button, summary, a")) {
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
    Backspace: clear,
    Delete: clear,
  };
  if (choose(event.key)) event.preventDefault();
  else if (event.key in acts) {
    event.preventDefault();
    acts[event.key]();
  }
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
  if (event.detail.successful) return; // a refusal, too: it was swapped in (_fragments/htmx.html)
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
  if (waiting > 0 || form.querySelector(".state.bad")) event.preventDefault();
});

// Begin at the first question without an answer, unless an address names one or the form stands
// below the article, which is read first.
if (!location.hash && matchMedia("(min-width: 60rem)").matches) go(questions().find((question) => !isAnswered(question)) ?? questions()[0]);
