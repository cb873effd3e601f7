// What every page needs and HTML alone does not give. Pages work without it.

// A button that opens a dialog: <button data-opens="keys">.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
});

// The colours: as the system, light, dark, and round again.
const themes = ["", "light", "dark"];
for (const button of document.querySelectorAll("[data-theme-choice]")) {
  const words = button.dataset.words.split("|");
  const root = document.documentElement;
  const name = () => {
    button.title = words[Math.max(0, themes.indexOf(root.dataset.theme ?? ""))];
    button.setAttribute("aria-label", button.title);
  };
  name();
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = themes[(themes.indexOf(root.dataset.theme ?? "") + 1) % themes.length];
    if (next) root.dataset.theme = next;
    else delete root.dataset.theme;
    try {
      localStorage.setItem("theme", next);
    } catch {
      // Storage is closed to this page: the choice holds for this page only.
    }
    name();
  });
}

// A form that changes something for good asks first, in the page's own dialog.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = form.dataset.confirm;
  if (!question || form.dataset.confirmed) return;
  const dialog = document.getElementById("confirm");
  if (!dialog) return;
  event.preventDefault();
  dialog.querySelector("p").textContent = question;
  dialog.returnValue = "";
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter);
    },
    { once: true },
  );
  dialog.showModal();
});

// A filter form acts as soon as a choice is made; words wait for Enter.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form && event.target.matches("select, [type=date], [type=checkbox]")) form.requestSubmit();
});

// A file dropped on its field lies in it.
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const place = event.target.closest?.(".drop");
    if (!place) return;
    place.classList.toggle("over", kind === "dragover");
    if (kind !== "dragleave") event.preventDefault();
    const input = place.querySelector("input[type=file]");
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// When an answer of the server can't be put into the page, say so and leave the page as it is.
function say(words) {
  const note = document.createElement("div");
  note.className = "notice error";
  note.dataset.fault = "";
  note.append(Object.assign(document.createElement("p"), { textContent: words }));
  document.getElementById("messages")?.replaceChildren(note);
}
const faults = document.querySelector("template#faults")?.content.querySelector("span").dataset;
// A whole page where a part was asked for: signed out meanwhile, or the thing is gone.
const isPage = (xhr) => xhr.status < 500 && /^\s*<!doctype/i.test(xhr.responseText);
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isPage(event.detail.xhr)) return;
  event.detail.shouldSwap = false;
  event.detail.isError = true;
});
document.addEventListener("htmx:responseError", (event) => {
  say(isPage(event.detail.xhr) ? faults.page : faults.fault);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) document.querySelector("[data-fault]")?.remove();
});
document.addEventListener("htmx:sendError", () => say(faults.connection));
