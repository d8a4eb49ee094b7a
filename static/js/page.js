// The page around the films: theme, menus, toasts, rows, filters, the search in the header.
"use strict";

(() => {
  const root = document.documentElement;

  // The hour of the evening, and which day it is, are the visitor's own.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const kept = `${root.dataset.cookies}timezone=${zone}`;
  if (zone && !document.cookie.includes(kept)) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${kept}; path=/; max-age=31536000; samesite=lax${secure}`;
  }

  // Without a network there is a page that says so, and the site can be installed.
  navigator.serviceWorker?.register(root.dataset.worker).catch(() => {});

  // An installed site wears the number of notices on its icon.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.target.matches?.("[data-bell]")) return;
    const count = Number(event.target.querySelector("[data-count]")?.dataset.count ?? 0);
    (count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.())?.catch(() => {});
  });

  // Theme: shown at once, kept in a cookie by the server.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice] button");
    if (!button) return;
    event.preventDefault();
    if (button.value) root.dataset.theme = button.value;
    else delete root.dataset.theme;
    for (const other of button.form.querySelectorAll("button")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    htmx.ajax("POST", button.form.action, { source: button.form, values: { theme: button.value }, swap: "none" });
  });

  // In a bar that scrolls sideways what is chosen is in sight.
  for (const chosen of document.querySelectorAll(".manage-nav [aria-current], .tonight-wishes [aria-pressed='true']")) {
    const bar = chosen.parentElement.getBoundingClientRect();
    const own = chosen.getBoundingClientRect();
    chosen.parentElement.scrollLeft += own.left + own.width / 2 - bar.left - bar.width / 2;
  }

  // Menus close by a click elsewhere and by Escape.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // Toasts leave by themselves, unless somebody is about to use them.
  const TOAST_MS = 7000;
  const UNDO_MS = 60_000;
  const armed = new WeakSet();
  const arm = (toast) => {
    if (armed.has(toast)) return;
    armed.add(toast);
    const leave = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(leave, 1500);
      else toast.remove();
    };
    setTimeout(leave, toast.querySelector(".undo") ? UNDO_MS : TOAST_MS);
  };
  const toasts = document.getElementById("toasts");
  new MutationObserver(() => toasts.querySelectorAll("[data-toast]").forEach(arm)).observe(toasts, { childList: true });
  toasts.querySelectorAll("[data-toast]").forEach(arm);
  document.addEventListener("click", (event) => event.target.closest("[data-close]")?.closest("[data-toast]").remove());
  window.matinee = {
    failed(text) {
      const toast = document.getElementById("toast-failed").content.cloneNode(true);
      if (text) toast.querySelector("span").textContent = text;
      toasts.replaceChildren(toast);
    },
  };

  // Rows scroll by their arrows; the arrows know where the row ends.
  const watched = new WeakSet();
  const watchRow = (row) => {
    const track = row.querySelector("[data-track]");
    if (!track || watched.has(track)) return;
    watched.add(track);
    const update = () => {
      const most = track.scrollWidth - track.clientWidth - 4;
      for (const arrow of row.querySelectorAll("[data-scroll]")) {
        arrow.disabled = arrow.dataset.scroll === "1" ? track.scrollLeft >= most : track.scrollLeft <= 4;
      }
    };
    const scrolled = () => {
      update();
      track.classList.toggle("is-scrolled", track.scrollLeft !== 0);
    };
    track.addEventListener("scroll", scrolled, { passive: true });
    new ResizeObserver(update).observe(track);
  };
  const watchRows = () => document.querySelectorAll("[data-row]").forEach(watchRow);
  watchRows();
  document.addEventListener("htmx:afterSettle", watchRows);
  document.addEventListener("click", (event) => {
    const arrow = event.target.closest("[data-scroll]");
    if (!arrow) return;
    const track = arrow.closest("[data-row]").querySelector("[data-track]");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    track.scrollBy({ left: Number(arrow.dataset.scroll) * track.clientWidth * 0.85, behavior: calm ? "auto" : "smooth" });
  });

  // Filters: empty fields stay out of the address; a chip takes its filter off.
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, formData } = event.detail;
    if (elt.dataset.as && formData.has(elt.name)) {
      // A box that asks under another name than the one it is sent with.
      formData.set(elt.dataset.as, formData.get(elt.name));
      formData.delete(elt.name);
      formData.delete("movie");
    }
    if (!elt.matches("[data-tidy]")) return;
    for (const [name, value] of [...formData.entries()]) {
      if (!value) formData.delete(name);
    }
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-submit-on-change]");
    if (form) form.requestSubmit();
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy-address]");
    if (!button) return;
    await navigator.clipboard.writeText(new URL(button.dataset.copyAddress, location.href).href);
    button.querySelector("span").textContent = button.dataset.done;
  });

  // The day proposed is that of the reader's clock, not of the server's.
  const proposeToday = (event) => {
    const part = event?.target instanceof Element ? event.target : document;
    const now = new Date();
    const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
    for (const field of part.querySelectorAll("[data-today]")) {
      if (field.value === field.defaultValue) field.value = day;
    }
  };
  proposeToday();
  document.addEventListener("htmx:afterSettle", proposeToday);

  // The map of films names the film under the pointer, the focus or the thumb, there and in the
  // list beside it. A finger that cannot point opens a film by the second tap.
  for (const label of document.querySelectorAll("[data-map-label]")) {
    const map = label.closest("section");
    const same = (film) => map.querySelectorAll(`[data-map-film="${film.dataset.mapFilm}"]`);
    const name = (event) => {
      const film = event.target.closest("[data-map-film]");
      if (!film) return;
      for (const other of map.querySelectorAll(".is-on")) other.classList.remove("is-on");
      for (const one of same(film)) {
        one.classList.add("is-on");
        if (one.hasAttribute("aria-label")) label.textContent = one.getAttribute("aria-label");
      }
    };
    let tapped = null;
    map.addEventListener("pointerover", name);
    map.addEventListener("focusin", name);
    map.addEventListener("click", (event) => {
      const film = event.target.closest("svg [data-map-film]");
      if (!film || event.pointerType !== "touch" || film === tapped) return;
      tapped = film;
      name(event);
      event.preventDefault();
    });
  }

  // The suggestions under a search box are a listbox walked with the arrow keys.
  for (const form of document.querySelectorAll("[data-search]")) {
    const input = form.querySelector("input[type=search]");
    const list = document.getElementById(input.getAttribute("aria-controls"));
    const options = () => [...list.querySelectorAll("[role=option]")];
    const mark = (option) => {
      for (const other of options()) other.setAttribute("aria-selected", String(other === option));
      if (option) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else input.removeAttribute("aria-activedescendant");
    };
    const close = () => {
      list.replaceChildren();
      input.setAttribute("aria-expanded", "false");
      mark(null);
    };
    list.addEventListener("htmx:afterSwap", () => {
      if (!input.value.trim() || !form.contains(document.activeElement)) close();
      else input.setAttribute("aria-expanded", String(options().length > 0));
    });
    input.addEventListener("keydown", (event) => {
      const all = options();
      const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
      if (event.key === "Escape") close();
      else if (event.key === "Enter" && at >= 0) {
        event.preventDefault();
        all[at].click();
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        mark(all[(at + step + all.length + (at < 0 && step < 0 ? 1 : 0)) % all.length]);
      }
    });
    form.addEventListener("focusout", (event) => {
      if (!form.contains(event.relatedTarget)) close();
    });
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    // Where films are collected, a suggestion joins the list instead of opening its page.
    if (form.hasAttribute("data-pick")) {
      list.addEventListener("click", (event) => {
        const option = event.target.closest("[data-movie]");
        if (!option) return;
        event.preventDefault();
        const field = Object.assign(document.createElement("input"), { type: "hidden", name: "movie", value: option.dataset.movie });
        // They stay on the page, or are for this one request.
        const kept = document.getElementById(form.dataset.pick);
        (kept ?? form).append(field);
        field.setAttribute("form", form.id);
        input.value = "";
        close();
        form.requestSubmit();
        if (!kept) field.remove();
      });
    }
  }
})();
