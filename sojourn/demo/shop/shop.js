// What the shop does by itself, without any word of measuring: views of the catalogue, and answers.

const told = document.querySelector("#told");
const views = [...document.querySelectorAll("[data-view]")];

function show() {
  const chosen = views.find((one) => one.pathname === location.pathname) ?? views[0];
  for (const one of views) {
    const name = one.pathname.split("/").pop();
    document.getElementById(name).hidden = one !== chosen;
    if (one === chosen) one.setAttribute("aria-current", "page");
    else one.removeAttribute("aria-current");
  }
  document.title = `${chosen.textContent} · Sample shop`;
}

if (views.length > 0) {
  for (const one of views) {
    one.addEventListener("click", (event) => {
      event.preventDefault();
      history.pushState(null, "", one.pathname);
      told.textContent = "";
      show();
    });
  }
  addEventListener("popstate", show);
  show();
}

for (const one of document.querySelectorAll("section button")) {
  one.addEventListener("click", () => (told.textContent = "It is in your basket."));
}
document.querySelector("#order")?.addEventListener("submit", (event) => {
  event.preventDefault();
  told.textContent = "Thank you. Nothing was ordered, and one event was sent.";
});
document.querySelector("#choices").addEventListener("click", () => window.sojournConsent?.open());
