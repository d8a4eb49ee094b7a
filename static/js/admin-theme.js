// The admin in the site's theme: one cookie for both, told by the button in the header.
{
  const root = document.documentElement;
  const { home, cookies } = document.currentScript.dataset;
  const path = home.replace(/(.)\/$/, "$1");
  const pattern = new RegExp(`(?:^|; )${cookies}theme=(light|dark)`);
  const kept = () => pattern.exec(document.cookie)?.[1] ?? "auto";
  root.dataset.theme = kept();

  const next = () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const order = dark ? ["auto", "light", "dark"] : ["auto", "dark", "light"];
    return order[(order.indexOf(kept()) + 1) % order.length];
  };

  addEventListener("click", (event) => {
    if (!event.target.closest(".theme-toggle")) return;
    const theme = next();
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const age = theme === "auto" ? 0 : 365 * 24 * 3600;
    document.cookie = `${cookies}theme=${theme}; Path=${path}; Max-Age=${age}; SameSite=Lax${secure}`;
    root.dataset.theme = theme;
  });

  // A link to the list of all tables opens it.
  const open = () => {
    const tables = document.getElementById("all-tables");
    if (tables && location.hash === "#all-tables") tables.open = true;
  };
  addEventListener("DOMContentLoaded", open);
  addEventListener("hashchange", open);
}
