// Who names a category or a variable has chosen what it belongs to. Before htmx sends the form.
document.addEventListener(
  "change",
  (event) => {
    const choice = event.target.closest(".choice");
    if (choice && event.target.value) choice.querySelector("[type=radio]").checked = true;
  },
  { capture: true },
);
