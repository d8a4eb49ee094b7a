// What Django leaves without a name takes that of its field: pickers, and both halves of a time.
const ready = window.django?.jQuery ?? ((work) => addEventListener("load", work));
ready(() => {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const name = document.querySelector(`label[for="${select.id}"]`)?.textContent.trim() || select.name;
    const parts = select.nextElementSibling?.querySelectorAll("[role=combobox], [role=searchbox], [role=textbox]");
    for (const part of parts ?? []) part.setAttribute("aria-label", name);
  }
  for (const half of document.querySelectorAll(".vDateField, .vTimeField")) {
    if (half.labels.length) continue;
    const name = half.closest(".form-row, td")?.querySelector("label, legend")?.textContent.trim();
    half.setAttribute("aria-label", name || half.name);
  }
});
