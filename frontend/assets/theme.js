// Puts the chosen theme on the page before it is first painted; the app itself takes over from there.
try {
  const chosen = localStorage.getItem("studio.theme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is forbidden: the system's theme it is.
}
