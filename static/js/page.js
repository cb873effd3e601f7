// What every page needs and HTML alone does not give. Pages work without it.

// A button that opens a dialog: <button data-opens="keys">.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
});

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
