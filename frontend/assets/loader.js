// Starts the app: the names of its files, hashed by the bundler, are on this script's own element. What the opened page
// needs besides the app (src/pages/part.rs) is fetched along with it.
const { glue, module, ...parts } = document.querySelector("script[data-module]").dataset;
const partOf = { script: "script", audio: "takes", image: "takes", video: "takes", settings: "settings" };

try {
  const page = location.pathname.split("/")[1] || (localStorage.getItem("studio.last-project") && "script");
  for (const href of parts[partOf[page]]?.trim().split(" ") ?? []) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "anonymous", href }));
  }
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
