// Names for what Django's pickers leave without one: each takes that of its field.
const nameOf = (select) => select.labels[0]?.textContent.trim() || select.getAttribute("aria-label") || select.name;

function namePicker(select) {
  const picker = select.nextElementSibling;
  const box = picker?.matches(".select2") && picker.querySelector("[role=combobox]");
  if (!box) return;
  box.setAttribute("aria-label", nameOf(select));
  picker.querySelector("[role=searchbox]")?.setAttribute("aria-label", nameOf(select));
  // Beside what is chosen it holds the sign that empties it, which is no item of a list.
  picker.querySelector("ul")?.setAttribute("role", "none");
  const chosen = picker.querySelector("[role=textbox]");
  if (!chosen) return;
  // Read as the name of the field and what is chosen, not as a second field.
  chosen.removeAttribute("role");
  chosen.removeAttribute("aria-readonly");
  box.id ||= `${select.id}-picker`;
  box.setAttribute("aria-labelledby", `${box.id} ${chosen.id}`);
}

function nameAll(root) {
  root.querySelectorAll("select.admin-autocomplete").forEach(namePicker);
  for (const sign of root.querySelectorAll(".help-tooltip[aria-label]")) sign.setAttribute("role", "img");
  for (const half of root.querySelectorAll(".vDateField, .vTimeField")) {
    if (half.labels.length) continue;
    const name = half.closest(".form-row, td")?.querySelector("label, legend")?.textContent.trim();
    half.setAttribute("aria-label", name || half.name);
  }
}

// Pickers are made when jQuery is ready, or when the page has come.
addEventListener("load", () => {
  const query = window.django?.jQuery;
  if (!query) return nameAll(document);
  query(() => nameAll(document));
  // Its search and its list come at the end of the page while a picker is open.
  query(document).on("select2:open", (event) => {
    for (const part of document.querySelectorAll(".select2-dropdown :is([role=searchbox], [role=listbox])")) {
      part.setAttribute("aria-label", nameOf(event.target));
    }
  });
});
document.addEventListener("formset:added", (event) => nameAll(event.target));
