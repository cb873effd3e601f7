// The codebook editor beyond forms and htmx: dragging, keys, what is not saved yet.
// The page works without it; everything here ends in one of the page's own forms.

const part = () => document.getElementById("part");
let isChanged = false;
let lastAct = "";

// -- what is not saved yet --------------------------------------------------------------------

function setChanged(value) {
  isChanged = value;
  const state = document.getElementById("state");
  if (state) state.textContent = value ? state.dataset.words : "";
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.closest("form[data-guard]")) setChanged(true);
  });
}

document.addEventListener("submit", (event) => {
  lastAct = event.submitter?.value ?? "";
}, true);

// An act of the outline shows the form afresh, so what was typed is asked for first.
document.addEventListener("htmx:confirm", (event) => {
  const form = event.target;
  if (!isChanged || !form.matches("#editor form:not(#part)")) return;
  event.preventDefault();
  const dialog = document.getElementById("confirm");
  dialog.querySelector("p").textContent = document.getElementById("editor").dataset.unsaved;
  dialog.returnValue = "";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "yes") event.detail.issueRequest(true);
  }, { once: true });
  dialog.showModal();
});

// What is typed while a save is under way is put into the form that comes back.
let typedSince = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.target.matches("#editor form")) return;
  isChanged = false; // leaving is no loss now
  typedSince = new Map();
});

document.addEventListener("input", (event) => {
  if (typedSince && event.target.form === part()) typedSince.set(event.target.name, event.target);
});

function putBack() {
  for (const [name, was] of typedSince ?? []) {
    const field = part()?.elements[name];
    // Rows are numbered anew after an act on one of them.
    if (!field || field.type !== was.type || (lastAct && name.startsWith("category-"))) continue;
    if (was.type === "checkbox") field.checked = was.checked;
    else field.value = was.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  typedSince = null;
}

window.addEventListener("beforeunload", (event) => {
  if (isChanged) event.preventDefault();
});

// -- after an answer --------------------------------------------------------------------------

function prepare() {
  for (const place of document.querySelectorAll("#editor .grip, #editor .keys-help")) place.hidden = false;
  for (const line of document.querySelectorAll("#editor [data-drag]")) line.draggable = true;
  document.querySelector(".outline [aria-current]")?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "editor") return;
  prepare();
  setChanged(event.detail.xhr?.status >= 400);
  putBack();
  const row = document.querySelector("#editor .row:last-child");
  if (event.detail.xhr?.status >= 400) document.getElementById("part-title")?.focus();
  else if (lastAct === "category-add") row?.querySelector(".first > div:not(.code) input")?.focus();
  else if (lastAct.startsWith("category-remove")) document.getElementById("category-add")?.focus();
  else if (["undo", "redo"].includes(lastAct)) {
    const button = document.getElementById(lastAct);
    (button.disabled ? document.getElementById(lastAct === "undo" ? "redo" : "undo") : button).focus();
  }
  lastAct = "";
});

document.addEventListener("htmx:responseError", () => setChanged(true));
document.addEventListener("htmx:sendError", () => setChanged(true));

// -- to the field that mends a fault ----------------------------------------------------------

function goTo(id) {
  const field = id && document.getElementById(id);
  if (!field || !field.closest("#part, .outline")) return false;
  for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  for (let box = field.closest("[hidden]"); box; box = box.parentElement.closest("[hidden]")) box.hidden = false;
  const inner = field.matches("input, select, textarea, [tabindex]") ? field : field.querySelector("input, select, textarea");
  (inner ?? field).focus();
  field.scrollIntoView({ block: "center" });
  return true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".faults a[href^='#']");
  if (link && goTo(decodeURIComponent(link.hash.slice(1)))) event.preventDefault();
});

// -- the type of answer -----------------------------------------------------------------------

document.addEventListener("change", (event) => {
  if (event.target.id !== "id_type") return;
  const type = event.target.value;
  const levels = JSON.parse(event.target.dataset.levels)[type];
  const level = document.getElementById("id_level");
  if (!levels.includes(level.value)) level.value = levels[0];
  for (const box of part().querySelectorAll("[data-kinds]")) {
    const isEmpty = !box.querySelector(".row") && ![...box.querySelectorAll("input")].some((input) => input.value);
    box.hidden = isEmpty && !box.dataset.kinds.split(" ").includes(type);
  }
});

// -- moving by keyboard -----------------------------------------------------------------------

function place(values) {
  const form = document.getElementById("place-form");
  for (const name of ["do", "section", "before"]) form.elements[name].value = values[name] ?? "";
  form.requestSubmit();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "s" && (event.ctrlKey || event.metaKey) && part()) {
    event.preventDefault();
    part().requestSubmit(document.getElementById("save"));
    return;
  }
  if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
  const way = event.key === "ArrowUp" ? "up" : "down";
  const line = event.target.closest("[data-drag]");
  const row = event.target.closest(".row");
  if (line) {
    const [what, key] = split(line.dataset.drag);
    place({ do: `${what}-${way}:${key}` });
  } else if (row) {
    const other = way === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (other) way === "up" ? other.before(row) : other.after(row);
    event.target.focus();
    row.dispatchEvent(new Event("input", { bubbles: true }));
  } else return;
  event.preventDefault();
});

function split(text) {
  const at = text.indexOf(":");
  return [text.slice(0, at), text.slice(at + 1)];
}

// -- dragging ---------------------------------------------------------------------------------

let dragged = null;

document.addEventListener("pointerdown", (event) => {
  const row = event.target.closest(".grip")?.closest(".row");
  if (row) row.draggable = true; // only by its grip, so that words in it can be chosen
});

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest("#editor .row[draggable=true], #editor [data-drag]");
  if (dragged) event.dataTransfer.effectAllowed = "move";
});

function target(event) {
  if (!dragged) return null;
  const over = event.target.closest?.(dragged.matches(".row") ? ".row" : "[data-drag]");
  if (!over || over === dragged) return null;
  const isSection = (line) => line.dataset.drag?.startsWith("section:");
  return isSection(dragged) && !isSection(over) ? null : over;
}

const isBelow = (event, over) => {
  const box = over.getBoundingClientRect();
  return event.clientY > box.top + box.height / 2;
};

document.addEventListener("dragover", (event) => {
  const over = target(event);
  document.querySelector("#editor .over")?.classList.remove("over");
  if (!over) return;
  event.preventDefault();
  over.classList.add("over");
  if (dragged.matches(".row")) isBelow(event, over) ? over.after(dragged) : over.before(dragged);
});

document.addEventListener("drop", (event) => {
  const over = target(event);
  if (!dragged || (!over && !dragged.matches(".row"))) return;
  event.preventDefault();
  if (!dragged.matches(".row")) drop(event, over);
});

document.addEventListener("dragend", () => {
  document.querySelector("#editor .over")?.classList.remove("over");
  if (dragged?.matches(".row")) {
    dragged.draggable = false;
    dragged.dispatchEvent(new Event("input", { bubbles: true }));
  }
  dragged = null;
});

// A line of the outline dropped on another: before it, or behind it on its lower half.
function drop(event, over) {
  const [what, key] = split(dragged.dataset.drag);
  const [on, there] = split(over.dataset.drag);
  const section = over.closest("[data-section]")?.dataset.section ?? "";
  const keys = (places) => [...places].map((line) => split(line.dataset.drag)[1]).filter((other) => other !== key);
  let before = there;
  if (what === "variable") {
    const inside = keys(over.closest("[data-section]").querySelectorAll("[data-drag^='variable:']"));
    if (on === "section") before = inside[0];
    else if (isBelow(event, over)) before = inside[inside.indexOf(there) + 1];
  } else if (isBelow(event, over)) {
    const all = keys(document.querySelectorAll("#editor [data-drag^='section:']"));
    before = all[all.indexOf(there) + 1];
  }
  place({ do: `${what}-place:${key}`, section, before });
}

prepare();
if (!goTo(decodeURIComponent(location.hash.slice(1))) && new URLSearchParams(location.search).has("new")) {
  const first = part()?.querySelector("fieldset.columns input, fieldset.columns textarea");
  first?.focus();
}
