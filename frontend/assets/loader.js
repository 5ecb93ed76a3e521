// Starts the app: the names of its two files, hashed by the bundler, are on this script's own element.
const { glue, module } = document.querySelector("script[data-module]").dataset;

try {
  const { default: start } = await import(glue);
  await start({ module_or_path: module });
} catch (cause) {
  console.error(cause);
  const boot = document.getElementById("boot");
  if (boot) {
    boot.setAttribute("role", "alert");
    boot.removeAttribute("aria-label");
    boot.textContent = "AI Studio could not start. Reload the page; if that does not help, this browser may be too old.";
  }
}
