// Before the first paint: styles may count on scripts being there.
document.documentElement.classList.add("js");
